package diag

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// declaredCodes reads the constants off codes.go.
func declaredCodes(t *testing.T) (codes []Code) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for _, v := range spec.Values {
				code, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				codes = append(codes, Code(code))
			}
		}
		return true
	})
	return codes
}

func TestEveryCodeHasAPage(t *testing.T) {
	declared := declaredCodes(t)
	slices.Sort(declared)
	if pages := Codes(); !slices.Equal(declared, pages) {
		t.Errorf("the codes are %q\nand the pages %q", declared, pages)
	}
}

// unwelcome are words that no user has to know.
var unwelcome = regexp.MustCompile(`(?i)disjunction|out of bound|#Run|conflicting values|incomplete value|cannot unmarshal|%!|panic|goroutine`)

func TestPages(t *testing.T) {
	for _, code := range Codes() {
		page, _ := Page(code)
		if !strings.HasPrefix(page, "# "+string(code)+": ") || Summary(code) == "" || strings.HasSuffix(Summary(code), ".") {
			t.Errorf("%s: the title is no `# %s: summary`", code, code)
		}
		if !strings.Contains(page, "\n## The way out\n") || strings.Count(page, "```")%2 != 0 {
			t.Errorf("%s: a part is missing", code)
		}
		if word := unwelcome.FindString(page); word != "" {
			t.Errorf("%s says %q", code, word)
		}
		for line := range strings.Lines(page) {
			if len([]rune(line)) > 121 || strings.TrimRight(line, " \n") != strings.TrimSuffix(line, "\n") {
				t.Errorf("%s: %q is too long or ends with blanks", code, line)
			}
		}
	}
}

func TestExamples(t *testing.T) {
	for _, code := range Codes() {
		wrong, right, ok := Examples(code)
		if !ok {
			t.Fatalf("%s has no page", code)
		}
		if maps.Equal(wrong.Files, right.Files) && wrong.Command == right.Command {
			t.Errorf("%s: the right example is the wrong one", code)
		}
		if right.Illustration {
			t.Errorf("%s: the right example has to work", code)
		}
		for name, e := range map[string]Example{"wrong": wrong, "right": right} {
			words := strings.Fields(e.Command)
			if len(e.Files) == 0 || len(words) < 3 || words[0] != "berth" {
				t.Errorf("%s: the %s example is no files and a command: %+v", code, name, e)
			}
			for _, word := range words[2:] {
				if _, ok := e.Files[word]; !ok && strings.Contains(word, ".") {
					t.Errorf("%s: the %s example has no file %s", code, name, word)
				}
			}
		}
	}
}

func TestExampleConventions(t *testing.T) {
	wrong, right, _ := Examples(FileEncoding)
	if !strings.Contains(wrong.Files["run.yaml"], "churn:1.4\u200b\n") || strings.Contains(right.Files["run.yaml"], "\u200b") {
		t.Errorf("escapes: %q", wrong.Files)
	}
	wrong, _, _ = Examples(DuplicateRun)
	if names := slices.Sorted(maps.Keys(wrong.Files)); !slices.Equal(names, []string{"serve.yaml", "train.yaml"}) || wrong.Command != "berth build train.yaml serve.yaml" {
		t.Errorf("several files: %q, %q", names, wrong.Command)
	}
	if wrong, _, _ = Examples(Overlay); !wrong.Illustration {
		t.Error("an illustration is not marked")
	}
	if _, _, ok := Examples("no-such-code"); ok {
		t.Error("there is an example of nothing")
	}
	if _, ok := Page("no-such-code"); ok || Summary("no-such-code") != "" {
		t.Error("there is a page of nothing")
	}
}

func TestReference(t *testing.T) {
	text := Reference(func(c Code) string {
		if c == Syntax {
			return "```text\nrun.yaml:3:8: an example\n```"
		}
		return ""
	})
	for _, code := range Codes() {
		if strings.Count(text, "\n## "+string(code)+"\n") != 1 || !strings.Contains(text, "| [`"+string(code)+"`](#"+string(code)+") |") {
			t.Errorf("%s is missing", code)
		}
	}
	for _, part := range []string{
		"\n## syntax\n\nA file that breaks the grammar of its own format.\n\nThe file is no YAML", "\n```text\nrun.yaml:3:8: an example\n```\n\n### Right\n",
		"\n### The way out\n", "\n# name: churn-train\n", "\n# Written by hand.\n",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the reference lacks %q", part)
		}
	}
	if strings.Count(text, "\n# ") != strings.Count(text, "\n# name")+strings.Count(text, "\n# action")+strings.Count(text, "\n# image")+strings.Count(text, "\n# Written") {
		t.Error("a page's title was left in")
	}
	if Reference(nil) == text {
		t.Error("the extra text is missing")
	}
}
