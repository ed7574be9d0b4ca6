package specs

import (
	"fmt"

	"berth/schema"
)

// volumeSpecs is what the spec of each type of volume may hold.
var volumeSpecs = map[string]func(*Gen) any{
	"persistent_volume_claim": func(g *Gen) any {
		if g.chance(50) {
			return Object{"claim_name": subdomain(g)}
		}
		return g.object([]field{
			{"size", always, size}, {"storage_class", 50, subdomain},
			{"access_mode", always, accessMode},
		})
	},
	"config_map": objectOf(keyed),
	"secret":     objectOf(keyed),
	"empty_dir":  emptyDir,
	"ephemeral": objectOf([]field{
		{"size", always, size}, {"storage_class", 50, subdomain},
		{"access_mode", 50, oneOf("ReadWriteMany", "ReadOnlyMany", "ReadWriteOnce", "ReadWriteOncePod")},
	}),
	"projected": objectOf([]field{
		{"sources", always, listOf(1, 3, volumeSource)}, {"default_mode", 40, number(0, 0o777)},
	}),
	"downward_api": objectOf([]field{
		{"items", always, listOf(1, 3, fieldToPath)}, {"default_mode", 40, number(0, 0o777)},
	}),
	"csi": objectOf([]field{
		{"driver", always, oneOf("csi.example.com", "secrets-store.csi.k8s.io")}, {"fs_type", 30, oneOf("ext4")}, {"read_only", 40, flag},
		{"volume_attributes", 40, oneOf[any](Object{"a": "b"}, Object{"secretProviderClass": "x", "y.z": ""})},
		{"node_publish_secret_ref", 30, func(g *Gen) any { return Object{"name": subdomain(g)} }},
	}),
	"nfs": objectOf([]field{
		{"server", always, oneOf("nfs.example.com", "10.0.0.1")}, {"path", always, absolutePath}, {"read_only", 40, flag},
	}),
	"host_path": objectOf([]field{
		{"path", always, absolutePath}, {"type", 50, oneOf("", "Directory", "DirectoryOrCreate", "Socket")},
	}),
	"shared_volume": objectOf([]field{{"claim_name", always, subdomain}}),
	"image": objectOf([]field{
		{"image", always, image}, {"pull_policy", 50, oneOf("Always", "IfNotPresent", "Never")},
	}),
}

// keyed is what a ConfigMap and a Secret volume have in common.
var keyed = []field{
	{"name", always, subdomain},
	{"items", 40, listOf(1, 3, objectOf([]field{
		{"key", always, dataKey}, {"path", always, relativePath}, {"mode", 40, number(0, 0o777)},
	}))},
	{"default_mode", 40, number(0, 0o777)},
	{"optional", 40, flag},
}

// volumeSource is one of several sources of a projected volume; a token needs an account.
func volumeSource(g *Gen) any {
	named := []field{{"name", always, subdomain}, {"optional", 40, flag}, {"items", 40, listOf(1, 2, objectOf([]field{
		{"key", always, dataKey}, {"path", always, relativePath}, {"mode", 40, number(0, 0o777)},
	}))}}
	if g.run["service_account"] != nil && g.chance(25) {
		return Object{"service_account_token": g.object([]field{
			{"path", always, relativePath}, {"audience", 40, oneOf("vault")}, {"expiration_seconds", 50, number(600, 86400)},
		})}
	}
	switch g.rand.IntN(3) {
	case 0:
		return Object{"secret": g.object(named)}
	case 1:
		return Object{"config_map": g.object(named)}
	}
	return Object{"downward_api": Object{"items": g.list(1, 2, fieldToPath)}}
}

// fieldToPath is a field of the pod as a file.
func fieldToPath(g *Gen) any {
	o := Object{"path": relativePath(g), "field": pick(g, "metadata.name", "metadata.labels", "metadata.annotations", "limits.cpu", "requests.memory")}
	if o["field"] == "requests.memory" {
		g.fill(o, []field{{"divisor", 50, oneOf("1", "1Mi")}, {"container", 50, func(g *Gen) any { return g.container() }}})
	}
	g.fill(o, []field{{"mode", 30, number(0, 0o777)}})
	return o
}

func volume(g *Gen) any {
	kind := pick(g, schema.TypeVolumeType.Enum...)
	switch {
	case kind == "image" && !g.project.hasImageVolumes(), kind == "host_path" && (!privileged(g) || restricted(g)), kind == "nfs" && restricted(g), volumeSpecs[kind] == nil:
		return nil
	}
	v := Object{"volume_type": kind, "name": g.fresh(pick(g, "v", "data", "1")), "spec": volumeSpecs[kind](g)}
	if g.chance(15) {
		v["mounts"] = g.list(1, 2, func(g *Gen) any { return g.place(Object{}) })
		return v
	}
	return g.place(v)
}

func emptyDir(g *Gen) any {
	o := g.object([]field{{"medium", 30, oneOf("", "Memory")}, {"size_limit", 60, func(g *Gen) any {
		return fmt.Sprintf("%dMi", g.between(1, 512))
	}}})
	if o["medium"] == "Memory" && !hasMemoryLimit(g) {
		delete(o, "medium")
	}
	return o
}

// accessMode lets many pods mount the claim, but for now and then.
func accessMode(g *Gen) any {
	if g.chance(80) {
		return "ReadWriteMany"
	}
	return pick(g, "ReadOnlyMany", "ReadWriteOnce", "ReadWriteOncePod")
}

func size(g *Gen) any { return fmt.Sprint(g.between(1, 2000)) + pick(g, "Gi", "G", "Ti", "Mi", "e9") }
