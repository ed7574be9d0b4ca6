package rules

import (
	"fmt"
	"strconv"
	"strings"

	"berth/internal/diag"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// progressDeadline is Kubernetes' own, in seconds.
const progressDeadline = 600

// deploymentNumbers: a rollout has to be given more time than one pod has to be ready for before it counts. A deadline
// that is left out is Kubernetes' own.
func (j *judge) deploymentNumbers(s *appsv1.DeploymentSpec, at *place) {
	notNegative(j, diag.OutOfRange, s.Replicas, at.in("replicas"))
	notNegative(j, diag.OutOfRange, &s.MinReadySeconds, at.in("minReadySeconds"))
	notNegative(j, diag.OutOfRange, s.RevisionHistoryLimit, at.in("revisionHistoryLimit"))
	notNegative(j, diag.OutOfRange, s.ProgressDeadlineSeconds, at.in("progressDeadlineSeconds"))
	deadline := int32(progressDeadline)
	if s.ProgressDeadlineSeconds != nil {
		deadline = *s.ProgressDeadlineSeconds
	}
	if deadline >= 0 && deadline <= s.MinReadySeconds {
		j.refuse(diag.OutOfRange, at.in("progressDeadlineSeconds"), fmt.Sprintf("progressDeadlineSeconds %d is not above minReadySeconds %d", deadline, s.MinReadySeconds),
			"write progressDeadlineSeconds above minReadySeconds", at.in("minReadySeconds"))
	}
}

// strategy: rollingUpdate stands beside its own type alone, and lets pods be replaced. Its figures are pods or
// percentages (ValidateDeploymentStrategy).
func (j *judge) strategy(s *appsv1.DeploymentSpec, at *place) {
	at = at.in("strategy")
	oneOf(j, diag.WrongValue, s.Strategy.Type, at.in("type"), appsv1.RollingUpdateDeploymentStrategyType, appsv1.RecreateDeploymentStrategyType)
	r, here := s.Strategy.RollingUpdate, at.in("rollingUpdate")
	switch {
	case r == nil:
		return
	case s.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
		j.refuse(diag.WrongValue, here, "rollingUpdate belongs to strategy RollingUpdate, and the type is Recreate", "take rollingUpdate out, or write type: RollingUpdate", at.in("type"))
		return
	}
	surge, fine := j.share(r.MaxSurge, here.in("maxSurge"))
	unavailable, also := j.share(r.MaxUnavailable, here.in("maxUnavailable"))
	if !fine || !also {
		return
	}
	if surge == 0 && unavailable == 0 {
		j.refuse(diag.WrongValue, here.in("maxUnavailable"), "with maxSurge 0 and maxUnavailable 0 no pod could ever be replaced", "write 1 for one of the two", here.in("maxSurge"))
	}
	j.notAll(r.MaxUnavailable, here.in("maxUnavailable"))
}

// part is share of pods of which there cannot be more than all.
func (j *judge) part(n *intstr.IntOrString, at *place) {
	if _, ok := j.share(n, at); ok {
		j.notAll(n, at)
	}
}

// notAll refuses percentages above 100, which is a rule for maxUnavailable alone: a surge may double the pods.
func (j *judge) notAll(n *intstr.IntOrString, at *place) {
	if n == nil || n.Type != intstr.String {
		return
	}
	if percent, err := strconv.Atoi(strings.TrimSuffix(n.StrVal, "%")); err == nil && percent > 100 {
		j.refuse(diag.WrongValue, at, fmt.Sprintf("%s %s is above 100%%", at.name(), n.StrVal), "write 100% or less")
	}
}

// share is a number of pods, or their part in percent; it has to be neither negative nor anything else.
func (j *judge) share(n *intstr.IntOrString, at *place) (int, bool) {
	switch {
	case n == nil:
		return 25, true // percent, Kubernetes' own
	case n.Type == intstr.Int && n.IntVal < 0:
		j.refuse(diag.WrongValue, at, fmt.Sprintf("%s is negative: %d", at.name(), n.IntVal), "write 0 or more")
		return 0, false
	case n.Type == intstr.Int:
		return int(n.IntVal), true
	}
	percent, err := strconv.Atoi(strings.TrimSuffix(n.StrVal, "%"))
	if len(validation.IsValidPercent(n.StrVal)) > 0 || err != nil {
		j.refuse(diag.WrongValue, at, fmt.Sprintf("%s %s is neither a number nor a percentage", at.name(), diag.Quote(n.StrVal)), "write a number such as 1, or a percentage such as 25%")
		return 0, false
	}
	return percent, true
}

// selector: a Deployment takes no pods but those that match its selector, and an empty one would take all of the
// namespace.
func (j *judge) selector(s *appsv1.DeploymentSpec, at *place) {
	here := at.in("selector")
	if s.Selector == nil || len(s.Selector.MatchLabels)+len(s.Selector.MatchExpressions) == 0 {
		j.absent(diag.MissingField, here, "the selector is empty", "write matchLabels with the labels of the pods")
		return
	}
	j.labelSelector(s.Selector, here)
	selector, err := metav1.LabelSelectorAsSelector(s.Selector)
	if err == nil && !selector.Matches(labels.Set(s.Template.Labels)) {
		j.absent(diag.WrongValue, at.in("template").in("metadata").in("labels"), "the pods' labels do not match the selector", "give the pods the labels of the selector", here)
	}
}

// deploymentPods: a Deployment's pods do not end.
func (j *judge) deploymentPods(s *appsv1.DeploymentSpec, at *place) {
	pod, here := &s.Template.Spec, at.in("template").in("spec")
	if policy := pod.RestartPolicy; policy != corev1.RestartPolicyAlways && policy != "" {
		j.refuse(diag.WrongValue, here.in("restartPolicy"), fmt.Sprintf("the pods of a Deployment cannot have restartPolicy %s", policy), "take it out: it is Always")
	}
	if pod.ActiveDeadlineSeconds != nil {
		j.excess(diag.WrongValue, here.in("activeDeadlineSeconds"), "belongs to pods that end")
	}
}
