package importer

import (
	"fmt"
	"slices"
	"strconv"

	"berth/internal/defaults"

	"go.yaml.in/yaml/v3"
)

// volumes takes the volumes of the kinds that a run has, with the places where the first container sees them.
func (c *container) volumes(pod dict) {
	list := sequence()
	c.sayable = map[string]bool{}
	for _, v := range pod.list("volumes") {
		if d, ok := v.(dict); ok && d["name"] != nil {
			name := fmt.Sprint(d["name"])
			_, known := volumeKind(d)
			// A volume of an unknown kind, or one that nobody mounts, becomes a patch with its mounts.
			c.sayable[name] = known && c.uses(name) > 0
		}
	}
	places := map[string][]object{}
	c.from.keep("volumeMounts", func(m dict) bool {
		name := fmt.Sprint(m["name"])
		if !c.sayable[name] {
			return true
		}
		o, rest := mountOf(m)
		places[name] = append(places[name], o)
		return rest
	})
	for _, v := range pod.list("volumes") {
		d, _ := v.(dict)
		name := fmt.Sprint(d["name"])
		if !c.sayable[name] {
			continue
		}
		// The volume that Berth itself makes for shm becomes shm again.
		if size, ok := sharedMemory(d, places[name]); ok && c.uses(name) == 1 {
			c.to.text("shm", size)
			continue
		}
		list.Content = append(list.Content, c.volume(d, places[name]))
	}
	c.to.put("volumes", list)
}

// mountOf takes a mount; rest says that it has something that no run says, which remains beside its path.
func mountOf(m dict) (o object, rest bool) {
	o = newObject().text("mount_path", fmt.Sprint(m["mountPath"]))
	if m["readOnly"] == false {
		delete(m, "readOnly")
	}
	if m["mountPropagation"] == "None" {
		delete(m, "mountPropagation")
	}
	move(o, m, [2]string{"readOnly", "read_only"}, [2]string{"subPath", "sub_path"}, [2]string{"subPathExpr", "sub_path_expr"})
	return o, len(m) > 2
}

// mounts takes the places where a container beside the first one sees the run's volumes.
func (c *container) mounts() {
	list := sequence()
	c.from.keep("volumeMounts", func(m dict) bool {
		name := fmt.Sprint(m["name"])
		if !c.sayable[name] {
			return true
		}
		place, rest := mountOf(m)
		o := newObject().text("volume", name)
		o.Content = append(o.Content, place.Content...)
		list.Content = append(list.Content, line(o.Node))
		return rest
	})
	c.to.put("mounts", list)
}

// uses counts the places where a volume is mounted; a run has no volume that is mounted nowhere.
func (w *workload) uses(name string) int {
	n := 0
	all := w.value.at(podPath[w.kind]...).(dict).sub("spec")
	for _, list := range []string{"containers", "initContainers"} {
		for _, c := range all.list(list) {
			d, _ := c.(dict)
			for _, m := range d.list("volumeMounts") {
				if m, ok := m.(dict); ok && fmt.Sprint(m["name"]) == name {
					n++
				}
			}
		}
	}
	return n
}

// sharedMemory recognizes a run's `shm`, by the name that Berth gives the volume.
func sharedMemory(volume dict, places []object) (size string, ok bool) {
	dir := volume.sub("emptyDir")
	size, sized := dir["sizeLimit"].(string)
	if !sized || len(dir) != 2 || dir["medium"] != "Memory" || volume["name"] != "shm" || len(places) != 1 {
		return "", false
	}
	if len(places[0].Content) != 2 || places[0].get("mount_path").Value != "/dev/shm" {
		return "", false
	}
	delete(volume, "emptyDir")
	return size, true
}

// volume writes a volume with its places.
func (c *container) volume(d dict, places []object) *yaml.Node {
	key, _ := volumeKind(d)
	k := volumeKinds[key]
	o := newObject().text("volume_type", k.word).text("name", fmt.Sprint(d["name"]))
	if len(places) == 1 {
		o.Content = append(o.Content, places[0].Content...)
	} else {
		list := sequence()
		for _, p := range places {
			list.Content = append(list.Content, line(p.Node))
		}
		o.put("mounts", list)
	}
	spec := newObject()
	source := d.sub(key)
	if source["readOnly"] == false {
		delete(source, "readOnly")
	}
	k.take(spec, source)
	o.put("spec", line(spec.Node))
	if len(source) == 0 {
		delete(d, key)
	}
	return o.Node
}

// kindOfVolume is a source of volumes that a run knows.
type kindOfVolume struct {
	word string
	take func(to object, from dict)
}

// volumeKinds are the sources of volumes that a run knows, by Kubernetes' names of them.
var volumeKinds = map[string]kindOfVolume{
	"persistentVolumeClaim": {"persistent_volume_claim", moved([2]string{"claimName", "claim_name"})},
	"configMap":             {"config_map", keysOf("name")},
	"secret":                {"secret", keysOf("secretName")},
	"emptyDir":              {"empty_dir", moved([2]string{"sizeLimit", "size_limit"}, [2]string{"medium", "medium"})},
	"image":                 {"image", moved([2]string{"reference", "image"}, [2]string{"pullPolicy", "pull_policy"})},
	"nfs":                   {"nfs", moved([2]string{"server", "server"}, [2]string{"path", "path"}, [2]string{"readOnly", "read_only"})},
	"hostPath":              {"host_path", moved([2]string{"path", "path"}, [2]string{"type", "type"})},
	"csi":                   {"csi", csiOf},
	"ephemeral":             {"ephemeral", ephemeralOf},
	"downwardAPI":           {"downward_api", downwardOf},
	"projected":             {"projected", projectedOf},
}

