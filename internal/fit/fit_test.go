package fit_test

import (
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/fit"
	"berth/internal/quantity"
	"berth/schema"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// list reads "cpu=4 memory=16Gi".
func list(text string) corev1.ResourceList {
	if text == "" {
		return nil
	}
	l := corev1.ResourceList{}
	for _, part := range strings.Fields(text) {
		name, amount, _ := strings.Cut(part, "=")
		l[corev1.ResourceName(name)] = resource.MustParse(amount)
	}
	return l
}

func texts(text string) map[string]string {
	m := map[string]string{}
	for _, part := range strings.Fields(text) {
		name, amount, _ := strings.Cut(part, "=")
		m[name] = amount
	}
	return m
}

func pod(requests, limits string) *corev1.PodTemplateSpec {
	c := corev1.Container{Name: "run", Resources: corev1.ResourceRequirements{Requests: list(requests), Limits: list(limits)}}
	return &corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{c}}}
}

func node(name, allocatable string) schema.Node {
	return schema.Node{Name: schema.Text(name), Allocatable: texts(allocatable)}
}

var g5xlarge = node("g5.xlarge", "cpu=3920m memory=14162Mi nvidia.com/gpu=1 pods=58")

func TestAmounts(t *testing.T) {
	cases := []struct {
		name             string
		requests, limits string
		node             schema.Node
		want             string // the reasons, one a line; "fits N" when it fits
	}{
		{"four cores of 3920m", "cpu=4", "nvidia.com/gpu=1", g5xlarge, "cpu 4 asked, 3920m offered: write 3900m"},
		{"16Gi of 14162Mi", "memory=16Gi", "nvidia.com/gpu=1", g5xlarge, "memory 16Gi asked, 14162Mi offered: write 13Gi"},
		{"3900m", "cpu=3900m", "nvidia.com/gpu=1", g5xlarge, "fits 1"},
		{"14000Mi", "memory=14000Mi", "nvidia.com/gpu=1", g5xlarge, "fits 1"},
		{"both", "cpu=4 memory=16Gi", "", g5xlarge, "cpu 4 asked, 3920m offered: write 3900m\nmemory 16Gi asked, 14162Mi offered: write 13Gi"},
		{"exactly all", "cpu=3920m memory=14162Mi", "", g5xlarge, "fits 1"},
		{"one thousandth too much", "cpu=3921m", "", g5xlarge, "cpu 3921m asked, 3920m offered: write 3920m"},
		{"twelve of 11900m", "cpu=12", "", node("a2-highgpu-1g", "cpu=11900m"), "cpu 12 asked, 11900m offered: write 11"},
		{"sixty-four cores", "cpu=64", "", node("small", "cpu=11900m memory=78Gi"), "cpu 64 asked, 11900m offered: write 11"},
		{"mebibytes stay mebibytes", "memory=14500Mi", "", g5xlarge, "memory 14500Mi asked, 14162Mi offered: write 14162Mi"},
		{"decimal units stay decimal", "memory=16G", "", g5xlarge, "memory 16G asked, 14162Mi offered: write 14G"},
		{"a tebibyte of little", "memory=1Ti", "", node("n", "memory=680Gi"), "memory 1Ti asked, 680Gi offered: write 680Gi"},
		{"two gibibytes of 1.9", "memory=2Gi", "", node("n", "memory=1945Mi"), "memory 2Gi asked, 1945Mi offered: write 1900Mi"},
		{"too many GPUs", "", "nvidia.com/gpu=9", node("n", "nvidia.com/gpu=8"), "nvidia.com/gpu 9 asked, 8 offered: write 8"},
		{"a GPU where there is none", "cpu=1", "nvidia.com/gpu=1", node("n", "cpu=4"), "nvidia.com/gpu 1 asked, and it has none"},
		{"limits alone become requests", "", "cpu=4", g5xlarge, "cpu 4 asked, 3920m offered: write 3900m"},
		{"limits beside requests do not", "cpu=1", "cpu=4", g5xlarge, "fits 3"},
		{"nothing asked", "", "", g5xlarge, "fits 58"},
		{"nothing asked, nothing known", "", "", node("n", "cpu=1"), "fits 0"},
		{"zero asked of nothing", "cpu=0", "nvidia.com/gpu=0", node("n", "cpu=1"), "fits 0"},
		{"huge pages in whole pages", "memory=1Gi", "hugepages-2Mi=64Mi", node("n", "memory=4Gi hugepages-2Mi=63Mi"), "hugepages-2Mi 64Mi asked, 63Mi offered: write 62Mi"},
		{"huge pages of none", "memory=1Gi", "hugepages-1Gi=1Gi", node("n", "memory=4Gi"), "hugepages-1Gi 1Gi asked, and it has none"},
		{"no room for pods", "", "", node("n", "pods=0"), "it has no room for a pod"},
		{"beyond int64", "cpu=9223372036854775807", "", node("n", "cpu=4"), "cpu 9223372036854775807 asked, 4 offered: write 4"},
		{"disk when declared", "ephemeral-storage=20Gi", "", node("n", "ephemeral-storage=17Gi"), "ephemeral-storage 20Gi asked, 17Gi offered: write 17Gi"},
		{"disk when not", "ephemeral-storage=20Gi", "", node("n", "cpu=1"), "fits 0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := fit.Check(pod(c.requests, c.limits), []schema.Node{c.node})
			if got := summary(r.Shapes[0]); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func summary(s fit.Shape) string {
	if s.Fits() {
		return "fits " + resource.NewQuantity(int64(s.PerNode), resource.DecimalSI).String()
	}
	lines := make([]string, len(s.Reasons))
	for i, r := range s.Reasons {
		lines[i] = r.Text
	}
	return strings.Join(lines, "\n")
}

// Every best value has to fit, and so has the most, which nothing exceeds.
func TestBestFits(t *testing.T) {
	for _, asked := range []string{"cpu=4", "cpu=4000m", "cpu=191", "memory=16Gi", "memory=16G", "memory=17000Mi", "memory=17179869184", "memory=1Ti", "memory=99999999Ki"} {
		for _, has := range []string{"cpu=3920m memory=14162Mi", "cpu=1 memory=1Mi", "cpu=900m memory=1023Ki", "cpu=3 memory=1Ki", "cpu=1m memory=1", "cpu=190999m memory=15999M"} {
			r := fit.Check(pod(asked, ""), []schema.Node{node("n", has)})
			if r.Verdict != fit.Never {
				continue
			}
			best, most := r.Shapes[0].Reasons[0].Best, r.Shapes[0].Reasons[0].Most
			name, _, _ := strings.Cut(asked, "=")
			for _, amount := range []string{best, most} {
				if amount == "" || fit.Check(pod(name+"="+amount, ""), []schema.Node{node("n", has)}).Verdict != fit.Fits {
					t.Errorf("%s on %s: %q does not fit", asked, has, amount)
				}
			}
			if b, m := resource.MustParse(best), resource.MustParse(most); b.Cmp(m) > 0 || r.Shapes[0].Reasons[0].Offered != most {
				t.Errorf("%s on %s: %s is not the most, above %s", asked, has, most, best)
			}
		}
	}
}

func TestPods(t *testing.T) {
	small := node("n", "cpu=4 memory=8Gi nvidia.com/gpu=1")
	always := corev1.ContainerRestartPolicyAlways
	container := func(requests string) corev1.Container {
		return corev1.Container{Resources: corev1.ResourceRequirements{Requests: list(requests)}}
	}
	cases := []struct {
		name   string
		change func(*corev1.PodSpec)
		want   string
	}{
		{"a second container adds", func(p *corev1.PodSpec) { p.Containers = append(p.Containers, container("cpu=2")) },
			"cpu 5 asked, 4 offered, of which other containers need 2: write 2"},
		{"an init container is a maximum", func(p *corev1.PodSpec) { p.InitContainers = []corev1.Container{container("cpu=4")} }, "fits 1"},
		{"a sidecar adds", func(p *corev1.PodSpec) {
			c := container("cpu=1500m")
			c.RestartPolicy = &always
			p.InitContainers = []corev1.Container{c}
		}, "cpu 4500m asked, 4 offered, of which other containers need 1500m: write 2500m"},
		{"overhead adds", func(p *corev1.PodSpec) { p.Overhead = list("cpu=1001m") },
			"cpu 4001m asked, 4 offered, of which other containers need 1001m: write 2900m"},
		{"pod-level requests count instead", func(p *corev1.PodSpec) {
			p.Resources = &corev1.ResourceRequirements{Requests: list("cpu=5")}
		}, "cpu 5 asked, 4 offered, of which other containers need 2: write 2"},
		{"pod-level limits become requests", func(p *corev1.PodSpec) {
			p.Resources = &corev1.ResourceRequirements{Limits: list("memory=9Gi cpu=9")}
		}, "memory 9Gi asked, 8Gi offered"},
		{"an init container too large", func(p *corev1.PodSpec) { p.InitContainers = []corev1.Container{container("memory=9Gi")} },
			"memory 9Gi asked, 8Gi offered"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := pod("cpu=3", "")
			c.change(&p.Spec)
			before := p.DeepCopy()
			if got := summary(fit.Check(p, []schema.Node{small}).Shapes[0]); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if diff := cmp.Diff(before, p); diff != "" {
				t.Errorf("the template was changed: %s", diff)
			}
		})
	}
}

func TestPlacement(t *testing.T) {
	in := func(key string, values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
	}
	require := func(terms ...[]corev1.NodeSelectorRequirement) func(*corev1.PodSpec) {
		selector := &corev1.NodeSelector{}
		for _, t := range terms {
			selector.NodeSelectorTerms = append(selector.NodeSelectorTerms, corev1.NodeSelectorTerm{MatchExpressions: t})
		}
		return func(p *corev1.PodSpec) {
			p.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: selector}}
		}
	}
	one := func(r ...corev1.NodeSelectorRequirement) []corev1.NodeSelectorRequirement { return r }
	selector := func(text string) func(*corev1.PodSpec) {
		return func(p *corev1.PodSpec) { p.NodeSelector = texts(text) }
	}
	tolerate := func(tolerations ...corev1.Toleration) func(*corev1.PodSpec) {
		return func(p *corev1.PodSpec) { p.Tolerations = tolerations }
	}
	gpu := []schema.Taint{{Key: "nvidia.com/gpu", Value: "present", Effect: "NoSchedule"}}
	cases := []struct {
		name     string
		labels   string
		taints   []schema.Taint
		change   func(*corev1.PodSpec)
		want     string
		unjudged string
	}{
		{"the label is there", "gpu=a100", nil, selector("gpu=a100"), "fits 4", ""},
		{"another value", "gpu=a100", nil, selector("gpu=t4"), "label gpu=t4 asked, and it has gpu=a100", ""},
		{"a label that it does not mention", "gpu=a100", nil, selector("disk=ssd"), "label disk=ssd asked, and it has no such label", ""},
		{"no labels at all", "", nil, selector("disk=ssd"), "fits 4", "disk"},
		{"a zone", "gpu=a100", nil, selector("topology.kubernetes.io/zone=a"), "fits 4", "topology.kubernetes.io/zone"},
		{"a zone that it mentions", "topology.kubernetes.io/zone=b", nil, selector("topology.kubernetes.io/zone=a"),
			"label topology.kubernetes.io/zone=a asked, and it has topology.kubernetes.io/zone=b", ""},
		{"a feature of the node", "gpu=a100", nil, selector("feature.node.kubernetes.io/cpu-cpuid.AVX512F=true"), "fits 4", "feature.node.kubernetes.io/cpu-cpuid.AVX512F"},
		{"an owner's label with a domain", "gpu=a100", nil, selector("acme.io/team=ml"), "label acme.io/team=ml asked, and it has no such label", ""},
		{"a domain that only ends alike", "gpu=a100", nil, selector("notnvidia.com/x=y"), "label notnvidia.com/x=y asked, and it has no such label", ""},
		{"one of several", "gpu=a100", nil, require(one(in("gpu", "t4", "a100"))), "fits 4", ""},
		{"none of several", "gpu=l4", nil, require(one(in("gpu", "t4", "a100"))), "label gpu in (t4, a100) asked, and it has gpu=l4", ""},
		{"the second term", "gpu=l4", nil, require(one(in("gpu", "t4")), one(in("gpu", "l4"))), "fits 4", ""},
		{"no term", "gpu=l4", nil, require(one(in("gpu", "t4")), one(in("gpu", "a100"), in("disk", "ssd"))),
			"its labels match no term of the node affinity (gpu=t4, or gpu=a100 and disk=ssd)", ""},
		{"a term about what is unknown", "gpu=l4", nil, require(one(in("gpu", "t4")), one(in("kubernetes.io/hostname", "n1"))), "fits 4", "kubernetes.io/hostname"},
		{"a term half about what is unknown", "gpu=l4", nil, require(one(in("gpu", "t4"), in("kubernetes.io/hostname", "n1"))),
			"label gpu=t4 asked, and it has gpu=l4", "kubernetes.io/hostname"},
		{"an empty term matches nothing", "gpu=l4", nil, require(one()), "its labels match no term of the node affinity ()", ""},
		{"a number compared", "count=4", nil, require(one(corev1.NodeSelectorRequirement{Key: "count", Operator: corev1.NodeSelectorOpGt, Values: []string{"4"}})),
			"label count>4 asked, and it has count=4", ""},
		{"an unwanted label", "spot=true", nil, require(one(corev1.NodeSelectorRequirement{Key: "spot", Operator: corev1.NodeSelectorOpDoesNotExist})),
			"label !spot asked, and it has spot=true", ""},
		{"taint", "", gpu, tolerate(), "taint nvidia.com/gpu=present:NoSchedule is not tolerated", ""},
		{"taint tolerated", "", gpu, tolerate(corev1.Toleration{Key: "nvidia.com/gpu", Operator: corev1.TolerationOpExists}), "fits 4", ""},
		{"another value of the taint", "", gpu, tolerate(corev1.Toleration{Key: "nvidia.com/gpu", Value: "true"}), "taint nvidia.com/gpu=present:NoSchedule is not tolerated", ""},
		{"another effect", "", gpu, tolerate(corev1.Toleration{Key: "nvidia.com/gpu", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute}),
			"taint nvidia.com/gpu=present:NoSchedule is not tolerated", ""},
		{"everything tolerated", "", gpu, tolerate(corev1.Toleration{Operator: corev1.TolerationOpExists}), "fits 4", ""},
		{"a taint that only prefers", "", []schema.Taint{{Key: "a", Effect: "PreferNoSchedule"}}, tolerate(), "fits 4", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := pod("cpu=1", "")
			c.change(&p.Spec)
			n := node("n", "cpu=4")
			n.Labels, n.Taints = texts(c.labels), c.taints
			shape := fit.Check(p, []schema.Node{n}).Shapes[0]
			if got := summary(shape); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if got := strings.Join(shape.Unjudged, " "); got != c.unjudged {
				t.Errorf("unjudged %q, want %q", got, c.unjudged)
			}
		})
	}
}

