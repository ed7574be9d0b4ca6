package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// diffOf runs `berth diff` on a change: a folder with a project before and after, or with other arguments.
func diffOf(t *testing.T, fixture string, more ...string) result {
	t.Helper()
	args := []string{"diff", "--against", "../before"}
	if own, err := os.ReadFile(filepath.Join(fixture, "args")); err == nil {
		args = append([]string{"diff"}, strings.Fields(string(own))...)
	}
	dir, err := filepath.Abs(filepath.Join(fixture, "after"))
	if err != nil {
		t.Fatal(err)
	}
	return run(dir, append(args, more...)...)
}

// The review of each change, in three forms.
func TestDiff(t *testing.T) {
	golden(t, "diff", func(t *testing.T, fixture string) map[string]string {
		files := map[string]string{}
		for output, extension := range map[string]string{"text": ".txt", "markdown": ".md", "json": ".json"} {
			r := diffOf(t, fixture, "--output", output)
			if r.exit > 1 || r.stderr != "" {
				t.Fatalf("exit %d\n%s", r.exit, r.stderr)
			}
			files[extension] = r.stdout
		}
		return files
	})
}

// What is the same, or is only spelled in another way, is no difference.
func TestDiffExit(t *testing.T) {
	for name, want := range map[string]int{
		"comment-only": 0, "quantity-respelled": 0, "quantity-respelled-decimal": 0,
		"once-image": 1, "claim-shrinks": 1, "environments-compared": 1,
	} {
		if r := diffOf(t, "../../fixtures/diff/"+name); r.exit != want {
			t.Errorf("%s: exit %d, want %d\n%s", name, r.exit, want, r.stderr)
		}
	}
}

// The document on reviews shows what the program prints, word for word.
func TestReviewDocument(t *testing.T) {
	document, err := os.ReadFile("../../docs/review.md")
	if err != nil {
		t.Fatal(err)
	}
	review, err := os.ReadFile("../../golden/diff/once-image.txt")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs("../../fixtures/diff/environments-compared/after")
	if err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{
		"diff": strings.Replace(string(review), "../before", "HEAD", 1),
		"explain churn-train resources.cpu --environment staging": run(dir, "explain", "churn-train", "resources.cpu", "--environment", "staging").stdout,
	} {
		if !strings.Contains(string(document), "```console\n$ berth "+command+"\n"+want+"```\n") {
			t.Errorf("docs/review.md does not show of berth %s:\n%s", command, want)
		}
	}
}
