package compiler

import (
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

func volumes(v ...schema.Volume) func(*schema.Plan) {
	return func(p *schema.Plan) { p.Spec.Volumes = v }
}

func scratch(name, at string) schema.Volume {
	return schema.Volume{VolumeType: "empty_dir", Name: name, MountPath: at}
}

func claim(mode string) schema.Volume {
	return schema.Volume{VolumeType: "persistent_volume_claim", Name: "state", MountPath: "/state", Spec: schema.VolumeSpec{Size: "10Gi", AccessMode: mode}}
}

func files(paths ...string) schema.Volume {
	v := schema.Volume{VolumeType: "config_map", Name: "c", MountPath: "/c", Spec: schema.VolumeSpec{Name: "c"}}
	for _, p := range paths {
		v.Spec.Items = append(v.Spec.Items, schema.VolumeItem{Key: "k", Path: p})
	}
	return v
}

func inMemory(size string) schema.Volume {
	v := scratch("m", "/m")
	v.Spec.Medium, v.Spec.SizeLimit = "Memory", size
	return v
}

func shm(size string) func(*schema.Plan) { return func(p *schema.Plan) { p.Spec.Shm = size } }

func TestVolumeRules(t *testing.T) {
	old := func(p *schema.Plan) { p.Target.Kubernetes = "1.34" }
	image := schema.Volume{VolumeType: "image", Name: "i", MountPath: "/i", Spec: schema.VolumeSpec{Image: "x"}}
	readOnly, empty := claim("ReadOnlyMany"), claim("")
	readOnly.ReadOnly, empty.Spec.Size = ptr(false), "0"
	pages := scratch("p", "/p")
	pages.Spec.Medium = "HugePages-2Mi"
	runCases(t, "job", []ruleCase{
		{name: "two places", change: volumes(scratch("a", "/a"), scratch("b", "/b"))},
		{name: "one place", change: volumes(scratch("a", "/data"), scratch("b", "/data/")), at: "spec.volumes[1].mount_path", code: diag.Duplicate, says: "/data"},
		{name: "one place, the profile's second", change: volumes(scratch("a", "/data"), scratch("b", "/data")), at: "spec.volumes[0].mount_path", code: diag.Duplicate,
			layers: map[string]source.Layer{"spec.volumes[1].mount_path": source.ProfileRequire}},
		{name: "over everything", change: volumes(scratch("a", "//")), at: "spec.volumes[0].mount_path", code: diag.Volume, says: "cover"},
		{name: "shm twice", change: all(asks("mem", "", "4Gi"), shm("1Gi"), volumes(scratch("a", "/dev/shm"))), at: "spec.volumes[0].mount_path", code: diag.Duplicate, says: "/dev/shm"},
		{name: "shm", change: all(asks("mem", "", "4Gi"), shm("2Gi"))},
		{name: "shm of nearly everything", change: all(asks("mem", "", "4Gi"), shm("3Gi")), at: "spec.shm", code: diag.Volume, warning: true, says: "more than half"},
		{name: "shm without a limit", change: shm("1Gi")},
		{name: "shm above the limit", change: all(asks("mem", "", "4Gi"), shm("5Gi")), at: "spec.shm", code: diag.Volume, says: "larger"},
		{name: "the profile's shm", change: all(asks("mem", "", "4Gi"), shm("5Gi")), at: memoryLimit, code: diag.Volume, layers: map[string]source.Layer{"spec.shm": source.ProfileDefault}},
		{name: "shm of nothing", change: all(asks("mem", "", "4Gi"), shm("0")), at: "spec.shm", code: diag.Volume, says: "size of 0"},
		{name: "memory", change: all(asks("mem", "", "4Gi"), volumes(inMemory("2Gi")))},
		{name: "memory of everything", change: all(asks("mem", "", "4Gi"), volumes(inMemory("4Gi"))), at: "spec.volumes[0].spec.size_limit", code: diag.Volume, warning: true, says: "more than half"},
		{name: "memory without a limit", change: volumes(inMemory("4Gi"))},
		{name: "memory above the limit", change: all(asks("mem", "", "1Gi"), volumes(inMemory("64Gi"))), at: "spec.volumes[0].spec.size_limit", code: diag.Volume, says: "64Gi"},
		{name: "memory above the limit together", change: all(asks("mem", "", "4Gi"), shm("2Gi"), volumes(inMemory("2100Mi"))), at: "spec.volumes[0].spec.size_limit", code: diag.Volume, says: "shm of 2Gi and volume m of 2100Mi hold 4148Mi together"},
		{name: "memory of more than half together", change: all(asks("mem", "", "4Gi"), shm("1Gi"), volumes(inMemory("1025Mi"))), at: "spec.volumes[0].spec.size_limit", code: diag.Volume, warning: true, says: "2049Mi together"},
		{name: "memory of half together", change: all(asks("mem", "", "4Gi"), shm("1Gi"), volumes(inMemory("1Gi")))},
		{name: "memory without a size beside another", change: all(asks("mem", "", "4Gi"), shm("1Gi"), volumes(inMemory("")))},
		{name: "pages", change: volumes(pages), at: "spec.volumes[0].spec.medium", code: diag.Volume, says: "huge pages"},
		{name: "pages asked for", change: all(asks("cpu", "1", ""), asks("hugepages-2Mi", "4Mi", "4Mi"), volumes(pages))},
		{name: "files", change: volumes(files("a", "b/c", "b/d"))},
		{name: "one file twice", change: volumes(files("a", "./a")), at: "spec.volumes[0].spec.items[1].path", code: diag.Duplicate, says: "files"},
		{name: "a file as a folder", change: volumes(files("a", "a/b")), at: "spec.volumes[0].spec.items[1].path", code: diag.Duplicate, says: "a/b"},
		{name: "a reserved file", change: volumes(files("..data")), at: "spec.volumes[0].spec.items[0].path", code: diag.BadName, says: ".."},
		{name: "image", change: volumes(image)},
		{name: "image on an old Kubernetes", change: all(old, volumes(image)), at: "spec.volumes[0].volume_type", code: diag.KubernetesOld, says: "1.35"},
		{name: "a claim of nothing", change: volumes(empty), at: "spec.volumes[0].spec.size", code: diag.Volume, says: "0"},
		{name: "written, read only", change: volumes(readOnly), at: "spec.volumes[0].read_only", code: diag.Volume, says: "ReadWriteMany"},
		{name: "a claim for one pod", change: all(volumes(claim("")), func(p *schema.Plan) { p.Spec.Parallelism = ptr(int64(1)) })},
		{name: "a claim for many pods", change: all(volumes(claim("ReadWriteMany")), func(p *schema.Plan) { p.Spec.Parallelism = ptr(int64(4)) })},
		{name: "many pods on one node's claim", change: all(volumes(claim("")), func(p *schema.Plan) { p.Spec.Parallelism = ptr(int64(4)) }),
			at: "spec.parallelism", code: diag.Volume, says: "ReadWriteMany"},
	})
	replicas := func(p *schema.Plan) { p.Spec.Replicas = "3" }
	runCases(t, "deploy", []ruleCase{
		{name: "replicas", change: all(volumes(claim("ReadWriteOnce")), replicas), at: "spec.replicas", code: diag.Volume, says: "replicas 3"},
		{name: "the project's replicas", change: all(volumes(claim("ReadWriteOnce")), replicas), at: "spec.volumes[0].spec.access_mode", code: diag.Volume,
			layers: map[string]source.Layer{"spec.replicas": source.ProjectDefault}},
		{name: "rolling over one pod's claim", change: all(volumes(claim("ReadWriteOncePod")), func(p *schema.Plan) { p.Spec.Strategy = &schema.Strategy{Type: schema.StrategyTypeRolling} }),
			at: "spec.strategy.type", code: diag.Volume, says: "recreate", replace: "recreate"},
	})
}
