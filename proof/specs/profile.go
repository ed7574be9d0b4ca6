package specs

import (
	"fmt"
	"slices"
	"strings"

	"berth/renderers"
	"berth/schema"
)

// A profile's own names begin here, so that they meet none of a run's: the same name twice has to agree.
const profileNames = 1000

// namesFrom lets names begin at a number.
func namesFrom(first int) map[string]int {
	names := map[string]int{}
	for _, prefix := range []string{"VAR", "var", "_X", "my.var", "-x", "TOKEN", "_t", "Key", "v", "data", "1", "path", "file", "secret", "settings", "devices"} {
		names[prefix] = first
	}
	return names
}

// Profile makes one profile. Its machines, where it has any, are large enough for every run that asks nothing of the
// machine's labels.
func (g *Gen) Profile(i int, name string) Object {
	g.names = namesFrom(profileNames * (i + 1))
	g.run = Object{}
	spec := g.object(profileFields)
	if g.chance(50) {
		spec["clouds"] = Object{pick(g, "gke", "eks", "aks", "generic"): g.object(g.some(profileFields, more))}
	}
	if i > 0 && g.chance(20) {
		spec = Object{"extends": []any{profileAt(i - 1)}}
	}
	metadata := g.object([]field{{"labels", 20, labels}, {"annotations", 20, annotations}})
	metadata["name"] = name
	return Object{"apiVersion": "berth/v1", "kind": "Profile", "metadata": metadata, "spec": spec}
}

// profileAt names a profile; one of them by a name that is too long for a label.
func profileAt(i int) string {
	if i == 2 {
		return "machine-2." + strings.Repeat("long", 20)
	}
	return fmt.Sprintf("machine-%d", i)
}

func profileName(g *Gen) any {
	if len(g.project.Profiles) == 0 {
		return nil
	}
	return pick(g, g.project.Profiles...)
}

var profileFields = []field{
	{"description", 50, text},
	{"default", 60, profileDefaults},
	{"require", 40, requirements},
	{"bounds", 30, bounds},
	{"accelerator", 60, accelerator},
	{"per_gpu", 20, objectOf([]field{{"cpu", 70, oneOf("2", "500m")}, {"mem", 70, oneOf("8Gi", "1G")}})},
	{"node_labels", 20, nodeLabels},
	{"nodes", 15, listOf(1, 2, machine)},
	{"spot", 30, oneOf("allow", "constrain", "prevent", "none")},
	{"base", 10, baseObjects},
	{"spot_nodes", 30, objectOf([]field{{"labels", always, labels}, {"tolerations", 60, tolerations}})},
	{"queue", 20, queue},
	{"priority", 20, queue},
	{"queue_priority", 10, queue},
	{"topology", 20, topology},
	{"requires", 10, objectOf([]field{{"kubernetes", always, oneOf(">=1.31", ">=1.33")}})},
	{"deprecated", 5, objectOf([]field{{"reason", always, word}, {"use", 50, oneOf("cpu-small")}})},
	{"allowed_in", 5, allowedIn},
	{"source", 20, text},
	{"date", 20, oneOf("2026-11-23", "2024-02-29")},
}

// profileDefaults are a run's fields.
func profileDefaults(g *Gen) any {
	return g.settings(func(f field) bool { return true })
}

// scalars are the fields that a run contradicts as soon as it has them.
var scalars = map[string]bool{
	"resources": true, "affinity": true, "shm": true, "runtime_class": true, "priority_class": true, "image_pull_policy": true,
	"service_account": true, "automount_token": true, "security": true, "image_user": true, "run_as_user": true, "run_as_group": true,
	"fs_group": true,
}

// requirements are few: a run may not contradict them.
func requirements(g *Gen) any {
	return g.settings(func(f field) bool { return g.chance(50) && (!scalars[f.name] || g.chance(8)) })
}

// settings writes the wanted ones of the machine's fields, with their own odds.
func (g *Gen) settings(wanted func(field) bool) Object {
	o := Object{}
	g.run = o
	for _, f := range slices.Concat(machineFields, []field{{"labels", 20, labels}, {"annotations", 20, annotations}}) {
		if wanted(f) {
			g.fill(o, []field{f})
		}
	}
	g.rest(o, &schema.TypeMachineSettings, 3)
	g.run = Object{}
	return o
}

