package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/internal/defaults"

	"go.yaml.in/yaml/v3"
)

// container is one container of the pod, and the object that its fields are written to: the run for the first one.
type container struct {
	*workload
	from dict
	to   object
	main bool
}

// move takes fields of a dict under the names that they have in a run.
func move(to object, from dict, fields ...[2]string) {
	for _, f := range fields {
		if from[f[0]] == "" && f[0] == "storageClassName" {
			continue // an empty class is none, where silence is the cluster's default
		}
		if v := from.take(f[0]); v != nil && v != "" {
			to.put(f[1], inline(v))
		}
	}
}

// program takes what the container runs.
func (c *container) program() {
	move(c.to, c.from, [2]string{"image", "image"}, [2]string{"imagePullPolicy", "image_pull_policy"}, [2]string{"command", "command"},
		[2]string{"args", "args"}, [2]string{"workingDir", "working_dir"})
	for _, usual := range [][2]string{{"terminationMessagePath", "/dev/termination-log"}, {"terminationMessagePolicy", "File"}} {
		if c.from[usual[0]] == usual[1] {
			delete(c.from, usual[0])
		}
	}
}

// fields takes everything else that the container says.
func (c *container) fields() {
	c.resources()
	c.environment()
	c.ports()
	c.probes()
	c.lifecycle()
}

// ports takes the ports that the container declares. A number that stands twice is left to the patch.
func (c *container) ports() {
	list := sequence()
	seen := map[string]bool{}
	c.from.keep("ports", func(p dict) bool {
		key := fmt.Sprint(p["containerPort"], orElse(fmt.Sprint(firstOf(p["protocol"], "TCP")), "TCP"))
		if seen[key] {
			return true
		}
		seen[key] = true
		o := newObject().put("port", encoded(p["containerPort"]))
		if protocol := p["protocol"]; protocol != "TCP" {
			o.put("protocol", encoded(protocol))
		}
		move(o, p, [2]string{"name", "name"}, [2]string{"hostPort", "host_port"})
		list.Content = append(list.Content, line(o.Node))
		return left(p, "containerPort", "protocol")
	})
	c.to.put("ports", list)
}

// left reports whether something is left of an item of a list beside the keys by which a patch finds it.
func left(item dict, keys ...string) bool {
	for key := range item {
		if !slices.Contains(keys, key) {
			return true
		}
	}
	return false
}

// resourceWords are the names that a run has for resources.
var resourceWords = map[string]string{"memory": "mem", "ephemeral-storage": "disk", "nvidia.com/gpu": "gpu"}

// resources writes a container's resources by resource, under a run's own names.
func (c *container) resources() {
	all := c.from.sub("resources")
	found := newObject()
	sides := []string{"requests", "limits"}
	for _, name := range resourceNames(all, sides) {
		amounts := newObject()
		for _, side := range sides {
			amounts.put(side, encoded(all.take(side, name)))
		}
		found.put(orElse(resourceWords[name], name), line(amounts.Node))
	}
	c.to.put("resources", found.Node)
	if c.main {
		c.resourceClaims(all)
	}
}

// resourceNames lists what is asked for: cpu and memory first.
func resourceNames(resources dict, sides []string) []string {
	names := map[string]bool{}
	for _, side := range sides {
		for name := range resources.sub(side) {
			names[name] = true
		}
	}
	sorted := slices.Sorted(maps.Keys(names))
	slices.SortStableFunc(sorted, func(a, b string) int { return rank(a) - rank(b) })
	return sorted
}

// rank orders resources as people write them: cpu, then memory, then all others, which stay in the order they are given.
func rank(resource string) int {
	if i := slices.Index([]string{"cpu", "memory"}, resource); i >= 0 {
		return i
	}
	return 2
}

// resourceClaims takes the pod's claims of devices where the first container takes them all, as a run's does.
func (c *container) resourceClaims(resources dict) {
	pod := c.template().sub("spec")
	claims, uses := pod.list("resourceClaims"), resources.list("claims")
	list := sequence()
	for i, claim := range claims {
		d, _ := claim.(dict)
		if i >= len(uses) {
			return
		}
		if use, _ := uses[i].(dict); len(use) != 1 || use["name"] != d["name"] {
			return
		}
		o := newObject().text("name", fmt.Sprint(d["name"]))
		if d["resourceClaimName"] != nil {
			o.text("claim", fmt.Sprint(d["resourceClaimName"]))
		} else {
			o.text("template", fmt.Sprint(d["resourceClaimTemplateName"]))
		}
		list.Content = append(list.Content, line(o.Node))
	}
	if len(claims) == len(uses) && len(claims) > 0 {
		delete(pod, "resourceClaims")
		delete(resources, "claims")
		c.to.put("resource_claims", list)
	}
}

// asksForDevices reports whether a container asks for what a node has few of.
func asksForDevices(pod dict) bool {
	for _, c := range append(slices.Clone(pod.list("containers")), pod.list("initContainers")...) {
		d, _ := c.(dict)
		for _, name := range resourceNames(d.sub("resources"), []string{"requests", "limits"}) {
			if strings.Contains(name, "/") {
				return true
			}
		}
	}
	return false
}

// others takes the containers beside the first one.
func (w *workload) others(pod dict) {
	lists := map[string]*yaml.Node{"init_containers": sequence(), "sidecars": sequence(), "containers": sequence()}
	policy := w.run.get("image_pull_policy")
	take := func(field string, d dict, late bool) {
		c := &container{workload: w, from: d, to: newObject().text("name", fmt.Sprint(d["name"]))}
		if image, ok := d["image"].(string); ok && d["imagePullPolicy"] == nil && policy != nil && policy.Value != defaults.PullPolicy(image) {
			d["imagePullPolicy"] = defaults.PullPolicy(image)
		}
		c.program()
		c.fields()
		c.mounts()
		c.security()
		if late {
			c.to.put("after_init", encoded(true))
		}
		lists[field].Content = append(lists[field].Content, c.to.Node)
	}
	inits := 0
	for _, item := range pod.list("initContainers") {
		d, _ := item.(dict)
		// An init container that is always restarted is Kubernetes' native sidecar.
		if d["restartPolicy"] != "Always" {
			take("init_containers", d, false)
			inits++
			continue
		}
		delete(d, "restartPolicy")
		// Order counts: a sidecar after an init container must not start before it.
		take("sidecars", d, inits > 0)
	}
	for i, item := range pod.list("containers") {
		// The first container is the run itself.
		if d, ok := item.(dict); ok && i > 0 {
			take("containers", d, false)
		}
	}
	for _, field := range []string{"init_containers", "sidecars", "containers"} {
		w.run.put(field, lists[field])
	}
}

// prunePod leaves in the pod the containers and volumes that something but their name is left of.
func (w *workload) prunePod() {
	pod := w.template().sub("spec")
	for _, key := range []string{"containers", "initContainers"} {
		pod.keep(key, func(d dict) bool {
			d.prune()
			return len(d) > 1
		})
	}
	pod.keep("volumes", func(d dict) bool { return len(d) > 1 }) // where nothing may mean something, as in emptyDir: {}
}

// keep keeps of the list under a key the items that are no dicts, or that say so.
func (d dict) keep(key string, keep func(dict) bool) {
	var kept []any
	for _, item := range d.list(key) {
		if i, ok := item.(dict); !ok || keep(i) {
			kept = append(kept, item)
		}
	}
	if d[key] == nil {
		return
	}
	if d[key] = kept; len(kept) == 0 {
		delete(d, key)
	}
}
