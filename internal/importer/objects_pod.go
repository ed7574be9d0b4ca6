package importer

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// pod takes the fields of a pod and of its first container. Other containers remain for the patch, and so does what the
// first one has and no run says, under the name that Berth gives the container.
func (w *workload) pod(at []string, name string) {
	pod, _ := w.rest.at(at...).(dict)
	containers, _ := pod["containers"].([]any)
	var container dict
	if len(containers) > 0 {
		container, _ = containers[0].(dict)
	}
	if container == nil {
		w.warn("the object has no container: add the image to the run", "")
		return
	}
	w.container(container)
	w.resources(container)
	w.environment(container)
	w.volumes(pod, container, containers)
	w.placement(pod)
	w.probes(container)
	w.security(pod, container)
	w.podDefaults(pod, container)
}

// lastly leaves in the pod the containers that something is left of for the patch, the first one under the run's name.
func (w *workload) lastly(at []string, name string) {
	pod, _ := w.rest.at(at...).(dict)
	containers, _ := pod["containers"].([]any)
	if len(containers) == 0 {
		return
	}
	if first, ok := containers[0].(dict); ok {
		if first.prune(); len(first) > 0 {
			first["name"] = name
			return
		}
	}
	pod["containers"] = containers[1:]
}

func (w *workload) container(c dict) {
	move := func(field, key string) {
		if v := c.take(key); v != nil {
			w.run.put(field, inline(v))
		}
	}
	delete(c, "name")
	move("image", "image")
	move("image_pull_policy", "imagePullPolicy")
	move("command", "command")
	move("args", "args")
	move("working_dir", "workingDir")
}

// inline is a value with its innermost maps and lists on one line.
func inline(v any) *yaml.Node { return inlined(encoded(v)) }

func inlined(n *yaml.Node) *yaml.Node {
	for _, c := range n.Content {
		inlined(c)
	}
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		return short(n)
	}
	return n
}

// resources writes a container's resources by resource, under a run's own names.
func (w *workload) resources(c dict) {
	all, _ := c["resources"].(dict)
	own := map[string]string{"nvidia.com/gpu": "gpu"}
	maps.Copy(own, ownNames)
	found := newObject()
	sides := []string{"requests", "limits"}
	for _, name := range resourceNames(all, sides) {
		amounts := newObject()
		for _, side := range sides {
			amounts.put(side, encoded(all.take(side, name)))
		}
		found.put(orElse(own[name], name), line(amounts.Node))
	}
	w.run.put("resources", found.Node)
}

// resourceNames lists what is asked for: cpu and memory first.
func resourceNames(resources dict, sides []string) []string {
	names := map[string]bool{}
	for _, side := range sides {
		amounts, _ := resources[side].(dict)
		for name := range amounts {
			names[name] = true
		}
	}
	sorted := slices.Sorted(maps.Keys(names))
	slices.SortStableFunc(sorted, func(a, b string) int { return rank(a) - rank(b) })
	return sorted
}

func rank(resource string) int {
	if i := slices.Index([]string{"cpu", "memory"}, resource); i >= 0 {
		return i
	}
	return 2
}

// placement takes what says where the pod runs, and as whom.
func (w *workload) placement(pod dict) {
	move := func(field, key string) {
		if v := pod.take(key); v != nil {
			w.run.put(field, inline(v))
		}
	}
	move("node_selector", "nodeSelector")
	move("tolerations", "tolerations")
	move("affinity", "affinity")
	move("runtime_class", "runtimeClassName")
	move("priority_class", "priorityClassName")
	move("service_account", "serviceAccountName")
	delete(pod, "serviceAccount") // the same under its old name
	if token := pod.take("automountServiceAccountToken"); token != nil {
		w.run.put("automount_token", encoded(token))
	} else if w.run.get("service_account") == nil {
		w.warn("the pod no longer gets the token of its namespace's service account", "add automount_token: true if it talks to the cluster")
	}
	if grace := pod.take("terminationGracePeriodSeconds"); grace != nil && grace != 30 {
		w.run.put("termination_grace_period_seconds", encoded(grace))
	}
	secrets, _ := pod["imagePullSecrets"].([]any)
	names := sequence()
	for _, s := range secrets {
		if d, ok := s.(dict); ok {
			names.Content = append(names.Content, plain(fmt.Sprint(d["name"])))
		}
	}
	if len(names.Content) > 0 {
		delete(pod, "imagePullSecrets")
		w.run.put("image_pull_secrets", line(names))
	}
}

// security takes the users, and recognizes the levels that a run has: restricted, and the baseline that every run gets.
func (w *workload) security(pod, container dict) {
	of := func(d dict) dict { s, _ := d["securityContext"].(dict); return s }
	for _, d := range []dict{of(container), of(pod)} {
		if d.at("seccompProfile", "type") == "RuntimeDefault" {
			d.take("seccompProfile")
		}
	}
	c := of(container)
	if c["allowPrivilegeEscalation"] == false {
		delete(c, "allowPrivilegeEscalation")
	}
	drops, _ := c.at("capabilities", "drop").([]any)
	nonRoot := c["runAsNonRoot"] == true || of(pod)["runAsNonRoot"] == true
	user := firstOf(c.take("runAsUser"), of(pod).take("runAsUser"))
	if nonRoot && len(drops) == 1 && drops[0] == "ALL" && alone(pod) {
		w.run.text("security", "restricted")
		if user == nil {
			w.run.text("image_user", "numeric")
		}
		delete(c, "runAsNonRoot")
		delete(of(pod), "runAsNonRoot")
		c.take("capabilities", "drop")
	}
	for _, f := range []struct {
		field string
		value any
	}{{"run_as_user", user}, {"run_as_group", firstOf(c.take("runAsGroup"), of(pod).take("runAsGroup"))}, {"fs_group", of(pod).take("fsGroup")}} {
		if f.value != nil {
			w.run.put(f.field, encoded(f.value))
		}
	}
}

// alone reports whether the first container and the volumes that a run knows are all that a pod has: only then does the
// container decide the pod's level.
func alone(pod dict) bool {
	containers, _ := pod["containers"].([]any)
	inits, _ := pod["initContainers"].([]any)
	volumes, _ := pod["volumes"].([]any)
	return len(containers) == 1 && len(inits) == 0 && len(volumes) == 0
}

func firstOf(values ...any) any {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

// podDefaults takes out what Kubernetes means by silence, as `kubectl get` shows it.
func (w *workload) podDefaults(pod, container dict) {
	for key, usual := range map[string]any{"dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler", "enableServiceLinks": true} {
		if pod[key] == usual {
			delete(pod, key)
		}
	}
	for key, usual := range map[string]any{"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"} {
		if container[key] == usual {
			delete(container, key)
		}
	}
	if policy := pod.text("restartPolicy"); policy == "OnFailure" {
		w.warn("restartPolicy OnFailure is left out: a run's failed pod is not started again in place, another one takes its turn", "backoff_limit says how often")
	}
}
