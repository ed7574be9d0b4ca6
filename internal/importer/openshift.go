package importer

import (
	"cmp"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/template"

	"go.yaml.in/yaml/v3"
)

// hardwareProfile reads a HardwareProfile of infrastructure.opendatahub.io (v1 and v1alpha1). Its webhook sets limits to
// the default counts as well; a run says its limits itself.
func (r *reader) hardwareProfile() object {
	spec := r.root.Get("spec")
	r.only(spec, "spec", "identifiers", "scheduling")
	scheduling := spec.Get("scheduling")
	r.only(scheduling, "spec.scheduling", "type", "kueue", "node")
	node, kueue := scheduling.Get("node"), scheduling.Get("kueue")
	about := r.root.Get("metadata").Get("annotations")
	o := newObject().text("description", cmp.Or(annotation(about, "description"), annotation(about, "display-name")))
	r.identifiers(o, spec.Get("identifiers"), node.Get("nodeSelector"), node.Get("tolerations"))
	o.text("queue", str(kueue.Get("localQueueName"))).text("priority", str(kueue.Get("priorityClass")))
	if annotation(about, "disabled") == "true" {
		o.put("deprecated", line(newObject().text("reason", "disabled in OpenShift AI").Node))
	}
	return o.text("source", "OpenShift AI HardwareProfile")
}

// annotation finds OpenShift AI's annotation of that name, under either of its prefixes.
func annotation(annotations *source.Node, name string) string {
	return cmp.Or(str(annotations.Get("opendatahub.io/"+name)), str(annotations.Get("openshift.io/"+name)))
}

// dashboardProfile reads the HardwareProfile that the dashboard had of its own.
func (r *reader) dashboardProfile() object {
	spec := r.root.Get("spec")
	r.only(spec, "spec", "displayName", "description", "enabled", "identifiers", "nodeSelector", "tolerations")
	o := r.described(spec)
	r.identifiers(o, spec.Get("identifiers"), spec.Get("nodeSelector"), spec.Get("tolerations"))
	return r.enabled(o, spec).text("source", "OpenShift AI HardwareProfile")
}

// acceleratorProfile reads the AcceleratorProfile that came before: one resource and its tolerations.
func (r *reader) acceleratorProfile() object {
	spec := r.root.Get("spec")
	r.only(spec, "spec", "displayName", "description", "enabled", "identifier", "tolerations")
	o := r.described(spec)
	o.put("default", newObject().put("resources", line(newObject().put("gpu", number("1")).Node)).Node)
	o.put("require", requirement(nil, spec.Get("tolerations")))
	o.put("accelerator", acceleratorNode(str(spec.Get("identifier")), nil))
	return r.enabled(o, spec).text("source", "OpenShift AI AcceleratorProfile")
}

// described starts a profile with its description, or with the name that the dashboard shows where there is none.
func (r *reader) described(spec *source.Node) object {
	return newObject().text("description", cmp.Or(str(spec.Get("description")), str(spec.Get("displayName"))))
}

// enabled makes a profile deprecated when OpenShift AI has it switched off: its runs still build, with a warning. Silence
// means that it is on.
func (r *reader) enabled(o object, spec *source.Node) object {
	if str(spec.Get("enabled")) == "false" {
		o.put("deprecated", line(newObject().text("reason", "disabled in OpenShift AI").Node))
	}
	return o
}

// requirement is what a profile requires for the node's sake, nil for nothing.
func requirement(selector, tolerations *source.Node) *yaml.Node {
	o := newObject()
	if selector != nil && len(selector.Fields) > 0 {
		o.put("node_selector", copied(selector))
	}
	o.put("tolerations", copiedLines(tolerations))
	return o.Node
}

// copiedLines copies a list of small maps, each on one line.
func copiedLines(list *source.Node) *yaml.Node {
	n := copied(list)
	if n != nil && n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			line(item)
		}
	}
	return n
}

// productLabels are the labels by which vendors' labellers name the product.
var productLabels = []string{"nvidia.com/gpu.product", "amd.com/gpu.product-name", "gpu.intel.com/product"}

// acceleratorNode is what a profile says of the device that a resource counts, and nil where the resource (cpu, memory) is
// none: devices of device plugins have a domain in their names. The selector, which may be nil, can name the product.
func acceleratorNode(resource string, selector *source.Node) *yaml.Node {
	if !strings.Contains(resource, "/") {
		return nil
	}
	o := newObject().text("vendor", template.Vendor(resource))
	for _, label := range productLabels {
		o.text("product", str(selector.Get(label)))
	}
	return line(o.text("resource", resource).text("sharing", template.Sharing(resource)).Node)
}

// ownNames are Kubernetes' names of resources in a profile's words.
var ownNames = map[string]string{"cpu": "cpu", "memory": "mem", "ephemeral-storage": "disk"}

// identifiers puts the counts of each resource under default and bounds, around what the node has to have.
func (r *reader) identifiers(o object, list, selector, tolerations *source.Node) {
	defaults, bounds := newObject(), newObject()
	accelerator := ""
	if list != nil {
		for i, item := range list.Items {
			r.only(item, diag.At("spec.identifiers", i), "displayName", "identifier", "minCount", "maxCount", "defaultCount", "resourceType")
			identifier := str(item.Get("identifier"))
			if identifier == "" {
				r.warn(first(item), diag.At("spec.identifiers", i), "this item is left out: it has no identifier, so that nobody knows what it counts")
				continue
			}
			name := cmp.Or(ownNames[identifier], identifier)
			// A profile has one accelerator; a second one is an ordinary resource.
			if accelerator == "" && (str(item.Get("resourceType")) == "Accelerator" || template.IsAccelerator(identifier)) {
				accelerator, name = identifier, "gpu"
			}
			amount := copied(item.Get("defaultCount"))
			if amount != nil && ownNames[identifier] != "" {
				amount = line(newObject().put("requests", amount).Node)
			}
			defaults.put(name, amount)
			bounds.put(name, line(newObject().put("min", copied(item.Get("minCount"))).put("max", copied(item.Get("maxCount"))).Node))
		}
	}
	if len(defaults.Content) > 0 {
		o.put("default", newObject().put("resources", defaults.Node).Node)
	}
	o.put("require", requirement(selector, tolerations)).put("bounds", bounds.Node).put("accelerator", acceleratorNode(accelerator, selector))
}
