package schema

import (
	"bytes"
	"io/fs"
	"regexp"
)

// heads are the clauses that stand once at the top of all files together.
var heads = regexp.MustCompile(`(?m)^(package schema|import "strings")\n+`)

// CUE is the schema as one file of CUE, for `cue vet`: #Run, #Profile and #Project are the documents in their whole form.
func CUE() []byte {
	out := []byte("package berth\n\nimport \"strings\"\n")
	names, err := fs.Glob(Files, "*.cue")
	if err != nil {
		return nil // the pattern is right
	}
	for _, name := range names {
		text, err := fs.ReadFile(Files, name)
		if err != nil {
			return nil // it is embedded
		}
		out = append(append(out, '\n'), bytes.TrimLeft(heads.ReplaceAll(text, nil), "\n")...)
	}
	return out
}
