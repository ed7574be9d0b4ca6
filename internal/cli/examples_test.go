package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shownIn are the documents whose chapters are projects: the blocks with a title are its files, and a block of text is what
// `berth build` says of them.
var shownIn = []string{"images.md", "policies.md"}

func TestDocumentedProjects(t *testing.T) {
	for _, name := range shownIn {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, chapter := range strings.Split("\n"+string(text), "\n## ")[1:] {
			heading, _, _ := strings.Cut(chapter, "\n")
			if files, said := blocks(chapter); len(files) > 0 {
				t.Run(name+"/"+heading, func(t *testing.T) { buildDocumented(t, files, said) })
			}
		}
	}
}

// buildDocumented builds the project of a chapter, which has to go well unless the text shows an error.
func buildDocumented(t *testing.T, files map[string]string, said string) {
	dir := t.TempDir()
	if files["berth.yaml"] == "" {
		files["berth.yaml"] = "apiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec: {namespace: ml}\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wrong := strings.Contains(said, " error")
	r := run(dir, "build", "--layout", "stream")
	if r.exit != 0 != wrong {
		t.Fatalf("exit %d\n%s", r.exit, r.stderr)
	}
	if diff := cmp.Diff(said, r.stderr); diff != "" {
		t.Errorf("the document says otherwise:\n%s", diff)
	}
	if r := run(dir, "policies"); !wrong && r.exit != 0 {
		t.Errorf("the tests of its policies fail:\n%s", r.stderr)
	}
}

// blocks are the files of a chapter, and the text that it shows.
func blocks(chapter string) (files map[string]string, said string) {
	files = map[string]string{}
	for i, part := range strings.Split(chapter, "```") {
		head, body, _ := strings.Cut(part, "\n")
		switch _, title, titled := strings.Cut(head, " title="); {
		case i%2 == 0:
		case titled: // a file, whatever its language
			files[title] = body
		case head == "text":
			said += body
		}
	}
	return files, said
}
