package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"

	"berth/internal/files"
)

// byteOrderMark may stand at the start of a file; it is no part of what is parsed, and stays where it is.
var byteOrderMark = []byte("\xef\xbb\xbf")

// errChanged is said of a file that somebody saved after it was read.
var errChanged = errors.New("it changed while its mistakes were looked for, so that nothing was written; run `berth fix --write` again")

// replaceFile gives a file the mended text in the place of the text that it was made of, which it has to have still. It is
// written beside the file and renamed, so that no half file ever stands, unless that would cost the file its owner or its
// other names. The byte order mark and the mode stay.
func replaceFile(path string, before, text []byte) error {
	// A link stays a link: its target is changed.
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	now, err := readSame(path, before)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(now, byteOrderMark) {
		text = append(bytes.Clone(byteOrderMark), text...)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	// In the same folder, since renaming works within one file system alone.
	temporary, err := os.CreateTemp(filepath.Dir(path), ".berth-fix-*")
	if err != nil {
		return err
	}
	defer files.RemoveOnSignal(temporary.Name())() // there is nothing to remove after the renaming
	_, err = temporary.Write(text)
	owned := keepOwner(temporary, info)
	if err := firstError(err, temporary.Chmod(info.Mode().Perm()), temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if _, err := readSame(path, before); err != nil {
		return err
	}
	// Renaming would give the file another owner, or leave its other hard links with the old text.
	if !owned || names(info) > 1 {
		return overwrite(path, text)
	}
	return os.Rename(temporary.Name(), path)
}

// readSame reads a file, which has to have a text still, with a byte order mark or without.
func readSame(path string, text []byte) ([]byte, error) {
	now, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(bytes.TrimPrefix(now, byteOrderMark), text) {
		err = errChanged
	}
	return now, err
}

// overwrite writes into the file itself, which keeps its owner and all its names. The text stands beside it meanwhile, should
// the machine stop.
func overwrite(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	return firstError(err, f.Truncate(int64(len(text))), f.Sync(), f.Close())
}
