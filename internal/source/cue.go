package source

import (
	"bytes"

	"berth/internal/diag"
)

// loadCUE has a CUE file evaluated in a child; it is one document, or one for each item of a list.
func loadCUE(file *diag.File, opts Options) ([]*Node, []diag.Diagnostic) {
	return loadEvaluated(file, opts, &request{Operation: evaluateCUE, File: *file, Constraints: opts.Constraints})
}

// loadEvaluated has a child evaluate the file and ties its answer to it.
func loadEvaluated(file *diag.File, opts Options, req *request) ([]*Node, []diag.Diagnostic) {
	if len(bytes.TrimSpace(file.Data)) == 0 {
		return nil, nil
	}
	resp, trouble := opts.Evaluator.ask(req)
	if trouble != "" {
		return nil, []diag.Diagnostic{evaluationFailed(file, trouble)}
	}
	tie(resp, file)
	if resp.Root == nil {
		return nil, resp.Diagnostics
	}
	adopt(resp.Root, file, opts.Layer)
	return []*Node{resp.Root}, resp.Diagnostics
}

// adopt gives the nodes that a child made their file and layer.
func adopt(n *Node, file *diag.File, layer Layer) {
	n.Span.File, n.Layer = file, layer
	for i := range n.Fields {
		n.Fields[i].Span.File = file
		adopt(n.Fields[i].Node, file, layer)
	}
	for _, item := range n.Items {
		adopt(item, file, layer)
	}
}

// tie gives the places of a response the files that they name: the parent's own, or imported ones that came along.
func tie(resp *response, files ...*diag.File) {
	for i := range resp.Files {
		files = append(files, &resp.Files[i])
	}
	eachSpan(resp, func(s *diag.Span) {
		for _, f := range files {
			if f.Name == s.File.Name {
				s.File = f
				return
			}
		}
	})
}

// untie leaves only the names of files in a response, so that their text does not cross the pipe with every place.
func untie(resp *response) *response {
	eachSpan(resp, func(s *diag.Span) { s.File = &diag.File{Name: s.File.Name} })
	return resp
}

// eachSpan visits every place of a response that names its file.
func eachSpan(resp *response, visit func(*diag.Span)) {
	// The zero span is nowhere, in the parent and in the child.
	known := func(s *diag.Span) {
		if s.File != nil {
			visit(s)
		}
	}
	for i := range resp.Diagnostics {
		d := &resp.Diagnostics[i]
		known(&d.Span)
		for j := range d.Notes {
			known(&d.Notes[j].Span)
		}
		if d.Fix != nil {
			known(&d.Fix.Span)
		}
	}
	for i := range resp.Outlines {
		eachMention(resp.Outlines[i].Mentions, known)
	}
	for i := range resp.Verdicts {
		for j := range resp.Verdicts[i].Violations {
			known(&resp.Verdicts[i].Violations[j].Rule)
		}
	}
}
