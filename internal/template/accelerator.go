package template

import (
	"slices"
	"strings"

	"berth/internal/source"
	"berth/schema"
)

// vendors are the makers of accelerators by the domain of their device plugin's resource.
var vendors = map[string]string{
	"nvidia.com": "nvidia", "amd.com": "amd", "gpu.intel.com": "intel", "habana.ai": "intel", "google.com": "google", "aws.amazon.com": "aws",
}

// devices are the resources that count whole accelerators, beside those called gpu and NVIDIA's slices.
var devices = []string{
	"gpu.intel.com/i915", "gpu.intel.com/xe", "habana.ai/gaudi", "google.com/tpu", "aws.amazon.com/neuron",
}

// IsAccelerator reports whether a resource, by its name, counts accelerators.
func IsAccelerator(resource string) bool {
	domain, device, qualified := strings.Cut(resource, "/")
	return qualified && (device == "gpu" || domain == "nvidia.com" && (device == "gpu.shared" || strings.HasPrefix(device, "mig-")) ||
		slices.Contains(devices, resource))
}

// Vendor is the maker of an accelerator by its resource, empty for one that is not known.
func Vendor(resource string) string {
	domain, _, _ := strings.Cut(resource, "/")
	return vendors[domain]
}

// Sharing is what the resource's name says of it, empty when it says nothing.
func Sharing(resource string) string {
	switch {
	case strings.HasPrefix(resource, "nvidia.com/mig-"):
		return schema.SharingMIG
	case resource == "nvidia.com/gpu.shared":
		return schema.SharingTimeSliced
	}
	return ""
}

// acceleratorOf finds the accelerator among resources in either form: by resource, or under requests and limits. It
// returns the entry that names it, nil when there is none.
func acceleratorOf(resources *source.Node) *source.Field {
	if resources == nil {
		return nil
	}
	for _, side := range []*source.Node{resources, resources.Get("limits"), resources.Get("requests")} {
		if side == nil {
			continue
		}
		for i := range side.Fields {
			if IsAccelerator(side.Fields[i].Key) {
				return &side.Fields[i]
			}
		}
	}
	return nil
}
