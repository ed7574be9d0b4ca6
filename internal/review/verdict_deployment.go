package review

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
)

// deployment is the verdict on a Deployment that differs.
func (j *judge) deployment() {
	was, is := j.main.old.Value.(*appsv1.Deployment), j.main.new.Value.(*appsv1.Deployment)
	from, to := replicasOf(was), replicasOf(is)
	scaled := func(path string) bool { return path == "spec.replicas" }
	switch {
	case from > 0 && to == 0:
		j.cause = scaled
		j.say(Stops, "it is scaled from %s to none", count(from, "pod"))
	case from == 0 && to > 0:
		j.cause = scaled
		j.say(Starts, "it is scaled from none to %s", count(to, "pod"))
	case from == 0 && to == 0:
		j.say(Waits, "it has no replicas")
	case was.Spec.Paused && !is.Spec.Paused:
		j.cause = func(path string) bool { return path == "spec.paused" }
		j.say(RollsOut, "it is paused no more: what has changed since it was rolls out; %s", rollout(is))
	case is.Spec.Paused && j.anyChange("spec.template."):
		j.say(KeepsRunning, "the Deployment is paused: the change rolls out when it no longer is")
	case j.anyChange("spec.template."):
		j.cause = func(path string) bool { return strings.HasPrefix(path, "spec.template.") }
		j.say(RollsOut, "%s%s", rollout(is), also(from != to, fmt.Sprintf("; %s become %s", count(from, "pod"), count(to, "pod"))))
	case from != to:
		j.cause = scaled
		j.say(KeepsRunning, "it is scaled from %s to %s; those that stay are left alone", count(from, "pod"), count(to, "pod"))
	default:
		j.say(KeepsRunning, "the Deployment is changed in place; its pods stay")
	}
}

func rollout(d *appsv1.Deployment) string {
	if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return "all old pods end before the new ones start"
	}
	if r := d.Spec.Strategy.RollingUpdate; r != nil && r.MaxSurge != nil && r.MaxSurge.String() == "0" {
		return "an old pod is told to end before its new one is made, which starts when it finds a device"
	}
	return "new pods take over one by one"
}

func replicasOf(d *appsv1.Deployment) int64 {
	if d.Spec.Replicas == nil {
		return 1
	}
	return int64(*d.Spec.Replicas)
}
