package renderers

import (
	"maps"
	"slices"

	"berth/schema"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Annotations by which Kueue places all pods of a Job within one topology domain.
const (
	kueueRequiredTopology  = "kueue.x-k8s.io/podset-required-topology"
	kueuePreferredTopology = "kueue.x-k8s.io/podset-preferred-topology"
)

// place says on which nodes the pod may run: what the run asks for, and what its machine is.
func (r *renderer) place(pod *corev1.PodSpec) {
	pod.NodeSelector = maps.Clone(r.spec.NodeSelector)
	pod.Tolerations = r.tolerations()
	if r.spec.Affinity != nil {
		pod.Affinity = &corev1.Affinity{}
		r.inKubernetesForm("spec.affinity", r.spec.Affinity, pod.Affinity)
	}
	requireNodes(pod, append(selectMachine(pod, r.plan.Machine), spotRequirements(r.plan.Machine)...))
	r.gather(pod)
}

// selectMachine adds the machine's labels with one value to the node selector, and returns those with several, which a
// selector cannot say. A run that selects on the same label has a word of its own: both then have to hold.
func selectMachine(pod *corev1.PodSpec, m *schema.Machine) []corev1.NodeSelectorRequirement {
	var several []corev1.NodeSelectorRequirement
	if m == nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(m.NodeLabels)) {
		values := m.NodeLabels[key]
		chosen, taken := pod.NodeSelector[key]
		switch {
		case len(values) != 1 || taken && chosen != values[0]:
			several = append(several, corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values})
		case !taken:
			if pod.NodeSelector == nil {
				pod.NodeSelector = map[string]string{}
			}
			pod.NodeSelector[key] = values[0]
		}
	}
	return several
}

// spotRequirements are the requirements on the labels by which the cloud marks spot machines. NotIn also takes nodes
// that lack the label, which is how most clouds mark the others.
func spotRequirements(m *schema.Machine) []corev1.NodeSelectorRequirement {
	if m == nil || m.SpotNodes == nil || m.Spot != schema.SpotConstrain && m.Spot != schema.SpotPrevent {
		return nil
	}
	operator := corev1.NodeSelectorOpIn
	if m.Spot == schema.SpotPrevent {
		operator = corev1.NodeSelectorOpNotIn
	}
	var requirements []corev1.NodeSelectorRequirement
	for _, key := range slices.Sorted(maps.Keys(m.SpotNodes.Labels)) {
		requirements = append(requirements, corev1.NodeSelectorRequirement{
			Key: key, Operator: operator, Values: []string{m.SpotNodes.Labels[key]},
		})
	}
	return requirements
}

// requireNodes adds requirements to the pod's node affinity: to every term, since one term is enough for a node.
func requireNodes(pod *corev1.PodSpec, requirements []corev1.NodeSelectorRequirement) {
	if len(requirements) == 0 {
		return
	}
	affinity := affinityOf(pod)
	if affinity.NodeAffinity == nil {
		affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	required := affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if required == nil || len(required.NodeSelectorTerms) == 0 {
		required = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: requirements}}}
		affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = required
		return
	}
	for i := range required.NodeSelectorTerms {
		term := &required.NodeSelectorTerms[i]
		if len(term.MatchExpressions)+len(term.MatchFields) > 0 { // an empty term matches no node, and shall not begin to
			term.MatchExpressions = append(term.MatchExpressions, requirements...)
		}
	}
}

func affinityOf(pod *corev1.PodSpec) *corev1.Affinity {
	if pod.Affinity == nil {
		pod.Affinity = &corev1.Affinity{}
	}
	return pod.Affinity
}

// tolerations are the run's, and those of spot machines where the pod may run there, each once.
func (r *renderer) tolerations() []corev1.Toleration {
	wanted := r.spec.Tolerations
	if m := r.plan.Machine; m != nil && m.SpotNodes != nil && (m.Spot == schema.SpotAllow || m.Spot == schema.SpotConstrain) {
		wanted = slices.Concat(wanted, m.SpotNodes.Tolerations)
	}
	var out []corev1.Toleration
	for _, t := range wanted {
		toleration := corev1.Toleration{
			Key: t.Key, Operator: corev1.TolerationOperator(t.Operator), Value: t.Value,
			Effect: corev1.TaintEffect(t.Effect), TolerationSeconds: t.TolerationSeconds,
		}
		if !slices.ContainsFunc(out, func(o corev1.Toleration) bool { return o.MatchToleration(&toleration) }) {
			out = append(out, toleration)
		}
	}
	return out
}

// isQueued reports whether Kueue decides when and where the pods run.
func (r *renderer) isQueued() bool { return r.plan.Target.Queue != "" && !isDeployed(r.plan) }

// topologyAnnotations say to Kueue how near the pods have to be.
func (r *renderer) topologyAnnotations() map[string]string {
	topology := r.topology()
	if topology == nil || !r.isQueued() {
		return nil
	}
	if topology.Required != "" {
		return map[string]string{kueueRequiredTopology: topology.Required}
	}
	return map[string]string{kueuePreferredTopology: topology.Preferred}
}

// gather says to the scheduler how near the pods have to be, where there is no Kueue to see to it: near the pods of the
// same Job, or of the same revision of the Deployment, so that neither waits for room beside an older one.
func (r *renderer) gather(pod *corev1.PodSpec) {
	topology := r.topology()
	if topology == nil || r.isQueued() {
		return
	}
	term := corev1.PodAffinityTerm{
		LabelSelector:  &metav1.LabelSelector{MatchLabels: r.selector()},
		MatchLabelKeys: []string{batchv1.JobNameLabel},
	}
	if isDeployed(r.plan) {
		term.MatchLabelKeys = []string{appsv1.DefaultDeploymentUniqueLabelKey}
	}
	affinity := affinityOf(pod)
	if affinity.PodAffinity == nil {
		affinity.PodAffinity = &corev1.PodAffinity{}
	}
	near := affinity.PodAffinity
	if term.TopologyKey = topology.Required; term.TopologyKey != "" {
		near.RequiredDuringSchedulingIgnoredDuringExecution = append(near.RequiredDuringSchedulingIgnoredDuringExecution, term)
		return
	}
	term.TopologyKey = topology.Preferred
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
