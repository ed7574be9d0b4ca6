package lsp

import (
	"path/filepath"
	"sync"
)

// document is a file that is open in the editor.
type document struct {
	uri     string // as the client writes it
	version int
	text    *text
}

// documents are those that are open, and the folders that they may lie in.
type documents struct {
	mu      sync.Mutex
	open    map[string]*document // by path
	folders []string
}

// changeFolders changes the folders that the editor has open. URIs of other schemes than file are passed over: they have no
// path on this disk.
func (d *documents) changeFolders(added, removed []workspaceFolder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	gone := map[string]bool{}
	for _, f := range removed {
		if path, ok := pathOf(f.URI); ok {
			gone[path] = true
		}
	}
	var folders []string
	for _, f := range d.folders {
		if !gone[f] {
			folders = append(folders, f)
		}
	}
	for _, f := range added {
		if path, ok := pathOf(f.URI); ok {
			folders = append(folders, path)
		}
	}
	d.folders = folders
}

// roots are the workspace folders.
func (d *documents) roots() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.folders
}

// within is the path of a URI that the server may deal with: a file inside a workspace folder. A client without folders
// edits single files.
func (d *documents) within(uri string) (path string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.inside(uri)
}

// inside is the path of a URI, and whether the file is the server's business: below one of the open folders, or anywhere
// where the editor has opened none. The caller holds the lock.
func (d *documents) inside(uri string) (path string, ok bool) {
	path, ok = pathOf(uri)
	if !ok || len(d.folders) == 0 {
		return path, ok
	}
	for _, folder := range d.folders {
		if below(folder, path) {
			return path, true
		}
	}
	return "", false
}

// put takes an opened document, whose text stands from now on in the place of the file on disk.
func (d *documents) put(t textDocument) (path string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if path, ok = d.inside(t.URI); ok {
		d.open[path] = &document{t.URI, t.Version, newText([]byte(t.Text))}
	}
	return path, ok
}

// change applies changes one after the other, each to the text that the one before left, as the protocol demands. A new
// document is put in the place of the old, which a reader may still hold.
func (d *documents) change(p didChangeParams) (path string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	path, ok = d.inside(p.TextDocument.URI)
	doc := d.open[path]
	if !ok || doc == nil {
		return "", false
	}
	// Each range is one of the text that the change before it left.
	t := doc.text
	for _, c := range p.Changes {
		if c.Range == nil {
			t = newText([]byte(c.Text))
		} else {
			t = newText(t.change(*c.Range, c.Text))
		}
	}
	d.open[path] = &document{doc.uri, p.TextDocument.Version, t}
	return path, true
}

// remove forgets a closed document: the file on disk counts again. It is false for a document that was not open.
func (d *documents) remove(uri string) (path string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	path, ok = d.inside(uri)
	if _, open := d.open[path]; !ok || !open {
		return "", false
	}
	delete(d.open, path)
	return path, true
}

// get is the open document of a path, nil when it is not open.
func (d *documents) get(path string) *document {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open[path]
}

// texts are the open documents' texts by path, as they are now.
func (d *documents) texts() map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	texts := make(map[string][]byte, len(d.open))
	for path, doc := range d.open {
		texts[path] = doc.text.data
	}
	return texts
}

// uri is how the client calls a file.
func (d *documents) uri(path string) string {
	if doc := d.get(path); doc != nil {
		return doc.uri
	}
	return uriOf(path)
}

// imported reports whether files of this kind are read by other files, from disk.
func imported(path string) bool {
	switch filepath.Ext(path) {
	case ".libsonnet", ".jsonnet", ".cue", ".json":
		return true
	}
	return false
}
