package importer

import (
	"fmt"
	"maps"
	"slices"
)

// Labels with a meaning of their own.
const (
	labelManagedBy = "app.kubernetes.io/managed-by"
	labelName      = "app.kubernetes.io/name"
	labelInstance  = "app.kubernetes.io/instance"
)

// metadata divides the labels and annotations of the object and of its pods: a run's `labels` and `annotations` stand on
// both, `pod_labels` and `pod_annotations` on the pods alone.
func (w *workload) metadata() {
	selector := w.selector()
	w.labels(selector)
	w.annotations()
	w.run.put("selector", mapping(selector))
}

// labels divides labels between the object and its pods as a run does: labels stand on both, pod_labels on the pods alone.
// What Berth and the controllers set themselves is not carried over. The selector has the labels that a Deployment finds
// its pods by.
func (w *workload) labels(selector map[string]string) {
	own, pods := w.texts("metadata", "labels"), w.templateTexts("labels")
	w.jobTemplate(own)
	delete(own, labelManagedBy)
	delete(pods, labelManagedBy)
	w.keep(own, "metadata", "labels")
	w.keep(pods, append(slices.Clone(podPath[w.kind]), "metadata", "labels")...)
	if len(own) == 0 && w.kind == kindJob {
		own = maps.Clone(pods) // the API server gives a Job without labels those of its pods
	}
	only := maps.Clone(pods)
	for key, value := range own {
		if only[key] == value {
			delete(only, key)
		}
	}
	w.podLabels(only, selector)
	w.run.put("labels", mapping(own)).put("pod_labels", mapping(only))
}

// annotations divides the annotations. Those of a run stand on every object of its own, where controllers look for them: a
// scraper for those of pods and Services. So only what stands on all of them is the run's, and what stands on the workload
// alone stays there.
func (w *workload) annotations() {
	own, pods := w.texts("metadata", "annotations"), w.templateTexts("annotations")
	places := []map[string]string{own, pods}
	if w.kind == kindCronJob {
		places = append(places, w.texts("spec", "jobTemplate", "metadata", "annotations"))
	}
	for _, o := range w.own {
		places = append(places, textsOf(o.value.sub("metadata").sub("annotations")))
	}
	common := map[string]string{}
	for key, value := range own {
		everywhere := !slices.ContainsFunc(places, func(p map[string]string) bool { have, ok := p[key]; return !ok || have != value })
		if everywhere && !isControlled(key) {
			common[key] = value
		}
	}
	for _, p := range places {
		maps.DeleteFunc(p, func(key, _ string) bool { _, ok := common[key]; return ok })
	}
	w.run.put("annotations", mapping(common))
	w.keep(pods, append(slices.Clone(podPath[w.kind]), "metadata", "annotations")...)
	w.run.put("pod_annotations", mapping(pods))
	w.stay(own, "metadata", "annotations")
	if w.kind == kindCronJob {
		w.stay(places[2], "spec", "jobTemplate", "metadata", "annotations")
	}
}

// stay leaves texts where they were written, for a patch.
func (w *workload) stay(all map[string]string, place ...string) {
	for key, value := range all {
		w.rest.put(value, append(slices.Clone(place), key)...)
	}
}

// texts takes the texts at a place of the object.
func (w *workload) texts(place ...string) map[string]string {
	d, _ := w.rest.take(place...).(dict)
	return textsOf(d)
}

// templateTexts takes a map of strings (labels, annotations) out of the pod template's metadata: what is taken counts as
// read, and is not reported as left out.
func (w *workload) templateTexts(field string) map[string]string {
	d, _ := w.template().sub("metadata").take(field).(dict)
	return textsOf(d)
}

// textsOf are the values of a mapping as strings. Labels written without quotes (1, true) are read as numbers and
// booleans; the object is wrong then, but what is meant is plain.
func textsOf(d dict) map[string]string {
	all := make(map[string]string, len(d))
	for key, value := range d {
		all[key] = fmt.Sprint(value)
	}
	return all
}

// selector takes the labels by which a Deployment finds its pods. They never change in a cluster, so that the run keeps
// them.
func (w *workload) selector() map[string]string {
	selector, _ := w.rest.at("spec", "selector").(dict)
	if w.kind != kindDeployment {
		return nil
	}
	labels, _ := selector.take("matchLabels").(dict)
	return textsOf(labels)
}

// podLabels takes out of the labels of pods what stands there anyway: what they are selected by, and the two by which
// Berth tells a run's pods from others.
func (w *workload) podLabels(only, selector map[string]string) {
	for key := range selector {
		delete(only, key)
	}
	for _, key := range []string{labelName, labelInstance} {
		if _, ok := only[key]; ok && len(selector) == 0 {
			delete(only, key)
			w.leave(w.at(`metadata.labels["`+key+`"]`), "on pods this label is Berth's, which tells the pods of one run from others by it")
		}
	}
}

// jobTemplate takes the labels of the Jobs that a CronJob makes, which are the run's own as well.
func (w *workload) jobTemplate(own map[string]string) {
	if w.kind != kindCronJob {
		return
	}
	for key, value := range w.texts("spec", "jobTemplate", "metadata", "labels") {
		if _, ok := own[key]; !ok {
			own[key] = value
		}
	}
}

// controlled are labels and annotations that a user writes for a controller to obey: they stay on the object as they are.
var controlled = []string{"argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/", "kueue.x-k8s.io/"}

// keep leaves what is meant for a controller where it was written.
func (w *workload) keep(all map[string]string, place ...string) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if isControlled(key) {
			w.rest.put(all[key], append(slices.Clone(place), key)...)
			delete(all, key)
		}
	}
}
