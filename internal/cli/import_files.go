package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/workspace"
)

// importable are the extensions of the files that `berth import` reads in a folder.
var importable = []string{".yaml", ".yml", ".json", ".py", ".ipynb"}

// importFiles reads the files that a user names, and those of a kind that can be read in the folders.
func (a *app) importFiles(paths []string) (files []*diag.File, diags []diag.Diagnostic) {
	for _, path := range paths {
		found := []string{path}
		if info, err := os.Stat(a.absolute(path)); path != standardInput && err == nil && info.IsDir() {
			if found, err = filesBelow(a.absolute(path), path); err != nil {
				diags = append(diags, diag.Diagnostic{Code: diag.FileRead, Message: err.Error()})
			}
		}
		for _, name := range found {
			file, more := a.read(name)
			if diags = append(diags, more...); file != nil {
				files = append(files, file)
			}
		}
	}
	return files, diags
}

// filesBelow lists the files of a folder that can be imported, as the user would name them. What is hidden, a link or a
// project's own is passed over.
func filesBelow(dir, named string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(entry.Name(), ".") && path != dir:
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case entry.Type().IsRegular() && slices.Contains(importable, filepath.Ext(path)) && !slices.Contains(workspace.ProjectFiles, entry.Name()):
			rel, err := filepath.Rel(dir, path)
			found = append(found, filepath.Join(named, rel))
			return err
		}
		return nil
	})
	return found, err
}

// writeRuns writes each run into a file of its own, and the project beside the folder. It looks first whether anything is in
// the way, and then writes nothing.
func (a *app) writeRuns(result *importer.Import, dir string, project bool) error {
	texts := map[string][]byte{}
	var paths []string
	for _, f := range result.Files() {
		path := filepath.Join(dir, f.Name)
		paths, texts[path] = append(paths, path), f.Text
	}
	if project {
		path := filepath.Join(filepath.Dir(dir), workspace.ProjectFiles[0])
		paths, texts[path] = append(paths, path), result.Project(filepath.Base(filepath.Dir(dir)), filepath.Base(dir))
	}
	for _, path := range paths {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already; `berth import` overwrites nothing", a.display(path))
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, path := range paths {
		if err := writeNew(path, texts[path]); err != nil {
			return err
		}
		a.say("wrote %s", a.display(path))
	}
	return nil
}
