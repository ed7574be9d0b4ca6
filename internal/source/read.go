package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"berth/internal/diag"
)

// MaxFileBytes is the size of the largest file that is read: some five thousand runs.
const MaxFileBytes = 4 << 20

// byteOrderMark is that of UTF-8, which editors on Windows write and which means nothing.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Read reads a file from disk and checks it as [FromBytes] does. A file that cannot be used is returned as nil, with
// the reason: it is missing, a folder, no regular file, too large or no clean UTF-8 text.
func Read(path, displayName string) (*diag.File, []diag.Diagnostic) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, cannotRead(displayName, reason(err), "")
	case !info.Mode().IsRegular():
		// A pipe or device is not opened at all: opening alone may block for ever.
		return nil, cannotRead(displayName, "this is "+describe(info.Mode())+", not a file", "")
	case info.Size() > MaxFileBytes:
		return nil, tooLarge(displayName)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, cannotRead(displayName, reason(err), "")
	}
	defer f.Close()
	data, err := readAll(f, info.Size())
	if err != nil {
		return nil, cannotRead(displayName, reason(err), "")
	}
	return FromBytes(displayName, data)
}

// readAll reads a file of a known size at once into as much memory as it takes, which thousands of files stay in. One
// that grows meanwhile is read to its end, or to where it is too large.
func readAll(f *os.File, size int64) ([]byte, error) {
	data := make([]byte, size+1) // the end shows in that there is less
	n, err := io.ReadFull(f, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return data[:n], nil
	}
	if err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(io.LimitReader(f, MaxFileBytes))
	return append(data, rest...), err
}

// FromBytes makes a file of text. A byte order mark at the start is dropped; invalid UTF-8, control, bidi and zero-width
// characters are refused with their place, and then the file is nil.
func FromBytes(displayName string, data []byte) (*diag.File, []diag.Diagnostic) {
	if len(data) > MaxFileBytes {
		return nil, tooLarge(displayName)
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, []diag.Diagnostic{{Code: diag.FileEncoding, Span: whole(&diag.File{Name: displayName}),
			Message: "the file is UTF-16 text", Hint: "save the file as UTF-8"}}
	}
	file := &diag.File{Name: displayName, Data: bytes.TrimPrefix(data, byteOrderMark)}
	if ds := checkCharacters(file); ds != nil {
		return nil, ds
	}
	return file, nil
}

// cannotRead is the one diagnostic of a file that there is no text of.
func cannotRead(name, message, hint string) []diag.Diagnostic {
	return []diag.Diagnostic{{Code: diag.FileRead, Span: whole(&diag.File{Name: name}), Message: message, Hint: hint}}
}

// tooLarge refuses a file for its size.
func tooLarge(name string) []diag.Diagnostic {
	return []diag.Diagnostic{{Code: diag.FileTooLarge, Span: whole(&diag.File{Name: name}),
		Message: fmt.Sprintf("the file is larger than %d MiB", MaxFileBytes>>20), Hint: "split it into several files"}}
}

// describe words what a path is that is no regular file.
func describe(mode fs.FileMode) string {
	if mode.IsDir() {
		return "a folder"
	}
	return "a device, pipe or socket"
}

// reason words an error of the operating system without the path, which the diagnostic has already.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be read: permission denied"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return "the file cannot be read: " + path.Err.Error()
	}
	return "the file cannot be read"
}
