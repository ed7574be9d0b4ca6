package compiler

import (
	"fmt"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// enforcer unifies what a profile requires with what the other layers say: a value of the run may repeat it, never
// contradict it; a default gives way; lists are added.
// What contradicts the profile is refused at the run's value, with a note where the profile says otherwise.
type enforcer struct {
	*report
	profile *Profile
	words   func(path string) string // a path as the run's author would write it
}

// unify joins what the run has with what the profile requires at one place; either may be nil. The field's name decides
// how lists are joined.
func (e *enforcer) unify(have, require *source.Node, path, field string) *source.Node {
	switch {
	case have == nil:
		return require
	case require == nil || have == require:
		return have
	case require.Kind == source.Constraint:
		return have // judged by CUE, together with the bounds
	case field == "affinity":
		return e.affinity(have, require)
	case have.Kind == source.Map && require.Kind == source.Map:
		return e.maps(have, require, path)
	case have.Kind == source.List && require.Kind == source.List && schema.KeyedLists[field] != nil:
		return overlayItems(have, require, field, func(h, r *source.Node) *source.Node {
			return e.leaf(h, r, diag.Join(path, itemWord(r, field)), field)
		})
	case have.Kind == source.List && require.Kind == source.List && field == "image_pull_secrets":
		return addMissing(have, require)
	}
	return e.leaf(have, require, path, field)
}

// itemWord is the name of an item of a keyed list, for a path that people can read.
func itemWord(item *source.Node, list string) string {
	if v := item.Get(schema.KeyedLists[list][0].Name); v.Scalar() {
		return v.Text
	}
	return ""
}

// maps unifies field by field; what only the profile says is added.
func (e *enforcer) maps(have, require *source.Node, path string) *source.Node {
	merged := *have
	merged.Fields = uniteFields(have.Fields, require.Fields, func(old, add source.Field) source.Field {
		old.Node = e.unify(old.Node, add.Node, diag.Join(path, add.Key), add.Key)
		return old
	})
	return &merged
}

// leaf keeps the run's value where it agrees, refuses it where it does not, and overrules what is only a default.
func (e *enforcer) leaf(have, require *source.Node, path, field string) *source.Node {
	if e.isBad(have) || sameValue(have, require, field) {
		return have
	}
	if have.Layer < source.RunSpec {
		return beats(have, require)
	}
	at, says := differing(have, require, field)
	e.refuse(have, diag.Diagnostic{
		Code: diag.ProfileConflict, Span: head(at), Path: e.words(path),
		Message: fmt.Sprintf("%s%s contradicts profile %s", e.words(path), valueWords(at), e.profile.Name),
		Notes:   []diag.Note{{Span: head(says), Message: fmt.Sprintf("the profile requires%s", valueWords(says))}},
		Hint:    "leave the field out, or choose another profile",
	})
	return have
}

// differing descends to the first part in which two values differ.
func differing(a, b *source.Node, field string) (*source.Node, *source.Node) {
	for _, f := range a.Fields {
		if other := b.Get(f.Key); other != nil && !sameValue(f.Node, other, f.Key) {
			return differing(f.Node, other, f.Key)
		}
	}
	return a, b
}

// valueWords is the value after a space, empty for maps and lists, which no message repeats.
func valueWords(n *source.Node) string {
	if n.Scalar() {
		return " " + diag.Quote(n.Text)
	}
	return ""
}

// addMissing appends the required items that are not there yet.
func addMissing(have, require *source.Node) *source.Node {
	merged := *have
	merged.Items = slices.Clone(have.Items)
	for _, item := range require.Items {
		if !slices.ContainsFunc(merged.Items, func(h *source.Node) bool { return sameValue(h, item, "") }) {
			merged.Items = append(merged.Items, item)
		}
	}
	return &merged
}

const (
	// Kubernetes' names of the two halves of every affinity (NodeAffinity and PodAffinity of k8s.io/api/core/v1).
	requiredTerms  = "requiredDuringSchedulingIgnoredDuringExecution"
	preferredTerms = "preferredDuringSchedulingIgnoredDuringExecution"
)

// affinity joins two affinities so that both hold. Kubernetes takes one of several node selector terms, so each pair of
// terms becomes one; all other lists are conditions that add up.
func (e *enforcer) affinity(have, require *source.Node) *source.Node {
	if have.Kind != source.Map || require.Kind != source.Map {
		return have
	}
	merged := *have
	merged.Fields = uniteFields(have.Fields, require.Fields, func(old, add source.Field) source.Field {
		old.Node = joinAffinity(old.Node, add.Node)
		return old
	})
	return &merged
}

// joinAffinity joins one kind of affinity (nodeAffinity, podAffinity …): terms about pods and preferences add up, node
// selectors are multiplied out.
func joinAffinity(have, require *source.Node) *source.Node {
	merged := *have
	merged.Fields = uniteFields(have.Fields, require.Fields, func(old, add source.Field) source.Field {
		if add.Node.Kind == source.List {
			old.Node = addMissing(old.Node, add.Node)
		} else {
			old.Node = crossTerms(old.Node, add.Node)
		}
		return old
	})
	return &merged
}

// crossTerms joins two node selectors: (a or b) and (c or d) is ac or ad or bc or bd.
func crossTerms(have, require *source.Node) *source.Node {
	mine, theirs := have.Get("nodeSelectorTerms"), require.Get("nodeSelectorTerms")
	if mine == nil || theirs == nil {
		return have
	}
	terms := &source.Node{Kind: source.List, Layer: mine.Layer, Span: mine.Span}
	for _, a := range mine.Items {
		for _, b := range theirs.Items {
			term := *a
			term.Fields = slices.Clone(a.Fields)
			for _, f := range b.Fields {
				// Within one term all conditions hold, so that those of both are added up.
				i := slices.IndexFunc(term.Fields, func(t source.Field) bool { return t.Key == f.Key })
				if i < 0 {
					term.Fields = append(term.Fields, f)
				} else {
					term.Fields[i].Node = addMissing(term.Fields[i].Node, f.Node)
				}
			}
			terms.Items = append(terms.Items, &term)
		}
	}
	return mapFields(have, func(f source.Field) *source.Node {
		if f.Key == "nodeSelectorTerms" {
			return terms
		}
		return f.Node
	})
}
