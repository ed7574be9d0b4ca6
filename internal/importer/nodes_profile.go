package importer

import (
	"berth/internal/template"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/schema"

	"go.yaml.in/yaml/v3"
)

// profilesOf makes one Profile document of each family of machines. The date (YYYY-MM-DD) is the day the nodes were listed.
func profilesOf(shapes []*shape, date string) []object {
	var profiles []object
	for _, f := range families(shapes) {
		profiles = append(profiles, document("Profile", f.name, f.spec(date)))
	}
	return profiles
}

// spec is a profile's body. With an accelerator a run gets one unless it says otherwise, and its share of the machine's cpu
// and memory for each; without, it gets a quarter of the smallest machine, so that several runs fit one.
func (f *family) spec(date string) object {
	o := newObject().text("description", f.description())
	if f.resource == "" {
		o.put("default", newObject().put("resources", f.share(.25)).Node)
	} else {
		o.put("default", newObject().put("resources", line(newObject().put("gpu", number("1")).Node)).Node)
	}
	o.put("require", newObject().put("tolerations", f.tolerations()).Node)
	if f.resource != "" {
		o.put("per_gpu", f.share(.9))
		o.put("bounds", newObject().put("gpu", line(newObject().put("min", number("1")).put("max", number(f.most())).Node)).Node)
		o.put("accelerator", f.accelerator())
	}
	labels := newObject()
	for _, key := range slices.Sorted(maps.Keys(f.selects)) {
		labels.put(key, line(words(f.selects[key])))
	}
	o.put("node_labels", labels.Node).put("spot_nodes", f.spotNodes())
	nodes := sequence()
	for _, s := range f.shapes {
		nodes.Content = append(nodes.Content, s.yaml(f.resource))
	}
	return o.put("nodes", nodes).text("source", "kubectl get nodes").text("date", date)
}

// description says the model and how many machines there are. The model is a label's value, where the nodes have one that
// tells it; otherwise the resource's name is all that is known.
func (f *family) description() string {
	count, model := 0, "plain machines"
	for _, s := range f.shapes {
		count += len(s.nodes)
	}
	if f.resource != "" {
		model = f.resource
	}
	// The first label that is there counts: models has them in that order.
	for _, key := range models {
		if f.selects[key] != "" {
			model = f.selects[key]
			break
		}
	}
	return model + ", " + diag.Count(count, "node", "nodes")
}

// share is the smallest machine's cpu and memory for each of its accelerators, or all of it where there are none, times a
// fraction; what .9 leaves is for DaemonSets. It is rounded down to what people write.
func (f *family) share(fraction float64) *yaml.Node {
	cpu, memory := math.Inf(1), math.Inf(1)
	for _, s := range f.shapes {
		part := fraction / max(1, s.accelerators())
		cpu = min(cpu, part*amount(s.allocatable["cpu"]))
		memory = min(memory, part*amount(s.allocatable["memory"]))
	}
	o := newObject()
	put := func(key, value string) {
		if f.resource == "" {
			o.put(key, line(newObject().text("requests", value).Node))
		} else {
			o.text(key, value)
		}
	}
	put("cpu", rounded(cpu, 1, "", .1, 100, "m"))
	put("mem", rounded(memory, 1<<30, "Gi", 100<<20, 100, "Mi"))
	return line(o.Node)
}

// accelerators counts all accelerators of one machine, of whichever resource: cpu and memory are shared among all of them.
func (s *shape) accelerators() float64 {
	n := 0.0
	for name, text := range s.allocatable {
		if template.IsAccelerator(name) {
			n += amount(text)
		}
	}
	return n
}

// rounded writes an amount in a large unit, or where it is less than one, in steps of a small one.
func rounded(amount, unit float64, suffix string, step float64, each int, small string) string {
	if n := int(amount / unit); n > 0 {
		return strconv.Itoa(n) + suffix
	}
	return strconv.Itoa(max(1, int(amount/step))*each) + small
}

// most is the largest number of devices on one machine.
func (f *family) most() string {
	if f.sharing() == schema.SharingTimeSliced {
		return "1" // a second turn is no second GPU, and the node refuses it
	}
	most := 0
	for _, s := range f.shapes {
		most = max(most, int(amount(s.allocatable[f.resource])))
	}
	return strconv.Itoa(most)
}

