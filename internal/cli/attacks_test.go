package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hostileCases are the folders of attacks that were once found, each with a word of the threat in docs/security.md that it
// is one of.
var hostileCases = map[string]string{
	"a key with a slash in it":                 "A credential gets into Git",
	"an edit that `fix --write` loses":         "overwrites what was saved meanwhile",
	"a forged index":                           "The index of the output is forged",
	"an escape in a CUE import":                "spelled with escapes",
	"invisible characters":                     "reads differently from what it is",
	"many ports, patches and directives":       "costs more than its size",
	"programs that loop, in many files":        "Many small programs together",
	"a number of four million digits":          "fill the log or the memory",
	"an object of zeros in a commit":           "huge or countless files",
	"runs times environments":                  "more files than a repository can take",
	"a process that is killed while it writes": "killed while it writes",
}

// TestAttackList holds docs/security.md to what exists: each threat names tests, each of those is there, and the attacks
// that were once found are among the threats.
func TestAttackList(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	test := regexp.MustCompile("`([a-z]+)\\.((?:Test|Fuzz)[A-Za-z]+)`")
	refused := regexp.MustCompile("`(refuse/[a-z0-9-]+)`")
	var threats []string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.Trim(cells[1], " -") == "" || strings.TrimSpace(cells[1]) == "threat" {
			continue
		}
		threats = append(threats, cells[1])
		held := cells[len(cells)-2]
		tests, cases := test.FindAllStringSubmatch(held, -1), refused.FindAllStringSubmatch(held, -1)
		if len(tests)+len(cases) == 0 {
			t.Errorf("nothing holds this: %s", cells[1])
		}
		for _, m := range tests {
			if !hasTest(t, m[1], m[2]) {
				t.Errorf("there is no test %s.%s", m[1], m[2])
			}
		}
		for _, m := range cases {
			if _, err := os.Stat(filepath.Join("../../fixtures", m[1])); err != nil {
				t.Errorf("there is no case %s", m[1])
			}
		}
	}
	for attack, words := range hostileCases {
		if !strings.Contains(strings.Join(threats, "\n"), words) {
			t.Errorf("%s is among no threats: none has the words %q", attack, words)
		}
	}
}

// hasTest reports whether a package has a test or fuzz target.
func hasTest(t *testing.T, pkg, name string) bool {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../../" + pkg + "/*_test.go", "../" + pkg + "/*_test.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
