package rules

import (
	"fmt"
	"math"
	"strconv"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// The rules of LeaderWorkerSet (sigs.k8s.io/lws, pkg/webhooks and the CRD).

// maxStatefulSet is the length of a StatefulSet's name: its pods have a label of the name and a hash of ten characters
// behind a dash, and a label's value has 63.
const maxStatefulSet = 52

// groupSetName: the set is the name of a Service, and each group has a StatefulSet of its name and number.
func (j *judge) groupSetName(set *lws.LeaderWorkerSet, at *place) {
	here := at.above.in("metadata").in("name")
	j.optional(&oldServiceName, set.Name, here)
	groups := int32(1)
	if set.Spec.Replicas != nil {
		groups = max(1, *set.Spec.Replicas)
	}
	if longest := set.Name + "-" + strconv.Itoa(int(groups)-1); len(longest) > maxStatefulSet {
		j.refuse(diag.NamesTooLong, here, fmt.Sprintf("the last group would be called %s, and a group's name has %d characters", diag.Quote(longest), maxStatefulSet),
			fmt.Sprintf("make the name %s shorter", diag.Count(len(longest)-maxStatefulSet, "character", "characters")), at.in("replicas"))
	}
}

// groupSetNumbers: groups times pods of a group have to fit into 32 bits, as the set's webhook has it.
func (j *judge) groupSetNumbers(set *lws.LeaderWorkerSet, at *place) {
	replicas, size := set.Spec.Replicas, set.Spec.LeaderWorkerTemplate.Size
	here := at.in("leaderWorkerTemplate").in("size")
	notNegative(j, diag.OutOfRange, replicas, at.in("replicas"))
	if size != nil && *size < 1 {
		j.refuse(diag.OutOfRange, here, fmt.Sprintf("a group has one pod at least, and size is %d", *size), "write 1 or more")
	}
	if replicas != nil && size != nil && int64(*replicas)*int64(*size) > math.MaxInt32 {
		j.refuse(diag.OutOfRange, at.in("replicas"), fmt.Sprintf("%d groups of %d pods are more pods than can be counted", *replicas, *size), "write a smaller number", here)
	}
	if p := set.Spec.LeaderWorkerTemplate.SubGroupPolicy; p != nil && p.SubGroupSize == nil {
		j.missing(diag.WrongValue, at.in("leaderWorkerTemplate").in("subGroupPolicy"), "subGroupSize", "write how many pods a subgroup has")
	}
}

// groupSetRollout: one of the two figures leaves room for a change.
func (j *judge) groupSetRollout(set *lws.LeaderWorkerSet, at *place) {
	strategy := &set.Spec.RolloutStrategy
	oneOf(j, diag.WrongValue, strategy.Type, at.in("rolloutStrategy").in("type"), lws.RollingUpdateStrategyType)
	rolling, here := strategy.RollingUpdateConfiguration, at.in("rolloutStrategy").in("rollingUpdateConfiguration")
	if rolling == nil {
		return
	}
	notNegative(j, diag.OutOfRange, rolling.Partition, here.in("partition"))
	j.part(&rolling.MaxUnavailable, here.in("maxUnavailable"))
	j.part(&rolling.MaxSurge, here.in("maxSurge"))
	groups := 1
	if set.Spec.Replicas != nil {
		groups = int(*set.Spec.Replicas)
	}
	away, errAway := intstr.GetScaledValueFromIntOrPercent(&rolling.MaxUnavailable, groups, false)
	more, errMore := intstr.GetScaledValueFromIntOrPercent(&rolling.MaxSurge, groups, true)
	if errAway == nil && errMore == nil && away == 0 && more == 0 && groups > 0 {
		j.refuse(diag.WrongValue, here.in("maxUnavailable"), "with neither a group more nor a group fewer than asked for no group can be replaced",
			"write maxSurge: 1, or maxUnavailable: 1", here.in("maxSurge"))
	}
}

// groupSetPods judges both templates as the API server will when the controller makes the pods.
func (j *judge) groupSetPods(set *lws.LeaderWorkerSet, at *place) {
	t, here := &set.Spec.LeaderWorkerTemplate, at.in("leaderWorkerTemplate")
	j.given = []string{lws.LwsLeaderAddress, lws.LwsGroupSize, lws.LwsWorkerIndex}
	if t.LeaderTemplate != nil {
		j.groupPod(t.LeaderTemplate, here.in("leaderTemplate"))
	}
	j.groupPod(&t.WorkerTemplate, here.in("workerTemplate"))
}

// groupPod judges one of the two templates. The pods belong to StatefulSets, which restart them always.
func (j *judge) groupPod(t *corev1.PodTemplateSpec, at *place) {
	if policy := t.Spec.RestartPolicy; policy != "" && policy != corev1.RestartPolicyAlways {
		j.refuse(diag.WrongValue, at.in("spec").in("restartPolicy"), fmt.Sprintf("the pods of a LeaderWorkerSet cannot have restartPolicy %s", policy), "take it out: it is Always")
	}
	j.template(t, at)
}
