package review

import (
	"fmt"
	"slices"

	"berth/renderers"
	"berth/schema"
)

// idleRollout is the [family.idle] of what rolls out.
func idleRollout(_ *Run, o renderers.Object) string {
	if pods(o) == 0 {
		return "it has no replicas"
	}
	return ""
}

// startOfRollout is the [family.starts] of what rolls out: groups where the object has some, and pods otherwise.
func startOfRollout(j *judge, o renderers.Object) string {
	if groups := renderers.GroupsOf(o.Value); groups > 0 {
		return fmt.Sprintf("a new %s with %s%s", o.Kind, count(groups, "group"), j.new.group(" of "))
	}
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
	from, to := pods(was), pods(is)
	// What makes new pods is a change of their template; all else is done in place.
	template := func(path string) bool { return ofPods(is, path) }
	how, paused := rolling(is)
	_, wasPaused := rolling(was)
	scaled := func(path string) bool { return path == replicas }
	unmanaged, managed := j.owner()
	rolls := slices.ContainsFunc(j.main.Fields, func(c Change) bool { return template(c.Path) })
	switch {
	case from > 0 && to == 0:
		j.cause = scaled
		j.say(Stops, "it is scaled from %s to none", count(from, "pod"))
	case from == 0 && to > 0:
		j.cause = scaled
		j.say(Starts, "it is scaled from none to %s", count(to, "pod"))
	case from == 0 && to == 0:
		j.say(Waits, "it has no replicas")
	// Who sets the number of pods has changed: an autoscaler came or went.
	case unmanaged, managed:
		j.cause = func(path string) bool { return scaled(path) || rolls && template(path) }
		j.owned(unmanaged, from, to, also(!paused && (rolls || wasPaused), "; "+how))
	// Changes were held back while it was paused, so that more may roll out than this one.
	case wasPaused && !paused:
		j.cause = func(path string) bool { return path == "spec.paused" }
		j.say(RollsOut, "it is paused no more: what has changed since it was rolls out; %s", how)
	case paused && rolls:
		j.say(KeepsRunning, "the %s is paused: the change rolls out when it no longer is", is.Kind)
	case rolls:
		j.cause = template
		j.say(RollsOut, "%s%s", how, also(from != to, fmt.Sprintf("; %s become %s", count(from, "pod"), count(to, "pod"))))
	case from != to:
		j.cause = scaled
		j.say(KeepsRunning, "it is scaled from %s to %s; those that stay are left alone", count(from, "pod"), count(to, "pod"))
	default:
		j.say(KeepsRunning, "the %s is changed in place; its pods stay", is.Kind)
	}
}

// replicas is where an object that replaces its pods says how many there are.
const replicas = "spec.replicas"

// owner reports whether the number of pods leaves Git, and whether it comes there.
func (j *judge) owner() (unmanaged, managed bool) {
	for _, c := range j.main.Fields {
		if c.Path == replicas {
			return c.After == nil, c.Before == nil
		}
	}
	return false, false
}

// owned is the verdict on an object whose number of pods leaves Git, or comes there; changes says how the pods are replaced,
// and is empty where they are not. Where Git says no number any more, whoever applied one takes it away, and the API server
// puts its default of one in its place; with server-side apply, as Flux does it, not where somebody else owns it by then.
func (j *judge) owned(leaves bool, from, to int64, changes string) {
	verdict := KeepsRunning
	if changes != "" {
		verdict = RollsOut
	}
	if leaves {
		j.say(verdict, "Git says no number of pods any more: it falls from %s to 1%s%s", count(from, "pod"), unlessOwned[j.new.Plan.Target.GitOps], changes)
		return
	}
	j.say(verdict, "each sync sets %s from now on, however many there are%s", count(to, "pod"), changes)
}

// unlessOwned says by who applies the output when a number of pods that leaves Git stays as it is.
var unlessOwned = map[string]string{
	schema.GitOpsNone:   "; with server-side apply not where another manager owns spec.replicas by then",
	schema.GitOpsFlux:   ", unless another manager owns spec.replicas by then",
	schema.GitOpsArgoCD: ", whoever scales it, and an autoscaler starts from there",
}
