package importer

import (
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
)

// written are the fields that a cluster adds to every object: they were never in a manifest.
var written = [][]string{
	{"status"}, {"metadata", "uid"}, {"metadata", "resourceVersion"}, {"metadata", "creationTimestamp"}, {"metadata", "generation"},
	{"metadata", "managedFields"}, {"metadata", "selfLink"}, {"metadata", "ownerReferences"}, {"metadata", "deletionTimestamp"},
	{"metadata", "deletionGracePeriodSeconds"}, {"metadata", "finalizers"},
}

// clusters are the fields of one kind that a cluster fills.
var clusters = map[string][][]string{
	kindService:             {{"spec", "clusterIPs"}, {"spec", "healthCheckNodePort"}},
	kindJob:                 {{"spec", "selector"}, {"spec", "manualSelector"}},
	kindCronJob:             {{"spec", "jobTemplate", "spec", "selector"}, {"spec", "jobTemplate", "spec", "manualSelector"}},
	"PersistentVolumeClaim": {{"spec", "volumeName"}},
}

// traces are labels and annotations that a controller writes, with its name; a key that ends in '/' stands for all with
// that prefix. What people write to be obeyed by the same controller is no trace: hooks, waves, queues.
var traces = []struct{ key, who string }{
	{"kubectl.kubernetes.io/last-applied-configuration", "kubectl"},
	{"kubectl.kubernetes.io/restartedAt", "kubectl"},
	{"deployment.kubernetes.io/", "Kubernetes"},
	{"autoscaling.alpha.kubernetes.io/", "Kubernetes"},
	{"batch.kubernetes.io/", "Kubernetes"},
	{"pv.kubernetes.io/", "Kubernetes"},
	{"volume.kubernetes.io/", "Kubernetes"},
	{"volume.beta.kubernetes.io/storage-provisioner", "Kubernetes"},
	{"control-plane.alpha.kubernetes.io/", "Kubernetes"},
	{"controller-uid", "Kubernetes"},
	{"job-name", "Kubernetes"},
	{"pod-template-hash", "Kubernetes"},
	{"meta.helm.sh/", "Helm"},
	{"argocd.argoproj.io/tracking-id", "Argo CD"},
	{"argocd.argoproj.io/instance", "Argo CD"},
	{"kustomize.toolkit.fluxcd.io/name", "Flux"},
	{"kustomize.toolkit.fluxcd.io/namespace", "Flux"},
	{"kustomize.toolkit.fluxcd.io/checksum", "Flux"},
	{"helm.toolkit.fluxcd.io/", "Flux"},
	{"field.cattle.io/", "Rancher"},
	{"objectset.rio.cattle.io/", "Rancher"},
	{"kompose.cmd", "Kompose"},
	{"kompose.version", "Kompose"},
	{"berth/", "Berth"},
}

// traceOf is who wrote a label or annotation, empty for what people write.
func traceOf(key string) string {
	for _, t := range traces {
		if key == t.key || strings.HasSuffix(t.key, "/") && strings.HasPrefix(key, t.key) {
			return t.who
		}
	}
	return ""
}

// dropTraces takes out what a cluster and its controllers wrote: an object that was read from one becomes its manifest.
func (o *kubeObject) dropTraces() {
	for _, path := range append(written, clusters[o.kind]...) {
		o.value.take(path...)
	}
	for _, template := range [][]string{{}, {"spec", "template"}, {"spec", "jobTemplate"}, {"spec", "jobTemplate", "spec", "template"}} {
		o.dropMetadata(template)
	}
	if o.kind == kindService {
		o.dropAddress()
	}
}

// dropAddress takes out the address that the cluster chose for a Service, and what it says of it.
func (o *kubeObject) dropAddress() {
	spec := o.value.sub("spec")
	if address := spec["clusterIP"]; address == nil || address == "None" || address == "" {
		return
	}
	delete(spec, "clusterIP")
	o.left = append(o.left, leftOut{"spec.clusterIP", "the cluster chooses the address"})
	if spec["ipFamilyPolicy"] == "SingleStack" {
		delete(spec, "ipFamilyPolicy")
		delete(spec, "ipFamilies")
	}
}

// dropMetadata takes the traces out of the metadata at a place of the object, and the name of a template, which means
// nothing.
func (o *kubeObject) dropMetadata(at []string) {
	in := func(keys ...string) []string { return append(append([]string{}, at...), keys...) }
	meta, _ := o.value.at(in("metadata")...).(dict)
	if len(at) > 0 {
		for _, key := range []string{"name", "generateName", "creationTimestamp", "namespace"} {
			if meta.take(key) != nil && key != "creationTimestamp" {
				o.left = append(o.left, leftOut{strings.Join(in("metadata", key), "."), "Kubernetes does not look at it in a template"})
			}
		}
	}
	for _, field := range []string{"labels", "annotations"} {
		all, _ := meta[field].(dict)
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if who := traceOf(key); who != "" {
				delete(all, key)
				o.left = append(o.left, leftOut{diag.Join(strings.Join(in("metadata", field), "."), key), who + " writes it"})
			}
		}
		if all != nil && len(all) == 0 {
			delete(meta, field)
		}
	}
}
