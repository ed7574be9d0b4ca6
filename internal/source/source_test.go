package source

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"berth/internal/diag"
)

// TestMain lets the test program be its own evaluator's child.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == EvaluateCommand {
		os.Exit(ServeEvaluator(nil))
	}
	os.Exit(m.Run())
}

// load reads a text as the file of that name.
func load(t testing.TB, name, content string, opts Options) ([]Document, []diag.Diagnostic) {
	t.Helper()
	file, diags := FromBytes(name, []byte(content))
	if diags != nil {
		return nil, diags
	}
	return Load(file, opts)
}

var kindNames = [...]string{"null", "bool", "int", "float", "text", "list", "map", "constraint"}

// outline prints a tree, one value a line: path, kind, text, place of the value and of its key.
func outline(docs []Document) string {
	var b strings.Builder
	for _, d := range docs {
		outlineNode(&b, fmt.Sprint(d.Index), d.Root, diag.Span{})
	}
	return b.String()
}

func outlineNode(b *strings.Builder, path string, n *Node, key diag.Span) {
	kind := kindNames[n.Kind]
	if n.Quoted {
		kind = "quoted"
	}
	fmt.Fprintf(b, "%s %s", path, kind)
	if n.Scalar() || n.Kind == Constraint || n.Kind == Null && n.Text != "" {
		fmt.Fprintf(b, " %q", n.Text)
	}
	fmt.Fprintf(b, " %s", place(n.Span))
	if key.File != nil {
		fmt.Fprintf(b, " key %s", place(key))
	}
	b.WriteByte('\n')
	for _, f := range n.Fields {
		outlineNode(b, path+"."+f.Key, f.Node, f.Span)
	}
	for i, item := range n.Items {
		outlineNode(b, fmt.Sprintf("%s[%d]", path, i), item, diag.Span{})
	}
}

func place(s diag.Span) string {
	if s.Line == 0 {
		return "-"
	}
	return fmt.Sprintf("%d:%d-%d:%d", s.Line, s.Col, s.EndLine, s.EndCol)
}

// report prints diagnostics, one a line, with their notes, and their file if it is not the one named.
func report(diags []diag.Diagnostic, name string) string {
	var b strings.Builder
	for _, d := range diags {
		if d.Span.File != nil && d.Span.File.Name != name {
			fmt.Fprintf(&b, "%s:", d.Span.File.Name)
		}
		fmt.Fprintf(&b, "%s %s: %s", place(d.Span), d.Code, d.Message)
		if d.Hint != "" {
			fmt.Fprintf(&b, " (%s)", d.Hint)
		}
		for _, n := range d.Notes {
			fmt.Fprintf(&b, " [%s %s]", place(n.Span), n.Message)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// checkPlaces makes sure of what holds for every file: each place lies within its file, the text of an unquoted value
// stands at its place, a part lies within its whole, and a diagnostic says something in plain words or the user's own.
func checkPlaces(t testing.TB, docs []Document, diags []diag.Diagnostic) {
	t.Helper()
	for _, d := range docs {
		checkNode(t, newText(d.File), d.Root)
	}
	for _, d := range diags {
		if d.Span.File == nil || d.Message == "" || d.Code == "" {
			t.Errorf("a diagnostic lacks its file, code or message: %+v", d)
			continue
		}
		checkSpan(t, newText(d.Span.File), d.Span)
		for _, word := range []string{"disjunction", "out of bound", "conflicting values", "incomplete value", "cannot unmarshal", "%!", "panic", "goroutine", "yaml:", "_|_"} {
			if strings.Contains(d.Message+d.Hint, word) && !bytes.Contains(d.Span.File.Data, []byte(word)) {
				t.Errorf("a diagnostic says %q: %s (%s)", word, d.Message, d.Hint)
			}
		}
	}
}

func checkSpan(t testing.TB, tx *text, s diag.Span) (from, to int) {
	t.Helper()
	if s.Line == 0 {
		return 0, len(tx.data)
	}
	from, to = tx.offset(s.Line, s.Col), tx.offset(s.EndLine, s.EndCol)
	if back := tx.span(from, to); back.Line != s.Line || back.Col != s.Col || back.EndLine != s.EndLine || back.EndCol != s.EndCol || from > to {
		t.Errorf("place %s is not within the file", place(s))
	}
	return from, to
}

func checkNode(t testing.TB, tx *text, n *Node) {
	t.Helper()
	from, to := checkSpan(t, tx, n.Span)
	written := string(tx.data[from:to])
	if n.Span.Line > 0 && n.Span.File == tx.file && strings.HasSuffix(tx.file.Name, ".yaml") && n.Kind <= String && !n.Quoted &&
		!strings.HasPrefix(written, "*") && !strings.ContainsAny(written, "\n'\"|>") && written != n.Text {
		t.Errorf("at %s stands %q, not %q", place(n.Span), written, n.Text)
	}
	for _, f := range n.Fields {
		checkSpan(t, tx, f.Span)
		checkNode(t, tx, f.Node)
	}
	for _, item := range n.Items {
		checkNode(t, tx, item)
	}
}

func files(list ...*diag.File) []*diag.File { return list }

// judgement prints violations, one a line.
func judgement(verdicts []Verdict) string {
	var b strings.Builder
	for _, v := range verdicts {
		for _, x := range v.Violations {
			kind := [...]string{"conflict", "not-allowed", "missing"}[x.Kind]
			line := fmt.Sprintf("%s %s %s `%s` %s", kind, strings.Join(x.Path, "."), place(x.Rule), x.Expr, x.Message)
			b.WriteString(strings.TrimSpace(line) + "\n")
		}
	}
	return b.String()
}
