package source

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// yamlPart is the text of one document within a stream.
type yamlPart struct {
	from, to int
	line     int32 // the number of its first line
}

// splitYAML cuts a stream at its document markers. A line that begins with one is a marker wherever it stands: YAML
// forbids it inside of any scalar.
func splitYAML(t *text) []yamlPart {
	parts := []yamlPart{{from: 0, line: 1}}
	blank := true // nothing but comments and directives so far, which belong to the document that follows
	for i, start := range t.lines {
		line := t.data[start:t.lineEnd(int32(i+1))]
		last := &parts[len(parts)-1]
		switch {
		case isMarker(line, "---"):
			if !blank {
				last.to = int(start)
				parts = append(parts, yamlPart{from: int(start), line: int32(i + 1)})
			}
			blank = false
		case isMarker(line, "..."):
			last.to = t.lineEnd(int32(i + 1))
			parts = append(parts, yamlPart{from: last.to, line: int32(i + 1)})
			blank = true
		default:
			blank = blank && (len(bytes.TrimSpace(line)) == 0 || line[0] == '%' || bytes.TrimSpace(line)[0] == '#')
		}
	}
	parts[len(parts)-1].to = len(t.data)
	return parts
}

// isMarker reports whether a line begins with a marker of three characters that stands by itself.
func isMarker(line []byte, marker string) bool {
	return len(line) >= 3 && string(line[:3]) == marker && (len(line) == 3 || isYAMLSpace(rune(line[3])))
}

// errTrailing has the library's own words, by which [yamlProblems] knows it.
var errTrailing = errors.New("yaml: did not find expected <document start>")

// parseYAML reads the one document of a part; nil means that there is none. The library panics on some broken input
// that it did not foresee.
func parseYAML(part []byte) (node *yaml.Node, err error) {
	defer func() {
		if recover() != nil {
			node, err = nil, errors.New("yaml: unknown problem")
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(part))
	var document, more yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errTrailing
	}
	return document.Content[0], nil
}

// isEmptyYAML reports whether a document is one empty value, such as what stands between two lines of ---.
func isEmptyYAML(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 && n.Anchor == ""
}
