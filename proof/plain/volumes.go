package plain

var mountFields = fields{
	"name": "name", "volume": "name", "mount_path": "mountPath", "read_only": "readOnly", "sub_path": "subPath", "sub_path_expr": "subPathExpr",
}

func mounts(spec object) any {
	said := spec["volumes"]
	if said != nil && !isList(said) {
		return said
	}
	var all []any
	for _, item := range list(said) {
		v, ok := item.(object)
		switch {
		case !ok:
			all = append(all, item)
		case v["mounts"] != nil:
			places := each(v["mounts"], func(m object) object { return mountFields.all(m, object{"name": v["name"]}) })
			if !isList(places) {
				return places
			}
			all = append(all, list(places)...)
		default:
			all = append(all, mountFields.all(v, object{}, "volume_type", "spec"))
		}
	}
	if _, ok := spec["shm"]; ok {
		all = append(all, object{"name": "shm", "mountPath": "/dev/shm"})
	}
	if all == nil {
		return nil
	}
	return all
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
	"nfs":                     {"nfs", fields{"server": "server", "path": "path", "read_only": "readOnly"}},
	"host_path":               {"hostPath", fields{"path": "path", "type": "type"}},
	"csi": {"csi", fields{
		"driver": "driver", "fs_type": "fsType", "read_only": "readOnly", "volume_attributes": "volumeAttributes",
		"node_publish_secret_ref": "nodePublishSecretRef",
	}},
	"downward_api": {"downwardAPI", fields{"items": "items", "default_mode": "defaultMode"}},
	"projected":    {"projected", fields{"sources": "sources", "default_mode": "defaultMode"}},
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
	switch v["volume_type"] {
	case "downward_api":
		content["items"] = each(s["items"], fieldFile)
	case "projected":
		content["sources"] = each(s["sources"], projection)
	}
	if _, sized := s["size"]; sized && source.name == "persistentVolumeClaim" {
		content["claimName"] = join(run, v["name"])
	}
	return object{"name": v["name"], source.name: content}
}

// fieldFile is a field of the pod as a file.
func fieldFile(o object) object {
	key, ref := fieldOrAmount(o)
	return fields{"path": "path", "mode": "mode"}.all(o, object{key: ref}, "field", "divisor", "container")
}

// projection is one of several sources of a projected volume.
func projection(s object) object {
	o := object{}
	for kind, v := range s {
		content, ok := v.(object)
		switch {
		case !ok:
			o[kind] = v
		case kind == "config_map":
			o["configMap"] = v
		case kind == "downward_api":
			o["downwardAPI"] = fields{}.all(content, object{"items": each(content["items"], fieldFile)}, "items")
		case kind == "service_account_token":
			o["serviceAccountToken"] = fields{"expiration_seconds": "expirationSeconds"}.all(content, object{})
		default:
			o[kind] = v
		}
	}
	return o
}

// hashable keeps a value of the wrong type from being a map's key.
func hashable(v any) any {
	if s, ok := v.(string); ok {
		return s
	}
	return nil
}
