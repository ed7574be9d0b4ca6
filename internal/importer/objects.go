package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"

	"go.yaml.in/yaml/v3"
)

// workload is one Job, CronJob or Deployment on its way to becoming a run. What a field of the run says is taken out of
// the object; what remains in the end is the patch.
type workload struct {
	root  *source.Node
	kind  string
	rest  dict
	run   object
	diags []diag.Diagnostic
}

// fromObjects turns workloads into runs, each with its Service where it has one.
func fromObjects(roots []*source.Node) ([]object, []diag.Diagnostic) {
	var runs []object
	var diags []diag.Diagnostic
	var services []*service
	for _, root := range roots {
		if str(root.Get("kind")) == "Service" {
			services = append(services, &service{root: root})
		}
	}
	for _, root := range roots {
		kind := str(root.Get("kind"))
		switch kind {
		case "Job", "CronJob", "Deployment":
			w := &workload{root: root, kind: kind, rest: dictOf(root), run: newObject()}
			w.convert(serviceOf(root, services))
			runs, diags = append(runs, w.run), append(diags, w.diags...)
		case "Service":
		default:
			diags = append(diags, diag.Diagnostic{Code: diag.Document, Severity: diag.Warning, Span: first(root),
				Message: "this document is left out: no run can be made of it", Hint: "berth reads Jobs, CronJobs, Deployments and Services"})
		}
	}
	for _, s := range services {
		if !s.used {
			diags = append(diags, diag.Diagnostic{Code: diag.Document, Severity: diag.Warning, Span: first(s.root),
				Message: "this Service is left out: it selects no Deployment of this file"})
		}
	}
	if len(runs) == 0 {
		diags = append(diags, diag.Diagnostic{Code: diag.NothingToDo, Span: fileOf(roots),
			Message: "there is no Job, CronJob or Deployment in this file"})
	}
	return runs, diags
}

func fileOf(roots []*source.Node) diag.Span {
	if len(roots) == 0 {
		return diag.Span{}
	}
	return diag.Span{File: roots[0].Span.File}
}

// service is a Service of the file, and whether it became part of a run.
type service struct {
	root *source.Node
	used bool
}

// serviceOf finds the Service that selects a Deployment's pods; it is then used.
func serviceOf(root *source.Node, services []*service) *source.Node {
	_, labels, _ := source.Find(root, "spec.template.metadata.labels")
	if str(root.Get("kind")) != "Deployment" {
		return nil
	}
	for _, s := range services {
		selector := s.root.Get("spec").Get("selector")
		if s.used || selector == nil || len(selector.Fields) == 0 ||
			str(s.root.Get("metadata").Get("namespace")) != str(root.Get("metadata").Get("namespace")) {
			continue
		}
		if !slices.ContainsFunc(selector.Fields, func(f source.Field) bool { return str(labels.Get(f.Key)) != str(f.Node) }) {
			s.used = true
			return s.root
		}
	}
	return nil
}

// convert fills the run in the order in which people write one.
func (w *workload) convert(service *source.Node) {
	name := w.rest.text("metadata", "name")
	if name == "" {
		name = strings.TrimSuffix(w.rest.text("metadata", "generateName"), "-")
	}
	action := map[string]string{"Job": schema.ActionJob, "CronJob": schema.ActionJob, "Deployment": schema.ActionDeploy}[w.kind]
	if service != nil {
		action = schema.ActionServe
	}
	w.run.text("name", name).text("namespace", w.rest.text("metadata", "namespace"))
	w.dropServerFields(w.rest)
	spec, template := []string{"spec"}, []string{"spec", "template"}
	if w.kind == "CronJob" {
		spec, template = []string{"spec", "jobTemplate", "spec"}, []string{"spec", "jobTemplate", "spec", "template"}
	}
	w.labels(template)
	w.run.text("action", action)
	w.pod(append(template, "spec"), name)
	if w.kind == "Deployment" {
		w.deployment()
	} else {
		w.job(spec)
	}
	patches := sequence()
	if service != nil {
		if patch := w.service(service, name); len(patch) > 0 {
			patches.Content = append(patches.Content, patchFor("Service", patch))
		}
	}
	w.lastly(append(template, "spec"), name)
	if w.rest.prune(); len(w.rest) > 0 {
		patches.Content = append([]*yaml.Node{patchFor(w.kind, w.rest)}, patches.Content...)
	}
	w.run.put("patches", patches)
}

