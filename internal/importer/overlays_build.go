package importer

import (
	"path"
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
			var err error
			if o.Built, err = evaluator.BuildOverlay(tree.Files, r.Path); err != nil {
				o.Problem = "kustomize does not build it: " + diag.Safe(strings.Join(strings.Fields(err.Error()), " "))
			}
		}
		all = append(all, o)
	}
	return all
}
