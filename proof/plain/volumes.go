package plain

var mountFields = fields{"name": "name", "mount_path": "mountPath", "read_only": "readOnly", "sub_path": "subPath"}

func mounts(spec object) any {
	mounted := each(spec["volumes"], func(v object) object { return mountFields.all(v, object{}, "volume_type", "spec") })
	list, ok := mounted.([]any)
	if !ok && mounted != nil {
		return mounted
	}
	if _, ok := spec["shm"]; ok {
		list = append(list, object{"name": "shm", "mountPath": "/dev/shm"})
	}
	if list == nil {
		return nil
	}
	return list
}

func volumes(run any, spec object) any {
	found := each(spec["volumes"], func(v object) object { return volume(run, v) })
	list, ok := found.([]any)
	if !ok && found != nil {
		return found
	}
	if size, ok := spec["shm"]; ok {
		list = append(list, object{"name": "shm", "emptyDir": object{"medium": "Memory", "sizeLimit": size}})
	}
	if list == nil {
		return nil
	}
	return list
}

// sources are the kinds of volume: Kubernetes' name of the source, and the names of its fields.
var sources = map[any]struct {
	name   string
	fields fields
}{
	"persistent_volume_claim": {"persistentVolumeClaim", fields{"claim_name": "claimName"}},
	"shared_volume":           {"persistentVolumeClaim", fields{"claim_name": "claimName"}},
	"config_map":              {"configMap", fields{"name": "name", "items": "items", "default_mode": "defaultMode", "optional": "optional"}},
	"secret":                  {"secret", fields{"name": "secretName", "items": "items", "default_mode": "defaultMode", "optional": "optional"}},
	"empty_dir":               {"emptyDir", fields{"size_limit": "sizeLimit", "medium": "medium"}},
	"image":                   {"image", fields{"image": "reference", "pull_policy": "pullPolicy"}},
}

func volume(run any, v object) object {
	s, ok := v["spec"].(object)
	if !ok && v["spec"] != nil {
		return object{"name": v["name"], "spec": v["spec"]}
	}
	if v["volume_type"] == "ephemeral" {
		return object{"name": v["name"], "ephemeral": object{"volumeClaimTemplate": object{"spec": claimSpec(s, s["size"])}}}
	}
	source, ok := sources[hashable(v["volume_type"])]
	if !ok {
		return object{"name": v["name"]}
	}
	content := source.fields.all(s, object{}, "size", "storage_class", "access_mode")
	if _, sized := s["size"]; sized && source.name == "persistentVolumeClaim" {
		content["claimName"] = join(run, v["name"])
	}
	return object{"name": v["name"], source.name: content}
}

// hashable keeps a value of the wrong type from being a map's key.
func hashable(v any) any {
	if s, ok := v.(string); ok {
		return s
	}
	return nil
}