func TestAmount(t *testing.T) {
	for text, want := range map[string]bool{"1": true, "500m": true, "1e3": true, "1E-999": true, "2Ei": true, "1e-9999": false, "1e99999999": false, "": false, "x": false, strings.Repeat("1", 65): false} {
		if _, ok := quantity.Parse(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

// A name of one node says nothing of a kind of machine.
func TestNodeNameIsNotJudged(t *testing.T) {
	p := pod("cpu=1", "")
	p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{
			{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{"gke-pool-1-abcd"}}}}},
	}}}
	n := node("n", "cpu=4")
	n.Labels = texts("gpu=a100")
	if got := fit.Check(p, []schema.Node{n}).Verdict; got != fit.Fits {
		t.Errorf("verdict %s", got)
	}
}

func TestDaemonSetsAndPodsBoundTheNumber(t *testing.T) {
	n := node("n", "cpu=4 memory=8Gi pods=3")
	n.DaemonSets = texts("cpu=300m pods=1")
	for requests, want := range map[string]string{
		"cpu=500m": "fits 2", "cpu=3700m": "fits 1", "cpu=2": "fits 1",
		"cpu=4": "cpu 4 asked, 3700m offered (after 300m for DaemonSets): write 3700m",
	} {
		if got := summary(fit.Check(pod(requests, ""), []schema.Node{n}).Shapes[0]); got != want {
			t.Errorf("%s: got %q, want %q", requests, got, want)
		}
	}
}

