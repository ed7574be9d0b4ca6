package review

import (
	"fmt"
	"slices"
	"strings"

	"berth/renderers"
	"berth/schema"
)

// Verdict is what a change does to a run.
type Verdict string

// The verdicts on a change.
const (
	Starts       Verdict = "starts"
	StartsKept   Verdict = "starts again (old one kept)"
	StartsPruned Verdict = "starts again (old one pruned)"
	StartsKilled Verdict = "starts again (old one killed)"
	KeepsRunning Verdict = "keeps running"
	RollsOut     Verdict = "rolls out"
	ReSchedules  Verdict = "re-schedules"
	Stops        Verdict = "stops"
	MayStop      Verdict = "may stop" // it ends at once, or later, or not: what decides is not in Git
	Unmanaged    Verdict = "keeps running, unmanaged"
	Waits        Verdict = "waits"     // it is there and runs nothing: suspended, without pods, or started by hand
	NoEffect     Verdict = "no effect" // the same in another spelling
)

// The verdicts on two environments.
const (
	Differs    Verdict = "differs"
	OnlyBefore Verdict = "only before"
	OnlyAfter  Verdict = "only after"
)

// judge works out the verdict on one run.
type judge struct {
	*pair
	objects []ObjectChange
	verdict Verdict
	why     string
	notes   []string
	command string
	main    *ObjectChange // the object that the verdict is about, nil when it does not differ
	cause   func(path string) bool
}

// say sets the verdict and its reason; why is a format for args.
func (j *judge) say(v Verdict, why string, args ...any) {
	j.verdict, j.why = v, fmt.Sprintf(why, args...)
}

// decide sets the verdict.
func (j *judge) decide() {
	was, is := workload(j.old), workload(j.new)
	j.cause = func(string) bool { return true }
	switch {
	case j.old == nil:
		j.starts()
	case j.new == nil:
		j.leaves()
	case was.Kind != is.Kind:
		j.becomes(was.Kind, is.Kind)
	case !hasFields(j.objects) && was.Name == is.Name:
		j.say(NoEffect, "the objects say the same in another spelling")
	default:
		j.main = j.changeOf(is.Kind)
		j.changes(was, is)
	}
}

// decisive are the changes that the verdict follows from.
func (j *judge) decisive() []Change {
	if j.main == nil {
		var all []Change
		for _, o := range j.objects {
			all = append(all, o.Fields...)
		}
		return all
	}
	return slices.DeleteFunc(slices.Clone(j.main.Fields), func(c Change) bool { return !j.cause(c.Path) })
}

// changeOf is the change of the first object of a kind; nil where none of them differs.
func (j *judge) changeOf(kind string) *ObjectChange {
	for i := range j.objects {
		if j.objects[i].Kind == kind {
			return &j.objects[i]
		}
	}
	return nil
}

// changes is the verdict on a run whose workload stays one of the same kind. Where that does not differ, or nothing is
// said of its kind, the pods are left alone.
func (j *judge) changes(was, is renderers.Object) {
	if f, ok := families[change(is)]; ok && j.main != nil {
		f.changes(j, was, is)
		return
	}
	j.say(KeepsRunning, "only what is around it changes: %s", j.kinds())
}

// kinds names the kinds that differ, each once.
func (j *judge) kinds() string {
	var all []string
	for _, o := range j.objects {
		if !slices.Contains(all, o.Kind) {
			all = append(all, o.Kind)
		}
	}
	return strings.Join(all, ", ")
}

// starts is the verdict on a new run.
func (j *judge) starts() {
	if why := idle(j.new); why != "" {
		j.say(Waits, "%s", why)
		return
	}
	o := workload(j.new)
	if f, ok := families[change(o)]; ok {
		j.say(Starts, "%s", f.starts(j, o))
	}
	if j.new.Plan.Spec.RunPolicy != schema.RunPolicyHook {
		j.mayBeThere()
	}
}

// mayBeThere says of a new object that starts that the cluster may have it from an earlier commit, as after a revert.
func (j *judge) mayBeThere() {
	o, policy := workload(j.new), j.new.Plan.Spec.RunPolicy
	byContent := change(o) == renderers.Once && hashed(policy)
	if !byContent && !unmanaged(j.new) {
		return
	}
	asking := "where the cluster has this " + o.Kind + " from an earlier commit (`kubectl get " + strings.ToLower(o.Kind) + "s -A -l berth/run`)"
	if byContent {
		j.notes = append(j.notes, "nothing starts "+asking+"; another `rerun` starts it")
		return
	}
	j.notes = append(j.notes, asking+", nothing starts anew: it is changed in place as far as it can be, and refused where it cannot")
}

// unmanaged reports whether nobody deletes what leaves the output.
func unmanaged(r *Run) bool {
	return r.Plan.Target.GitOps == schema.GitOpsNone || r.Plan.Target.GitOps == ""
}

// leaves is the verdict on a run that is gone from Git.
func (j *judge) leaves() {
	kept, why := outlives(j.old)
	if !kept {
		j.say(Stops, "%s deletes its %s and its pods%s", controller(j.old), workload(j.old).Kind, j.environmentLeaves())
		return
	}
	j.say(Unmanaged, "%s%s", why, also(j.old.Plan.Spec.RunPolicy == schema.RunPolicyHook, "; no sync starts it again"))
	j.command = j.ending()
	j.mayBePruned()
}

