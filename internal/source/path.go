package source

import "berth/internal/diag"

// Find walks down the path as far as it leads. It returns the field and node where it ended, and whether that is the
// whole path; the field is nil at the root and inside lists.
func Find(root *Node, path string) (field *Field, node *Node, whole bool) {
	node = root
	for _, part := range diag.Split(path) {
		var f *Field
		var next *Node
		if node != nil && node.Kind == List {
			if i := diag.Index(part); i >= 0 && i < len(node.Items) {
				next = node.Items[i]
			}
		} else if f = node.Field(part); f != nil {
			next = f.Node
		}
		if next == nil {
			return field, node, false
		}
		field, node = f, next
	}
	return field, node, true
}
