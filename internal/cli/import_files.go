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

// importFiles reads the files that a user names, and those of a kind that can be read in the folders, where kustomizations are
// built.
func (a *app) importFiles(paths []string) *imported {
	all := &imported{}
	for _, path := range paths {
		if info, err := os.Stat(a.absolute(path)); path == standardInput || err != nil || !info.IsDir() {
			all.files = append(all.files, a.readInto(all, path)...)
			continue
		}
		if err := a.importFolder(path, all); err != nil {
			all.diags = append(all.diags, diag.Diagnostic{Code: diag.FileRead, Message: err.Error()})
		}
	}
	return all
}

// importFolder reads what a folder holds.
func (a *app) importFolder(named string, all *imported) error {
	theirs, err := a.kustomized(named, all)
	if err != nil {
		return err
	}
	found, err := filesBelow(a.absolute(named), named)
	for _, name := range found {
		file, relErr := filepath.Rel(named, name)
		if relErr != nil {
			return relErr
		}
		switch isTheirs, isNamed := theirs(file); {
		case !isTheirs:
			all.files = append(all.files, a.readInto(all, name)...)
		case !isNamed:
			all.unnamed = append(all.unnamed, a.readInto(&imported{}, name)...)
		}
	}
	return err
}

// readInto reads one file; what is wrong with it is kept.
func (a *app) readInto(all *imported, name string) []*diag.File {
	file, diags := a.read(name)
	if all.diags = append(all.diags, diags...); file == nil {
		return nil
	}
	return []*diag.File{file}
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