// dropServerFields takes out what a cluster adds to every object, and what Berth gives it by itself.
func (w *workload) dropServerFields(d dict) {
	for _, key := range []string{"apiVersion", "kind", "status"} {
		delete(d, key)
	}
	for _, path := range [][]string{
		{"metadata", "uid"}, {"metadata", "resourceVersion"}, {"metadata", "creationTimestamp"}, {"metadata", "generation"},
		{"metadata", "managedFields"}, {"metadata", "selfLink"}, {"metadata", "ownerReferences"},
		{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"},
		{"metadata", "annotations", "deployment.kubernetes.io/revision"},
		{"spec", "selector"}, {"spec", "manualSelector"}, {"spec", "template", "metadata", "creationTimestamp"}, {"spec", "template", "metadata", "name"},
		{"spec", "jobTemplate", "metadata", "creationTimestamp"}, {"spec", "jobTemplate", "metadata", "name"},
		{"spec", "jobTemplate", "spec", "template", "metadata", "creationTimestamp"}, {"spec", "jobTemplate", "spec", "template", "metadata", "name"},
	} {
		d.take(path...)
	}
}

// given are the labels that Berth or a controller sets by itself.
func given(key string) bool {
	return strings.HasPrefix(key, "app.kubernetes.io/") || strings.HasPrefix(key, "batch.kubernetes.io/") || strings.HasPrefix(key, "berth/") ||
		key == "controller-uid" || key == "job-name" || key == "pod-template-hash"
}

// labels unites the labels and the annotations of the object and of its pods: a run's reach both. Where the two differ,
// those of the pods remain for the patch.
func (w *workload) labels(template []string) {
	for _, field := range []string{"labels", "annotations"} {
		all := dict{}
		for _, place := range [][]string{{"metadata"}, append(slices.Clone(template), "metadata")} {
			have, _ := w.rest.take(append(slices.Clone(place), field)...).(dict)
			left := dict{}
			for key, value := range have {
				if known, ok := all[key]; ok && fmt.Sprint(known) != fmt.Sprint(value) {
					left[key] = value
				} else if !given(key) {
					all[key] = value
				}
			}
			w.rest.set(left, append(slices.Clone(place), field)...)
		}
		o := newObject()
		for _, key := range slices.Sorted(maps.Keys(all)) {
			o.text(key, fmt.Sprint(all[key]))
		}
		w.run.put(field, o.Node)
	}
}

func (w *workload) warn(message, hint string) {
	w.diags = append(w.diags, diag.Diagnostic{Code: diag.Document, Severity: diag.Warning, Span: first(w.root), Message: message, Hint: hint})
}

// job takes the fields of a Job, and of a CronJob around it. What silence means in Kubernetes is said, where it means
// something else in a run.
func (w *workload) job(spec []string) {
	at := func(field string) []string { return append(slices.Clone(spec), field) }
	w.same("schedule", "spec", "schedule")
	w.same("time_zone", "spec", "timeZone")
	if w.kind == "CronJob" {
		if policy := w.rest.text("spec", "concurrencyPolicy"); policy != "Forbid" {
			w.run.text("concurrency_policy", orElse(policy, "Allow"))
		}
		w.same("starting_deadline_seconds", "spec", "startingDeadlineSeconds")
		w.unless(3, "successful_history", "spec", "successfulJobsHistoryLimit")
		w.unless(1, "failed_history", "spec", "failedJobsHistoryLimit")
		w.unless(false, "suspend", "spec", "suspend")
	}
	if limit := w.rest.take(at("backoffLimit")...); limit != 3 {
		w.run.put("backoff_limit", encoded(orElse(limit, any(6))))
	}
	w.same("active_deadline_seconds", at("activeDeadlineSeconds")...)
	w.same("parallelism", at("parallelism")...)
	w.same("completions", at("completions")...)
	w.unless("NonIndexed", "completion_mode", at("completionMode")...)
	w.same("pod_failure_policy", at("podFailurePolicy")...)
	w.drop(false, at("suspend")...)
	w.drop("TerminatingOrFailed", at("podReplacementPolicy")...)
	if ttl := w.rest.take(at("ttlSecondsAfterFinished")...); ttl != nil && w.kind == "CronJob" {
		w.run.put("ttl_seconds_after_finished", encoded(ttl))
	} else if ttl != nil {
		w.warn("ttlSecondsAfterFinished is left out: a Job that Git keeps would be made again each time that it is gone", "delete finished Jobs by hand, or give the run a schedule")
	}
}

func (w *workload) deployment() {
	w.unless(1, "replicas", "spec", "replicas")
	switch w.rest.text("spec", "strategy", "type") {
	case "Recreate":
		w.run.text("strategy", schema.StrategyTypeRecreate)
	case "RollingUpdate":
		w.run.text("strategy", schema.StrategyTypeRolling)
	}
	w.drop("25%", "spec", "strategy", "rollingUpdate", "maxSurge")
	w.drop("25%", "spec", "strategy", "rollingUpdate", "maxUnavailable")
	w.drop(600, "spec", "progressDeadlineSeconds")
	w.drop(10, "spec", "revisionHistoryLimit")
	w.warn("the Deployment gets a selector of its own, so that a cluster cannot change the old one into it", "delete the old Deployment when the new one is there")
}

func orElse[T comparable](value, otherwise T) T {
	var none T
	if value == none {
		return otherwise
	}
	return value
}

// same moves a value from a place of the object into a field of the run.
func (w *workload) same(field string, place ...string) {
	if v := w.rest.take(place...); v != nil {
		w.run.put(field, encoded(v))
	}
}

// unless does what same does, but passes over the value that a run has anyway.
func (w *workload) unless(usual any, field string, place ...string) {
	if v := w.rest.take(place...); v != nil && v != usual {
		w.run.put(field, encoded(v))
	}
}

// drop takes a value out where it is what Kubernetes means by silence.
func (w *workload) drop(usual any, place ...string) {
	if w.rest.at(place...) == usual {
		w.rest.take(place...)
	}
}
