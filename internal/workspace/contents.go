package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
)

// contents reads the files that the runs take `from` the repository, through a handle of the project's folder (without a
// project, of the run's), so that no path and no link leads out of it.
func (l *loader) contents() {
	l.w.contents = map[string]compiler.Content{}
	for _, ref := range compiler.FileRefs(l.w.Runs) {
		folder := l.root
		if l.w.Project == nil {
			folder = filepath.Dir(l.absolute(ref.Doc.Name))
		}
		name := ref.Name(l.w.Project != nil)
		if _, ok := l.w.contents[name]; !ok {
			l.w.contents[name] = l.content(folder, ref.From)
		}
	}
}

// content reads a file for a ConfigMap or Secret, relative to the folder of the run or project. It never fails: what is
// wrong is a Problem, with the way out, which the compiler reports at the field that names the file. Whoever does not
// have Git LFS finds its pointer in the place of the file; a pod would be given those three lines.
func (l *loader) content(folder, from string) compiler.Content {
	quoted := diag.Quote(from)
	if c, ok := l.untakeable(folder, from); ok {
		return c
	}
	data, err := readInside(folder, from)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return compiler.Content{Problem: fmt.Sprintf("there is no file %s in %s", quoted, l.folderWords()), Hint: "write the path relative to " + l.folderWords()}
	case errors.Is(err, errNoFile):
		return compiler.Content{Problem: quoted + " is no file", Hint: "name each file by itself"}
	case errors.Is(err, errLarge):
		return compiler.Content{Problem: quoted + " has more than 1 MiB, which no ConfigMap may have", Hint: "put large files into the image or a volume"}
	case err != nil:
		return compiler.Content{Problem: fmt.Sprintf("%s cannot be read inside of %s: it is a link that leads outside, or may not be read", quoted, l.folderWords()), Hint: "copy the file into the project"}
	case bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/")):
		return compiler.Content{Problem: quoted + " is a pointer of Git LFS, not the file", Hint: "fetch it with `git lfs pull`; large files belong into the image or a volume"}
	}
	return compiler.Content{Data: data}
}

// folderWords names the folder that paths are relative to: the project's where there is one, otherwise the run's.
func (l *loader) folderWords() string {
	if l.w.Project == nil {
		return "the run's folder"
	}
	return "the project's folder"
}

// untakeable says what of a path cannot be meant.
func (l *loader) untakeable(folder, from string) (compiler.Content, bool) {
	clean := path.Clean(filepath.ToSlash(from))
	switch {
	case path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../"):
		return compiler.Content{Problem: fmt.Sprintf("%s leads outside of %s", diag.Quote(from), l.folderWords()), Hint: "write a path relative to " + l.folderWords()}, true
	case strings.Contains("/"+strings.ToLower(clean)+"/", "/.git/"):
		return compiler.Content{Problem: "files below .git are not read", Hint: "copy the file into the project"}, true
	case l.w.Project != nil && below(l.w.OutputDir(), filepath.Join(folder, clean)):
		return compiler.Content{Problem: diag.Quote(from) + " lies in the output, which is written by berth build", Hint: "name a file that people write"}, true
	}
	return compiler.Content{}, false
}

var (
	// What readInside refuses beside the errors of the file system.
	errNoFile = errors.New("no regular file")
	errLarge  = errors.New("too large")
)

// readInside reads a regular file below a folder.
func readInside(folder, from string) ([]byte, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(filepath.FromSlash(from))
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNoFile
	case info.Size() > compiler.MaxFilesBytes:
		return nil, errLarge
	}
	f, err := root.Open(filepath.FromSlash(from))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, compiler.MaxFilesBytes+1))
}
