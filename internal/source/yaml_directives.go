package source

import (
	"bytes"
	"regexp"
	"slices"

	"berth/internal/diag"
)

// version12 finds the last digit of a directive %YAML 1.2 before a document.
var version12 = regexp.MustCompile(`\A(?:\s*(?:#.*)?\n|%.*\n)*?%YAML[ \t]+1\.(2)(?:\s|\z)`)

// maxDirectives bounds the %TAG lines of a file: the library compares each with all before it.
const maxDirectives = 100

// tooManyDirectives is where the first %TAG line too many stands; -1 where there is none.
func tooManyDirectives(data []byte) int {
	if bytes.Count(data, []byte("%TAG")) <= maxDirectives {
		return -1
	}
	count, at := 0, 0
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(line, []byte("%TAG")) {
			if count++; count > maxDirectives {
				return at
			}
		}
		at += len(line)
	}
	return -1
}

// knownVersion gives the documents of YAML 1.2 the directive of 1.1, the only one that the library takes, although it
// reads both.
func knownVersion(data []byte, parts []yamlPart) []byte {
	if !bytes.Contains(data, []byte("%YAML")) {
		return data
	}
	data = slices.Clone(data)
	for _, part := range parts {
		if m := version12.FindSubmatchIndex(data[part.from:part.to]); m != nil {
			data[part.from+m[2]] = '1'
		}
	}
	return data
}

// wrongDirective explains what the library refused before a document begins: lines that begin with %, or that the ---
// which has to follow them is missing.
func wrongDirective(t *text, part yamlPart) (diag.Diagnostic, bool) {
	data := t.data[part.from:part.to]
	var before []byte // the directives above the line
	next := 0
	for line := range bytes.Lines(data) {
		at := part.from + next
		next += len(line)
		line = bytes.TrimRight(line, " \t\r\n")
		d := diag.Diagnostic{Code: diag.Syntax, Span: t.span(at, at+len(line))}
		switch {
		case len(line) == 0 || line[0] == '#':
		case line[0] != '%':
			d.Message, d.Hint = "a line of --- has to stand between the lines that begin with % and the document", "write --- above this line"
			return d, before != nil && !isMarker(line, "---")
		case acceptsYAML(slices.Concat(before, line, []byte("\n---\n"))):
			before = slices.Concat(before, line, []byte{'\n'})
		default:
			d.Message, d.Hint = directiveProblem(line, before)
			return d, true
		}
	}
	return diag.Diagnostic{}, false
}

// directiveProblem words why a line that begins with % was refused; before are the directives above it.
func directiveProblem(line, before []byte) (message, hint string) {
	switch {
	case !bytes.HasPrefix(line, []byte("%YAML")):
		return "this line begins with %, which is for YAML's own directives", "remove the line"
	case bytes.Contains(before, []byte("%YAML")):
		return "the version of YAML is said twice", "remove the line"
	}
	return "this YAML version is not known", "write %YAML 1.2, or remove the line"
}
