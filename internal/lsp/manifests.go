package lsp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/layouts"
	"berth/renderers"
)

// arguments reads those of the command: a URI, and perhaps an environment.
func arguments(args []json.RawMessage) (uri, environment string, err error) {
	if len(args) == 0 || len(args) > 2 || json.Unmarshal(args[0], &uri) != nil {
		return "", "", errors.New(showManifests + " takes a file's URI and an environment")
	}
	if len(args) == 2 && json.Unmarshal(args[1], &environment) != nil {
		return "", "", errors.New(showManifests + " takes an environment's name as its second argument")
	}
	return uri, environment, nil
}

// stream prints the objects of the file's runs in an environment. Where something is refused, comments say what.
func (v *view) stream(environment string) (string, error) {
	w := v.load()
	result, ds := w.Compile(environment)
	name := w.NameOf(v.path)
	var objects []renderers.Object
	for _, u := range result.Units {
		if u.Doc.File.Name == name {
			objects = append(objects, u.Objects...)
		}
	}
	var refused strings.Builder
	for _, d := range diag.Sort(append(v.ds, ds...)) {
		if d.Severity == diag.Error {
			fmt.Fprintf(&refused, "# %s:%d: %s\n", nameOf(d), d.Span.Line, strings.ReplaceAll(diag.Safe(d.Message), "\n", " "))
		}
	}
	if refused.Len() > 0 {
		return "# Nothing is written as long as something is refused.\n" + refused.String(), nil
	}
	text, err := layouts.Stream(objects)
	return string(text), err
}
