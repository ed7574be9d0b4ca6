package renderers

import (
	"maps"
	"slices"

	"berth/schema"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// Annotations by which Kueue places all pods of a Job within one topology domain.
const (
	kueueRequiredTopology  = "kueue.x-k8s.io/podset-required-topology"
	kueuePreferredTopology = "kueue.x-k8s.io/podset-preferred-topology"
)

// reasonsOfSpot say what follows from each of them.
var reasonsOfSpot = map[string]string{
	schema.SpotAllow:     "the pod may run on spot machines",
	schema.SpotConstrain: "the pod has to run on spot machines",
	schema.SpotPrevent:   "the pod must not run on spot machines",
}

// The reason that stands beside the pod affinity that a profile's topology asks for.
const reasonNearness = "the pods that start together belong near each other"

// place says on which nodes the pod may run: what the run asks for, and what its machine is.
func (r *renderer) place(at at, pod *corev1.PodSpec) {
	pod.NodeSelector = copied(at, "nodeSelector", "spec.node_selector", maps.Clone(r.spec.NodeSelector))
	pod.Tolerations = r.tolerations(at.in("tolerations"))
	if r.spec.Affinity != nil {
		pod.Affinity = copied(at, "affinity", "spec.affinity", &corev1.Affinity{})
		r.inKubernetesForm("spec.affinity", r.spec.Affinity, pod.Affinity)
	}
	r.spread(at, pod)
	requireNodes(at, pod, append(selectMachine(at, pod, r.plan.Machine), spotRequirements(at, r.plan.Machine)...))
	r.gather(at.in("affinity.podAffinity"), pod)
}

// spread says over which domains the pods of the run are spread. A constraint that names no pods means the run's own.
func (r *renderer) spread(at at, pod *corev1.PodSpec) {
	if r.spec.TopologySpread == nil {
		return
	}
	copied(at, "topologySpreadConstraints", "spec.topology_spread", 0)
	r.inKubernetesForm("spec.topology_spread", r.spec.TopologySpread, &pod.TopologySpreadConstraints)
	for i := range pod.TopologySpreadConstraints {
		if c := &pod.TopologySpreadConstraints[i]; c.LabelSelector == nil {
			c.LabelSelector = computed(at.in("topologySpreadConstraints").item(i), "labelSelector", r.selectorPlace(),
				"the run's own pods are spread", &metav1.LabelSelector{MatchLabels: r.selector()})
		}
	}
}

// requirement is what the machine requires of a node's label, and where it says so.
type requirement struct {
	corev1.NodeSelectorRequirement
	from origin
}

// selectMachine adds the machine's labels with one value to the node selector, and returns those with several, which a
// selector cannot say. A run that selects on the same label has a word of its own: both then have to hold.
func selectMachine(at at, pod *corev1.PodSpec, m *schema.Machine) []requirement {
	var several []requirement
	if m == nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(m.NodeLabels)) {
		values := m.NodeLabels[key]
		chosen, taken := pod.NodeSelector[key]
		from := origin{plan: at.from("machine.node_labels").key(key).path}
		switch {
		case len(values) != 1 || taken && chosen != values[0]:
			several = append(several, requirement{corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}, from})
		case !taken:
			put(at.in("nodeSelector"), &pod.NodeSelector, key, from, values[0])
		}
	}
	return several
}

// spotRequirements are the requirements on the labels by which the cloud marks spot machines. NotIn also takes nodes
// that lack the label, which is how most clouds mark the others.
func spotRequirements(at at, m *schema.Machine) []requirement {
	if m == nil || m.SpotNodes == nil || m.Spot != schema.SpotConstrain && m.Spot != schema.SpotPrevent {
		return nil
	}
	operator := corev1.NodeSelectorOpIn
	if m.Spot == schema.SpotPrevent {
		operator = corev1.NodeSelectorOpNotIn
	}
	var requirements []requirement
	for _, key := range slices.Sorted(maps.Keys(m.SpotNodes.Labels)) {
		requirements = append(requirements, requirement{
			corev1.NodeSelectorRequirement{Key: key, Operator: operator, Values: []string{m.SpotNodes.Labels[key]}},
			origin{plan: at.from("machine.spot_nodes.labels").key(key).path, reason: reasonsOfSpot[m.Spot]},
		})
	}
	return requirements
}

// requireNodes adds requirements to the pod's node affinity: to every term, since one term is enough for a node.
func requireNodes(at at, pod *corev1.PodSpec, requirements []requirement) {
	if len(requirements) == 0 {
		return
	}
	affinity := affinityOf(pod)
	if affinity.NodeAffinity == nil {
		affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	required := affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if required == nil || len(required.NodeSelectorTerms) == 0 {
		required = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{}}}
		affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = required
		requireOf(at, required, 0, requirements)
		return
	}
	for i, term := range required.NodeSelectorTerms {
		if len(term.MatchExpressions)+len(term.MatchFields) > 0 { // an empty term matches no node, and shall not begin to
			requireOf(at, required, i, requirements)
		}
	}
}

