// Package files keeps a generated tree on disk: it writes what a build made, removes what an earlier build made and this
// one does not, and leaves everything else alone.
//
// The output folder carries an index ([IndexName]) of the files that Berth wrote, with their digests. Only what the index
// names is ever overwritten; a change that someone made by hand to such a file is lost, with a warning. The index is input
// like any other file, and proves nothing alone: what is no longer wanted is removed where its content is Berth's too (see
// [Options.Ours]), and else left, with a warning. A file that already has the content wanted is taken into the index as it
// is. Line ends do not count: a checkout may have changed them.
//
// Everything happens below the output folder, which may itself be reached through a symbolic link; inside, none is
// followed. Everything is checked before the first change, so that a refusal changes nothing. Each file is written under
// a temporary name in its own folder and renamed. The index is written first, with the old and the new digest of what
// will change, and last: killed at any moment, each file is the old one or the new one, the index knows both, and the
// next [Write] does what is left to do.
//
// Builds into one folder take turns, where the system can lock a folder (not on Windows). Without that, two at once still
// leave no half file; the tree may be a mixture of both until the next build.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"berth/internal/diag"
)

// File is one file of a generated tree.
type File struct {
	// Path is relative to the output folder, with slashes: portable names of letters, digits, dots, dashes and
	// underscores, none of which begins with a dot.
	Path string
	Data []byte
}

// Options change how [Write] works, not what it writes.
type Options struct {
	// Workers is the number of files under way at once; 0 means as many as suits the machine.
	Workers int
	// Ours reports whether a file's path and content, with Unix line ends, are such as Berth writes. Nothing else is
	// removed, whatever the index says; and what is so may be overwritten, though no index names it. Nil leaves both to
	// the index.
	Ours func(path string, data []byte) bool

	// afterChange is called after each change to the tree, for tests that end the process there.
	afterChange func(path string)
}

// Compare says what [Write] would change below dir, and changes nothing. The diagnostics are refusals: a path that cannot
// be written, a damaged index, a file in the way. The error says that the tree could not be read. A folder that does not exist
// is an empty tree.
func Compare(dir string, want []File, options Options) (Status, []diag.Diagnostic, error) {
	if problems := checkPaths(dir, want); len(problems) > 0 {
		return Status{}, problems, nil
	}
	if options.Workers <= 0 {
		options.Workers = defaultWorkers()
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return emptyTree(want), nil, nil
	}
	if err != nil {
		return Status{}, nil, failure("read", dir, "", err)
	}
	defer root.Close()
	t, problems, err := survey(dir, root, want, options)
	return t.found, problems, err
}

// Write makes the tree below dir what want says, and reports what it found before. The diagnostics are those of
// [Compare], and as there they mean that nothing was changed, but for warnings, which name the files whose changes by
// hand are lost. The error says that the tree could not be read or written; what was written until then stays.
//
// Files are created with mode 0644, folders with 0777, less the umask. What has the right content is not touched.
func Write(dir string, want []File, options Options) (Status, []diag.Diagnostic, error) {
	if problems := checkPaths(dir, want); len(problems) > 0 {
		return Status{}, problems, nil
	}
	if options.Workers <= 0 {
		options.Workers = defaultWorkers()
	}
	root, err := openOutput(dir, len(want) > 0)
	if errors.Is(err, fs.ErrNotExist) {
		return Status{}, nil, nil // nothing wanted, nothing there
	}
	if err != nil {
		return Status{}, nil, failure("open", dir, "", err)
	}
	defer root.Close()
	turn, err := lock(root)
	if err != nil {
		return Status{}, nil, failure("write into", dir, "", err)
	}
	defer turn.release()
	t, problems, err := survey(dir, root, want, options)
	if err != nil || len(problems) > 0 {
		return t.found, problems, err
	}
	return t.found, t.warnings(), t.commit(options, turn.exclusive)
}

// Wrote reports whether the index below dir names a file: an earlier build wrote there.
func Wrote(dir string) bool {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return false
	}
	defer root.Close()
	known, _, err := readIndex(root)
	return err == nil && len(known) > 0
}

// openOutput opens the output folder, which it makes if it may.
func openOutput(dir string, create bool) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if !create || !errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	if root, err = os.OpenRoot(dir); err == nil {
		err = root.WriteFile(AttributesName, []byte(attributes), 0o644)
	}
	return root, err
}

// AttributesName is the file that says how Git treats the tree. It is written where the output folder is made, and is the
// user's from then on.
const AttributesName = ".gitattributes"

// attributes keep Git from changing line ends, and have two branches that each add a run merged by taking both lines.
const attributes = "# How Git treats the files that Berth writes: the same bytes everywhere, and both sides' runs in a merge.\n" +
	"* text eol=lf\n" + IndexName + " merge=union\n" + "kustomization.yaml merge=union\n"

// failure words an error of the file system for the file at path below dir. The names inside err are those of internal
// steps, so that only its reason is kept.
func failure(verb, dir, path string, err error) error {
	var pathError *fs.PathError
	var linkError *os.LinkError
	switch {
	case errors.As(err, &pathError):
		err = pathError.Err
	case errors.As(err, &linkError):
		err = linkError.Err
	}
	return fmt.Errorf("cannot %s %s: %w", verb, shown(dir, path), err)
}