// baseObjects are what rendered objects are merged over: parts of objects of the kinds' own types, right and wrong.
func baseObjects(g *Gen) any {
	o := Object{}
	for _, kind := range schema.TypeBaseKind.Enum {
		if row, err := renderers.KindOf(kind); err == nil && g.chance(40) {
			o[kind] = g.native().Part(row.New())
		}
	}
	if len(o) == 0 {
		return nil
	}
	return o
}

// bounds are wide; tight ones are for the tests of bounds.
func bounds(g *Gen) any {
	return g.object([]field{
		{"cpu", 40, objectOf([]field{{"min", 50, oneOf("1m")}, {"max", 50, oneOf("1000")}})},
		{"mem", 40, objectOf([]field{{"min", 50, oneOf("1Mi")}, {"max", 50, oneOf("500Ti")}})},
		{"gpu", 40, objectOf([]field{{"min", 50, oneOf("0")}, {"max", 50, oneOf("64")}})},
		{"replicas", 30, objectOf([]field{{"max", always, oneOf("100")}})},
		{"parallelism", 20, objectOf([]field{{"max", always, oneOf("1000")}})},
		{"active_deadline_seconds", 20, objectOf([]field{{"max", always, oneOf("864000")}})},
		{"example.com/dongle", 20, objectOf([]field{{"values", always, listOf(3, 8, func(g *Gen) any { return g.fresh("")[1:] })}})},
	})
}

func accelerator(g *Gen) any {
	a := g.object([]field{
		{"vendor", 60, oneOf("nvidia", "amd")},
		{"model", 60, oneOf("A100", "MI300X")},
		{"product", 40, oneOf("NVIDIA-A100-SXM4-40GB")},
		{"memory", 60, oneOf("40Gi", "192G")},
		{"resource", 80, oneOf("nvidia.com/gpu", "amd.com/gpu", "nvidia.com/mig-1g.5gb")},
		{"sharing", 30, oneOf("exclusive", "mig", "time_sliced")},
		{"backend", 60, oneOf("device_plugin", "dra_extended", "dra_claim")},
	})
	if a["backend"] == "dra_claim" && g.project.Kubernetes < "1.34" && g.chance(90) {
		delete(a, "backend")
	}
	if a["backend"] == "dra_claim" {
		a["dra"] = g.object([]field{
			{"device_class", always, oneOf("gpu.nvidia.com", "mig.nvidia.com")},
			{"selectors", 50, listOf(1, 2, oneOf(
				"device.attributes['gpu.nvidia.com'].productName == 'NVIDIA A100-SXM4-40GB'",
				"device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('40Gi')) >= 0"))},
			{"match_attribute", 50, oneOf("resource.kubernetes.io/pcieRoot", "gpu.nvidia.com/parentUUID")},
		})
	}
	return a
}

func nodeLabels(g *Gen) any {
	return g.mapping(func() (string, any) { return g.labelKey(), g.list(1, 3, labelText) })
}

func machine(g *Gen) any {
	return g.object([]field{
		{"name", always, oneOf("a2-highgpu-1g", "m7i.4xlarge")},
		{"allocatable", always, func(*Gen) any {
			return Object{
				"cpu": "100k", "memory": "900Ti", "ephemeral-storage": "900Ti", "pods": "200", "hugepages-2Mi": "1Gi",
				"nvidia.com/gpu": "64", "amd.com/gpu": "64", "nvidia.com/mig-1g.5gb": "64", "example.com/dongle": "64", "rdma/ib": "64",
			}
		}},
		{"daemonsets", 30, func(*Gen) any { return Object{"cpu": "300m", "memory": "500Mi"} }},
		{"labels", 60, labels},
		{"taints", 20, listOf(1, 1, objectOf([]field{
			{"key", always, oneOf("acme.com/spare")}, {"value", 50, labelText}, {"effect", always, oneOf("PreferNoSchedule")},
		}))},
		{"count", 30, number(1, 100000)},
		{"source", 30, text},
	})
}

func topology(g *Gen) any {
	return Object{pick(g, "required", "preferred"): pick(g, "kubernetes.io/hostname", "cloud.provider.com/topology-block")}
}

func allowedIn(g *Gen) any {
	return g.object([]field{{"namespaces", 30, listOf(1, 2, dnsLabel)}, {"actions", 60, listOf(1, 3, oneOf(actions...))}})
}
