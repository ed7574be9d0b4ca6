package importer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/template"
)

// foreign are the objects that become profiles, by API group and kind; the version does not matter.
var foreign = []struct {
	group, kind string
	read        func(*reader) object
}{
	{"infrastructure.opendatahub.io", "HardwareProfile", (*reader).hardwareProfile},
	{"dashboard.opendatahub.io", "HardwareProfile", (*reader).dashboardProfile},
	{"dashboard.opendatahub.io", "AcceleratorProfile", (*reader).acceleratorProfile},
	{"kueue.x-k8s.io", "ResourceFlavor", (*reader).resourceFlavor},
}

// Profiles turns a file into profiles, as YAML: a template file, JupyterHub's profileList, objects of OpenShift AI
// (HardwareProfile, AcceleratorProfile) and Kueue (ResourceFlavor), one by one or in a List, or a ConfigMap that holds any of
// them. What an object says and no profile can is a warning, and so is a document of another sort beside those that are known.
// There is no text when anything is an error.
func Profiles(file *diag.File) ([]byte, []diag.Diagnostic) {
	text, diags := profilesIn(file, 0)
	if len(text) > 0 {
		for i := range diags {
			if diags[i].Code == diag.Document {
				diags[i].Severity = diag.Warning
			}
		}
	}
	if diag.HasErrors(diags) {
		return nil, diags
	}
	return text, diags
}

// profilesIn writes the profiles that a file holds, as YAML documents in the order they stand in. A file can be packed in
// another, as the value of a ConfigMap is: depth is 0 for the file itself and 1 for what is packed in it, which is not
// unpacked again. What cannot be read is reported, and the rest is written all the same.
func profilesIn(file *diag.File, depth int) ([]byte, []diag.Diagnostic) {
	docs, diags := source.Load(file, source.Options{})
	if diag.HasErrors(diags) {
		return nil, diags
	}
	if profile, ok, diags := template.Read(docs); ok {
		if diag.HasErrors(diags) {
			return nil, diags
		}
		return templateText(file, profile), diags
	}
	var texts [][]byte
	roots := flatten(docs)
	if len(roots) == 0 {
		return nil, []diag.Diagnostic{{Code: diag.NothingToDo, Span: diag.Span{File: file},
			Message: "there is nothing in this file to make a profile of", Hint: "see that the command which wrote it found the objects"}}
	}
	for _, root := range roots {
		r := &reader{root: root}
		if inner := packed(file, root); depth == 0 && len(inner) > 0 {
			for _, f := range inner {
				text, more := profilesIn(f, depth+1)
				if diags = append(diags, more...); len(text) > 0 {
					texts = append(texts, text)
				}
			}
		} else if list := profileList(root); list != nil {
			if written := r.hubProfiles(list); len(written) > 0 {
				texts = append(texts, write(written))
			}
		} else if d, ok := r.profile(); ok {
			texts = append(texts, write([]object{d}))
		}
		diags = append(diags, r.diags...)
	}
	return bytes.Join(texts, []byte("---\n")), diags
}

// flatten puts the items of Lists in their place.
func flatten(docs []source.Document) []*source.Node {
	var roots []*source.Node
	for _, d := range docs {
		items := d.Root.Get("items")
		if kind := d.Root.Get("kind"); items != nil && items.Kind == source.List && kind.Scalar() && strings.HasSuffix(kind.Text, "List") {
			roots = append(roots, items.Items...)
		} else {
			roots = append(roots, d.Root)
		}
	}
	return roots
}

// reader reads one foreign object.
type reader struct {
	root  *source.Node
	diags []diag.Diagnostic
}

// profile makes a profile of one object of another tool. It reports false, with a diagnostic, for kinds that nobody reads.
// The version is not looked at: the fields that are read have the same names in all of them.
func (r *reader) profile() (object, bool) {
	version, kind := str(r.root.Get("apiVersion")), str(r.root.Get("kind"))
	group, _, _ := strings.Cut(version, "/")
	for _, f := range foreign {
		if f.group == group && f.kind == kind {
			spec := f.read(r)
			return document("Profile", str(r.root.Get("metadata").Get("name")), spec), true
		}
	}
	r.diags = append(r.diags, diag.Diagnostic{Code: diag.Document, Span: first(r.root),
		Message: "no profile can be made of this document",
		Hint:    "berth reads template files, JupyterHub's profileList, OpenShift AI's HardwareProfile and AcceleratorProfile, Kueue's ResourceFlavor, and ConfigMaps that hold them"})
	return object{}, false
}

// only warns of fields that are set and not in the list.
func (r *reader) only(n *source.Node, path string, known ...string) {
	if n == nil {
		return
	}
	for _, f := range n.Fields {
		if f.Node.Kind == source.Null || slices.Contains(known, f.Key) {
			continue
		}
		r.warn(f.Span, diag.Join(path, f.Key), fmt.Sprintf("%s is left out: a profile has no such field", f.Key))
	}
}

// warn reports a field that no profile can say; the profile is written without it.
func (r *reader) warn(span diag.Span, path, message string) {
	r.diags = append(r.diags, diag.Diagnostic{Code: diag.UnknownField, Severity: diag.Warning, Span: span, Path: path, Message: message})
}

// str is a scalar's text, empty when the node is none.
func str(n *source.Node) string {
	if n.Scalar() {
		return n.Text
	}
	return ""
}
