package specs

import (
	"cmp"
	"fmt"
	"strings"
)

// machineFields are what a run and a profile may both speak of. What others depend on comes first: volumes and shared
// memory on the memory limit, tokens on the account, much on the level of security.
var machineFields = []field{
	{"security", 30, oneOf("baseline", "restricted")},
	{"service_account", 15, subdomain},
	{"resources", 70, resources},
	{"node_selector", 20, labels},
	{"tolerations", 20, tolerations},
	{"affinity", 15, affinity},
	{"volumes", 50, listOf(1, 4, volume)},
	{"shm", 25, when(hasMemoryLimit, func(g *Gen) any { return fmt.Sprintf("%dMi", g.between(1, 512)) })},
	{"envs", 50, listOf(1, 5, env)},
	{"secrets", 30, listOf(1, 3, secret)},
	{"runtime_class", 10, subdomain},
	{"priority_class", 10, priorityClass},
	{"image_pull_policy", 20, oneOf("Always", "IfNotPresent", "Never")},
	{"image_pull_secrets", 10, listOf(1, 2, subdomain)},
	{"automount_token", 15, flag},
	{"image_user", 10, oneOf("numeric")},
	{"run_as_user", always, runAsUser},
	{"run_as_group", 20, user},
	{"fs_group", 20, number(1, 2147483647)},
}

// runAsUser is always there under restricted, unless the image has a user.
func runAsUser(g *Gen) any {
	if (g.run["security"] != "restricted" || g.run["image_user"] != nil) && g.chance(70) {
		return nil
	}
	return user(g)
}

// user is never root under restricted.
func user(g *Gen) any {
	if g.run["security"] == "restricted" {
		return g.between(1, 2147483647)
	}
	return g.between(0, 2147483647)
}

func priorityClass(g *Gen) any {
	if len(g.project.PriorityClasses) > 0 {
		return pick(g, g.project.PriorityClasses...)
	}
	return subdomain(g)
}

// amount writes a request and a limit in one of the shapes that a resource may have.
func (g *Gen) amount(unit string, low, high int) any {
	request := g.between(low, high)
	limit := request + g.between(0, high)
	r, l := fmt.Sprint(request)+unit, fmt.Sprint(limit)+unit
	switch g.rand.IntN(4) {
	case 0:
		return r
	case 1:
		return Object{"requests": r}
	case 2:
		return Object{"limits": l}
	}
	return Object{"requests": r, "limits": l}
}

func resources(g *Gen) any {
	o := g.object([]field{
		{"cpu", 70, func(g *Gen) any { return g.amount(pick(g, "", "m", "00m"), 1, 64) }},
		{"mem", 80, func(g *Gen) any { return g.amount(pick(g, "Gi", "G", "Ti"), 1, 64) }},
		{"disk", 30, func(g *Gen) any { return g.amount(pick(g, "Gi", "M", "e3"), 1, 500) }},
		{"gpu", 30, devices},
		{"example.com/dongle", 10, devices},
		{"rdma/ib", 10, devices},
	})
	if (o["cpu"] != nil || o["mem"] != nil) && g.chance(10) {
		o["hugepages-2Mi"] = fmt.Sprintf("%dMi", 2*g.between(1, 100))
	}
	if g.chance(20) {
		return asKubernetes(o)
	}
	return o
}

// devices is a whole number whose request and limit are one.
func devices(g *Gen) any {
	n := g.between(1, 8)
	switch g.rand.IntN(4) {
	case 0:
		return n
	case 1:
		return fmt.Sprint(n)
	case 2:
		return Object{"requests": fmt.Sprint(n)}
	}
	return Object{"requests": fmt.Sprint(n), "limits": fmt.Sprint(n)}
}

func hasProfile(g *Gen) bool { return g.run["profile"] != nil }

// gpuChoice leaves the number of the run's GPUs to its profile, in the short form or the long one.
func gpuChoice(g *Gen) any {
	choice := pick(g, "1..8", "2..4", "1..1", "A100:1..8", "MI300X:192GB:2")
	if g.chance(50) {
		return Object{"gpu": choice}
	}
	return Object{"gpu": Object{"choice": choice}}
}

