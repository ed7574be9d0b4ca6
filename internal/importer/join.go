package importer

import (
	"fmt"
	"slices"

	"berth/renderers"
)

// joinAll gives every object beside the workloads to the one that it belongs to: as words of the run where it is as a run's
// own would be, else under `extra`. What belongs to nobody is left.
func joinAll(workloads []*workload, others []*kubeObject) {
	taken := map[string]bool{}
	for _, kind := range []string{kindService, kindAutoscaler, kindBudget, ""} { // what leads to a Service comes after it
		for _, o := range others {
			if o.taken || kind != "" && o.kind != kind || kind == "" && !renderers.MayBring(o.apiVersion, o.kind) || isSecretData(o) {
				continue
			}
			if taken[o.kind+"/"+o.namespace+"/"+o.name] {
				o.twin = true
				continue
			}
			if w := ownerOf(workloads, o); w != nil {
				taken[o.kind+"/"+o.namespace+"/"+o.name] = true
				w.adopt(o, len(ownersOf(workloads, o)) == 1)
			}
		}
	}
}

// ownerOf is the first workload that an object belongs to.
func ownerOf(workloads []*workload, o *kubeObject) *workload {
	if owners := ownersOf(workloads, o); len(owners) > 0 {
		return owners[0]
	}
	return nil
}

// ownersOf are the workloads of the object's namespace that it speaks of. It may be more than one: a Service selects all
// pods with its labels, whichever Deployment they are of.
func ownersOf(workloads []*workload, o *kubeObject) []*workload {
	var owners []*workload
	for _, w := range workloads {
		if w.namespace == o.namespace && w.isMeantBy(o) {
			owners = append(owners, w)
		}
	}
	return owners
}

// adopt takes an object into the run.
func (w *workload) adopt(o *kubeObject, alone bool) {
	o.taken = true
	own := map[string]func(*kubeObject) bool{
		kindService: w.isOwnService, kindAutoscaler: w.isOwnAutoscaler, kindBudget: w.isOwnBudget,
	}[o.kind]
	if own != nil && alone && w.own[o.kind] == nil && own(o) {
		w.own[o.kind] = o
		return
	}
	w.extra = append(w.extra, o)
}

// isSecretData reports whether an object holds what has no place in Git.
func isSecretData(o *kubeObject) bool {
	return o.kind == "Secret" && (o.value["data"] != nil || o.value["stringData"] != nil)
}

// isMeantBy reports whether an object is about the workload: it selects its pods, names it, or is named by its pods.
func (w *workload) isMeantBy(o *kubeObject) bool {
	spec := o.value.sub("spec")
	switch o.kind {
	case kindService:
		selector := textsOf(spec.sub("selector"))
		return len(selector) > 0 && within(selector, w.podTexts())
	case kindAutoscaler:
		target := spec.sub("scaleTargetRef")
		return target["kind"] == w.kind && target["name"] == w.name
	case "ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount", "ExternalSecret", "SealedSecret", "SecretProviderClass":
		return w.names(o)
	}
	return w.isSelected(spec) || w.isNamedIn(spec)
}

// within reports whether all of some texts are among others.
func within(some, others map[string]string) bool {
	for key, value := range some {
		if have, ok := others[key]; !ok || have != value {
			return false
		}
	}
	return true
}

// podTexts are the labels of the workload's pods, which selectors are matched with.
func (w *workload) podTexts() map[string]string {
	template, _ := w.value.at(podPath[w.kind]...).(dict)
	return textsOf(template.sub("metadata").sub("labels"))
}

// isSelected reports whether a selector of an object finds the workload's pods, or its Service.
func (w *workload) isSelected(spec dict) bool {
	for _, key := range []string{"selector", "podSelector"} {
		selector := spec.sub(key)
		labels := textsOf(selector.sub("matchLabels"))
		if len(labels) == 0 {
			continue
		}
		if within(labels, w.podTexts()) {
			return true
		}
		for _, s := range w.services() {
			if within(labels, textsOf(s.value.sub("metadata").sub("labels"))) {
				return true
			}
		}
	}
	return false
}

// services are the Services that lead to the workload.
func (w *workload) services() []*kubeObject {
	var all []*kubeObject
	if s := w.own[kindService]; s != nil {
		all = append(all, s)
	}
	for _, o := range w.extra {
		if o.kind == kindService {
			all = append(all, o)
		}
	}
	return all
}

// isNamedIn reports whether an object's specification holds the name of a Service of the workload, or of a Deployment.
func (w *workload) isNamedIn(spec any) bool {
	var names []string
	if w.kind == kindDeployment {
		names = append(names, w.name)
	}
	for _, s := range w.services() {
		names = append(names, s.name)
	}
	return holds(spec, func(text string) bool { return slices.Contains(names, text) })
}

// holds reports whether a text of a tree is one that is looked for.
func holds(v any, is func(string) bool) bool {
	switch v := v.(type) {
	case dict:
		for _, value := range v {
			if holds(value, is) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return holds(item, is) })
	case string:
		return is(v)
	}
	return false
}

// names reports whether the workload's pods name an object: a ConfigMap, a claim, an account.
func (w *workload) names(o *kubeObject) bool {
	template, _ := w.value.at(podPath[w.kind]...).(dict)
	return refers(template.sub("spec"), map[string][]string{
		"ConfigMap":             {"configMap.name", "configMapRef.name", "configMapKeyRef.name"},
		"PersistentVolumeClaim": {"persistentVolumeClaim.claimName"},
		"ServiceAccount":        {".serviceAccountName", ".serviceAccount"},
		"Secret":                secretPlaces, "ExternalSecret": secretPlaces, "SealedSecret": secretPlaces,
		"SecretProviderClass": {"volumeAttributes.secretProviderClass"},
	}[o.kind], o.name, "", "")
}

// secretPlaces are the ends of the paths in a pod at which a Secret is named, by volumes, variables and image pulls.
var secretPlaces = []string{"secret.secretName", "secretRef.name", "secretKeyRef.name", "secret.name", "imagePullSecrets.name", "nodePublishSecretRef.name"}

// refers reports whether a name stands at one of some places, each the last two keys of it.
func refers(v any, places []string, name, above, key string) bool {
	switch v := v.(type) {
	case dict:
		for below, value := range v {
			if refers(value, places, name, key, below) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return refers(item, places, name, above, key) })
	default:
		return v == name && slices.Contains(places, fmt.Sprint(above, ".", key))
	}
	return false
}
