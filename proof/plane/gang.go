package plane

import (
	"context"
	"fmt"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// meeting is where a pod of a gang finds the first one.
type meeting struct {
	pod, job, rank string
	name           string   // the name that the pod is told
	addresses      []string // what the name leads to
	own            string   // the pod's own address
}

// meetings are those of the pods of a run that are there. No name server is there: names lead where one would look, to the
// addresses that a Service's EndpointSlices have for a pod's host name.
func (p *plane) meetings(ctx context.Context, namespace, run, variable string) ([]meeting, error) {
	var pods corev1.PodList
	if err := p.seen.List(ctx, &pods, client.InNamespace(namespace), client.MatchingLabels{runLabel: run}); err != nil {
		return nil, err
	}
	var all []meeting
	for i := range pods.Items {
		pod := &pods.Items[i]
		name := variables(pod)[variable]
		addresses, err := p.resolve(ctx, namespace, name)
		if err != nil {
			return nil, err
		}
		all = append(all, meeting{pod.Name, pod.Labels[batchv1.JobNameLabel], pod.Annotations[batchv1.JobCompletionIndexAnnotation], name, addresses, pod.Status.PodIP})
	}
	return all, nil
}

// resolve is what a name server of the cluster says of `host.service`.
func (p *plane) resolve(ctx context.Context, namespace, name string) ([]string, error) {
	host, service, _ := strings.Cut(name, ".")
	var slices discoveryv1.EndpointSliceList
	if err := p.any.List(ctx, &slices, client.InNamespace(namespace), client.MatchingLabels{discoveryv1.LabelServiceName: service}); err != nil {
		return nil, err
	}
	var addresses []string
	for _, slice := range slices.Items {
		for _, e := range slice.Endpoints {
			if e.Hostname != nil && *e.Hostname == host {
				addresses = append(addresses, e.Addresses...)
			}
		}
	}
	return addresses, nil
}

// variables are those of a pod's first container, as a kubelet fills them in.
func variables(pod *corev1.Pod) map[string]string {
	values := map[string]string{}
	var known []string
	for _, e := range pod.Spec.Containers[0].Env {
		value := strings.NewReplacer(known...).Replace(e.Value)
		if e.ValueFrom != nil && e.ValueFrom.FieldRef != nil {
			value = field(pod, e.ValueFrom.FieldRef.FieldPath)
		}
		values[e.Name] = value
		known = append(known, fmt.Sprintf("$(%s)", e.Name), value)
	}
	return values
}

// field is a label or an annotation of a pod, as in metadata.labels['a/b'].
func field(pod *corev1.Pod, path string) string {
	of, key, _ := strings.Cut(path, "['")
	key = strings.TrimSuffix(key, "']")
	if of == "metadata.labels" {
		return pod.Labels[key]
	}
	return pod.Annotations[key]
}