// requireOf adds requirements to one term of a node affinity, behind those that stand there: all of a term have to
// hold.
func requireOf(at at, required *corev1.NodeSelector, term int, requirements []requirement) {
	expressions := &required.NodeSelectorTerms[term].MatchExpressions
	at = at.in("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms").item(term).in("matchExpressions")
	for _, r := range requirements {
		at.item(len(*expressions)).set(r.from)
		*expressions = append(*expressions, r.NodeSelectorRequirement)
	}
}

// affinityOf is the pod's affinity, made where there is none, so that it can be added to.
func affinityOf(pod *corev1.PodSpec) *corev1.Affinity {
	if pod.Affinity == nil {
		pod.Affinity = &corev1.Affinity{}
	}
	return pod.Affinity
}

// tolerations are the run's, and those of spot machines where the pod may run there, each once.
func (r *renderer) tolerations(at at) []corev1.Toleration {
	out := tolerate(at, nil, r.spec.Tolerations, "spec.tolerations", "")
	if m := r.plan.Machine; m != nil && m.SpotNodes != nil && (m.Spot == schema.SpotAllow || m.Spot == schema.SpotConstrain) {
		out = tolerate(at, out, m.SpotNodes.Tolerations, "machine.spot_nodes.tolerations", reasonsOfSpot[m.Spot])
	}
	return out
}

// tolerate adds tolerations to out, but for those that it already has in the same words (Toleration.MatchToleration,
// which does not look at tolerationSeconds). plan is where the wanted ones stand in the plan.
func tolerate(at at, out []corev1.Toleration, wanted []schema.Toleration, plan, reason string) []corev1.Toleration {
	for i, t := range wanted {
		toleration := corev1.Toleration{
			Key: t.Key, Operator: corev1.TolerationOperator(t.Operator), Value: t.Value,
			Effect: corev1.TaintEffect(t.Effect), TolerationSeconds: t.TolerationSeconds,
		}
		if !slices.ContainsFunc(out, func(o corev1.Toleration) bool { return o.MatchToleration(&toleration) }) {
			at.item(len(out)).set(origin{at.from(plan).item(i).path, reason, true})
			out = append(out, toleration)
		}
	}
	return out
}

// isQueued reports whether Kueue decides when and where the pods of a Job or of a group run, all together. The pods of a Deployment wait
// each for itself.
func (r *renderer) isQueued() bool { return r.spec.Queue != "" && !isDeployment(r.plan) }

// annotateTopology says to Kueue how near the pods have to be.
func (r *renderer) annotateTopology(at at, annotations *map[string]string) {
	switch topology := r.topology(); {
	case topology == nil || !r.isQueued():
	case topology.Required != "":
		put(at, annotations, kueueRequiredTopology, origin{plan: "machine.topology.required"}, topology.Required)
	default:
		put(at, annotations, kueuePreferredTopology, origin{plan: "machine.topology.preferred"}, topology.Preferred)
	}
}

// gather says to the scheduler how near the pods have to be, where there is no Kueue to see to it: near the pods of the
// same Job, or of the same revision of the Deployment, so that neither waits for room beside an older one.
func (r *renderer) gather(at at, pod *corev1.PodSpec) {
	topology := r.topology()
	if topology == nil || r.isQueued() {
		return
	}
	// The run's label alone would hold pods of an older Job or revision as well: the controller's own label narrows it
	// to those that start now.
	term := corev1.PodAffinityTerm{
		LabelSelector:  &metav1.LabelSelector{MatchLabels: r.selector()},
		MatchLabelKeys: []string{batchv1.JobNameLabel},
	}
	if isGroupSet(r.plan) {
		term.MatchLabelKeys = []string{lws.GroupUniqueHashLabelKey}
	} else if isDeployed(r.plan) {
		term.MatchLabelKeys = []string{appsv1.DefaultDeploymentUniqueLabelKey}
	}
	affinity := affinityOf(pod)
	if affinity.PodAffinity == nil {
		affinity.PodAffinity = &corev1.PodAffinity{}
	}
	near := affinity.PodAffinity
	if term.TopologyKey = topology.Required; term.TopologyKey != "" {
		at.in("requiredDuringSchedulingIgnoredDuringExecution").item(len(near.RequiredDuringSchedulingIgnoredDuringExecution)).
			set(origin{plan: "machine.topology.required", reason: reasonNearness})
		near.RequiredDuringSchedulingIgnoredDuringExecution = append(near.RequiredDuringSchedulingIgnoredDuringExecution, term)
		return
	}
	// A preference can weigh no more than this.
	term.TopologyKey = topology.Preferred
	at.in("preferredDuringSchedulingIgnoredDuringExecution").item(len(near.PreferredDuringSchedulingIgnoredDuringExecution)).
		set(origin{plan: "machine.topology.preferred", reason: reasonNearness})
	near.PreferredDuringSchedulingIgnoredDuringExecution = append(near.PreferredDuringSchedulingIgnoredDuringExecution,
		corev1.WeightedPodAffinityTerm{Weight: 100, PodAffinityTerm: term})
}

// topology is the machine's demand on nearness, nil when it has none.
func (r *renderer) topology() *schema.Topology {
	if m := r.plan.Machine; m != nil && m.Topology != nil && (m.Topology.Required != "" || m.Topology.Preferred != "") {
		return m.Topology
	}
	return nil
}
