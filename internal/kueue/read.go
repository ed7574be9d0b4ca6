package kueue

import (
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"

	corev1 "k8s.io/api/core/v1"
)

// apiGroup is that of Kueue's API, whatever the version.
const apiGroup = "kueue.x-k8s.io/"

// reader fills a cluster.
type reader struct {
	*Cluster
	seen  map[string]diag.Span // by kind, namespace and name, where an object's name stands
	diags []diag.Diagnostic
}

// Read reads the objects of Kueue among documents, with what Kueue would refuse of them. Objects of other kinds are passed
// over: a folder may hold more.
func Read(docs []source.Document) (*Cluster, []diag.Diagnostic) {
	r := &reader{seen: map[string]diag.Span{}, Cluster: &Cluster{
		locals: map[name]*local{}, queues: map[string]*queue{}, flavors: map[string]*flavor{}, cohorts: map[string]*pool{},
		topologies: map[string]*topology{}, priorities: map[string]bool{},
	}}
	for _, doc := range docs {
		r.object(doc.Root)
	}
	r.join()
	return r.Cluster, r.diags
}

// Empty reports whether there is no queue.
func (c *Cluster) Empty() bool { return len(c.queues) == 0 && len(c.locals) == 0 }

// object reads one object, or the items of a list, as an export has them.
func (r *reader) object(n *source.Node) {
	kind, meta, spec := text(n.Get("kind")), n.Get("metadata"), n.Get("spec")
	if strings.HasSuffix(kind, "List") {
		for _, item := range items(n.Get("items")) {
			r.object(item)
		}
		return
	}
	called := text(meta.Get("name"))
	if !strings.HasPrefix(text(n.Get("apiVersion")), apiGroup) || called == "" {
		return
	}
	at := span(meta.Get("name"))
	in := text(meta.Get("namespace"))
	switch kind {
	case "LocalQueue":
		r.local(name{in, called}, spec, at)
	case "ClusterQueue":
		r.queue(called, spec, at)
	case "ResourceFlavor":
		r.flavors[called] = readFlavor(spec, at)
	case "Cohort":
		pool := r.cohort(called)
		pool.quotas, _ = r.groups(spec, first(spec, "parentName", "parent") != nil, true)
		if parent := text(first(spec, "parentName", "parent")); parent != "" {
			pool.parent = r.cohort(parent)
		}
	case "Topology":
		t := &topology{at: at}
		for _, level := range items(spec.Get("levels")) {
			t.levels = append(t.levels, text(level.Get("nodeLabel")))
		}
		r.topologies[called] = t
	case "WorkloadPriorityClass":
		r.priorities[called] = true
	default:
		return
	}
	r.twice(kind, in, called, at)
}

// twice refuses an object that stands in the files two times, of which the cluster has one.
func (r *reader) twice(kind, namespace, called string, at diag.Span) {
	key := strings.Join([]string{kind, namespace, called}, "/")
	if before, again := r.seen[key]; again {
		r.diags = append(r.diags, diag.Diagnostic{Code: diag.Duplicate, Span: at, Path: "metadata.name",
			Message: kind + " " + diag.Quote(called) + " stands here a second time", Hint: "let kueue name the files of one cluster alone, or what `kubectl get` or `kustomize build` prints",
			Notes: []diag.Note{{Span: before, Message: "the first one"}}})
	}
	r.seen[key] = at
}

// local reads a LocalQueue. Its place is the line that names the ClusterQueue, which is the line to change when that is wrong.
func (r *reader) local(called name, spec *source.Node, at diag.Span) {
	l := &local{queue: text(spec.Get("clusterQueue")), at: at, stopped: readStop(spec)}
	if to := spec.Get("clusterQueue"); to != nil {
		l.at = span(to)
	}
	r.locals[called] = l
}

// queue reads a ClusterQueue. A cohort need not exist as an object: naming it is enough, for which reason one is made here.
func (r *reader) queue(called string, spec *source.Node, at diag.Span) {
	cohort := text(first(spec, "cohortName", "cohort")) // the old name of before v1beta2
	q := &queue{at: at, stopped: readStop(spec), namespaces: selector{node: spec.Get("namespaceSelector"), at: at}}
	q.tryNext = text(spec.Get("flavorFungibility").Get("whenCanBorrow")) == "TryNextFlavor"
	if q.namespaces.node != nil {
		q.namespaces.at = span(q.namespaces.node)
	}
	q.name = called
	q.quotas, q.groups = r.groups(spec, cohort != "", false)
	if cohort != "" {
		q.parent = r.cohort(cohort)
	}
	r.queues[called] = q
}

// cohort is the cohort of that name: it exists as soon as somebody names it.
func (r *reader) cohort(called string) *pool {
	if r.cohorts[called] == nil {
		r.cohorts[called] = &pool{name: called, cohort: true}
	}
	return r.cohorts[called]
}

// join hangs every pool below its cohort, and works out what each has. Cohorts in a circle have nothing.
func (r *reader) join() {
	for _, called := range slices.Sorted(maps.Keys(r.queues)) {
		if q := r.queues[called]; q.parent != nil {
			q.parent.below = append(q.parent.below, &q.pool)
		} else {
			q.gather()
		}
	}
	for _, called := range slices.Sorted(maps.Keys(r.cohorts)) {
		if p := r.cohorts[called]; p.parent != nil {
			p.parent.below = append(p.parent.below, p)
		}
	}
	for _, p := range r.cohorts {
		if p.parent == nil {
			p.gather()
		}
	}
}

// readStop reads a stopPolicy. None, or none written, is the zero stop: the queue admits.
func readStop(spec *source.Node) stop {
	policy := spec.Get("stopPolicy")
	if said := text(policy); said == "" || said == "None" {
		return stop{}
	}
	return stop{text(policy), span(policy)}
}

// readFlavor reads a ResourceFlavor. Each of its fields may be missing; a flavor without labels fits every node.
func readFlavor(spec *source.Node, at diag.Span) *flavor {
	f := &flavor{at: at, labels: texts(spec.Get("nodeLabels")), topology: text(spec.Get("topologyName"))}
	for _, n := range items(spec.Get("nodeTaints")) {
		f.taints = append(f.taints, corev1.Taint{Key: text(n.Get("key")), Value: text(n.Get("value")), Effect: corev1.TaintEffect(text(n.Get("effect")))})
	}
	for _, n := range items(spec.Get("tolerations")) {
		f.tolerations = append(f.tolerations, corev1.Toleration{Key: text(n.Get("key")), Operator: corev1.TolerationOperator(text(n.Get("operator"))),
			Value: text(n.Get("value")), Effect: corev1.TaintEffect(text(n.Get("effect")))})
	}
	return f
}

// first is the first of some fields that is there.
func first(n *source.Node, keys ...string) *source.Node {
	for _, key := range keys {
		if field := n.Get(key); text(field) != "" {
			return field
		}
	}
	return nil
}

// text is a scalar as it is written, and empty for a missing node, a list or a map.
func text(n *source.Node) string {
	if n.Scalar() {
		return n.Text
	}
	return ""
}

// texts are the scalars of a map by their keys. It is never nil, also for a missing node.
func texts(n *source.Node) map[string]string {
	all := map[string]string{}
	if n != nil {
		for _, f := range n.Fields {
			all[f.Key] = text(f.Node)
		}
	}
	return all
}

// items are the items of a list that may be missing.
func items(n *source.Node) []*source.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// span is a node's place, unknown where the node is missing.
func span(n *source.Node) diag.Span {
	if n == nil {
		return diag.Span{}
	}
	return n.Span
}
