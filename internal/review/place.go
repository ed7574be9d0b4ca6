package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/renderers"
)

// Place is who decided a value: the field as its author wrote it, the layer, and where it stands. File is empty for what
// the tool decided; Reason then says why.
type Place struct {
	Field  string `json:"field,omitempty"`
	Layer  string `json:"layer"`
	File   string `json:"file,omitempty"`
	Line   int32  `json:"line,omitempty"`
	Col    int32  `json:"column,omitempty"`
	Reason string `json:"reason,omitempty"`

	node *source.Node
	plan string // the path in the plan
}

// String is the place as people read it: file:line:col (layer), or for what no file says the field that could, if any.
func (p Place) String() string {
	switch {
	case p.File == "" && p.Field != "":
		return fmt.Sprintf("%s (%s)", p.Field, p.Layer)
	case p.File == "":
		return p.Layer
	case p.Line == 0:
		return fmt.Sprintf("%s (%s)", p.File, p.Layer)
	}
	return fmt.Sprintf("%s:%d:%d (%s)", p.File, p.Line, p.Col, p.Layer)
}

// layerWords say who wrote a value.
var layerWords = map[source.Layer]string{
	source.ToolDefault:        "tool default",
	source.ProjectDefault:     "project",
	source.ProfileDefault:     "profile default",
	source.RunSpec:            "run",
	source.ProjectEnvironment: "project environment",
	source.RunEnvironment:     "run environment",
	source.ProfileRequire:     "profile require",
	source.Patch:              "patch",
	source.Locked:             "images.lock",
}

// withoutMetadata are the layers whose authors write name, namespace, labels and annotations beside the other fields.
var withoutMetadata = map[source.Layer]bool{
	source.ProjectDefault: true, source.ProjectEnvironment: true, source.RunEnvironment: true, source.ProfileDefault: true,
	source.ProfileRequire: true,
}

// tool is the layer of what no file says.
const tool = "tool"

// origin is the place that decided the leaf at path of an object.
func (r *Run) origin(o *renderers.Object, path string) *Place {
	planPath, reason, ok := renderers.Origin(o, path)
	if !ok {
		return nil
	}
	p := r.place(planPath)
	if reason != "" {
		p.Reason = reason
	}
	if r.Queue != nil && planPath == "spec.queue" && r.Queue.ClusterQueue != "" {
		p.Reason = fmt.Sprintf("ClusterQueue %s admits it: %s", r.Queue.ClusterQueue, r.Queue.State)
	}
	return &p
}

// place is where a path of the plan stands, or the nearest place above it.
func (r *Run) place(planPath string) Place {
	if planPath == "" {
		return Place{Layer: tool}
	}
	root, path, layer := r.treeOf(planPath)
	p := Place{Field: r.fieldName(planPath), Layer: layer, plan: planPath}
	node := nearest(root, path)
	if node == nil {
		p.Layer = cmp.Or(layer, tool)
		return r.withDefault(p, planPath)
	}
	p.node, p.Layer = node, cmp.Or(layer, layerWords[node.Layer])
	// Defaults have no metadata of their own: their authors write these fields beside the others.
	if withoutMetadata[node.Layer] && root == r.Tree {
		p.Field = strings.TrimPrefix(p.Field, "metadata.")
	}
	p.locate(node.Span)
	if p.File == "" {
		return r.withDefault(p, planPath)
	}
	p.Reason = cmp.Or(r.perGPU(node), r.choice(node))
	// One line of the project decides this of all secrets.
	if from := r.Project.Get("secrets").Get("from"); from != nil && from.Span == node.Span {
		p.Field = "secrets.from"
	}
	return p
}

// choice says of a number of GPUs that the run left to its profile why it is the one.
func (r *Run) choice(number *source.Node) string {
	choice := r.Tree.Get("spec").Get("resources").Get("gpu").Get("choice")
	switch {
	case choice == nil || choice.Span != number.Span:
		return ""
	case !strings.Contains(choice.Text, ".."):
		return "asked for as " + choice.Text
	case number.Beat != nil && number.Beat.Text == number.Text:
		return fmt.Sprintf("%s leaves the number to the profile: the default, %s, lies in it", choice.Text, number.Text)
	}
	return fmt.Sprintf("%s leaves the number to the profile: %s is the least of it that the profile allows", choice.Text, number.Text)
}

// placed is the place of a path of the plan.
func (r *Run) placed(planPath string) *Place {
	p := r.place(planPath)
	return &p
}

// perGPU says of an amount that the profile gives for each GPU that it was multiplied.
func (r *Run) perGPU(node *source.Node) string {
	each := r.Profile.Get("per_gpu")
	if each == nil {
		return ""
	}
	for _, f := range each.Fields {
		if f.Node.Span == node.Span {
			return f.Node.Text + " for each GPU"
		}
	}
	return ""
}

// nearest is the node at path or the nearest one above it; nil where only the tree itself or its `spec` is above.
func nearest(root *source.Node, path string) *source.Node {
	_, node, whole := source.Find(root, path)
	if !whole && (node == root || node == root.Get("spec")) {
		return nil
	}
	return node
}

// locate takes over the position in a file; what no file says has none.
func (p *Place) locate(span diag.Span) {
	if span.File != nil {
		p.File, p.Line, p.Col = span.File.Name, span.Line, span.Col
	}
}

// withDefault adds the reason of one of the tool's own defaults.
func (r *Run) withDefault(p Place, planPath string) Place {
	field, ok := strings.CutPrefix(planPath, "spec.")
	for _, d := range r.Plan.Defaults() {
		if ok && d.Field == field {
			p.Layer, p.Reason = layerWords[source.ToolDefault], d.Reason
		}
	}
	return p
}

// treeOf is the tree in which a path of the plan stands, the path inside it, and the layer where the tree's nodes do not
// know it.
func (r *Run) treeOf(planPath string) (root *source.Node, path, layer string) {
	head, rest, _ := strings.Cut(planPath, ".")
	switch head {
	case "machine":
		if rest == "profile" {
			return r.Tree, "spec.profile", ""
		}
		return r.Profile, rest, "profile"
	case "target":
		return r.targetTree(rest)
	case "project":
		return r.ProjectName, "", "project"
	}
	if strings.HasPrefix(planPath, "spec.patches") {
		return r.Tree, planPath, layerWords[source.Patch]
	}
	return r.Tree, planPath, ""
}

// belowArgoCD are the fields of the target that their authors write below `argocd`.
var belowArgoCD = []string{"sync_wave", "schedule_health"}

// targetTree finds what the target is made of: a queue is the profile's before it is the environment's or the project's.
func (r *Run) targetTree(field string) (root *source.Node, path, layer string) {
	if r.Profile.Get(field) != nil {
		return r.Profile, field, "profile"
	}
	if environment := r.Project.Get("environments").Get(r.Environment); environment.Get(field) != nil {
		return environment, field, layerWords[source.ProjectEnvironment]
	}
	return r.Project, inArgoCD(field), "project"
}

// inArgoCD is a field of the target as its author writes it.
func inArgoCD(field string) string {
	return also(slices.Contains(belowArgoCD, field), "argocd.") + field
}

// fieldName is a path of the plan as the field's author wrote it.
func (r *Run) fieldName(planPath string) string {
	if head, rest, ok := strings.Cut(planPath, "."); ok && (head == "machine" || head == "target") {
		return inArgoCD(rest)
	}
	switch {
	case planPath == "project":
		return "metadata.name"
	case r.Bare:
		return strings.TrimPrefix(planPath, "spec.")
	case diag.Within(planPath, "spec"):
		return planPath
	}
	return "metadata." + planPath
}
