package compiler

import (
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// Diagnose turns problems into diagnostics, without those about values that were refused already.
func (u *Unit) Diagnose(problems []diag.Problem) []diag.Diagnostic {
	var diags []diag.Diagnostic
	for _, p := range problems {
		if _, n, _ := source.Find(u.Tree, p.Path); !isBad(u.bad, n) {
			diags = append(diags, u.Locate(p))
		}
	}
	return diags
}

// RefusedIn reports whether the map at a path of the plan has a field that was refused: perhaps the one that it seems to
// lack.
func (u *Unit) RefusedIn(path string) bool {
	_, n, whole := source.Find(u.Tree, path)
	return path == "spec" && u.misspelt || whole && slices.ContainsFunc(n.Fields, func(f source.Field) bool { return u.bad[f.Node] })
}

// Locate turns a problem with a path into the plan into a diagnostic with places. Where nothing of the path stands in a
// file, as with a tool's default, the run itself is pointed at.
func (u *Unit) Locate(p diag.Problem) diag.Diagnostic {
	d := diag.Diagnostic{Code: p.Code, Severity: p.Severity, Path: u.written(p.Path), Message: p.Message, Hint: p.Hint}
	var whole bool
	d.Span, whole = u.place(p.Path, p.AtKey)
	if p.Replace != "" && whole {
		d.Fix = replacement(d.Span, p.Replace, p.Certain)
	}
	for _, r := range p.Related {
		span, _ := u.place(r.Path, false)
		if span.File == nil {
			continue // a setting that nobody wrote
		}
		d.Notes = append(d.Notes, diag.Note{Span: span, Message: r.Message})
	}
	return d
}

// written is the path of a value in the document that decided it, as its author knows it.
func (u *Unit) written(path string) string { return u.env.pathIn(u.Tree, path) }

// Called is a path of the plan as the run's author knows it, without the envelope's part.
func (u *Unit) Called(path string) string { return words(u.written(path)) }

// pathIn is a path of the plan as the author of its value in the tree knows it.
func (e *envelope) pathIn(tree *source.Node, path string) string {
	for p := path; p != ""; p = diag.Parent(p) {
		if f, _, whole := source.Find(tree, p); whole && f != nil && f.Path != "" {
			return f.Path + strings.TrimPrefix(path, p)
		}
	}
	return e.path(path)
}

// wordsIn gives the paths of the layers' plan as their authors know them.
func (w *written) wordsIn(l layers) func(path string) string {
	tree := newMap(source.Field{Key: "spec", Node: l.spec})
	return func(path string) string { return w.env.pathIn(tree, path) }
}

// place finds the token of a path, or of the nearest part of it that stands in a file.
func (u *Unit) place(path string, atKey bool) (diag.Span, bool) {
	// What profile and project say of the plan's machine and target stands in their files, and not in the run's tree.
	if rest, ok := strings.CutPrefix(path, "machine."); ok && u.Profile != nil {
		return spanOf(u.Profile.Tree, rest, atKey)
	}
	if rest, ok := strings.CutPrefix(path, diag.TargetPath("")); ok {
		for _, root := range u.settings {
			if _, _, whole := source.Find(root, rest); whole {
				return spanOf(root, rest, atKey)
			}
		}
		return diag.Span{}, false
	}
	if path == "" {
		return start(u.Doc.Root.Span), false
	}
	span, whole := spanOf(u.Tree, path, atKey)
	if span.File == nil {
		span, whole = start(u.Doc.Root.Span), false
	}
	if span.File == nil {
		span = diag.Span{File: u.Doc.File}
	}
	return span, whole
}

// spanOf finds the place of a path in a tree, climbing to the nearest parent that stands in a file. The second result
// says that the place is the path's own: only then may a fix replace what stands there.
func spanOf(root *source.Node, path string, atKey bool) (diag.Span, bool) {
	for p := path; p != ""; p = diag.Parent(p) {
		field, node, whole := source.Find(root, p)
		if !whole {
			continue
		}
		if node != nil && node.Layer == source.Locked && node.Beat != nil {
			node = node.Beat // who wrote the image mends it
		}
		switch {
		case p != path && field != nil && field.Span.File != nil:
			return field.Span, false // the parent of what is missing: its key
		case atKey && field != nil && field.Span.File != nil:
			return field.Span, p == path
		case node != nil && node.Span.File != nil:
			return head(node), p == path
		case field != nil && field.Span.File != nil:
			return field.Span, false
		}
	}
	return diag.Span{}, false
}
