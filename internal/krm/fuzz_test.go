package krm

import (
	"bytes"
	"strings"
	"testing"

	"berth/internal/diag"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FuzzRun takes anything for a list. Either the answer is a list again, with the input's own items when something is
// refused, or there is none and a reason; the same each time, at places that exist, and no result shows a secret.
func FuzzRun(f *testing.F) {
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(file.Data)
	}
	f.Add([]byte(resourceList(foreign, kept("a:1"))))
	f.Fuzz(func(t *testing.T, input []byte) {
		out, diags := Run(input, Options{Workers: 1})
		again, _ := Run(input, Options{Workers: 1})
		if !bytes.Equal(out, again) {
			t.Errorf("answered twice:\n%s\nand\n%s", out, again)
		}
		checkDiagnostics(t, input, diags)
		if out == nil {
			if !diag.HasErrors(diags) {
				t.Error("no answer, and no reason")
			}
			return
		}
		l, problems := parse(out)
		if l == nil {
			t.Fatalf("the answer is no list: %v\n%s", problems, out)
		}
		if before, _ := parse(input); diag.HasErrors(diags) && itemsOf(t, before) != itemsOf(t, l) {
			t.Errorf("refused, and changed:\n%s\nwas:\n%s", itemsOf(t, l), itemsOf(t, before))
		}
		if results := l.root.Field("results"); results != nil {
			if kind := diag.SecretKind(results.Value.MustString()); kind != "" {
				t.Errorf("the results show %s", kind)
			}
		}
	})
}

func itemsOf(t *testing.T, l *list) string {
	t.Helper()
	if l.items == nil {
		return ""
	}
	text, err := yaml.NewRNode(l.items).String()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func checkDiagnostics(t *testing.T, input []byte, diags []diag.Diagnostic) {
	t.Helper()
	for _, d := range diags {
		if d.Code == "" || d.Message == "" || int(d.Span.EndLine) > bytes.Count(input, []byte("\n"))+1 {
			t.Errorf("nothing is said, or of no place: %+v", d)
		}
	}
	var text strings.Builder
	if err := diag.Print(&text, diag.Text, diags, diag.Options{}); err != nil || diag.SecretKind(text.String()) != "" {
		t.Errorf("%v: %s", err, text.String())
	}
}
