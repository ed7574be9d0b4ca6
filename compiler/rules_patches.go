package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// checkPatches: a patch is the part of the object that changes, not a list of operations.
func checkPatches(c *ruleContext) {
	for i := range c.plan.Spec.Patches {
		path := item("spec.patches", i, "patch")
		_, n, whole := source.Find(c.tree, path)
		// Anything else in place of a map has been refused by its type.
		if !whole || n.Kind != source.List {
			continue
		}
		c.add(diag.Problem{
			Code: diag.PatchFailed, Path: path,
			Message: "this is a list of operations (JSON patch, RFC 6902), and a patch is the part of the object that changes",
			Hint:    mergePatchOf(n),
		})
	}
}

// mergePatchOf says how the first operation is written as a patch.
func mergePatchOf(list *source.Node) string {
	hint := "write the part that changes, such as patch: {spec: {…}}; null takes a field away"
	if len(list.Items) == 0 {
		return hint
	}
	op, at, value := list.Items[0].Get("op"), list.Items[0].Get("path"), list.Items[0].Get("value")
	// Indexes of lists (`-` is the one behind the last) and escaped keys have no short form as a patch.
	if !at.Scalar() || strings.ContainsAny(at.Text, "0123456789~-") {
		return hint
	}
	text := "…"
	switch {
	case op.Scalar() && op.Text == "remove":
		text = "null"
	case value.Scalar():
		text = value.Text
	}
	steps := strings.Split(strings.Trim(at.Text, "/"), "/")
	// From the innermost field outwards.
	for i := len(steps) - 1; i >= 0; i-- {
		text = fmt.Sprintf("%s: %s", steps[i], text)
		text = "{" + text + "}"
	}
	return "write patch: " + text + "; null takes a field away"
}
