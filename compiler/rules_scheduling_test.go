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
		{name: "value of Exists", change: tolerates(schema.Toleration{Key: "gpu", Operator: "Exists", Value: "yes"}), at: "spec.tolerations[0].value", code: diag.Scheduling, says: "Exists"},
		{name: "no key", change: tolerates(schema.Toleration{Value: "yes"}), at: "spec.tolerations[0]", code: diag.Scheduling, says: "operator: Exists"},
		{name: "no key, beside a misspelt field", change: tolerates(schema.Toleration{Value: "yes"}), refused: "spec.tolerations[0]"},
		{name: "seconds", change: tolerates(schema.Toleration{Key: "gpu", TolerationSeconds: seconds}), at: "spec.tolerations[0].tolerationSeconds", code: diag.Scheduling, says: "NoExecute"},
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
		{name: "values of Exists", change: requires(term(label("zone", "Exists", "a"))), at: first + ".values", code: diag.Scheduling, says: "Exists"},
		{name: "In nothing", change: requires(term(label("zone", "In"))), at: first, code: diag.Scheduling, says: "values"},
		{name: "more than two numbers", change: requires(term(label("cores", "Gt", "1", "2"))), at: first + ".values", code: diag.Scheduling, says: "2"},
		{name: "more than a word", change: requires(term(label("cores", "Lt", "many"))), at: first + ".values[0]", code: diag.Scheduling, says: "whole number"},
		{name: "no label's value", change: requires(term(label("product", "In", "NVIDIA A100"))), at: first + ".values[0]", code: diag.BadName, says: "NVIDIA A100"},
		{name: "no terms", change: requires([]schema.NodeSelectorTerm{}...), at: nodeTerms, code: diag.Scheduling, says: "empty"},
		{name: "an empty term", change: requires(term()), at: nodeTerms + "[0]", code: diag.Scheduling, says: "nothing"},
		{name: "another field", change: requires(field(label("spec.providerID", "In", "x"))), at: nodeTerms + "[0].matchFields[0].key", code: diag.Scheduling, says: "metadata.name"},
		{name: "two nodes", change: requires(field(label("metadata.name", "In", "a", "b"))), at: nodeTerms + "[0].matchFields[0].values", code: diag.Scheduling, says: "one value"},
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
	wrong := schema.PodAffinityTerm{LabelSelector: &schema.LabelSelector{MatchExpressions: []schema.LabelRequirement{{Key: "app", Operator: "Exists", Values: []string{"x"}}}}}
	twice := some
	twice.MatchLabelKeys = []string{"app"}
	const at = "spec.affinity.podAffinity." + requiredTerms + "[0]"
	queued := func(p *schema.Plan) {
		p.Spec.Queue, p.Machine = "q", &schema.Machine{Profile: "h100", Topology: &schema.Topology{Required: "rack"}}
	}
	runCases(t, "job", []ruleCase{
		{name: "plain", change: near(some)},
		{name: "no pods", change: near(schema.PodAffinityTerm{}), at: at, code: diag.Scheduling, says: "labelSelector"},
		{name: "values of Exists", change: near(wrong), at: at + ".labelSelector.matchExpressions[0].values", code: diag.Scheduling, says: "Exists"},
		{name: "a key twice", change: near(twice), at: at + ".matchLabelKeys[0]", code: diag.Scheduling, says: "app"},
		{name: "beside the queue's topology", change: all(near(some), queued), at: "spec.affinity.podAffinity", code: diag.ProfileConflict, key: true, says: "topology"},
	})
}
