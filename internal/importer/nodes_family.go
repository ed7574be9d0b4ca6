package importer

import (
	"berth/internal/template"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"berth/schema"
)

// family is the shapes behind one profile: those with the same accelerator, or plain ones of one architecture.
type family struct {
	name     string
	resource string            // of the accelerator, empty for plain machines
	selects  map[string]string // the labels that tell the family from others
	shapes   []*shape
}

// families sorts shapes into profiles by name; a machine with several kinds of slices stands in several.
func families(shapes []*shape) []*family {
	byName := map[string]*family{}
	for _, s := range shapes {
		for _, f := range s.families() {
			if byName[f.name] == nil {
				byName[f.name] = f
			}
			byName[f.name].shapes = append(byName[f.name].shapes, s)
		}
	}
	var all []*family
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, byName[name])
	}
	return all
}

// families are the profiles that a shape of machine belongs to: one for each accelerator, since a run asks for one of them,
// and, for machines without any, one for each processor architecture. Resources are taken in sorted order.
func (s *shape) families() []*family {
	var found []*family
	for _, resource := range slices.Sorted(maps.Keys(s.allocatable)) {
		if template.IsAccelerator(resource) {
			found = append(found, s.accelerated(resource))
		}
	}
	if found == nil {
		f := &family{name: "cpu", selects: map[string]string{}}
		if arch := s.labels["kubernetes.io/arch"]; arch != "" {
			f.name, f.selects["kubernetes.io/arch"] = "cpu-"+arch, arch
		}
		found = append(found, f)
	}
	return found
}

// accelerated is the family of a shape's accelerator, called by the first label that tells its model, or else by its
// resource, and by the labels that tell a part of it.
func (s *shape) accelerated(resource string) *family {
	f := &family{resource: resource, selects: map[string]string{}}
	for _, key := range models {
		if model := s.labels[key]; model != "" {
			f.name, f.selects[key] = shortModel(model), model
			break
		}
	}
	if f.name == "" {
		_, device, _ := strings.Cut(resource, "/")
		f.name = slug(template.Vendor(resource) + "-" + device)
	}
	for _, key := range parts {
		if part := s.labels[key]; part != "" {
			f.name, f.selects[key] = f.name+"-"+partName(key, part), part
		}
	}
	if suffix := suffixOf(resource); suffix != "" && !strings.Contains(f.name, suffix) {
		f.name += "-" + suffix
	}
	return f
}

// suffixOf is what a resource tells of the part of an accelerator that it counts: mig-1g.5gb, shared.
func suffixOf(resource string) string {
	switch template.Sharing(resource) {
	case schema.SharingMIG:
		return strings.TrimPrefix(resource, "nvidia.com/")
	case schema.SharingTimeSliced:
		return "shared"
	}
	return ""
}

// shortModel is a model's label without the maker's name, as a name: nvidia-tesla-a100 and NVIDIA-A100-SXM4-40GB become
// a100 and a100-sxm4-40gb.
func shortModel(label string) string {
	name := slug(label)
	for _, maker := range []string{"nvidia-", "tesla-", "amd-", "intel-"} {
		name = strings.TrimPrefix(name, maker)
	}
	return name
}

// partName is a part's label as the end of a name.
func partName(key, value string) string {
	switch key {
	case "karpenter.k8s.aws/instance-gpu-memory":
		if mib, err := strconv.Atoi(value); err == nil {
			return strconv.Itoa((mib+512)/1024) + "gb"
		}
	case "cloud.google.com/gke-gpu-partition-size":
		return "mig-" + slug(value)
	case "cloud.google.com/gke-gpu-sharing-strategy":
		return "shared"
	}
	return slug(value)
}

// unnamable is what the name of a profile cannot hold.
var unnamable = regexp.MustCompile(`[^a-z0-9.]+`)

// slug turns a label's value into a name.
func slug(s string) string {
	return strings.Trim(unnamable.ReplaceAllString(strings.ToLower(s), "-"), "-.")
}
