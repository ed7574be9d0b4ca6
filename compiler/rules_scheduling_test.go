package compiler

import (
	"testing"

	"berth/internal/diag"
	"berth/schema"
)

func tolerates(t ...schema.Toleration) func(*schema.Plan) {
	return func(p *schema.Plan) { p.Spec.Tolerations = t }
}

func requires(terms ...schema.NodeSelectorTerm) func(*schema.Plan) {
	return func(p *schema.Plan) {
		p.Spec.Affinity = &schema.Affinity{NodeAffinity: &schema.NodeAffinity{Required: &schema.NodeSelector{NodeSelectorTerms: terms}}}
	}
}

func term(r ...schema.NodeRequirement) schema.NodeSelectorTerm {
	return schema.NodeSelectorTerm{MatchExpressions: r}
}

func label(key, operator string, values ...string) schema.NodeRequirement {
	return schema.NodeRequirement{Key: key, Operator: operator, Values: values}
}

func TestTolerationRules(t *testing.T) {
	seconds := ptr(int64(60))
	runCases(t, "job", []ruleCase{
		{name: "plain", change: tolerates(schema.Toleration{Key: "gpu", Operator: "Exists", Effect: "NoExecute", TolerationSeconds: seconds}, schema.Toleration{Key: "a", Value: "b"})},
		{name: "everything", change: tolerates(schema.Toleration{Operator: "Exists"}), at: "spec.tolerations[0]", code: diag.Scheduling, warning: true, says: "every taint"},
		{name: "everything of one effect", change: tolerates(schema.Toleration{Operator: "Exists", Effect: "NoSchedule"})},
	})
}

func TestNodeAffinityRules(t *testing.T) {
	const first = nodeTerms + "[0].matchExpressions[0]"
	field := func(r schema.NodeRequirement) schema.NodeSelectorTerm {
		return schema.NodeSelectorTerm{MatchFields: []schema.NodeRequirement{r}}
	}
	selects := func(p *schema.Plan) { p.Spec.NodeSelector = map[string]string{"zone": "a"} }
	runCases(t, "job", []ruleCase{
		{name: "plain", change: requires(term(label("zone", "In", "a", "b"), label("spot", "DoesNotExist"), label("cores", "Gt", "4")), field(label("metadata.name", "In", "node-1")))},
		{name: "in and not in", change: requires(term(label("zone", "In", "a"), label("zone", "NotIn", "a"))), at: first, code: diag.Scheduling, says: "zone"},
		{name: "in and not in, with a way out", change: requires(term(label("zone", "In", "a"), label("zone", "NotIn", "a")), term(label("zone", "In", "b")))},
		{name: "beside the selector", change: all(selects, requires(term(label("zone", "In", "b")))), at: first, code: diag.Scheduling, says: "zone"},
		{name: "with the selector", change: all(selects, requires(term(label("zone", "In", "a", "b"))))},
		{name: "absent and selected", change: all(selects, requires(term(label("zone", "DoesNotExist")))), at: first, code: diag.Scheduling, says: "zone"},
	})
}

func TestPodAffinityRules(t *testing.T) {
	near := func(t schema.PodAffinityTerm) func(*schema.Plan) {
		t.TopologyKey = "kubernetes.io/hostname"
		return func(p *schema.Plan) {
			p.Spec.Affinity = &schema.Affinity{PodAffinity: &schema.PodAffinity{Required: []schema.PodAffinityTerm{t}}}
		}
	}
	some := schema.PodAffinityTerm{LabelSelector: &schema.LabelSelector{MatchLabels: map[string]string{"app": "db"}}}
	queued := func(p *schema.Plan) {
		p.Spec.Queue, p.Machine = "q", &schema.Machine{Profile: "h100", Topology: &schema.Topology{Required: "rack"}}
	}
	runCases(t, "job", []ruleCase{
		{name: "plain", change: near(some)},
		{name: "beside the queue's topology", change: all(near(some), queued), at: "spec.affinity.podAffinity", code: diag.ProfileConflict, key: true, says: "topology"},
	})
}
