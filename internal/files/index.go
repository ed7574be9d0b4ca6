package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// IndexName is the index in the output folder. It belongs into Git with the tree: in a fresh clone, it tells which
// files are Berth's.
const IndexName = ".berth-index.json"

// indexVersion is the version of the index's own form.
const indexVersion = 1

// maxIndex bounds what is read of an index, in bytes: room for some 300,000 files.
const maxIndex = 32 << 20

// indexAbout stands in the index, for whoever opens it.
const indexAbout = "Files that Berth wrote below this folder. It overwrites and removes these alone. Commit it with them."

// index says by path what Berth wrote: the digest of the file, or several with spaces between while it is not certain
// how far a build came.
type index map[string]string

// What makes an index none: the build stops, since without it nobody knows which files are Berth's.
var (
	errIndexForm    = errors.New("it is not what Berth wrote")
	errIndexLarge   = fmt.Errorf("it is larger than %d MiB", maxIndex>>20)
	errIndexVersion = errors.New("a newer Berth wrote it")
	errIndexKind    = errors.New("it is not a regular file")
)

// readIndex returns the index below root and its text; none is an empty index.
func readIndex(root *os.Root) (index, []byte, error) {
	info, err := root.Lstat(IndexName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return index{}, nil, nil
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, errIndexKind
	}
	f, err := root.Open(IndexName)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxIndex+1))
	if err != nil {
		return nil, nil, err
	}
	text = unixLines(text)
	x, err := decodeIndex(text)
	return x, text, err
}

// isDamage reports whether err is about the content of an index and not about reading it.
func isDamage(err error) bool {
	return errors.Is(err, errIndexForm) || errors.Is(err, errIndexLarge) ||
		errors.Is(err, errIndexVersion) || errors.Is(err, errIndexKind)
}

// decodeIndex trusts nothing: a path that Berth would not write is in no index of its making.
func decodeIndex(text []byte) (index, error) {
	if len(text) > maxIndex {
		return nil, errIndexLarge
	}
	var form struct {
		Version int   `json:"version"`
		Files   index `json:"files"`
	}
	// What is no JSON may be an index with the marks of a merge, of which both sides count.
	if err := json.Unmarshal(text, &form); err != nil {
		return mergedIndex(string(text))
	}
	if form.Version > indexVersion {
		return nil, errIndexVersion
	}
	if form.Version != indexVersion || form.Files == nil {
		return nil, errIndexForm
	}
	for path, digests := range form.Files {
		// An index comes with the tree, from whoever wrote that: no path in it may lead out of the folder.
		if checkPath(path) != "" || !areDigests(digests) {
			return nil, errIndexForm
		}
	}
	return form.Files, nil
}

// entryLine is a line of the index that names a file.
var entryLine = regexp.MustCompile(`^    "([^"\\]+)": "([0-9a-f ]+)",?$`)

// mergedIndex reads an index that Git made of two, with the marks of a conflict or without: a file that either of them
// names is one that Berth wrote, with the digests of both.
func mergedIndex(text string) (index, error) {
	x := index{}
	// The lines around the entries, as every index has them.
	frame := map[string]bool{}
	for line := range strings.Lines(string(index{}.encode())) {
		frame[strings.TrimSuffix(line, "\n")] = true
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		entry := entryLine.FindStringSubmatch(line)
		switch {
		case entry != nil && checkPath(entry[1]) == "" && areDigests(entry[2]):
			if !strings.Contains(x[entry[1]], entry[2]) {
				x[entry[1]] = strings.TrimSpace(x[entry[1]] + " " + entry[2])
			}
		case entry != nil || !frame[line] && !isConflictMark(line):
			return nil, errIndexForm
		}
	}
	if len(x) == 0 {
		return nil, errIndexForm
	}
	return x, nil
}

// isConflictMark reports whether Git wrote a line between the two sides of a conflict.
func isConflictMark(line string) bool {
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if rest, ok := strings.CutPrefix(line, mark); ok && (rest == "" || rest[0] == ' ') {
			return true
		}
	}
	return false
}

// areDigests reports whether a text is SHA-256 digests in lower-case hex, with single spaces between.
func areDigests(text string) bool {
	for digest := range strings.SplitSeq(text, " ") {
		if len(digest) != 2*sha256.Size || strings.Trim(digest, "0123456789abcdef") != "" {
			return false
		}
	}
	return true
}

// encode writes one file a line, so that Git can merge two indexes. Neither paths nor digests need escapes.
func (x index) encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"version\": %d,\n  \"about\": %q,\n  \"files\": {", indexVersion, indexAbout)
	separator := "\n"
	for _, path := range slices.Sorted(maps.Keys(x)) {
		b.WriteString(separator + `    "` + path + `": "` + x[path] + `"`)
		separator = ",\n"
	}
	b.WriteString("\n  }\n}\n")
	return b.Bytes()
}

// digestOf is the SHA-256 of a file's content, in hex.
func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
