package source

import (
	"path/filepath"
	"strings"

	"berth/internal/diag"
)

// Document is one run, profile, project or foreign document of a file.
type Document struct {
	File  *diag.File
	Index int // its place in the file, from 0; empty documents are not counted
	Root  *Node
	// Of is what the document is a variant of, where one document stands for several; nil for a document by itself.
	Of *Origin
}

// Origin is the document that a variant was made of.
type Origin struct {
	Name   *Node             // what the document itself is called
	Values map[string]string // what tells the variant from the others
	At     diag.Span         // what makes several of the document
	Count  int               // how many there are
	First  bool              // whether it is the first of them
}

// Options says how a file is loaded.
type Options struct {
	// Path is where the file lies on disk, which decides what a relative Jsonnet import means. Empty means File.Name.
	Path string
	// Root is the folder that imports are confined to: the project's. Empty, or a folder that the file does not lie in,
	// means the file's own folder.
	Root string
	// Evaluator runs CUE and Jsonnet; without one, files of those formats are refused.
	Evaluator *Evaluator
	// Layer is given to every node.
	Layer Layer
	// Constraints allows CUE values that are not concrete, which become nodes of kind [Constraint]: for profiles.
	Constraints bool
}

// maxDepth bounds how deep values may be nested in any format. Kubernetes' own deepest field stands at 15.
const maxDepth = 100

// maxDocuments bounds how many documents one file may hold.
const maxDocuments = 10_000

// maxFindings bounds how many mistakes are listed of one file: one that is no text of ours would have millions.
const maxFindings = 200

// formats has one row for each input format.
var formats = []struct {
	extensions []string
	load       func(*diag.File, Options) ([]*Node, []diag.Diagnostic)
}{
	{[]string{".yaml", ".yml"}, loadYAML},
	{[]string{".json"}, loadJSON},
	{[]string{".cue"}, loadCUE},
	{[]string{".jsonnet"}, loadJsonnet},
}

// Load parses or evaluates one file by its extension. The file comes from [Read] or [FromBytes]. It may hold several
// documents: YAML documents, or a top-level list in any format, each item of which is a document. The documents that
// could be read are returned beside the diagnostics of what could not.
func Load(file *diag.File, opts Options) ([]Document, []diag.Diagnostic) {
	extension := strings.ToLower(filepath.Ext(file.Name))
	for _, f := range formats {
		for _, e := range f.extensions {
			if e == extension {
				roots, diags := f.load(file, opts)
				return documents(file, roots, diags)
			}
		}
	}
	return nil, []diag.Diagnostic{unsupported(file, extension)}
}

// Supported reports whether [Load] reads files of this path's extension. A .libsonnet file is only ever imported.
func Supported(path string) bool {
	extension := strings.ToLower(filepath.Ext(path))
	for _, f := range formats {
		for _, e := range f.extensions {
			if e == extension {
				return true
			}
		}
	}
	return false
}

// documents takes top-level lists apart, so that a JSON file may hold several runs, and refuses a file with nothing in
// it where nothing else was said of it.
func documents(file *diag.File, roots []*Node, diags []diag.Diagnostic) ([]Document, []diag.Diagnostic) {
	var docs []Document
	add := func(root *Node) { docs = append(docs, Document{File: file, Index: len(docs), Root: root}) }
	for _, root := range roots {
		switch {
		case root.Kind != List:
			add(root)
		case len(root.Items) > maxDocuments:
			return nil, append(diags, tooManyDocuments(root.Items[maxDocuments].Span))
		default:
			for _, item := range root.Items {
				add(item)
			}
		}
	}
	if len(docs) == 0 && len(diags) == 0 {
		diags = append(diags, diag.Diagnostic{Code: diag.FileEmpty, Span: whole(file),
			Message: "the file is empty: there is no run, profile or project in it", Hint: "`berth init` writes an example"})
	}
	return docs, diags
}

// tooManyDocuments refuses a file at the first document beyond the limit.
func tooManyDocuments(span diag.Span) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.FileTooLarge, Span: span, Message: "the file holds more than 10,000 documents", Hint: "split it into several files"}
}

// extensions are those of all formats, in the order of the rows.
func extensions() []string {
	var all []string
	for _, f := range formats {
		all = append(all, f.extensions...)
	}
	return all
}

func unsupported(file *diag.File, extension string) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.FileRead, Span: whole(file), Message: "the file's format is not known from its name",
		Hint: "berth reads " + diag.AllOf(extensions()) + " files"}
	if extension == ".libsonnet" {
		d.Message, d.Hint = "a .libsonnet file is a library", "import it from a .jsonnet file"
	}
	return d
}

// tooDeep is what every format says of nesting beyond maxDepth.
func tooDeep(span diag.Span) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.FileTooLarge, Span: span,
		Message: "values are nested more than 100 levels deep from here on", Hint: "no field of a run or profile needs that"}
}

// duplicateKey is what every format says of a key that stands twice in one map.
func duplicateKey(key string, second, first diag.Span) diag.Diagnostic {
	message := "a field is set twice in the same place"
	if printable(key) {
		message = "`" + key + "` is set twice in the same place"
	}
	return diag.Diagnostic{Code: diag.Duplicate, Span: second, Message: message,
		Notes: []diag.Note{{Span: first, Message: "set here first"}}, Hint: "keep one of the two"}
}
