package fit

import (
	"fmt"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/klog/v2"
)

// checkTaints names every taint that keeps the pod away. The comparison operators of tolerations are off in every
// supported Kubernetes.
func (d *demand) checkTaints(s *Shape, taints []schema.Taint) {
	for _, t := range taints {
		if t.Effect == string(corev1.TaintEffectPreferNoSchedule) {
			continue
		}
		taint := corev1.Taint{Key: string(t.Key), Value: string(t.Value), Effect: corev1.TaintEffect(t.Effect)}
		if scheduling.TolerationsTolerateTaint(klog.Logger{}, d.pod.Spec.Tolerations, &taint, false) {
			continue
		}
		s.Reasons = append(s.Reasons, Reason{Kind: Taint, Offered: taint.ToString(), over: 1,
			Text: fmt.Sprintf("taint %s is not tolerated", taint.ToString())})
	}
}
