package importer

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"berth/internal/diag"
)

// berthLabels are the labels that Berth writes on every object and pod of a run.
var berthLabels = []string{
	labelName, labelInstance, labelManagedBy, "app.kubernetes.io/component", "app.kubernetes.io/part-of",
	"berth/run", "berth/profile", "berth/matrix",
}

// namedDefault is one of the closed list of what Berth writes beside what was read. None of them changes what runs.
type namedDefault struct {
	why string
	is  func(w *workload, o *kubeObject, d difference) bool
}

// namedDefaults are all of them. Names, selectors, ports and keys are never among them.
var namedDefaults = []namedDefault{
	{"one of Berth's own labels", func(_ *workload, _ *kubeObject, d difference) bool {
		return d.old == nil && slices.ContainsFunc(berthLabels, func(key string) bool { return strings.HasSuffix(d.path, diag.Join("metadata.labels", key)) })
	}},
	{"Berth manages the object from now on", func(_ *workload, _ *kubeObject, d difference) bool {
		return strings.HasSuffix(d.path, diag.Join("metadata.labels", labelManagedBy))
	}},
	{"a run's labels stand on its pods and on every object of its own", (*workload).spreads},
	{"keeps what holds data from being deleted with the run", func(_ *workload, o *kubeObject, d difference) bool {
		return d.old == nil && strings.HasPrefix(d.path, "metadata.annotations") && isData(o.kind) && isControlled(lastKey(d.path))
	}},
	{"what Argo CD and Flux need to know of the run's policy", func(w *workload, _ *kubeObject, d difference) bool {
		return d.old == nil && strings.HasPrefix(d.path, "metadata.annotations") && w.need.gitops != "" && isControlled(lastKey(d.path))
	}},
	{"the run's namespace", func(w *workload, o *kubeObject, d difference) bool {
		return d.old == nil && d.path == "metadata.namespace" && o != w.kubeObject
	}},
	{"the container runtime's own seccomp profile, which every run gets", func(_ *workload, _ *kubeObject, d difference) bool {
		return strings.HasSuffix(d.path, "spec.securityContext.seccompProfile") && d.old == nil && reflect.DeepEqual(d.new, map[string]any{"type": "RuntimeDefault"})
	}},
	{"what silence means, unless the ServiceAccount says otherwise", usually("spec.automountServiceAccountToken", true)},
	{"what silence means", usually("spec.serviceAccountName", "default")},
	{"what silence means", usually("spec.serviceAccount", "default")},
	{"what silence means", usually("spec.enableServiceLinks", true)},
	{"what silence means", usually("securityContext.allowPrivilegeEscalation", true)},
	{"what the API server gives each pod: a request that is not said is the limit", (*workload).isLimit},
	{"what silence means", usually("spec.jobTemplate.spec.backoffLimit", float64(6))},
	{"holds for the container from another place of the pod, as before", func(w *workload, o *kubeObject, d difference) bool {
		return o == w.kubeObject && w.sameSecurity && strings.Contains(d.path, "securityContext.") && isInherited(d.path)
	}},
	{"a rollout has not failed while its pods may still start", func(w *workload, o *kubeObject, d difference) bool {
		return d.path == "spec.progressDeadlineSeconds" && o.value.sub("spec")["progressDeadlineSeconds"] == nil
	}},
	{"Kueue writes it itself where a queue is named", func(w *workload, _ *kubeObject, d difference) bool {
		return w.run.get("queue") != nil && (d.path == "spec.suspend" || d.old == nil && strings.Contains(d.path, "template.metadata.labels") && strings.HasPrefix(lastKey(d.path), "kueue.x-k8s.io/"))
	}},
	{"the kubelet asks for it with a '/' in front anyway", func(_ *workload, _ *kubeObject, d difference) bool {
		old, _ := d.old.(string)
		return strings.HasSuffix(d.path, "httpGet.path") && d.new == "/"+old
	}},
	{"the container runtime reads capabilities in capital letters", func(_ *workload, _ *kubeObject, d difference) bool {
		old, _ := d.old.(string)
		return strings.Contains(d.path, "securityContext.capabilities") && d.new == strings.ToUpper(old)
	}},
	{"Berth's default", func(w *workload, _ *kubeObject, d difference) bool {
		return w.opts.BerthDefaults && isBerthDefault(d.path)
	}},
}

// isLimit reports whether a request was added that is the limit of the same resource.
func (w *workload) isLimit(_ *kubeObject, d difference) bool {
	above, resource, ok := strings.Cut(d.path, ".resources.requests")
	if d.old != nil || !ok || above == "" {
		return false
	}
	at, _, _ := strings.Cut(d.newAt, ".requests")
	limits := standing(w.built, at+".limits")
	if resource != "" {
		return reflect.DeepEqual(reach(limits, lastKey(d.path)), d.new)
	}
	requests, _ := d.new.(map[string]any)
	for key, value := range requests {
		if !reflect.DeepEqual(reach(limits, key), value) {
			return false
		}
	}
	return len(requests) > 0
}

