package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ruleRow is one line of fixtures/rules.md: a rule, and the fixtures that show it.
var ruleRow = regexp.MustCompile(`(?m)^\| (.+) \| ((?:` + "`[^`]+`" + `(?:, )?)+) \|$`)

// TestRulesHaveFixtures holds each rule of fixtures/rules.md to fixtures that are there: a refused one has to name a place,
// an accepted one to have its output. A row without a fixture fails.
func TestRulesHaveFixtures(t *testing.T) {
	text, err := os.ReadFile("../../fixtures/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := ruleRow.FindAllStringSubmatch(string(text), -1)
	if lines := strings.Count(string(text), "\n| "); lines != len(rows)+2 { // two heads
		t.Errorf("%d lines of the tables, and %d with a rule and its fixtures", lines-2, len(rows))
	}
	for _, row := range rows {
		for name := range strings.SplitSeq(row[2], ", ") {
			name = strings.Trim(name, "`")
			if accepted, ok := strings.CutPrefix(name, "accept/"); ok {
				holdsGolden(t, row[1], filepath.Join("accept", accepted), ".yaml", anObject)
				continue
			}
			holdsGolden(t, row[1], filepath.Join("refuse", name), ".txt", aPlace)
		}
	}
}

// What a golden file of an accepted and of a refused fixture holds.
var (
	anObject = regexp.MustCompile(`(?m)^kind: `)
	aPlace   = regexp.MustCompile(`(?m)^\S+:[0-9]+:[0-9]+: .* \[[a-z-]+\]$`)
)

// holdsGolden reports a rule whose fixture is missing or gives nothing of what it should.
func holdsGolden(t *testing.T, rule, name, extension string, has *regexp.Regexp) {
	t.Helper()
	if info, err := os.Stat(filepath.Join("../../fixtures", name)); err != nil || !info.IsDir() {
		t.Errorf("%s: there is no fixture %s", rule, name)
		return
	}
	golden, err := os.ReadFile(filepath.Join("../../golden", name+extension))
	if err != nil || !has.Match(golden) {
		t.Errorf("%s: in %s%s is no %s (%v)", rule, name, extension, has, err)
	}
}