func TestClaims(t *testing.T) {
	p := pod("cpu=1", "")
	declared, silent := node("declared", "cpu=4 nvidia.com/gpu=2"), node("silent", "cpu=4")
	r := fit.Check(p, []schema.Node{declared, silent}, fit.Claim{Resource: "nvidia.com/gpu", Count: 3})
	if got := summary(r.Shapes[0]); got != "nvidia.com/gpu 3 asked, 2 offered: write 2" {
		t.Errorf("declared: %s", got)
	}
	if got := summary(r.Shapes[1]); got != "fits 4" || r.Shapes[1].Unjudged[0] != "nvidia.com/gpu" {
		t.Errorf("silent: %s %v", got, r.Shapes[1].Unjudged)
	}
}

func TestVerdictAndText(t *testing.T) {
	nodes := []schema.Node{g5xlarge, node("g5.12xlarge", "cpu=47810m memory=173400Mi nvidia.com/gpu=4 pods=737")}
	cases := []struct {
		requests string
		nodes    []schema.Node
		verdict  fit.Verdict
		want     string
	}{
		{"cpu=4", nil, fit.Unknown, "unknown: the profile declares no nodes\n"},
		{"cpu=4 memory=20Gi ephemeral-storage=1Gi", nodes, fit.Fits, `fits 1 of 2 machines
  g5.xlarge    cpu 4 asked, 3920m offered: write 3900m
               memory 20Gi asked, 14162Mi offered: write 13Gi
  g5.12xlarge  fits, 8 on an empty one
  taken for granted, as the profile's nodes do not mention it: ephemeral-storage
`},
		{"cpu=64", nodes, fit.Never, `fits none of 2 machines
  g5.xlarge    cpu 64 asked, 3920m offered: write 3900m
  g5.12xlarge  cpu 64 asked, 47810m offered: write 47
`},
	}
	for _, c := range cases {
		r := fit.Check(pod(c.requests, ""), c.nodes)
		if r.Verdict != c.verdict {
			t.Errorf("%s: %s, want %s", c.requests, r.Verdict, c.verdict)
		}
		if diff := cmp.Diff(c.want, r.Text()); diff != "" {
			t.Errorf("%s: %s", c.requests, diff)
		}
	}
	if n, at := fit.Check(pod("cpu=64", ""), nodes).Nearest(); n.Name != "g5.12xlarge" || nodes[at].Name != n.Name {
		t.Errorf("nearest is %s", n.Name)
	}
}

