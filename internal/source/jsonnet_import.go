package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"berth/internal/diag"

	"github.com/google/go-jsonnet"
)

// jsonnetImporter reads what a program imports from within one folder, and nothing else: no absolute paths, no `..`
// out of it, no symbolic links that lead out of it.
type jsonnetImporter struct {
	root  *os.Root
	path  string // of the importing file, within root
	name  string // the same, as the user would write it
	files map[string]*importedFile
	stop  *importRefusal // the last refusal, since Jsonnet keeps only its text
}

// importedFile is a file that was imported, or the reason why it was not.
type importedFile struct {
	contents jsonnet.Contents
	file     *diag.File // nil when the file is not text
	refused  *importRefusal
}

// importRefusal is why a file cannot be imported.
type importRefusal struct{ message, hint string }

// Error makes it pass through Jsonnet; its text comes back, the hint does not, which is why the importer keeps it.
func (r *importRefusal) Error() string { return r.message }

// Import gives the contents of a file by its path relative to the importing one.
func (i *jsonnetImporter) Import(from, to string) (jsonnet.Contents, string, error) {
	within := path.Join(path.Dir(from), to)
	f := i.files[within]
	switch {
	case path.IsAbs(to) || strings.ContainsAny(to, "\\\x00") || len(to) > 1 && to[1] == ':':
		f = refuseImport(to, "the import of %q is an absolute path, which means something else on every machine", "write the path relative to this file")
	case within == ".." || strings.HasPrefix(within, "../"):
		f = refuseImport(to, "the import of %q leads out of the project's folder", "imports are confined to it: move the file into the project")
	case f == nil:
		f = i.read(within, to)
		i.files[within] = f
	}
	if f.refused != nil {
		i.stop = f.refused
		return jsonnet.Contents{}, "", f.refused
	}
	return f.contents, within, nil
}

// refuseImport makes a refusal; format has one %q for the import as it is written, which is left out where it cannot be
// shown.
func refuseImport(to, format, hint string) *importedFile {
	if !printable(to) {
		to = "…"
	}
	return &importedFile{refused: &importRefusal{fmt.Sprintf(format, to), hint}}
}

// read reads a file within the folder. os.Root refuses symbolic links that lead out of it. A program has to be clean
// text as every other file; what importstr and importbin take may be anything.
func (i *jsonnetImporter) read(within, to string) *importedFile {
	// Pipes and devices are not opened: opening alone may block for ever.
	info, err := i.root.Stat(within)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuseImport(to, "the imported file %q does not exist", "its path is relative to this file")
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return refuseImport(to, "the import of %q leads out of the project's folder by a symbolic link", "imports are confined to it: move the file into the project")
	case err == nil && !info.Mode().IsRegular():
		return refuseImport(to, "the import of %q is no file", "")
	case err == nil && info.Size() > MaxFileBytes:
		return refuseImport(to, "the imported file %q is too large", "")
	}
	f, err := i.root.Open(within)
	if err != nil {
		return refuseImport(to, "the imported file %q cannot be read", "")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFileBytes))
	if err != nil {
		return refuseImport(to, "the imported file %q cannot be read", "")
	}
	imported := &importedFile{contents: jsonnet.MakeContentsRaw(unixLines(data))}
	var diags []diag.Diagnostic
	if imported.file, diags = FromBytes(i.display(within), data); diags != nil && isProgram(within) {
		return refuseImport(to, "the imported file %q is no clean text: "+strings.ReplaceAll(diags[0].Message, "%", "%%"), diags[0].Hint)
	}
	return imported
}

// isProgram reports whether a file is code by its name; others may be imported as they are by importstr and importbin.
func isProgram(name string) bool {
	switch path.Ext(name) {
	case ".jsonnet", ".libsonnet", ".json":
		return true
	}
	return false
}

// display is the name of a file within root as the user would write it, told from the importing file's two names.
func (i *jsonnetImporter) display(within string) string {
	if prefix, ok := strings.CutSuffix(i.name, i.path); ok {
		return prefix + within
	}
	return within
}

// unixLines is text with the line ends that its author committed: Git for Windows checks out others, and the same file has
// to give the same Job everywhere. What is no text stays as it is.
func unixLines(data []byte) []byte {
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return data
	}
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}
