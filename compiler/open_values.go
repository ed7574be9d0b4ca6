package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// A profile written in CUE may leave values open: what it requires and bounds is then a rule that a run's own value has to
// meet. Where a value is needed and nobody says one, the default that CUE marks is it (`*"Always" | "IfNotPresent"`).

// settleProfile takes the marked defaults of all that is no rule, and refuses what is left open there.
func (c *checker) settleProfile(spec *source.Node, path string) *source.Node {
	return mapFields(spec, func(f source.Field) *source.Node {
		at := diag.Join(path, f.Key)
		switch f.Key {
		case "require", "bounds":
			return f.Node
		case "clouds":
			return mapFields(f.Node, func(cloud source.Field) *source.Node {
				return c.settleProfile(cloud.Node, diag.Join(at, cloud.Key))
			})
		}
		return settle(f.Node, at, func(rule *source.Node, path string) *source.Node {
			c.refuse(rule, diag.Diagnostic{Code: diag.ProfileInvalid, Path: path,
				Message: fmt.Sprintf("%s is %s, which is no value", path, rule.Text),
				Hint:    "write a value, or mark one as the default: *1 | 2; rules stand under bounds and require"})
			return rule
		})
	})
}

// settleRun gives a run the marked defaults of what its profile requires, and refuses what nobody says.
func (w *written) settleRun(n, profileName *source.Node, p *Profile, path string) *source.Node {
	if !p.open {
		return n
	}
	return settle(n, path, func(rule *source.Node, path string) *source.Node {
		if w.isBad(rule) {
			return nil // one rule for requests and limits
		}
		wanted := constraintWords(rule.Text)
		if wanted == "" {
			wanted = "a value that meets " + rule.Text
		}
		words := w.env.path(strings.Replace(path, "spec.require.", "spec.", 1))
		w.refuse(rule, diag.Diagnostic{Code: diag.ProfileConflict, Span: profileName.Span, Path: words,
			Message: fmt.Sprintf("profile %s requires %s, and nothing says which", p.Name, words),
			Notes:   []diag.Note{{Span: head(rule), Message: "it has to be " + wanted}},
			Hint:    "write " + words + " in the run"})
		return nil
	})
}

// settle copies a tree with the marked default in the place of each rule, or with what unsettled gives for a rule that
// marks none.
func settle(n *source.Node, path string, unsettled func(rule *source.Node, path string) *source.Node) *source.Node {
	switch {
	case n == nil:
		return nil
	// A marked default is the constraint's one item.
	case n.Kind == source.Constraint && len(n.Items) == 1:
		return relayer(n.Items[0], n.Layer)
	case n.Kind == source.Constraint:
		return unsettled(n, path)
	case n.Kind == source.List:
		settled := *n
		settled.Items = nil
		for i, item := range n.Items {
			if v := settle(item, diag.At(path, i), unsettled); v != nil {
				settled.Items = append(settled.Items, v)
			}
		}
		return &settled
	}
	return mapFields(n, func(f source.Field) *source.Node { return settle(f.Node, f.Below(path), unsettled) })
}

// isOpen reports whether a tree holds a rule.
func isOpen(n *source.Node) bool {
	if n == nil || n.Kind == source.Constraint {
		return n != nil
	}
	for _, f := range n.Fields {
		if isOpen(f.Node) {
			return true
		}
	}
	for _, item := range n.Items {
		if isOpen(item) {
			return true
		}
	}
	return false
}
