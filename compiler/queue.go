package compiler

import (
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
)

// A run waits in a queue of Kueue. Project and profile may name one for their jobs; these are defaults, each beaten by
// itself, and a profile that insists on a queue says so under `require`.

// oldPriority is the name that queue_priority had in projects and profiles.
const (
	oldPriority   = "priority"
	queuePriority = "queue_priority"
)

// renamePriority gives the old name of queue_priority in a project or profile the new one.
func (c *checker) renamePriority(spec *source.Node, path string) *source.Node {
	old := spec.Field(oldPriority)
	if old == nil {
		return spec
	}
	renamed := *spec
	renamed.Fields = slices.Clone(spec.Fields)
	i := slices.IndexFunc(renamed.Fields, func(f source.Field) bool { return f.Key == oldPriority })
	// With both, the new name counts and the old one is refused.
	if first := spec.Field(queuePriority); first != nil {
		c.add(diag.Diagnostic{
			Code: diag.Duplicate, Span: old.Span, Path: diag.Join(path, oldPriority),
			Message: "priority is the old name of queue_priority, and both stand here",
			Notes:   []diag.Note{{Span: first.Span, Message: "queue_priority stands here"}},
			Hint:    "remove priority",
		})
		renamed.Fields = slices.Delete(renamed.Fields, i, i+1)
		return &renamed
	}
	renamed.Fields[i].Key, renamed.Fields[i].Path = queuePriority, old.Below(path)
	return &renamed
}

// queueOf is the queue that a project, one of its environments or a profile names for its jobs, as a partial spec of a
// layer.
func queueOf(tree *source.Node, layer source.Layer) *source.Node {
	return relayer(fieldsOf(tree, "queue", queuePriority), layer)
}

// fieldsOf keeps some fields of a map.
func fieldsOf(n *source.Node, keys ...string) *source.Node {
	return mapFields(n, func(f source.Field) *source.Node {
		if !contains(keys, f.Key) {
			return nil
		}
		return f.Node
	})
}

// withQueues adds to the defaults of project and profile the queues that these name for their jobs.
func (c *compilation) withQueues(project, profile *source.Node, p *Profile) (*source.Node, *source.Node) {
	if c.Project != nil {
		own := overlay(queueOf(c.Project.Tree, source.ProjectDefault), queueOf(c.Project.environments[c.Environment], source.ProjectDefault))
		project = overlay(own, project)
	}
	if p != nil {
		profile = overlay(queueOf(p.Tree, source.ProfileDefault), profile)
	}
	return project, profile
}
