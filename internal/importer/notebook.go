package importer

import (
	"encoding/json"
	"strings"

	"berth/internal/diag"
)

// cells turns a notebook into the Python source of its cells. What a notebook alone understands, its own commands and the
// shell's, becomes empty lines; places are those of the cells' text, one behind the other.
func cells(file *diag.File) (*diag.File, []diag.Diagnostic) {
	var notebook struct {
		Cells []struct {
			Type   string `json:"cell_type"`
			Source any    `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(file.Data, &notebook); err != nil {
		return nil, []diag.Diagnostic{{Code: diag.Document, Span: diag.Span{File: file}, Message: "this is no notebook: " + reasonOf(err)}}
	}
	var b strings.Builder
	for _, cell := range notebook.Cells {
		if cell.Type != "code" {
			continue
		}
		for line := range strings.Lines(cellText(cell.Source)) {
			if start := strings.TrimLeft(line, " \t"); strings.HasPrefix(start, "%") || strings.HasPrefix(start, "!") || strings.HasPrefix(start, "?") {
				line = "\n"
			}
			b.WriteString(line)
		}
		b.WriteString("\n")
	}
	return &diag.File{Name: file.Name, Data: []byte(b.String())}, nil
}

// cellText is a cell's text, which may be one text or its lines.
func cellText(source any) string {
	if lines, ok := source.([]any); ok {
		var b strings.Builder
		for _, l := range lines {
			if text, ok := l.(string); ok {
				b.WriteString(text)
			}
		}
		return b.String()
	}
	text, _ := source.(string)
	return text
}
