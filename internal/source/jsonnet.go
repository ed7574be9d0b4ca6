package source

import (
	"path/filepath"
	"strings"

	"berth/internal/diag"
)

// loadJsonnet has a Jsonnet file evaluated in a child, which may read imports from within one folder ([confine]).
func loadJsonnet(file *diag.File, opts Options) ([]*Node, []diag.Diagnostic) {
	root, path, err := confine(file, opts)
	if err != nil {
		return nil, []diag.Diagnostic{{Code: diag.FileRead, Span: whole(file), Message: "the file's folder cannot be found: " + reason(err)}}
	}
	return loadEvaluated(file, opts, &request{Operation: evaluateJsonnet, File: *file, Root: root, Path: path})
}

// confine finds the folder that imports are confined to, and the file's path within it with slashes. A file outside of
// the project may import from its own folder alone.
func confine(file *diag.File, opts Options) (root, path string, err error) {
	if path = opts.Path; path == "" {
		path = filepath.FromSlash(file.Name)
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", "", err
	}
	folder, base := filepath.Split(path)
	if opts.Root == "" {
		return folder, base, nil
	}
	if root, err = filepath.Abs(opts.Root); err != nil {
		return "", "", err
	}
	within, err := filepath.Rel(root, path)
	if err != nil || within == ".." || strings.HasPrefix(within, ".."+string(filepath.Separator)) {
		return folder, base, nil
	}
	return root, filepath.ToSlash(within), nil
}
