package cli

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/kustomize"
	"berth/internal/source"
)

// imported is what `berth import` reads.
type imported struct {
	files    []*diag.File
	overlays []importer.Overlay
	unnamed  []*diag.File
	diags    []diag.Diagnostic
}

// kustomizing is how long all kustomizations together may take.
const kustomizing = 2 * time.Minute

// kustomized builds the kustomizations of a folder, as the user names it, and returns which of its files are theirs.
func (a *app) kustomized(named string, all *imported) (theirs func(file string) (isTheirs, isNamed bool), err error) {
	root, err := os.OpenRoot(a.absolute(named))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	tree, err := kustomize.Find(root.FS(), filepath.ToSlash(named))
	if err != nil {
		return nil, err
	}
	evaluator := source.NewEvaluator(source.Limits{Time: kustomizing})
	defer evaluator.Close()
	all.overlays = append(all.overlays, importer.Overlays(tree, evaluator)...)
	return func(file string) (bool, bool) {
		file = filepath.ToSlash(file)
		return tree.Has(file) || tree.Files[file] != nil, tree.Files[file] != nil || slices.Contains(kustomize.FileNames, path.Base(file))
	}, nil
}
