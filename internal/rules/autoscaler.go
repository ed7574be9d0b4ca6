package rules

import (
	"fmt"

	"berth/internal/diag"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// scaleToZero is the Kubernetes minor version since which an autoscaler may take the last pod away (HPAScaleToZero).
const scaleToZero = 37

// autoscaler judges a HorizontalPodAutoscaler. Down to no pod it goes since a certain Kubernetes, and by a metric that
// is not of the pods: without pods there is nothing to measure.
func (j *judge) autoscaler(h *autoscalingv2.HorizontalPodAutoscaler, at *place) {
	s := &h.Spec
	// What Kubernetes takes when nothing is said (SetDefaults_HorizontalPodAutoscaler).
	low := int32(1)
	if s.MinReplicas != nil {
		low = *s.MinReplicas
	}
	least := int32(1)
	if j.minor >= scaleToZero {
		least = 0
	}
	if low < least {
		j.refuse(diag.OutOfRange, at.in("minReplicas"), fmt.Sprintf("minReplicas %d is below %d", low, least), fmt.Sprintf("write %d or more", least))
	}
	switch {
	case s.MaxReplicas < 1:
		j.refuse(diag.OutOfRange, at.in("maxReplicas"), fmt.Sprintf("maxReplicas is %d, and has to be 1 or more", s.MaxReplicas), "write maxReplicas: <number>", at)
	case s.MaxReplicas < low:
		j.refuse(diag.OutOfRange, at.in("maxReplicas"), fmt.Sprintf("maxReplicas %d is below minReplicas %d", s.MaxReplicas, low), fmt.Sprintf("write %d or more", low), at.in("minReplicas"))
	}
	j.scaleReference(&s.ScaleTargetRef, at.in("scaleTargetRef"), true)
	// Metrics of another object, or from outside, are there without a pod as well.
	external := false
	for i := range s.Metrics {
		j.metric(&s.Metrics[i], at.in("metrics").item(i))
		external = external || s.Metrics[i].Type == autoscalingv2.ObjectMetricSourceType || s.Metrics[i].Type == autoscalingv2.ExternalMetricSourceType
	}
	if s.MinReplicas != nil && low == 0 && !external {
		j.absent(diag.WrongValue, at.in("metrics"), "no pod has a metric while there are none: minReplicas 0 needs one of type Object or External", "add such a metric, or write minReplicas: 1", at.in("minReplicas"))
	}
	if b := s.Behavior; b != nil {
		j.scalingRules(b.ScaleUp, at.in("behavior").in("scaleUp"))
		j.scalingRules(b.ScaleDown, at.in("behavior").in("scaleDown"))
	}
}

// segment judges a name that becomes part of a path.
func (j *judge) segment(text string, at *place) {
	if text == "" {
		j.missing(diag.MissingField, at.above, at.key, "write "+at.key+": <"+at.key+">")
	} else if len(content.IsPathSegmentName(text)) > 0 {
		j.refuse(diag.BadName, at, fmt.Sprintf("%s is not the %s of an object", diag.Quote(text), at.key), "write it without '/' and '%'")
	}
}

// scaleReference judges the object that is scaled or measured. grouped says that its apiVersion has to have a group, as
// that of a Deployment has.
func (j *judge) scaleReference(r *autoscalingv2.CrossVersionObjectReference, at *place, grouped bool) {
	j.segment(r.Kind, at.in("kind"))
	j.segment(r.Name, at.in("name"))
	group, err := schema.ParseGroupVersion(r.APIVersion)
	if err != nil || grouped && group.Group == "" {
		j.refuse(diag.WrongValue, at.in("apiVersion"), fmt.Sprintf("%s is not the apiVersion of what can be scaled", diag.Quote(r.APIVersion)), "write apiVersion: apps/v1 for a Deployment", at)
	}
}

// metric: what is measured stands in the field of its type, and there is no other. A type that Kubernetes does not know
// is not held against the field.
func (j *judge) metric(m *autoscalingv2.MetricSpec, at *place) {
	oneOfPtr(j, diag.WrongValue, &m.Type, at.in("type"), autoscalingv2.ObjectMetricSourceType, autoscalingv2.PodsMetricSourceType,
		autoscalingv2.ResourceMetricSourceType, autoscalingv2.ContainerResourceMetricSourceType, autoscalingv2.ExternalMetricSourceType)
	key, ok := j.one(diag.WrongValue, []source{
		{"object", m.Object != nil}, {"pods", m.Pods != nil}, {"resource", m.Resource != nil}, {"containerResource", m.ContainerResource != nil},
		{"external", m.External != nil},
	}, at)
	if !ok {
		return
	}
	if want := metricFields[m.Type]; want != "" && want != key {
		j.refuse(diag.WrongValue, at.in(key), fmt.Sprintf("a metric of type %s says what it is under %s, not %s", m.Type, want, key), "write "+want+", or another type", at.in("type"))
		return
	}
	j.metricSource(m, at.in(key))
}

// metricFields are the fields by the type that says so.
var metricFields = map[autoscalingv2.MetricSourceType]string{
	autoscalingv2.ObjectMetricSourceType: "object", autoscalingv2.PodsMetricSourceType: "pods", autoscalingv2.ResourceMetricSourceType: "resource",
	autoscalingv2.ContainerResourceMetricSourceType: "containerResource", autoscalingv2.ExternalMetricSourceType: "external",
}

// The values that a metric can be held to.
type targets struct{ value, average, utilization bool }

// metricSource judges one metric and its target, of which each source knows other kinds: a value, an average over the
// pods, or a percentage of what they request.
func (j *judge) metricSource(m *autoscalingv2.MetricSpec, at *place) {
	switch {
	case m.Object != nil:
		j.scaleReference(&m.Object.DescribedObject, at.in("describedObject"), false)
		j.identifier(&m.Object.Metric, at.in("metric"))
		j.target(&m.Object.Target, targets{value: true, average: true}, false, at.in("target"))
	case m.Pods != nil:
		j.identifier(&m.Pods.Metric, at.in("metric"))
		j.target(&m.Pods.Target, targets{average: true}, false, at.in("target"))
	// The sum over all containers of the pod.
	case m.Resource != nil:
		j.needs(diag.WrongValue, at, need{"name", string(m.Resource.Name)})
		j.target(&m.Resource.Target, targets{average: true, utilization: true}, true, at.in("target"))
	case m.ContainerResource != nil:
		j.needs(diag.WrongValue, at, need{"name", string(m.ContainerResource.Name)}, need{"container", m.ContainerResource.Container})
		j.optional(&dnsLabel, m.ContainerResource.Container, at.in("container"))
		if n := corev1.ResourceName(m.ContainerResource.Name); n != "" && !overcommittable(n) && !isHugePages(n) && !isExtended(n) {
			j.refuse(diag.Resources, at.in("name"), fmt.Sprintf("%s is not the name of a resource", diag.Quote(string(n))), "write cpu or memory")
		}
		j.target(&m.ContainerResource.Target, targets{average: true, utilization: true}, true, at.in("target"))
	case m.External != nil:
		j.identifier(&m.External.Metric, at.in("metric"))
		j.target(&m.External.Target, targets{value: true, average: true}, true, at.in("target"))
	}
}

// identifier judges the name of a metric, which becomes part of a path of the metrics API, and the labels that narrow
// it down.
func (j *judge) identifier(m *autoscalingv2.MetricIdentifier, at *place) {
	j.segment(m.Name, at.in("name"))
	j.labelSelector(m.Selector, at.in("selector"))
}

// target: a metric is held to one of the values that its type knows; alone says that two are none.
func (j *judge) target(t *autoscalingv2.MetricTarget, known targets, alone bool, at *place) {
	oneOfPtr(j, diag.WrongValue, &t.Type, at.in("type"), autoscalingv2.UtilizationMetricType, autoscalingv2.ValueMetricType, autoscalingv2.AverageValueMetricType)
	if t.Value != nil && t.Value.Sign() < 1 {
		j.refuse(diag.OutOfRange, at.in("value"), "value has to be above 0", "write a positive quantity")
	}
	if t.AverageValue != nil && t.AverageValue.Sign() < 1 {
		j.refuse(diag.OutOfRange, at.in("averageValue"), "averageValue has to be above 0", "write a positive quantity")
	}
	if t.AverageUtilization != nil && *t.AverageUtilization < 1 {
		j.refuse(diag.OutOfRange, at.in("averageUtilization"), "averageUtilization has to be above 0", "write a percentage such as 80")
	}
	// have is what the target says among can, what its source may be held to; values of other kinds are left alone, as
	// the server does.
	var have, can []string
	for _, f := range []struct {
		key       string
		known, is bool
	}{
		{"value", known.value, t.Value != nil}, {"averageValue", known.average, t.AverageValue != nil},
		{"averageUtilization", known.utilization, t.AverageUtilization != nil},
	} {
		if f.known {
			can = append(can, f.key)
		}
		if f.known && f.is {
			have = append(have, f.key)
		}
	}
	switch {
	case len(have) == 0:
		j.absent(diag.WrongValue, at.in(can[len(can)-1]), "the target of the metric is missing", "write "+diag.OneOf(can), at)
	case len(have) > 1 && alone:
		j.refuse(diag.WrongValue, at.in(have[1]), fmt.Sprintf("target has both %s and %s, and only one is possible", have[0], have[1]), "keep one of the two", at.in(have[0]))
	}
}

// Limits of how an autoscaler moves, in seconds.
const (
	maxWindow = 3600
	maxPeriod = 1800
)

// scalingRules judges how fast an autoscaler moves in one direction; nil is Kubernetes' own pace.
func (j *judge) scalingRules(r *autoscalingv2.HPAScalingRules, at *place) {
	if r == nil {
		return
	}
	if w := r.StabilizationWindowSeconds; w != nil {
		within(j, diag.OutOfRange, *w, 0, maxWindow, at.in("stabilizationWindowSeconds"))
	}
	oneOfPtr(j, diag.WrongValue, r.SelectPolicy, at.in("selectPolicy"), autoscalingv2.MaxChangePolicySelect, autoscalingv2.MinChangePolicySelect, autoscalingv2.DisabledPolicySelect)
	for i := range r.Policies {
		p, here := &r.Policies[i], at.in("policies").item(i)
		oneOfPtr(j, diag.WrongValue, &p.Type, here.in("type"), autoscalingv2.PodsScalingPolicy, autoscalingv2.PercentScalingPolicy)
		if p.Value < 1 {
			j.refuse(diag.OutOfRange, here.in("value"), fmt.Sprintf("value is %d, and has to be 1 or more", p.Value), "write 1 or more", here)
		}
		within(j, diag.OutOfRange, p.PeriodSeconds, 1, maxPeriod, here.in("periodSeconds"))
	}
	if t := r.Tolerance; t != nil && t.Sign() < 0 {
		j.refuse(diag.OutOfRange, at.in("tolerance"), "tolerance is negative", "write 0 or more")
	}
}

// budget judges how many pods a drain may take away at a time. A number says how many stay or go, never both.
func (j *judge) budget(b *policyv1.PodDisruptionBudget, at *place) {
	s := &b.Spec
	if s.MinAvailable != nil && s.MaxUnavailable != nil {
		j.refuse(diag.WrongValue, at.in("maxUnavailable"), "a budget has minAvailable or maxUnavailable, and only one is possible", "keep one of the two", at.in("minAvailable"))
	}
	j.part(s.MinAvailable, at.in("minAvailable"))
	j.part(s.MaxUnavailable, at.in("maxUnavailable"))
	j.labelSelector(s.Selector, at.in("selector"))
	oneOfPtr(j, diag.WrongValue, s.UnhealthyPodEvictionPolicy, at.in("unhealthyPodEvictionPolicy"), policyv1.IfHealthyBudget, policyv1.AlwaysAllow)
}