// standing is what stands at a path of a tree of plain values.
func standing(v any, path string) any {
	for _, step := range diag.Split(path) {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			if i := diag.Index(step); i >= 0 && i < len(at) {
				v = at[i]
			}
		default:
			return nil
		}
	}
	return v
}

// usually is a value that is written where Kubernetes means it by silence.
func usually(suffix string, value any) func(*workload, *kubeObject, difference) bool {
	return func(_ *workload, _ *kubeObject, d difference) bool {
		return d.old == nil && d.new == value && strings.HasSuffix(d.path, suffix)
	}
}

// berthDefaults are what --berth-defaults leaves to Berth.
var berthDefaults = []string{
	"spec.automountServiceAccountToken", "spec.enableServiceLinks", "securityContext.allowPrivilegeEscalation", "backoffLimit",
	"spec.concurrencyPolicy", "spec.strategy", "spec.unhealthyPodEvictionPolicy",
}

// isBerthDefault reports whether a difference is at, or below, a field that Berth fills in by itself.
func isBerthDefault(path string) bool {
	return slices.ContainsFunc(berthDefaults, func(d string) bool { return strings.HasSuffix(path, d) || strings.Contains(path, d+".") })
}

// isData reports whether an object holds data rather than doing work.
func isData(kind string) bool { return kind == "PersistentVolumeClaim" || kind == "ConfigMap" }

// lastKey is the last step of a path, empty for the path of the whole object.
func lastKey(path string) string {
	steps := diag.Split(path)
	if len(steps) == 0 {
		return ""
	}
	return steps[len(steps)-1]
}

// isInherited reports whether a path is a field of the security context that a container takes over from its pod.
func isInherited(path string) bool {
	return slices.ContainsFunc(inherited, func(f [2]string) bool { return strings.Contains(path, "securityContext."+f[0]) })
}

// spreads reports whether a label was added to an object because it is the run's. Annotations never spread: a controller may
// be woken by them.
func (w *workload) spreads(_ *kubeObject, d difference) bool {
	if d.old != nil || !strings.Contains(d.path, "metadata.labels") {
		return false
	}
	n := (object{orNone(w.run.get("labels"))}).get(lastKey(d.path))
	return n != nil && n.Value == d.new
}

// effectiveSecurity is what holds for each container of a pod: what it says, or what it takes from its pod.
func effectiveSecurity(pod any) map[string]any {
	all := map[string]any{}
	for _, list := range []string{"containers", "initContainers"} {
		items, _ := reach(pod, list).([]any)
		for _, c := range items {
			for _, f := range inherited {
				value := reach(c, "securityContext", f[0])
				if value == nil {
					value = reach(pod, "securityContext", f[0])
				}
				if f[0] == "seccompProfile" && value == nil {
					value = map[string]any{"type": "RuntimeDefault"} // Berth's named default
				}
				all[fmt.Sprint(reach(c, "name"), ".", f[0])] = value
			}
		}
	}
	return all
}

// why finds the class of a difference and its reason.
func (w *workload) why(o *kubeObject, d difference, origin func(path string) string) (class, why string) {
	for _, n := range namedDefaults {
		if n.is(w, o, d) {
			return Added, n.why
		}
	}
	class = Changed
	if d.new == nil {
		class = LeftOut
	}
	for _, l := range slices.Concat(w.left, o.left) {
		if l.path == d.oldAt || strings.HasPrefix(d.oldAt, l.path+".") || strings.HasPrefix(d.oldAt, l.path+"[") {
			return class, l.why
		}
	}
	for _, k := range knownChanges {
		if k.is(w, o, d) {
			return class, k.why
		}
	}
	if d.new != nil {
		if why := origin(d.newAt); why != "" {
			return class, why
		}
	}
	return class, "a run has no word for it"
}

// knownChanges are changes that come of how Berth works.
var knownChanges = []namedDefault{
	{"another run has the name", func(w *workload, o *kubeObject, d difference) bool {
		return w.runName != "" && d.path == "metadata.name"
	}},
	{"a Job in Git starts once, under a name made of its content", func(_ *workload, o *kubeObject, d difference) bool {
		return o.kind == kindJob && d.path == "metadata.name"
	}},
	{"the container listens on the port that the Service leads to", func(w *workload, _ *kubeObject, d difference) bool {
		return d.old == nil && strings.Contains(d.path, ".ports[") && w.own[kindService] != nil
	}},
	{"the last one of a name wins, and is kept", func(_ *workload, _ *kubeObject, d difference) bool {
		return d.new == nil && strings.Contains(d.path, ".env[")
	}},
	{"variables of ConfigMaps come before those of Secrets, and keys of Secrets before other variables", func(_ *workload, _ *kubeObject, d difference) bool {
		return strings.HasSuffix(d.path, ".envFrom") || strings.HasSuffix(d.path, ".env")
	}},
}