// mayBePruned says of an old Job that Flux never applied again that it may lack what keeps it.
func (j *judge) mayBePruned() {
	if createdOnly(j.old) {
		j.notes = append(j.notes, "where the old Job was created under another run_policy, Flux deletes it, running or not: `kubectl get job -o yaml` shows whether it has "+pruneDisabled)
	}
}

// environmentLeaves says of a run whose whole environment leaves Git when its objects are deleted: a controller that does
// not find its folder deletes nothing.
func (j *judge) environmentLeaves() string {
	if !j.alone {
		return ""
	}
	owner := "Kustomization"
	if j.old.Plan.Target.GitOps == schema.GitOpsArgoCD {
		owner = "Application"
	}
	return " where one " + owner + " applies all environments; the environment's own prunes nothing without its folder, until it is deleted"
}

// deletion ends what nobody else ends.
func deletion(o renderers.Object) string {
	return fmt.Sprintf("kubectl delete %s%s %s", strings.ToLower(o.Kind), also(o.Namespace != "", " -n "+o.Namespace), o.Name)
}

// stays reports whether an object of the run stays in the cluster when it leaves Git.
func (r *Run) stays(o *renderers.Object) bool {
	kept, _ := outlives(r)
	switch o.Removal() {
	case renderers.Kept, renderers.Left:
		return true
	case renderers.WithJob:
		return kept
	}
	return unmanaged(r)
}

// outlives reports whether the old workload stays in the cluster when Git no longer has it, and why.
func outlives(r *Run) (bool, string) {
	policy := r.Plan.Spec.RunPolicy
	switch {
	case unmanaged(r):
		return true, "with gitops none nothing deletes what leaves the output"
	case change(workload(r)) == renderers.Once && policy == schema.RunPolicyOnce:
		return true, "run_policy once: its Job is not deleted when it leaves Git"
	case change(workload(r)) == renderers.Once && policy == schema.RunPolicyHook:
		return true, "Argo CD does not delete hooks that leave Git"
	}
	return false, ""
}

// becomes is the verdict on a run whose workload is of another kind now.
func (j *judge) becomes(was, is string) {
	j.main = &ObjectChange{Fields: []Change{j.kindChange()}}
	j.startsBeside(fmt.Sprintf("the %s becomes a %s", was, is))
}

// kindChange is the field that makes the workload one of another kind: the action, or the schedule that comes or goes.
func (j *judge) kindChange() Change {
	side, gone := j.new, change(workload(j.old)) == renderers.Schedule && j.old.Plan.Spec.Action == j.new.Plan.Spec.Action
	if gone {
		side = j.old
	}
	o := workload(side)
	place := side.origin(&o, "kind")
	if gone {
		return Change{Path: "kind", OldOrigin: place}
	}
	return Change{Path: "kind", Origin: place}
}

// startsBeside is the verdict on a new object whose old one has another name or kind.
func (j *judge) startsBeside(why string) {
	kept, because := outlives(j.old)
	if !kept {
		because = controller(j.old) + " deletes the old one" + also(change(workload(j.old)) == renderers.Schedule, " with its Jobs")
	}
	is, waits := workload(j.new), idle(j.new)
	switch {
	case waits != "":
		because += "; the new one waits: " + waits
	case change(is) == renderers.Schedule:
		because += "; the new one starts " + startOfCronJob(j, is)
	}
	j.say(besideVerdict(kept, waits != "", idle(j.old) != ""), "%s; %s", why, because)
	if kept {
		j.command = j.ending()
		j.sharedClaims()
		j.mayBePruned()
	}
	if waits == "" {
		j.mayBeThere()
	}
}

// besideVerdict says what becomes of what runs, when a new object comes in place of an old one that is kept or not, and
// either may run nothing.
func besideVerdict(kept, newWaits, oldWaits bool) Verdict {
	switch {
	case newWaits && oldWaits:
		return Waits
	case newWaits && kept:
		return Unmanaged
	case newWaits:
		return Stops
	case kept:
		return StartsKept
	}
	return StartsPruned
}

// sharedClaims warns of two Jobs that write to one claim.
func (j *judge) sharedClaims() {
	for _, v := range j.new.Plan.Spec.Volumes {
		claimed := v.VolumeType == schema.VolumeTypePersistentVolumeClaim || v.VolumeType == schema.VolumeTypeSharedVolume
		shared := slices.ContainsFunc(j.old.Plan.Spec.Volumes, func(o volume) bool {
			return o.VolumeType == v.VolumeType && o.Name == v.Name && o.Spec.ClaimName == v.Spec.ClaimName
		})
		readOnly := v.ReadOnly != nil && *v.ReadOnly
		if claimed && shared && !readOnly {
			j.notes = append(j.notes, fmt.Sprintf("both mount the claim of volume %s while the old one runs", v.Name))
		}
	}
}

// controller is who deletes what leaves Git. Argo CD does so only where the Application says prune, which is not in the
// output.
func controller(r *Run) string {
	if r.Plan.Target.GitOps == schema.GitOpsArgoCD {
		return "Argo CD (where the Application prunes)"
	}
	return "Flux"
}
