package cli

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"berth/schema"

	"github.com/spf13/cobra"
)

// starter is the project that `berth init` writes.
//
//go:embed starter
var starter embed.FS

func initCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a small project that builds",
		Args:  cobra.MaximumNArgs(1),
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
	for _, path := range paths {
		if err := a.start(project, path, dir); err != nil {
			return err
		}
	}
	a.say("%s: wrote berth.yaml, two runs and a profile; `berth build` makes the manifests", a.display(dir))
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
	to := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
