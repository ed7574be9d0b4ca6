package source

import "berth/internal/diag"

// EachOf stands in the path of a [Mention] for every item of a list, and for every key that a pattern such as
// `[string]: …` speaks of.
const EachOf = "[]"

// PolicyHeader is the field in which a policy speaks of itself.
const PolicyHeader = "policy"

// Mention is a field that a policy speaks of, whether a run has it or not.
type Mention struct {
	// Path is the field's, from the top of the file.
	Path []string
	// Span is where its name stands, or the pattern for its name.
	Span diag.Span
	// Literals are the texts and numbers that the field is compared with, in the order of the file.
	Literals []Literal
}

// Literal is a value that stands in a policy as it is.
type Literal struct {
	Kind Kind // String, Int, Float or Bool
	Text string
	Span diag.Span
	// Equal says that the field may have this very value: it stands alone or among alternatives, behind no operator.
	Equal bool
}

// Outline is what a policy's file speaks of.
type Outline struct {
	// Mentions are in the order of the file; what stands in a definition is mentioned where it is used.
	Mentions []Mention
	// Broken says that the file is no policy; the diagnostics tell why.
	Broken bool
}

// Outlines reads what policies speak of, in the order of the files, and compiles each of them: the diagnostics tell what is
// wrong with a file by itself.
func (e *Evaluator) Outlines(policies []*diag.File) ([]Outline, []diag.Diagnostic) {
	outlines := make([]Outline, len(policies))
	if len(policies) == 0 {
		return outlines, nil
	}
	ask := &request{Operation: outlinePolicies}
	for _, p := range policies {
		ask.Policies = append(ask.Policies, *p)
	}
	resp, trouble := e.ask(ask)
	if trouble != "" {
		for i := range outlines {
			outlines[i].Broken = true
		}
		return outlines, []diag.Diagnostic{evaluationFailed(policies[0], trouble)}
	}
	tie(resp, policies...)
	if len(resp.Outlines) == len(outlines) {
		outlines = resp.Outlines
	}
	return outlines, diag.Sort(resp.Diagnostics)
}

// eachMention visits the places that mentions hold, by pointer, so that the caller can replace their files.
func eachMention(mentions []Mention, visit func(*diag.Span)) {
	for i := range mentions {
		visit(&mentions[i].Span)
		for k := range mentions[i].Literals {
			visit(&mentions[i].Literals[k].Span)
		}
	}
}
