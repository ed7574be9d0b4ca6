package renderers

import (
	"fmt"
	"strings"

	"berth/internal/diag"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

func (m *merged) tolerations() {
	for i, t := range m.pod.Tolerations {
		at := diag.At("tolerations", i)
		switch {
		case t.Operator == corev1.TolerationOpExists && t.Value != "":
			m.refuse(diag.Scheduling, "operator Exists compares no value", "remove value, or write operator: Equal", at+".value", at)
		case t.Key == "" && t.Operator != corev1.TolerationOpExists:
			m.refuse(diag.Scheduling, "a toleration without a key matches every taint, and has to say operator: Exists", "write key: <key>, or operator: Exists", at)
		case t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute:
			m.refuse(diag.Scheduling, "tolerationSeconds needs effect: NoExecute, the only one that evicts a running pod", "write effect: NoExecute, or remove tolerationSeconds", at+".tolerationSeconds", at)
		}
	}
}

func (m *merged) selector() {
	for key, value := range m.pod.NodeSelector {
		at := diag.Join("nodeSelector", key)
		if len(validation.IsQualifiedName(key)) > 0 {
			m.refuse(diag.BadName, fmt.Sprintf("%s is not the key of a label", diag.Quote(key)), "write letters, digits, '-', '_' and '.', after an optional DNS prefix and '/'", at)
		}
		if len(validation.IsValidLabelValue(value)) > 0 {
			m.refuse(diag.BadName, fmt.Sprintf("%s is not the value of a label", diag.Quote(value)), "write letters, digits, '-', '_' and '.', at most 63 characters", at)
		}
	}
}

func (m *merged) spread() {
	for i, c := range m.pod.TopologySpreadConstraints {
		at := diag.At("topologySpreadConstraints", i)
		if c.MaxSkew < 1 {
			m.refuse(diag.Scheduling, "maxSkew has to be 1 or more", "write maxSkew: 1", at+".maxSkew", at)
		}
		if c.TopologyKey == "" {
			m.refuse(diag.Scheduling, "the constraint has no topologyKey", "write topologyKey: topology.kubernetes.io/zone, or another label of nodes", at)
		}
		if c.WhenUnsatisfiable != corev1.DoNotSchedule && c.WhenUnsatisfiable != corev1.ScheduleAnyway {
			m.refuse(diag.Scheduling, "whenUnsatisfiable has to be DoNotSchedule or ScheduleAnyway", "write one of the two", at+".whenUnsatisfiable", at)
		}
	}
}

// restarts: a Job's pods end, a Deployment's do not.
func (m *merged) restarts() {
	policy := m.pod.RestartPolicy
	switch {
	case m.job == nil && policy != corev1.RestartPolicyAlways && policy != "":
		m.refuse(diag.WrongValue, fmt.Sprintf("the pods of a %s cannot have restartPolicy %s", m.kind, policy), "take it out: it is Always", "restartPolicy")
	case m.job != nil && policy != corev1.RestartPolicyNever && policy != corev1.RestartPolicyOnFailure:
		m.refuse(diag.WrongValue, fmt.Sprintf("the pods of a %s cannot have restartPolicy %s", m.kind, policy), "write Never or OnFailure", "restartPolicy")
	case m.job != nil && m.job.PodFailurePolicy != nil && policy != corev1.RestartPolicyNever:
		m.refuse(diag.WrongValue, "a pod failure policy needs restartPolicy: Never", "take restartPolicy out: it is Never", "restartPolicy")
	}
}

// memory: a size is none below 0, and the kubelet knows few media.
func (m *merged) memory() {
	for i, v := range m.pod.Volumes {
		if v.EmptyDir == nil {
			continue
		}
		at := diag.At("volumes", i) + ".emptyDir"
		if size := v.EmptyDir.SizeLimit; size != nil && size.Sign() < 0 {
			m.refuse(diag.Volume, "the size limit of volume "+v.Name+" is negative", "write an amount such as 1Gi", at+".sizeLimit")
		}
		if medium := string(v.EmptyDir.Medium); medium != "" && medium != "Memory" && !strings.HasPrefix(medium, "HugePages") {
			m.refuse(diag.Volume, fmt.Sprintf("no node knows the medium %s of volume %s", diag.Quote(medium), v.Name), "write Memory, HugePages or HugePages-<size>, or leave medium out", at+".medium")
		}
	}
}

func (m *merged) runtimeClass() {
	if class := m.pod.RuntimeClassName; class != nil && len(validation.IsDNS1123Subdomain(*class)) > 0 {
		m.refuse(diag.BadName, fmt.Sprintf("%s is not the name of a RuntimeClass", diag.Quote(*class)), "write lower-case letters, digits, '-' and '.'", "runtimeClassName")
	}
}

// indexed: what counts by index needs a Job whose pods have one.
func (m *merged) indexed() {
	if m.job == nil {
		return
	}
	said := func(field, message, hint string) {
		if place := m.object.broughtAt(m.jobAt + field); place != "" {
			m.problem(diag.WrongValue, place, message, hint)
		}
	}
	isIndexed := m.job.CompletionMode != nil && *m.job.CompletionMode == batchv1.IndexedCompletion
	for field, is := range map[string]bool{"backoffLimitPerIndex": m.job.BackoffLimitPerIndex != nil, "successPolicy": m.job.SuccessPolicy != nil} {
		if is && !isIndexed {
			said(field, field+" needs pods with numbers of their own", "write completion_mode: Indexed in the run")
		}
	}
	if m.job.PodFailurePolicy == nil || m.job.BackoffLimitPerIndex != nil {
		return
	}
	for i, rule := range m.job.PodFailurePolicy.Rules {
		if rule.Action == batchv1.PodFailurePolicyActionFailIndex {
			said(diag.At("podFailurePolicy.rules", i)+".action", "FailIndex needs backoffLimitPerIndex", "write backoffLimitPerIndex beside it, or action: FailJob")
		}
	}
}
