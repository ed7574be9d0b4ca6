package cli

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"berth/internal/diag"
	"berth/internal/workspace"
	"berth/schema"

	"github.com/spf13/cobra"
)

// starter is the project that `berth init` writes.
//
//go:embed starter
var starter embed.FS

// initCommand is berth init. The folder need not exist yet.
func initCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a small project that builds",
		Long: `Write a small project that builds, and asks nothing: berth.yaml, two runs and a profile; attributes for Git; and in a
repository what pre-commit and the host's CI take to check the manifests. Nothing that is there is overwritten.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := a.Dir
			if len(args) == 1 {
				dir = a.absolute(args[0])
			}
			return a.init(dir)
		},
	}
}

// init writes the starter project into a folder. It looks first whether anything is in the way, and then writes nothing.
func (a *app) init(dir string) error {
	project, err := fs.Sub(starter, "starter")
	if err != nil {
		return err
	}
	var paths []string
	err = fs.WalkDir(project, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		paths = append(paths, path)
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(path))); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already; `berth init` overwrites nothing", a.display(filepath.Join(dir, filepath.FromSlash(path))))
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Only when all of them are free: half a project helps nobody.
	for _, path := range paths {
		if err := a.start(project, path, dir); err != nil {
			return err
		}
	}
	written, kept, err := a.beside(dir)
	if err != nil {
		return err
	}
	a.say("%s: wrote berth.yaml, two runs and a profile; `berth build` makes the manifests", a.display(dir))
	a.say("wrote %s", diag.AllOf(written))
	if len(kept) > 0 {
		a.say("left as it was: %s; docs/ci has what Berth would have written", diag.AllOf(kept))
	}
	return a.belowAnother(dir)
}

// belowAnother tells of the project that a new one lies in, which may have to name it.
func (a *app) belowAnother(dir string) error {
	above := workspace.FindProject(filepath.Dir(dir))
	if above == "" || dir == repositoryOf(dir) {
		return nil
	}
	rel, err := filepath.Rel(above, dir)
	if err != nil {
		return err
	}
	a.say("the project in %s holds this one to its policies; name it there: projects: [%s]", a.display(above), filepath.ToSlash(rel))
	return nil
}

// start writes one file of the starter project, which is called after its folder.
func (a *app) start(project fs.FS, path, dir string) error {
	text, err := fs.ReadFile(project, path)
	if err != nil {
		return err
	}
	if name := filepath.Base(dir); schema.TypeDNSLabel.AcceptsText(name) {
		text = bytes.ReplaceAll(text, []byte("{name: starter}"), []byte("{name: "+name+"}"))
	}
	return writeNew(filepath.Join(dir, filepath.FromSlash(path)), text)
}

// writeNew writes a file that is not there yet, and the folders above it.
func writeNew(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// sortedPaths are the files in the order in which they are written and told.
func sortedPaths(files map[string][]byte) []string { return slices.Sorted(maps.Keys(files)) }
