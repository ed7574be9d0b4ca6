package revision

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// Limits of a commit that is read: a tree of a few hundred bytes can name the same folder a million times.
const (
	maxEntries = 100_000
	maxDepth   = 100     // folders in one another
	maxTree    = 4 << 20 // bytes of a folder's list
	maxTotal   = 1 << 30 // bytes of all files
)

var errSize = errors.New("the commit has more files than can be compared: check it out, and name its folder")

// entry is a file, link, folder or submodule of a commit.
type entry struct {
	path string // from the repository's root, with slashes
	kind mode
	hash string
}

// mode is what a tree says of the type of an entry: the upper bits of a file's mode.
type mode uint32

const (
	modeType      mode = 0o170000
	modeFolder    mode = 0o040000
	modeLink      mode = 0o120000
	modeSubmodule mode = 0o160000
)

// walk lists what lies in a folder of a commit, folders left out. The list is bounded, and so is what is read for it.
func (o *objects) walk(root entry, count *int) ([]entry, error) {
	var found []entry
	level := []entry{root}
	for range maxDepth {
		var below []entry
		err := o.trees(level, func(e entry) error {
			if *count++; *count > maxEntries {
				return errSize
			}
			if e.kind == modeFolder {
				below = append(below, e)
			} else {
				found = append(found, e)
			}
			return nil
		})
		if err != nil || len(below) == 0 {
			return found, err
		}
		level = below
	}
	return nil, fmt.Errorf("%s lies in more than %d folders", level[0].path, maxDepth)
}

// trees reads folders, and hands over what they list.
func (o *objects) trees(folders []entry, each func(entry) error) error {
	names := hashes(folders)
	err := o.look(names, func(i int, a about) error {
		switch {
		case a.kind == "":
			return o.repository.missing(names[i], folders[i].path)
		case a.kind != "tree":
			return fmt.Errorf("%s is a %s, where a folder should be", folders[i].path, a.kind)
		case a.size > maxTree:
			return errSize
		}
		return nil
	})
	if err != nil {
		return err
	}
	return o.read(names, func(i int, content io.Reader) error {
		data, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		return parseTree(data, folders[i], each)
	})
}

// parseTree takes the list of a folder apart: for each entry its mode in octal digits, a space, its name, a zero, and its
// object name in bytes.
func parseTree(data []byte, folder entry, each func(entry) error) error {
	size := len(folder.hash) / 2
	taken := map[string]bool{}
	for len(data) > 0 {
		digits, rest, _ := bytes.Cut(data, []byte{' '})
		name, rest, ok := bytes.Cut(rest, []byte{0})
		bits, err := strconv.ParseUint(string(digits), 8, 32)
		if !ok || err != nil || len(rest) < size {
			return fmt.Errorf("the folder %s is damaged in this commit", folder.path)
		}
		reason := badName(string(name))
		if taken[string(name)] {
			reason = "a duplicate name"
		}
		if taken[string(name)] = true; reason != "" {
			return fmt.Errorf("the commit has a file or folder %q in %s: %s", name, folder.path, reason)
		}
		e := entry{path.Join(folder.path, string(name)), mode(bits) & modeType, hex.EncodeToString(rest[:size])}
		if err := each(e); err != nil {
			return err
		}
		data = rest[size:]
	}
	return nil
}

// badName says what is wrong with a name that git itself adds to no commit.
func badName(name string) string {
	switch {
	case name == "", name == ".", name == "..", strings.Contains(name, "/"):
		return "a name that leads elsewhere"
	case strings.EqualFold(name, ".git"):
		return "a name that is Git's own"
	}
	return ""
}

func hashes(entries []entry) []string {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.hash
	}
	return names
}
