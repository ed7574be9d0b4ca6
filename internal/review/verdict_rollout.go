package review

import (
	"fmt"
	"strings"

	"berth/renderers"
)

func idleRollout(_ *Run, o renderers.Object) string {
	if pods(o) == 0 {
		return "it has no replicas"
	}
	return ""
}

func startOfRollout(_ *judge, o renderers.Object) string {
	return fmt.Sprintf("a new %s with %s", o.Kind, count(pods(o), "pod"))
}

// rolling says how an object replaces its pods, and whether it waits with that.
func rolling(o renderers.Object) (how string, paused bool) {
	k, err := o.Row()
	if err != nil || k.Rollout == nil {
		return "", false
	}
	return k.Rollout(o.Value)
}

// rollout is the verdict on a Deployment, or what else replaces its pods, that differs.
func (j *judge) rollout(was, is renderers.Object) {
	from, to, at := pods(was), pods(is), podsAt(is)
	how, paused := rolling(is)
	_, wasPaused := rolling(was)
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
	case wasPaused && !paused:
		j.cause = func(path string) bool { return path == "spec.paused" }
		j.say(RollsOut, "it is paused no more: what has changed since it was rolls out; %s", how)
	case paused && j.anyChange(at):
		j.say(KeepsRunning, "the %s is paused: the change rolls out when it no longer is", is.Kind)
	case j.anyChange(at):
		j.cause = func(path string) bool { return strings.HasPrefix(path, at) }
		j.say(RollsOut, "%s%s", how, also(from != to, fmt.Sprintf("; %s become %s", count(from, "pod"), count(to, "pod"))))
	case from != to:
		j.cause = scaled
		j.say(KeepsRunning, "it is scaled from %s to %s; those that stay are left alone", count(from, "pod"), count(to, "pod"))
	default:
		j.say(KeepsRunning, "the %s is changed in place; its pods stay", is.Kind)
	}
}
