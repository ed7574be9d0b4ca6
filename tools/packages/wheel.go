package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// wheel writes a wheel that puts the binary among the scripts of an environment (packaging.python.org, binary distribution
// format 1.0).
func (r release) wheel(t target, binary []byte) error {
	base := r.identifier() + "-" + r.version
	info := base + ".dist-info/"
	var tags strings.Builder
	for platform := range strings.SplitSeq(t.python, ".") {
		fmt.Fprintf(&tags, "Tag: py3-none-%s\n", platform)
	}
	entries := []entry{
		{base + ".data/scripts/" + t.program(), binary, true},
		{info + "METADATA", fmt.Appendf(nil, "Metadata-Version: 2.1\nName: %s\nVersion: %s\nSummary: %s\nLicense: Apache-2.0\nRequires-Python: >=3.8\n", r.name, r.version, summary), false},
		{info + "WHEEL", []byte("Wheel-Version: 1.0\nGenerator: berth\nRoot-Is-Purelib: false\n" + tags.String()), false},
	}
	var record strings.Builder
	for _, e := range sorted(entries) {
		sum := sha256.Sum256(e.text)
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", e.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(e.text))
	}
	fmt.Fprintf(&record, "%sRECORD,,\n", info)
	text, err := zipped(append(entries, entry{info + "RECORD", []byte(record.String()), false}))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, base+"-py3-none-"+t.python+".whl"), text, 0o666)
}

// epoch is the time of all files: the first that a zip can say.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func zipped(entries []entry) ([]byte, error) {
	var text bytes.Buffer
	w := zip.NewWriter(&text)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: epoch}
		header.SetMode(os.FileMode(e.mode()))
		file, err := w.CreateHeader(header)
		if err == nil {
			_, err = file.Write(e.text)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}