// volumeKind is the kind of a volume by Kubernetes' name; ok is false for one that no run knows.
func volumeKind(volume dict) (key string, ok bool) {
	if len(volume) == 1 { // Kubernetes takes a volume that says nothing for an emptyDir
		volume["emptyDir"] = dict{}
	}
	for key := range volume {
		if _, known := volumeKinds[key]; known {
			return key, len(volume) == 2 && sayableSources(volume.sub(key))
		}
	}
	return "", false
}

// sayableSources reports whether a run knows every source of a projected volume.
func sayableSources(volume dict) bool {
	for _, s := range volume.list("sources") {
		d, _ := s.(dict)
		for key := range d {
			if !slices.Contains([]string{"secret", "configMap", "downwardAPI", "serviceAccountToken"}, key) {
				return false
			}
		}
	}
	return true
}

// moved reads a volume whose fields differ from a run's in their names alone; each pair is Kubernetes' name and Berth's.
func moved(fields ...[2]string) func(object, dict) {
	return func(to object, from dict) { move(to, from, fields...) }
}

// keysOf takes keys of a ConfigMap or Secret as files.
func keysOf(name string) func(object, dict) {
	return func(to object, from dict) {
		move(to, from, [2]string{name, "name"})
		to.put("items", itemsOf(from))
		mode(to, from, "defaultMode", "default_mode")
		move(to, from, [2]string{"optional", "optional"})
	}
}

// itemsOf takes keys with their paths, where nothing else stands beside them.
func itemsOf(from dict) *yaml.Node {
	list := sequence()
	for _, item := range from.list("items") {
		d, _ := item.(dict)
		o := newObject()
		move(o, d, [2]string{"key", "key"}, [2]string{"path", "path"})
		mode(o, d, "mode", "mode")
		list.Content = append(list.Content, line(o.Node))
	}
	delete(from, "items")
	return list
}

// mode takes the mode of a file, as people read one.
func mode(to object, from dict, key, field string) {
	m, ok := from[key].(int)
	if !ok {
		return
	}
	delete(from, key)
	if key != "defaultMode" || m != defaults.VolumeMode {
		to.put(field, number("0"+strconv.FormatInt(int64(m), 8)))
	}
}

// csiOf reads an inline volume of a CSI driver (CSIVolumeSource).
func csiOf(to object, from dict) {
	move(to, from, [2]string{"driver", "driver"}, [2]string{"fsType", "fs_type"}, [2]string{"readOnly", "read_only"},
		[2]string{"volumeAttributes", "volume_attributes"}, [2]string{"nodePublishSecretRef", "node_publish_secret_ref"})
}

// ephemeralOf takes the template of a claim that lives with the pod.
func ephemeralOf(to object, from dict) {
	spec := from.sub("volumeClaimTemplate").sub("spec")
	to.put("size", encoded(spec.take("resources", "requests", "storage")))
	move(to, spec, [2]string{"storageClassName", "storage_class"})
	if modes := spec.list("accessModes"); len(modes) == 1 {
		delete(spec, "accessModes")
		to.put("access_mode", encoded(modes[0]))
	}
	if spec["volumeMode"] == "Filesystem" {
		delete(spec, "volumeMode")
	}
	from.prune()
}

// fieldsOf takes fields of the pod as files.
func fieldsOf(from dict) *yaml.Node {
	list := sequence()
	for _, item := range from.list("items") {
		d, _ := item.(dict)
		o := newObject()
		move(o, d, [2]string{"path", "path"})
		if ref := d.sub("resourceFieldRef"); ref != nil {
			amountOf(o, ref)
		} else {
			o.text("field", fmt.Sprint(d.sub("fieldRef")["fieldPath"]))
		}
		mode(o, d, "mode", "mode")
		list.Content = append(list.Content, line(o.Node))
	}
	delete(from, "items")
	return list
}

// downwardOf reads a volume of the downward API: each item is a file with a field of the pod.
func downwardOf(to object, from dict) {
	to.put("items", fieldsOf(from))
	mode(to, from, "defaultMode", "default_mode")
}

// projectedOf takes what a volume joins in one folder. A source that no run knows leaves all of them to the patch.
func projectedOf(to object, from dict) {
	list := sequence()
	for _, s := range from.list("sources") {
		d, _ := s.(dict)
		o := newObject()
		for _, kind := range []struct{ key, word string }{{"secret", "secret"}, {"configMap", "config_map"}} {
			if keys := d.sub(kind.key); keys != nil {
				source := newObject()
				keysOf("name")(source, keys)
				o.put(kind.word, line(source.Node))
			}
		}
		if fields := d.sub("downwardAPI"); fields != nil {
			o.put("downward_api", line(newObject().put("items", fieldsOf(fields)).Node))
		}
		if token := d.sub("serviceAccountToken"); token != nil {
			t := newObject()
			move(t, token, [2]string{"path", "path"}, [2]string{"audience", "audience"}, [2]string{"expirationSeconds", "expiration_seconds"})
			o.put("service_account_token", line(t.Node))
		}
		list.Content = append(list.Content, line(o.Node))
	}
	delete(from, "sources")
	to.put("sources", list)
	mode(to, from, "defaultMode", "default_mode")
}
