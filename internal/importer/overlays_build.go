package importer

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/kustomize"
	"berth/internal/source"
)

// Overlays builds the kustomizations of a folder, in child processes of the evaluator.
func Overlays(tree *kustomize.Tree, evaluator *source.Evaluator) []Overlay {
	var all []Overlay
	for _, r := range tree.Roots() {
		o := Overlay{Environment: r.Environment, Where: r.Where, Folder: tree.Name(r.Path), Problem: r.Problem, Line: r.Line}
		o.File = &diag.File{Name: tree.Name(r.File), Data: tree.Files[r.File]}
		o.Source = func(file string) *diag.File {
			at := path.Join(r.Path, file)
			if tree.Files[at] == nil {
				return nil
			}
			read, _ := source.FromBytes(tree.Name(at), tree.Files[at])
			return read
		}
		if o.Problem == "" {
			o.build(evaluator, tree.Files, r.Path)
		}
		all = append(all, o)
	}
	return all
}

// build keeps what kustomize gives, or why there is nothing that can be read.
func (o *Overlay) build(evaluator *source.Evaluator, files map[string][]byte, at string) {
	built, err := evaluator.BuildOverlay(files, at)
	if err != nil {
		o.Problem = "kustomize does not build it: " + diag.Safe(strings.Join(strings.Fields(err.Error()), " ")) + "; where yours does, " + kustomize.Piped(o.Folder)
		return
	}
	if len(bytes.TrimSpace(built)) == 0 {
		o.Problem = "it builds to nothing: the files that it names hold no object, or patches delete them all"
		return
	}
	_, diags := source.Load(o.built(built), source.Options{})
	if i := slices.IndexFunc(diags, func(d diag.Diagnostic) bool { return d.Severity == diag.Error }); i >= 0 {
		o.Problem = fmt.Sprintf("line %d of what it builds cannot be read: %s; mend it where `kustomize build %s` has it from", max(diags[i].Span.Line, 1), diags[i].Message, o.Folder)
		return
	}
	o.Built = built
}
