package rules

import (
	"fmt"
	"slices"
	"strconv"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// tolerations judges which taints of nodes a pod tolerates (ValidateTolerations).
func (j *judge) tolerations(p *pod) {
	list := p.at.in("tolerations")
	for i := range p.Tolerations {
		t, at := &p.Tolerations[i], list.item(i)
		j.optional(&labelKey, t.Key, at.in("key"))
		oneOf(j, diag.Scheduling, t.Operator, at.in("operator"), corev1.TolerationOpEqual, corev1.TolerationOpExists, corev1.TolerationOpLt, corev1.TolerationOpGt)
		oneOf(j, diag.Scheduling, t.Effect, at.in("effect"), corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute)
		j.toleration(t, at)
		if t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute {
			j.absent(diag.Scheduling, at.in("tolerationSeconds"), "tolerationSeconds needs effect: NoExecute, the only one that evicts a running pod",
				"write effect: NoExecute, or remove tolerationSeconds", at)
		}
	}
}

// toleration judges key, operator and value together; no operator is Equal. Lt and Gt compare numbers, in the one form
// in which a number is written back as it was read.
func (j *judge) toleration(t *corev1.Toleration, at *place) {
	switch {
	case t.Operator == corev1.TolerationOpExists && t.Value != "":
		j.refuse(diag.Scheduling, at.in("value"), "operator Exists compares no value", "remove value, or write operator: Equal", at)
	case t.Key == "" && t.Operator != corev1.TolerationOpExists:
		j.absent(diag.Scheduling, at, "a toleration without a key matches every taint, and has to say operator: Exists", "write key: <key>, or operator: Exists", at)
	case t.Operator == corev1.TolerationOpLt || t.Operator == corev1.TolerationOpGt:
		if n, err := strconv.ParseInt(t.Value, 10, 64); err != nil || strconv.FormatInt(n, 10) != t.Value {
			j.refuse(diag.Scheduling, at.in("value"), fmt.Sprintf("operator %s compares with a whole number, and %s is none", t.Operator, diag.Quote(t.Value)), "write a whole number", at)
		}
	default:
		j.named(&labelValue, t.Value, at.in("value"))
	}
}

// oldNodeLabels are labels of nodes that the server warns of, with those that took their place.
var oldNodeLabels = map[string]string{
	"beta.kubernetes.io/arch":                       "kubernetes.io/arch",
	"beta.kubernetes.io/os":                         "kubernetes.io/os",
	"failure-domain.beta.kubernetes.io/region":      "topology.kubernetes.io/region",
	"failure-domain.beta.kubernetes.io/zone":        "topology.kubernetes.io/zone",
	"beta.kubernetes.io/instance-type":              "node.kubernetes.io/instance-type",
	"app.kubernetes.io/created-by":                  "",
	"scheduler.alpha.kubernetes.io/preferAvoidPods": "",
	"node-role.kubernetes.io/master":                "node-role.kubernetes.io/control-plane",
}

// nodeLabel refuses labels that nodes had in older versions: the pod would wait for a node that never comes. The hint
// names the label of today where there is one.
func (j *judge) nodeLabel(key string, at *place) {
	label, old := oldNodeLabels[key]
	if !old {
		return
	}
	hint := "take it out"
	if label != "" {
		hint = "write " + label
	}
	p := j.refuse(diag.Scheduling, at, "nodes no longer have the label "+key, hint)
	p.AtKey = true
}

// nodeSelector judges labels that a node has to have, all of them.
func (j *judge) nodeSelector(p *pod) {
	at := p.at.in("nodeSelector")
	j.labelMap(p.NodeSelector, at)
	for key := range p.NodeSelector {
		j.nodeLabel(key, at.in(key))
	}
}

// The names of the fields under which node affinity, pod affinity and pod anti-affinity have what must hold and
// what is only preferred.
const (
	requiredTerms  = "requiredDuringSchedulingIgnoredDuringExecution"
	preferredTerms = "preferredDuringSchedulingIgnoredDuringExecution"
)

// nodeAffinity: required terms need one at least, since no node satisfies none; a preference has a weight from 1 to
// 100.
func (j *judge) nodeAffinity(p *pod) {
	if p.Affinity == nil || p.Affinity.NodeAffinity == nil {
		return
	}
	a, at := p.Affinity.NodeAffinity, p.at.in("affinity").in("nodeAffinity")
	if r := a.RequiredDuringSchedulingIgnoredDuringExecution; r != nil {
		terms := at.in(requiredTerms).in("nodeSelectorTerms")
		if len(r.NodeSelectorTerms) == 0 {
			j.absent(diag.Scheduling, terms, "nodeSelectorTerms is empty, and a node has to satisfy one of them", "write a term, or remove it", at.in(requiredTerms))
		}
		for i := range r.NodeSelectorTerms {
			j.nodeTerm(&r.NodeSelectorTerms[i], terms.item(i))
		}
	}
	for i := range a.PreferredDuringSchedulingIgnoredDuringExecution {
		t, here := &a.PreferredDuringSchedulingIgnoredDuringExecution[i], at.in(preferredTerms).item(i)
		within(j, diag.Scheduling, t.Weight, 1, 100, here.in("weight"))
		j.nodeTerm(&t.Preference, here.in("preference"))
	}
}

// nodeTerm judges one term, all parts of which have to hold. The only field of a node that can be compared is its name,
// with one value (ValidateNodeSelectorTerm).
func (j *judge) nodeTerm(t *corev1.NodeSelectorTerm, at *place) {
	for i := range t.MatchExpressions {
		r, here := &t.MatchExpressions[i], at.in("matchExpressions").item(i)
		j.named(&labelKey, r.Key, here.in("key"))
		j.nodeLabel(r.Key, here.in("key"))
		j.operands(string(r.Operator), r.Values, here, "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
		j.comparison(r, here)
	}
	// Fields of the node's object: there is one, metadata.name.
	for i := range t.MatchFields {
		r, here := &t.MatchFields[i], at.in("matchFields").item(i)
		oneOf(j, diag.Scheduling, r.Key, here.in("key"), metav1.ObjectNameField)
		if r.Key == "" {
			j.missing(diag.Scheduling, here, "key", "write key: metadata.name")
		}
		oneOf(j, diag.Scheduling, r.Operator, here.in("operator"), corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn)
		if r.Operator == "" {
			j.missing(diag.Scheduling, here, "operator", "write In or NotIn")
		}
		if len(r.Values) != 1 {
			j.refuse(diag.Scheduling, here.in("values"), "a field of a node is compared with one value", "write one value", here)
		}
		for k, value := range r.Values {
			j.named(&dnsName, value, here.in("values").item(k))
		}
	}
}

// comparison: Gt and Lt compare with a whole number. One below 0 is no value of a label.
func (j *judge) comparison(r *corev1.NodeSelectorRequirement, at *place) {
	if r.Operator != corev1.NodeSelectorOpGt && r.Operator != corev1.NodeSelectorOpLt || len(r.Values) != 1 {
		return
	}
	here := at.in("values").item(0)
	if n, err := strconv.ParseInt(r.Values[0], 10, 64); err != nil {
		j.refuse(diag.Scheduling, here, fmt.Sprintf("operator %s compares with a whole number, and %s is none", r.Operator, diag.Quote(r.Values[0])), "write a whole number as a string, such as \"4\"", at)
	} else if n < 0 {
		j.refuse(diag.Scheduling, here, fmt.Sprintf("operator %s compares with labels, which hold no number below 0", r.Operator), "write 0 or more")
	} else {
		j.named(&labelValue, r.Values[0], here)
	}
}

// podAffinity judges which other pods a pod wants near it, and which it wants away.
func (j *judge) podAffinity(p *pod) {
	if p.Affinity == nil {
		return
	}
	at := p.at.in("affinity")
	if a := p.Affinity.PodAffinity; a != nil {
		j.podTerms(a.RequiredDuringSchedulingIgnoredDuringExecution, a.PreferredDuringSchedulingIgnoredDuringExecution, at.in("podAffinity"))
	}
	if a := p.Affinity.PodAntiAffinity; a != nil {
		j.podTerms(a.RequiredDuringSchedulingIgnoredDuringExecution, a.PreferredDuringSchedulingIgnoredDuringExecution, at.in("podAntiAffinity"))
	}
}

// podTerms judges what must hold and what is preferred; affinity and anti-affinity have the same two lists.
func (j *judge) podTerms(required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm, at *place) {
	for i := range required {
		j.podTerm(&required[i], at.in(requiredTerms).item(i))
	}
	for i := range preferred {
		here := at.in(preferredTerms).item(i)
		within(j, diag.Scheduling, preferred[i].Weight, 1, 100, here.in("weight"))
		j.podTerm(&preferred[i].PodAffinityTerm, here.in("podAffinityTerm"))
	}
}

// podTerm judges one term. Without a topologyKey near means nothing. A selector that is missing matches no pod, an
// empty one every pod: the first is seldom meant, and so it is refused here.
func (j *judge) podTerm(t *corev1.PodAffinityTerm, at *place) {
	if t.TopologyKey == "" {
		j.missing(diag.Scheduling, at, "topologyKey", "write topologyKey: kubernetes.io/hostname, or another label of nodes")
	} else {
		j.named(&labelKey, t.TopologyKey, at.in("topologyKey"))
	}
	if t.LabelSelector == nil {
		j.absent(diag.Scheduling, at, "this term has no labelSelector, and Kubernetes matches no pod with it", "write labelSelector: {matchLabels: {…}}; {} is for every pod")
	}
	j.labelSelector(t.LabelSelector, at.in("labelSelector"))
	j.labelSelector(t.NamespaceSelector, at.in("namespaceSelector"))
	for i, name := range t.Namespaces {
		j.named(&dnsLabel, name, at.in("namespaces").item(i))
	}
	for i, key := range t.MismatchLabelKeys {
		if slices.Contains(t.MatchLabelKeys, key) {
			j.refuse(diag.Scheduling, at.in("mismatchLabelKeys").item(i), fmt.Sprintf("label %s cannot both match and mismatch", key), "remove it from one of the two lists", at.in("matchLabelKeys"))
		}
	}
	// A key of the pod's own label is merged into the selector when the pod is created, and may not be there already.
	j.labelKeys(t.MatchLabelKeys, t.LabelSelector, at.in("matchLabelKeys"))
	j.labelKeys(t.MismatchLabelKeys, t.LabelSelector, at.in("mismatchLabelKeys"))
}

// labelKeys: what is taken from the pod itself is named once, and not in the selector as well.
func (j *judge) labelKeys(keys []string, selector *metav1.LabelSelector, at *place) {
	if len(keys) > 0 && selector == nil {
		j.absent(diag.Scheduling, at, at.name()+" needs a labelSelector beside it", "write labelSelector")
		return
	}
	for i, key := range keys {
		j.named(&labelKey, key, at.item(i))
		_, label := selector.MatchLabels[key]
		if label || slices.ContainsFunc(selector.MatchExpressions, func(r metav1.LabelSelectorRequirement) bool { return r.Key == key }) {
			j.refuse(diag.Scheduling, at.item(i), fmt.Sprintf("label %s is in the labelSelector as well", key), "keep one of the two")
		}
	}
	for i, first := range alike(keys, func(k *string) string { return *k }) {
		j.twice("label "+keys[i], at.item(first), at.item(i))
	}
}

// spread judges how evenly pods are spread over zones or nodes. Two constraints on one label with one answer would
// contradict one another.
func (j *judge) spread(p *pod) {
	list := p.at.in("topologySpreadConstraints")
	for i := range p.TopologySpreadConstraints {
		c, at := &p.TopologySpreadConstraints[i], list.item(i)
		if c.MaxSkew < 1 {
			j.absent(diag.Scheduling, at.in("maxSkew"), "maxSkew has to be 1 or more", "write maxSkew: 1", at)
		}
		if c.TopologyKey == "" {
			j.absent(diag.Scheduling, at.in("topologyKey"), "the constraint has no topologyKey", "write topologyKey: topology.kubernetes.io/zone, or another label of nodes", at)
		}
		j.nodeLabel(c.TopologyKey, at.in("topologyKey"))
		// It has no default: the empty word is as wrong as an unknown one.
		if c.WhenUnsatisfiable != corev1.DoNotSchedule && c.WhenUnsatisfiable != corev1.ScheduleAnyway {
			j.absent(diag.Scheduling, at.in("whenUnsatisfiable"), "whenUnsatisfiable has to be DoNotSchedule or ScheduleAnyway", "write one of the two", at)
		}
		oneOfPtr(j, diag.Scheduling, c.NodeAffinityPolicy, at.in("nodeAffinityPolicy"), corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore)
		oneOfPtr(j, diag.Scheduling, c.NodeTaintsPolicy, at.in("nodeTaintsPolicy"), corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore)
		j.minDomains(c, at)
		if c.LabelSelector == nil {
			j.absent(diag.Scheduling, at, "the constraint has no labelSelector, and Kubernetes counts no pod with it", "write labelSelector: {matchLabels: {…}}")
		}
		j.labelSelector(c.LabelSelector, at.in("labelSelector"))
		j.labelKeys(c.MatchLabelKeys, c.LabelSelector, at.in("matchLabelKeys"))
	}
	// Several constraints on one label are right where their answers are different ones.
	type key struct {
		topology string
		when     corev1.UnsatisfiableConstraintAction
	}
	for i, first := range alike(p.TopologySpreadConstraints, func(c *corev1.TopologySpreadConstraint) key { return key{c.TopologyKey, c.WhenUnsatisfiable} }) {
		c := &p.TopologySpreadConstraints[i]
		j.twice(fmt.Sprintf("constraint on %s with %s", diag.Quote(c.TopologyKey), c.WhenUnsatisfiable), list.item(first), list.item(i))
	}
}

// minDomains: how many domains there have to be counts only where a pod may be left waiting.
func (j *judge) minDomains(c *corev1.TopologySpreadConstraint, at *place) {
	switch here := at.in("minDomains"); {
	case c.MinDomains == nil:
	case *c.MinDomains < 1:
		j.refuse(diag.Scheduling, here, "minDomains has to be 1 or more", "write minDomains: 1")
	case c.WhenUnsatisfiable != corev1.DoNotSchedule:
		j.absent(diag.Scheduling, here, "minDomains needs whenUnsatisfiable: DoNotSchedule", "take minDomains out", at.in("whenUnsatisfiable"))
	}
}
