package fit_test

import (
	"math"
	"testing"

	"berth/internal/fit"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func counted(n schema.Node, count int64, rack string) schema.Node {
	if n.Count = &count; count < 0 {
		n.Count = nil
	}
	if rack != "" {
		n.Labels = map[string]string{"rack": rack}
	}
	return n
}

func TestRoomFor(t *testing.T) {
	eight := node("p5", "cpu=190 memory=1900Gi nvidia.com/gpu=8")
	four := node("p4", "cpu=190 memory=1900Gi nvidia.com/gpu=4")
	port := func(p *corev1.PodTemplateSpec) {
		p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 80}}
	}
	ownNetwork := func(p *corev1.PodTemplateSpec) {
		p.Spec.HostNetwork, p.Spec.Containers[0].Ports = true, []corev1.ContainerPort{{ContainerPort: 80}}
	}
	apart := func(p *corev1.PodTemplateSpec) {
		p.Labels = map[string]string{"a": "b"}
		p.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{
			{TopologyKey: corev1.LabelHostname, LabelSelector: &metav1.LabelSelector{MatchLabels: p.Labels}}}}}
	}
	for _, c := range []struct {
		name   string
		gpus   string
		change func(*corev1.PodTemplateSpec)
		nodes  []schema.Node
		near   string
		want   int64
	}{
		{"whole machines", "8", nil, []schema.Node{counted(eight, 2, "")}, "", 2},
		{"halves", "4", nil, []schema.Node{counted(eight, 2, ""), counted(four, 3, "")}, "", 7},
		{"machines that do not fit", "8", nil, []schema.Node{counted(eight, 2, ""), counted(four, 3, "")}, "", 2},
		{"nobody knows how many", "8", nil, []schema.Node{counted(eight, 2, ""), counted(eight, -1, "")}, "", math.MaxInt64},
		{"none", "8", nil, []schema.Node{counted(eight, 0, "")}, "", 0},
		{"a port of the machine", "1", port, []schema.Node{counted(eight, 2, "")}, "", 2},
		{"the machine's network", "1", ownNetwork, []schema.Node{counted(eight, 2, "")}, "", 2},
		{"apart", "1", apart, []schema.Node{counted(eight, 2, "")}, "", 2},
		{"one rack", "8", nil, []schema.Node{counted(eight, 2, "a"), counted(eight, 3, "b")}, "rack", 3},
		{"a rack of two kinds", "4", nil, []schema.Node{counted(eight, 2, "a"), counted(four, 3, "a")}, "rack", 7},
		{"a rack that nobody names", "8", nil, []schema.Node{counted(eight, 2, "a"), counted(eight, 3, "")}, "rack", 5},
		{"one machine", "4", nil, []schema.Node{counted(eight, 2, ""), counted(four, 3, "")}, corev1.LabelHostname, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := pod("", "nvidia.com/gpu="+c.gpus)
			if c.change != nil {
				c.change(p)
			}
			if got := fit.RoomFor(p, c.nodes, fit.Check(p, c.nodes), c.near).Pods; got != c.want {
				t.Errorf("%d pods, want %d", got, c.want)
			}
		})
	}
}
