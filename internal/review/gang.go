package review

import (
	"fmt"
	"strings"

	"berth/renderers"

	corev1 "k8s.io/api/core/v1"
)

// group is how many pods start together and what each of them has, behind a few words: ", which starts 4 pods × 8 H100 80Gi".
// It is empty for a run whose pods have nothing to do with one another.
func (r *Run) group(words string) string {
	template := podTemplate(r)
	if r.Plan.Spec.NumNodes == nil || template == nil {
		return ""
	}
	text := words + count(*r.Plan.Spec.NumNodes, "pod")
	if devices := r.devices(template); devices != "" {
		text += " × " + devices
	}
	return text
}

// devices are those that a pod asks for, as in 8 H100 80Gi; empty for none.
func (r *Run) devices(template *corev1.PodTemplateSpec) string {
	var devices []string
	for _, f := range figures(Total{Before: demand{}.shown(), After: r.podDemand(template).shown()}) {
		if f.Name != "cpu" && f.Name != "memory" {
			devices = append(devices, f.After+" "+f.Name)
		}
	}
	return strings.Join(devices, " and ")
}

// ofGang is the Service below which the pods of the run's gang find one another, nil for none.
func (r *Run) ofGang() *renderers.Object {
	if r == nil || !r.Plan.Spec.IsGang() {
		return nil
	}
	for i := range r.Objects {
		if o := &r.Objects[i]; o.Kind == "Service" && o.Name == r.Plan.GangService() {
			return o
		}
	}
	return nil
}

// ending is the command that ends what nobody else ends: the workload, and the Service of its gang unless the new run has
// the same.
func (p *pair) ending() string {
	command := deletion(workload(p.old))
	service := p.old.ofGang()
	if is := p.new.ofGang(); service == nil || is != nil && is.Name == service.Name && is.Namespace == service.Namespace {
		return command
	}
	return fmt.Sprintf("%s && %s", command, deletion(*service))
}
