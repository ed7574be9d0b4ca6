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
	for _, field := range []string{"labels", "annotations"} {
		own, pods := w.texts("metadata", field), w.templateTexts(field)
		w.jobTemplate(field, own)
		delete(own, labelManagedBy)
		delete(pods, labelManagedBy)
		w.keep(own, "metadata", field)
		w.keep(pods, append(slices.Clone(podPath[w.kind]), "metadata", field)...)
		if field == "labels" && len(own) == 0 && w.kind == kindJob {
			own = maps.Clone(pods) // the API server gives a Job without labels those of its pods
		}
		common, only := map[string]string{}, map[string]string{}
		for key, value := range own {
			common[key] = value
		}
		for key, value := range pods {
			if have, both := own[key]; !both || have != value {
				only[key] = value
			}
		}
		if field == "labels" {
			w.podLabels(only, selector)
		}
		w.run.put(field, mapping(common))
		w.run.put("pod_"+field, mapping(only))
	}
	w.run.put("selector", mapping(selector))
}

// texts takes the texts at a place of the object.
func (w *workload) texts(place ...string) map[string]string {
	d, _ := w.rest.take(place...).(dict)
	return textsOf(d)
}

func (w *workload) templateTexts(field string) map[string]string {
	d, _ := w.template().sub("metadata").take(field).(dict)
	return textsOf(d)
}

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

// jobTemplate takes the metadata of the Jobs that a CronJob makes, which is the run's own as well.
func (w *workload) jobTemplate(field string, own map[string]string) {
	if w.kind != kindCronJob {
		return
	}
	for key, value := range w.texts("spec", "jobTemplate", "metadata", field) {
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
