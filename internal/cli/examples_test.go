package cli_test

import (
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shownIn are the documents whose chapters are projects: the blocks with a title are its files, and a block of text is what
// `berth build` says of them. What it builds is golden/documents/<document>-<chapter>.yaml.
var shownIn = []string{"cookbook.md", "images.md", "policies.md"}

func TestDocumentedProjects(t *testing.T) {
	shown := 0
	stray := goldenDocuments(t)
	for _, name := range shownIn {
		for heading, chapter := range chapters(t, name) {
			files, said := blocks(chapter)
			if len(files) == 0 {
				continue
			}
			shown++
			base := documentsDir + "/" + strings.TrimSuffix(name, ".md") + "-" + slug(heading)
			delete(stray, base+".yaml")
			t.Run(name+"/"+heading, func(t *testing.T) { buildDocumented(t, base, files, said) })
		}
	}
	if shown < 30 {
		t.Errorf("only %d projects were found", shown)
	}
	for path := range stray {
		if *update {
			os.Remove(path)
			continue
		}
		t.Errorf("%s has no chapter", path)
	}
}

const documentsDir = "../../golden/documents"

func goldenDocuments(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob(documentsDir + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, path := range paths {
		found[path] = true
	}
	return found
}

// chapters are those of a document, by their headings.
func chapters(t *testing.T, document string) iter.Seq2[string, string] {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", document))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, string) bool) {
		for _, chapter := range strings.Split("\n"+string(text), "\n## ")[1:] {
			heading, _, _ := strings.Cut(chapter, "\n")
			if !yield(heading, chapter) {
				return
			}
		}
	}
}

var notInSlugs = regexp.MustCompile(`[^a-z0-9 -]`)

// slug is a heading as the links to it have it.
func slug(heading string) string {
	return strings.ReplaceAll(notInSlugs.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

var innerLink = regexp.MustCompile(`\]\(#([^)]+)\)`)

// TestLinksToChapters: a link inside a document leads to one of its headings.
func TestLinksToChapters(t *testing.T) {
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range documents {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		headings := map[string]bool{}
		for line := range strings.Lines(string(text)) {
			if marks, heading, ok := strings.Cut(line, "# "); ok && strings.Trim(marks, "#") == "" {
				headings[slug(strings.TrimSpace(heading))] = true
			}
		}
		for _, link := range innerLink.FindAllStringSubmatch(string(text), -1) {
			if !headings[link[1]] {
				t.Errorf("%s has no heading for #%s", filepath.Base(path), link[1])
			}
		}
	}
}

// buildDocumented builds the project of a chapter, which has to go well unless the text shows an error.
func buildDocumented(t *testing.T, base string, files map[string]string, said string) {
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
	r := run(dir, "build", "--layout", "stream", "--all-environments")
	if r.exit != 0 != wrong {
		t.Fatalf("exit %d\n%s", r.exit, r.stderr)
	}
	if diff := cmp.Diff(said, r.stderr); diff != "" {
		t.Errorf("the document says otherwise:\n%s", diff)
	}
	built := map[string]string{}
	if !wrong {
		built[".yaml"] = r.stdout
	}
	compareGolden(t, base, built)
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