// sharing tells how an accelerator is shared out. Labels of NVIDIA's GPU feature discovery and of GKE say so: with time
// slicing, the resource may keep the name of the whole card. Without such a label, the resource's name decides.
func (f *family) sharing() string {
	labels := f.shapes[0].labels
	switch {
	case strings.HasSuffix(labels["nvidia.com/gpu.product"], "-SHARED") || labels["nvidia.com/gpu.sharing-strategy"] == "time-slicing" ||
		labels["cloud.google.com/gke-gpu-sharing-strategy"] == "time-sharing":
		return schema.SharingTimeSliced
	case strings.Contains(labels["nvidia.com/gpu.product"], "-MIG-") || labels["cloud.google.com/gke-gpu-partition-size"] != "":
		return schema.SharingMIG
	}
	return template.Sharing(f.resource)
}

// accelerator is what a profile says of its device. The memory is left out where the resource is a MIG slice: the label
// counts MiB, but the resource's name says already how large the slice is.
func (f *family) accelerator() *yaml.Node {
	o := newObject().text("vendor", template.Vendor(f.resource))
	for _, label := range productLabels {
		o.text("product", f.common(label))
	}
	if mib := f.common("nvidia.com/gpu.memory"); mib != "" && template.Sharing(f.resource) != schema.SharingMIG {
		o.text("memory", mib+"Mi")
	}
	return line(o.text("resource", f.resource).text("sharing", f.sharing()).Node)
}

// common is a label's value where all shapes have the same, else empty.
func (f *family) common(label string) string {
	value := f.shapes[0].labels[label]
	for _, s := range f.shapes {
		if s.labels[label] != value {
			return ""
		}
	}
	return value
}

// tolerations are for the accelerator's own taint, and for the taints that every machine of the family has: what only
// some have is meant to keep pods away.
func (f *family) tolerations() *yaml.Node {
	list := sequence()
	seen := map[string]bool{}
	for _, s := range f.shapes {
		for _, t := range s.taints {
			own := t.Key == f.resource
			if t.Effect == "PreferNoSchedule" || seen[t.String()] || !own && (spot[t.Key] != "" || !f.all(t)) {
				continue
			}
			seen[t.String()] = true
			list.Content = append(list.Content, t.toleration())
		}
	}
	return list
}

// all reports whether every machine of the family has a taint: only then do runs always need the toleration.
func (f *family) all(t taint) bool {
	return !slices.ContainsFunc(f.shapes, func(s *shape) bool { return !slices.Contains(s.taints, t) })
}

// toleration is the one that matches exactly this taint.
func (t taint) toleration() *yaml.Node {
	o := newObject().text("key", t.Key)
	if t.Value != "" {
		o.text("operator", "Equal").text("value", t.Value)
	} else {
		o.text("operator", "Exists")
	}
	return line(o.text("effect", t.Effect).Node)
}

// spotNodes are the marks of the family's spot machines, nil when it has none.
func (f *family) spotNodes() *yaml.Node {
	o := newObject()
	for _, s := range f.shapes {
		labels, tolerations := newObject(), sequence()
		for _, key := range slices.Sorted(maps.Keys(spot)) {
			if s.labels[key] == spot[key] {
				labels.text(key, spot[key])
			}
		}
		for _, t := range s.taints {
			if spot[t.Key] != "" {
				tolerations.Content = append(tolerations.Content, t.toleration())
			}
		}
		if len(labels.Content) > 0 {
			return o.put("labels", line(labels.Node)).put("tolerations", tolerations).Node
		}
	}
	return nil
}

// yaml is one entry of a profile's nodes: what a machine offers, its labels and taints, and how many there are of it. An
// empty accelerator is a family of machines without one.
func (s *shape) yaml(accelerator string) *yaml.Node {
	o := newObject().text("name", s.name).put("allocatable", line(s.amounts(accelerator)))
	labels := newObject()
	for _, key := range slices.Sorted(maps.Keys(s.labels)) {
		labels.put(key, plain(s.labels[key]))
	}
	o.put("labels", line(labels.Node))
	taints := sequence()
	for _, t := range s.taints {
		taints.Content = append(taints.Content, line(newObject().text("key", t.Key).text("value", t.Value).text("effect", t.Effect).Node))
	}
	return o.put("taints", taints).put("count", number(strconv.Itoa(len(s.nodes)))).Node
}

// amounts are what a machine has: cpu, memory and the accelerator first.
func (s *shape) amounts(accelerator string) *yaml.Node {
	o := newObject()
	first := []string{"cpu", "memory", accelerator}
	for _, name := range first {
		o.text(name, s.allocatable[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.allocatable)) {
		if !slices.Contains(first, name) {
			o.text(name, s.allocatable[name])
		}
	}
	return o.Node
}