// kubernetesNames are Kubernetes' names for Berth's short ones.
var kubernetesNames = map[string]string{"mem": "memory", "disk": "ephemeral-storage", "gpu": "nvidia.com/gpu"}

// asKubernetes turns the seed's shape into Kubernetes' own, which has Kubernetes' names.
func asKubernetes(byResource Object) Object {
	requests, limits := Object{}, Object{}
	for short, form := range byResource {
		name := cmp.Or(kubernetesNames[short], short)
		o, ok := form.(Object)
		if !ok {
			requests[name], limits[name] = form, form
			continue
		}
		if v, ok := o["requests"]; ok {
			requests[name] = v
		}
		if v, ok := o["limits"]; ok {
			limits[name] = v
		}
	}
	return Object{"requests": requests, "limits": limits}
}

func hasMemoryLimit(g *Gen) bool {
	r, _ := g.run["resources"].(Object)
	mem, _ := r["mem"].(Object)
	return mem["limits"] != nil
}

// tolerations are a list in which none stands twice.
func tolerations(g *Gen) any {
	seen := map[string]bool{}
	return g.list(1, 3, func(g *Gen) any {
		t := toleration(g)
		id := fmt.Sprint(t["key"], t["operator"], t["value"], t["effect"])
		if seen[id] {
			return nil
		}
		seen[id] = true
		return t
	})
}

func toleration(g *Gen) Object {
	t := Object{"effect": pick(g, "NoSchedule", "PreferNoSchedule", "NoExecute")}
	switch g.rand.IntN(4) {
	case 0:
		t["operator"], t["key"] = "Exists", g.labelKey()
	case 1:
		t["operator"] = "Exists"
	case 2:
		t["key"], t["value"] = g.labelKey(), g.labelValue()
	default:
		t["operator"], t["key"], t["value"] = "Equal", g.labelKey(), g.labelValue()
	}
	if t["effect"] == "NoExecute" && g.chance(50) {
		t["tolerationSeconds"] = g.between(-1, 3600)
	} else if g.chance(20) {
		delete(t, "effect")
	}
	return t
}

func env(g *Gen) any {
	e := Object{"name": envName(g)}
	switch g.rand.IntN(6) {
	case 0:
		e["field"] = pick(g, "metadata.name", "metadata.namespace", "metadata.uid", "status.podIP", "status.podIPs", "status.hostIP",
			"spec.nodeName", "spec.serviceAccountName", "metadata.labels['berth/run']", "metadata.annotations['a']",
			"limits.cpu", "limits.memory", "requests.cpu", "requests.memory", "limits.ephemeral-storage", "requests.ephemeral-storage")
	case 1:
		e["config_map"], e["key"] = subdomain(g), dataKey(g)
	default:
		e["value"] = g.text()
	}
	if of, _ := e["field"].(string); strings.HasSuffix(of, "memory") {
		g.fill(e, []field{{"divisor", 30, oneOf("1", "1Mi")}, {"container", 20, func(g *Gen) any { return g.container() }}})
	}
	if e["config_map"] != nil {
		g.fill(e, []field{{"optional", 30, flag}})
	}
	return e
}

// container is the name of the run's own container.
func (g *Gen) container() any {
	if name := g.run["container_name"]; name != nil {
		return name
	}
	return g.name
}

// secret is a bare name (all keys of a Secret, or a key of the project's), or one key.
func secret(g *Gen) any {
	var s Object
	switch g.rand.IntN(4) {
	case 0:
		if g.project.SecretsFrom != "" {
			return shellName(g)
		}
		return g.fresh("secret")
	case 1:
		s = Object{"name": g.fresh("secret"), "key": shellName(g)}
	case 2:
		s = g.object([]field{{"name", always, func(g *Gen) any { return g.fresh("secret") }}, {"prefix", 60, oneOf("P_", "p.")}})
	default:
		s = Object{"name": g.fresh("secret"), "key": dataKey(g), "env": shellName(g)}
	}
	g.fill(s, []field{{"optional", 20, flag}})
	return s
}
