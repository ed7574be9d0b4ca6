package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func certain(s Span, text string) Diagnostic {
	return Diagnostic{Span: s, Message: text, Fix: &Fix{Span: s, Text: text, Certain: true}}
}

func TestApply(t *testing.T) {
	f := file("run.yaml", "# a comment\r\nnodeSelector: {x: y}  # über\r\n\tkeep:   me\r\nbackoffLimit: 3")
	other := file("other.yaml", "a")
	two := span(t, f, "backoffLimit", 1)
	for _, c := range []struct {
		name   string
		ds     []Diagnostic
		want   string
		mended int
		left   []string
	}{
		{"nothing to do", nil, string(f.Data), 0, nil},
		{
			"the rest stays, out of order and with other files",
			[]Diagnostic{certain(two, "backoff_limit"), certain(span(t, other, "a", 1), "b"), certain(span(t, f, "nodeSelector", 1), "node_selector")},
			strings.NewReplacer("nodeSelector", "node_selector", "backoffLimit", "backoff_limit").Replace(string(f.Data)), 2, nil,
		},
		{
			"not what is uncertain, overlapping or nowhere",
			[]Diagnostic{
				certain(span(t, f, "x: y", 1), "a"),
				certain(span(t, f, "y}", 1), "b"),
				{Span: two, Message: "uncertain", Fix: &Fix{Span: two, Text: "c"}},
				{Span: two, Message: "none"},
				certain(Span{f, 2, 90, 2, 91}, "d"),
				certain(Span{f, 2, 9, 2, 1}, "e"),
				certain(Span{f, 0, 0, 0, 0}, "f"),
			},
			strings.Replace(string(f.Data), "x: y", "a", 1), 1, []string{"b", "uncertain", "none", "d", "e", "f"},
		},
		{
			"side by side, twice the same, and a removal",
			[]Diagnostic{
				certain(span(t, f, "back", 1), "front"), certain(span(t, f, "back", 1), "front"),
				certain(span(t, f, "off", 1), "on"), certain(span(t, f, "  # über", 1), ""),
			},
			strings.NewReplacer("backoff", "fronton", "  # über", "").Replace(string(f.Data)), 4, nil,
		},
		{
			"two different insertions at one place",
			[]Diagnostic{certain(Span{f, 4, 1, 4, 1}, "a: 1\n"), certain(Span{f, 4, 1, 4, 1}, "b: 1\n"), certain(two, "x")},
			strings.Replace(string(f.Data), "backoffLimit", "a: 1\r\nx", 1), 2, []string{"b: 1\n"},
		},
		{
			"at the end of a line and of the file",
			[]Diagnostic{certain(Span{f, 3, 12, 3, 12}, "!"), certain(Span{f, 4, 16, 4, 16}, "\n")},
			strings.Replace(string(f.Data), "me\r\n", "me!\r\n", 1) + "\r\n", 2, nil,
		},
		{
			"a range of several lines",
			[]Diagnostic{certain(Span{f, 1, 12, 3, 2}, " ")},
			"# a comment keep:   me\r\nbackoffLimit: 3", 1, nil,
		},
	} {
		got, mended, left := Apply(f, c.ds)
		if d := cmp.Diff(c.want, string(got)); d != "" || mended != c.mended {
			t.Errorf("%s: %d mended (-want +got):\n%s", c.name, mended, d)
		}
		var names []string
		for _, l := range left {
			names = append(names, l.Message)
		}
		if !slices.Equal(names, c.left) {
			t.Errorf("%s: %q left, want %q", c.name, names, c.left)
		}
	}
}

func TestPreview(t *testing.T) {
	got := string(Preview("runs/a.yaml", []byte("a: 1\nb: 2\n"), []byte("a: 1\nc: 2\n")))
	if want := "--- a/runs/a.yaml\n+++ b/runs/a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+c: 2\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Preview("a", []byte("same"), []byte("same")); len(got) != 0 {
		t.Errorf("no change gives %q", got)
	}
}
