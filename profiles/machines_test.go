package profiles_test

import (
	"strconv"
	"testing"

	"berth/internal/fit"
	"berth/internal/source"
	"berth/profiles"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// A pod that asks for one device, for the default number or for the most, with the profile's share for each, fits one of
// the machines that a cloud has for the profile.
func TestOwnMachines(t *testing.T) {
	tried := 0
	for _, name := range profiles.Names() {
		for _, cloud := range []string{"gke", "eks", "aks", "generic"} {
			p := onCloud(t, name, cloud)
			nodes := p.nodes()
			if len(nodes) == 0 {
				continue
			}
			for count := range p.counts() {
				tried++
				if r := fit.Check(p.pod(count), nodes); r.Verdict != fit.Fits {
					t.Errorf("%s on %s with %d devices: %s", name, cloud, count, r.Text())
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d pods were tried", tried)
	}
}

// onCloud is a profile with those that it extends, each after the part of it that is the cloud's.
func onCloud(t *testing.T, name, cloud string) inherited {
	var specs inherited
	for _, spec := range chain(t, name) {
		if part := spec.Get("clouds").Get(cloud); part != nil {
			specs = append(specs, part)
		}
		specs = append(specs, spec)
	}
	return specs
}

// counts are the numbers of devices to try: the least, the default and the most.
func (p inherited) counts() map[int]bool {
	counts := map[int]bool{}
	for _, path := range []string{"bounds.gpu.min", "default.resources.gpu", "bounds.gpu.max", "bounds.gpu.values[0]"} {
		if n, err := strconv.Atoi(p.text(path)); err == nil {
			counts[n] = true
		}
	}
	return counts
}

func (p inherited) pod(count int) *corev1.PodTemplateSpec {
	requests := corev1.ResourceList{corev1.ResourceName(p.text("accelerator.resource")): *resource.NewQuantity(int64(count), resource.DecimalSI)}
	for name, path := range map[corev1.ResourceName]string{"cpu": "per_gpu.cpu", "memory": "per_gpu.mem"} {
		if each := p.text(path); each != "" {
			total := resource.MustParse(each)
			total.Mul(int64(count))
			requests[name] = total
		}
	}
	pod := &corev1.PodTemplateSpec{}
	pod.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: requests}}}
	if tolerations := p.find("require.tolerations"); tolerations != nil {
		for _, item := range tolerations.Items {
			pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{
				Key: item.Get("key").Text, Operator: corev1.TolerationOperator(item.Get("operator").Text), Effect: corev1.TaintEffect(item.Get("effect").Text),
			})
		}
	}
	return pod
}

func (p inherited) nodes() []schema.Node {
	list := p.find("nodes")
	if list == nil {
		return nil
	}
	nodes := make([]schema.Node, len(list.Items))
	for i, item := range list.Items {
		nodes[i] = schema.Node{Name: item.Get("name").Text, Allocatable: texts(item.Get("allocatable"))}
		if taints := item.Get("taints"); taints != nil {
			for _, taint := range taints.Items {
				nodes[i].Taints = append(nodes[i].Taints, schema.Taint{Key: taint.Get("key").Text, Effect: taint.Get("effect").Text})
			}
		}
	}
	return nodes
}

func texts(n *source.Node) map[string]string {
	m := map[string]string{}
	for _, f := range n.Fields {
		m[f.Key] = f.Node.Text
	}
	return m
}
