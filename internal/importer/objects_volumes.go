package importer

import (
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// volumes takes the volumes that the first container, and nobody else, mounts once, where a run has their kind. The others
// remain with their mounts.
func (w *workload) volumes(pod, container dict, containers []any) {
	mounts, _ := container["volumeMounts"].([]any)
	uses := mountCounts(pod, containers)
	list, _ := pod["volumes"].([]any)
	found := sequence()
	shm := ""
	container["volumeMounts"] = filter(mounts, func(mount dict) bool {
		i, volume := volumeNamed(list, mount["name"])
		if volume == nil || uses[fmt.Sprint(mount["name"])] != 1 {
			return true
		}
		size, isShm := sharedMemory(volume, mount)
		n := volumeOf(volume, mount)
		switch {
		case isShm:
			shm = size
		case n != nil:
			found.Content = append(found.Content, n)
		default:
			return true
		}
		list = append(list[:i:i], list[i+1:]...)
		return false
	})
	pod["volumes"] = list
	w.run.put("volumes", found).text("shm", shm)
}

// mountCounts counts in how many places each volume is mounted, by its name.
func mountCounts(pod dict, containers []any) map[string]int {
	uses := map[string]int{}
	inits, _ := pod["initContainers"].([]any)
	for _, c := range append(append([]any{}, containers...), inits...) {
		c, _ := c.(dict)
		mounts, _ := c["volumeMounts"].([]any)
		for _, m := range mounts {
			m, _ := m.(dict)
			uses[fmt.Sprint(m["name"])]++
		}
	}
	return uses
}

func volumeNamed(volumes []any, name any) (int, dict) {
	for i, v := range volumes {
		if d, ok := v.(dict); ok && fmt.Sprint(d["name"]) == fmt.Sprint(name) {
			return i, d
		}
	}
	return 0, nil
}

// sharedMemory recognizes a run's `shm`.
func sharedMemory(volume, mount dict) (size string, ok bool) {
	dir, _ := volume["emptyDir"].(dict)
	size, sized := dir["sizeLimit"].(string)
	return size, sized && len(dir) == 2 && dir["medium"] == "Memory" && mount["mountPath"] == "/dev/shm" && len(mount) == 2
}

// volumeOf is a volume with its mount as a run says it; nil when no run can.
func volumeOf(volume, mount dict) *yaml.Node {
	for key := range mount {
		if !slices.Contains([]string{"name", "mountPath", "readOnly", "subPath"}, key) {
			return nil
		}
	}
	kind, spec := kindOf(volume)
	if kind == "" {
		return nil
	}
	o := newObject().text("volume_type", kind).text("name", fmt.Sprint(volume["name"])).text("mount_path", fmt.Sprint(mount["mountPath"]))
	o.put("spec", line(spec.Node))
	if mount["readOnly"] == true {
		o.put("read_only", encoded(true))
	}
	if sub, ok := mount["subPath"].(string); ok {
		o.text("sub_path", sub)
	}
	return o.Node
}

// moved are the fields of a volume's source that a run has under another name.
type moved struct{ key, field string }

// volumeKinds are the sources that a run knows. Those with anything else in them are none.
var volumeKinds = []struct {
	key, kind string
	fields    []moved
}{
	{"persistentVolumeClaim", "persistent_volume_claim", []moved{{"claimName", "claim_name"}}},
	{"configMap", "config_map", []moved{{"name", "name"}, {"items", "items"}, {"defaultMode", "default_mode"}, {"optional", "optional"}}},
	{"secret", "secret", []moved{{"secretName", "name"}, {"items", "items"}, {"defaultMode", "default_mode"}, {"optional", "optional"}}},
	{"emptyDir", "empty_dir", []moved{{"sizeLimit", "size_limit"}, {"medium", "medium"}}},
	{"image", "image", []moved{{"reference", "image"}, {"pullPolicy", "pull_policy"}}},
}

func kindOf(volume dict) (string, object) {
	for _, k := range volumeKinds {
		from, ok := volume[k.key].(dict)
		if !ok || len(volume) != 2 {
			continue
		}
		o, known := newObject(), 0
		for _, f := range k.fields {
			v, ok := from[f.key]
			if !ok {
				continue
			}
			known++
			if mode, isMode := v.(int); isMode && f.field == "default_mode" {
				if mode != 0o644 {
					o.put(f.field, number("0"+strconv.FormatInt(int64(mode), 8)))
				}
				continue
			}
			o.put(f.field, inline(v))
		}
		if known == len(from) {
			return k.kind, o
		}
	}
	return "", object{}
}
