package specs

import "fmt"

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

var volumeTypes = []string{
	"persistent_volume_claim", "config_map", "secret", "empty_dir", "ephemeral", "shared_volume", "image",
}

func volume(g *Gen) any {
	kind := pick(g, volumeTypes...)
	if kind == "image" && !g.project.hasImageVolumes() {
		return nil
	}
	v := Object{
		"volume_type": kind, "name": g.fresh(pick(g, "v", "data", "1")), "mount_path": absolutePath(g),
		"spec": volumeSpecs[kind](g),
	}
	g.fill(v, []field{{"read_only", 30, flag}, {"sub_path", 20, subPath}})
	return v
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