func TestProblems(t *testing.T) {
	plan := &schema.Plan{Machine: &schema.Machine{Profile: "a10g"}}
	plan.Spec.Resources = map[string]schema.Amounts{"cpu": {Requests: "4"}, "mem": {Limits: "16Gi"}, "gpu": {Requests: "2", Limits: "2"}}
	p := pod("cpu=4 nvidia.com/gpu=2", "memory=16Gi nvidia.com/gpu=2")
	got := fit.Problems(plan, fit.Check(p, []schema.Node{g5xlarge}))
	declared := func(resource string) []diag.RelatedPath {
		return []diag.RelatedPath{{Path: "machine.nodes[0].allocatable" + resource, Message: "what g5.xlarge has for pods"}}
	}
	want := []diag.Problem{
		{Code: diag.ProfileFit, Path: "spec.resources.cpu.requests", Replace: "3900m", Hint: "write 3900m (up to 3920m fits), or choose a larger machine", Related: declared(".cpu"),
			Message: "the pod fits no machine of profile `a10g`: on g5.xlarge, cpu 4 asked, 3920m offered"},
		{Code: diag.ProfileFit, Path: "spec.resources.mem.limits", Replace: "13Gi", Hint: "write 13Gi (up to 14162Mi fits), or choose a larger machine", Related: declared(".memory"),
			Message: "the pod fits no machine of profile `a10g`: on g5.xlarge, memory 16Gi asked, 14162Mi offered"},
		{Code: diag.ProfileFit, Path: "spec.resources.gpu.requests", Replace: "1", Hint: "write 1, or choose a larger machine", Related: declared(`["nvidia.com/gpu"]`),
			Message: "the pod fits no machine of profile `a10g`: on g5.xlarge, nvidia.com/gpu 2 asked, 1 offered"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := fit.Problems(plan, fit.Check(pod("cpu=1", ""), []schema.Node{g5xlarge})); got != nil {
		t.Errorf("problems of a pod that fits: %v", got)
	}
}

func BenchmarkCheck(b *testing.B) {
	p := pod("cpu=10 memory=60Gi", "nvidia.com/gpu=1")
	p.Spec.NodeSelector = texts("cloud.google.com/gke-accelerator=nvidia-tesla-a100")
	p.Spec.Tolerations = []corev1.Toleration{{Key: "nvidia.com/gpu", Operator: corev1.TolerationOpExists}}
	n := node("a2-highgpu-1g", "cpu=11900m memory=78446Mi nvidia.com/gpu=1 pods=110")
	n.Labels, n.Taints = texts("cloud.google.com/gke-accelerator=nvidia-tesla-a100"), []schema.Taint{{Key: "nvidia.com/gpu", Value: "present", Effect: "NoSchedule"}}
	nodes := []schema.Node{n, n, n, n, n}
	b.ReportAllocs()
	for b.Loop() {
		fit.Check(p, nodes)
	}
}
