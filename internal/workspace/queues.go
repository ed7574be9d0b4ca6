package workspace

import (
	"fmt"
	"slices"

	"berth/internal/diag"
	"berth/internal/kueue"
	"berth/internal/source"
	"berth/renderers"
)

// queues reads what the project and its environments say that there is of Kueue.
func (l *loader) queues() {
	if l.w.Project == nil {
		return
	}
	l.w.clusters = map[string]*kueue.Cluster{}
	spec := l.w.Project.Spec
	if len(spec.Kueue) > 0 {
		l.w.clusters[""] = l.cluster(spec.Kueue, "spec.kueue")
	}
	for _, name := range l.w.Project.EnvironmentNames() {
		if paths := spec.Environments[name].Kueue; len(paths) > 0 {
			l.w.clusters[name] = l.cluster(paths, diag.Join("spec.environments", name)+".kueue")
		}
	}
}

// cluster reads the objects of Kueue of one cluster; nil where they cannot all be read, so that what they lack proves nothing.
func (l *loader) cluster(paths []string, field string) *kueue.Cluster {
	before := len(l.diags)
	walk := l.declared(paths, field, "", walker{root: l.root, wanted: source.Supported})
	l.note(QueueRole, walk...)
	docs := slices.Concat(l.load(walk, source.Options{Layer: source.ProjectDefault})...)
	cluster, diags := kueue.Read(docs)
	l.add(diags...)
	if len(l.diags) > before {
		return nil
	}
	if cluster.Empty() {
		span, _ := l.projectSpan(field)
		l.add(diag.Diagnostic{Code: diag.Queue, Span: span, Path: field, Message: "there is no queue in " + diag.AllOf(paths),
			Hint: "name the files with the ClusterQueues and LocalQueues, such as what `kubectl get clusterqueues,localqueues,resourceflavors -A -o yaml` prints"})
		return nil
	}
	return cluster
}

// cluster is what there is of Kueue in an environment, nil where nobody says.
func (w *Workspace) cluster(environment string) *kueue.Cluster {
	if c, own := w.clusters[environment]; own {
		return c
	}
	return w.clusters[""]
}

// queued holds a run with a queue against the queues that there are.
func (u *Unit) queued(cluster *kueue.Cluster) []diag.Diagnostic {
	queue := u.Plan.Spec.Queue
	o := u.waiting()
	if cluster == nil || queue == "" || o == nil {
		return nil
	}
	starts, _ := renderers.Starts(o)
	sets := make([]kueue.PodSet, len(starts))
	for i, s := range starts {
		sets[i] = kueue.PodSet(s)
	}
	v := cluster.Judge(u.Plan.Namespace, queue, sets)
	u.Queue = &v
	var found []diag.Diagnostic
	if v.Message != "" {
		found = append(found, u.ofQueue(diag.Problem{Message: v.Message, Hint: v.Hint}, v.Notes))
	}
	if v.State == kueue.LevelUnknown {
		found = append(found, u.ofQueue(diag.Problem{Severity: diag.Warning, Message: fmt.Sprintf("whether queue %s can place the pods as near as is asked is not known: no file has its Topology", queue),
			Hint: "add the Topology to the files of kueue"}, v.Notes))
	}
	if len(v.Stopped) > 0 {
		found = append(found, u.ofQueue(diag.Problem{Severity: diag.Warning, Message: fmt.Sprintf("queue %s is stopped, and starts nothing", queue),
			Hint: "the run waits until stopPolicy is taken away"}, v.Stopped))
	}
	if p := u.Plan.Spec.QueuePriority; p != "" && !cluster.Has(p) {
		found = append(found, u.Locate(diag.Problem{Code: diag.Queue, Severity: diag.Warning, Path: "spec.queue_priority",
			Message: fmt.Sprintf("no file of kueue has the WorkloadPriorityClass %s, without which Kueue starts no run that names it", diag.Quote(p)),
			Hint:    "add it to the files of kueue, or leave queue_priority out"}))
	}
	return found
}

// waiting is the object whose pods wait in the run's queue, nil where there is none.
func (u *Unit) waiting() *renderers.Object {
	for i := range u.Objects {
		if k, err := u.Objects[i].Row(); err == nil && k.Starts != nil {
			return &u.Objects[i]
		}
	}
	return nil
}

// ofQueue is a problem of the run with its queue, at what the run itself says: its queue, or the profile that brings it.
func (u *Unit) ofQueue(p diag.Problem, notes []diag.Note) diag.Diagnostic {
	p.Code, p.Path = diag.Queue, "spec.queue"
	if !u.own(p.Path) {
		p.Related = []diag.RelatedPath{{Path: p.Path, Message: "the queue is named here"}}
		if p.Path = "spec.profile"; !u.own(p.Path) {
			p.Path = "metadata.name"
		}
	}
	d := u.Locate(p)
	d.Notes = append(d.Notes, notes...)
	return d
}
