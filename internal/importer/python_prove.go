package importer

import (
	"bytes"
	"slices"
	"strings"

	"berth/internal/diag"

	"go.yaml.in/yaml/v3"
)

// provePython builds the runs of calls. What build refuses of a call is mended where there is one way to, or left out with a
// warning at the line that says it; a call of which nothing can be built is left out as a whole. A call without an image or an
// action is printed as it is: the user has to say that.
func (b *batch) provePython() {
	for range maxTries {
		runs := make([]object, len(b.python))
		for i, r := range b.python {
			runs[i] = r.complete()
		}
		if len(runs) == 0 {
			return
		}
		b.mendPython(runs)
		again := false
		for i, p := range b.build(runs, "") {
			if r := b.python[i]; p.unit == nil && len(p.why) > 0 {
				again = true
				if !b.withoutField(r, p.why) {
					b.warnPython(r.call, "this call is left out: build refuses the run that it would be: "+said(p.why[0]), p.why[0].Hint)
					b.python[i] = nil
				}
			}
		}
		if b.python = slices.DeleteFunc(b.python, func(r *pythonRun) bool { return r == nil }); !again {
			return
		}
	}
}

// complete is the run with what the user has yet to say.
func (r *pythonRun) complete() object {
	run := object{&yaml.Node{Kind: yaml.MappingNode, Content: slices.Clone(r.run.Content)}}
	for field, value := range map[string]string{"image": "registry.invalid/image:1", "action": "job"} {
		if run.get(field) == nil {
			run.text(field, value)
		}
	}
	return run
}

// mendPython mends what there is one way to mend, as `berth fix` does.
func (b *batch) mendPython(runs []object) {
	text := write(runs)
	file := &diag.File{Name: proofFile, Data: text}
	var fixes []diag.Diagnostic
	for _, p := range b.build(runs, "") {
		for _, d := range p.why {
			if d.Span.File != nil && d.Span.File.Name == proofFile {
				d.Span.File = file
				if d.Fix != nil {
					// A copy: the diagnostic's own fix stays as it was reported.
					fix := *d.Fix
					fix.Span.File, d.Fix = file, &fix
				}
				fixes = append(fixes, d)
			}
		}
	}
	mended, n, _ := diag.Apply(file, fixes)
	// No mistake of these runs can be mended in one way alone.
	if n == 0 {
		return
	}
	decoder := yaml.NewDecoder(bytes.NewReader(mended))
	for i := range runs {
		var document yaml.Node
		if decoder.Decode(&document) != nil || len(document.Content) == 0 {
			return
		}
		for key, value := range pairsOf(document.Content[0]) {
			if own := b.python[i].run.get(key); own != nil && !sameNode(own, value) {
				*own, *runs[i].get(key) = *value, *value
			}
		}
	}
}

// pairsOf are the values of a mapping by their keys, in no order. A node that is no mapping must have no content.
func pairsOf(n *yaml.Node) map[string]*yaml.Node {
	pairs := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		pairs[n.Content[i].Value] = n.Content[i+1]
	}
	return pairs
}

// withoutField leaves out of a run the first field that is refused, and reports whether there was one that it can be without.
func (b *batch) withoutField(r *pythonRun, why []diag.Diagnostic) bool {
	for _, d := range why {
		steps := diag.Split(strings.TrimPrefix(d.Path, "spec."))
		if len(steps) == 0 || slices.Contains([]string{"name", "action", "image", "service_ports"}, steps[0]) || r.run.get(steps[0]) == nil {
			continue
		}
		r.run.set(steps[0], nil)
		at, ok := r.fields[steps[0]]
		if !ok {
			at = r.call
		}
		hint := d.Hint
		switch steps[0] {
		case "profile":
			hint = "make a profile of the platform's template with `berth profiles --import TEMPLATE`, then import again"
		case "secrets":
			hint = "name a Secret of the cluster and its key, as in secrets: [{name: hub, key: token, env: HF_TOKEN}], or the project's secrets.from"
		}
		b.warnPython(at, steps[0]+" is left out: "+d.Message, hint)
		return true
	}
	return false
}

// warnPython reports a call, or a field of one, that is left out, and what can be done about it.
func (b *batch) warnPython(at diag.Span, message, hint string) {
	b.diags = append(b.diags, diag.Diagnostic{Code: diag.UnknownField, Severity: diag.Warning, Span: at, Message: message, Hint: hint})
}
