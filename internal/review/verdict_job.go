package review

import (
	"fmt"
	"slices"
	"strings"

	"berth/renderers"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// idleJob is the [family.idle] of what runs once.
func idleJob(_ *Run, o renderers.Object) string {
	if pods(o) == 0 {
		return "the " + o.Kind + " asks for no pods yet"
	}
	return ""
}

// startOfJob is the [family.starts] of what runs once. A hook of Argo CD starts with every sync, and not when it is
// new.
func startOfJob(j *judge, o renderers.Object) string {
	if j.new.Plan.Spec.RunPolicy == schema.RunPolicyHook {
		return "Argo CD runs it at every sync; " + hooksAlone
	}
	return "a new " + o.Kind + j.new.group(", which starts ")
}

// job is the verdict on a Job, or what else runs once, that differs.
func (j *judge) job(was, is renderers.Object) {
	policy, gitops := j.new.Plan.Spec.RunPolicy, j.new.Plan.Target.GitOps
	switch {
	// Another name is another Job: nothing is changed, and one starts.
	case j.main.Before != j.main.After:
		j.cause = func(path string) bool { return strings.HasPrefix(path, "spec.") }
		j.startsBeside(j.otherJob())
	case policy == schema.RunPolicyHook:
		j.kills("at the next sync; Argo CD deletes the last Job before it creates the next; " + hooksAlone)
	case policy == schema.RunPolicyRecreate && gitops == schema.GitOpsArgoCD:
		j.kills("run_policy recreate: Argo CD deletes the Job, running or not, and creates it anew; " + j.overlap())
	case policy == schema.RunPolicyRecreate && gitops == schema.GitOpsFlux && j.immutable():
		j.cause = func(path string) bool { return j.main.refusal(path).Reason != "" }
		j.kills("run_policy recreate: Flux deletes the Job, running or not, and creates it anew; " + j.overlap())
	// Flux leaves what stands in the cluster as it is.
	case createdOnly(j.new):
		j.say(KeepsRunning, "Flux creates a Job with run_policy once and a queue, and never changes it: the cluster keeps the old fields")
		if j.old.Plan.Spec.RunPolicy != schema.RunPolicyOnce {
			j.notes = append(j.notes, "the Job was created without "+pruneDisabled+", so that Flux deletes it when the run changes or leaves Git, running or not; "+
				"`kubectl annotate job -n NAMESPACE NAME "+pruneDisabled+"` keeps it")
		}
	case j.anyChange("spec.") && j.immutable():
		j.say(KeepsRunning, "the change is refused as long as the old Job is there: a Job cannot be changed")
		j.command = deletion(workload(j.old))
	default:
		j.jobInPlace(was, is)
	}
}

const (
	// pruneDisabled is the annotation that keeps an object when it leaves Git, as kubectl takes it. Flux reads it of the
	// object in the cluster.
	pruneDisabled = "kustomize.toolkit.fluxcd.io/prune=disabled"
	// onlyCreated is the annotation of an object that Flux creates and never applies again.
	onlyCreated = "kustomize.toolkit.fluxcd.io/ssa"
	// queuePath is the label that names a Job's queue.
	queuePath = `metadata.labels["kueue.x-k8s.io/queue-name"]`

	// hooksAlone is a limit of Argo CD's automated sync, which looks at what differs, and hooks never do.
	hooksAlone = "where nothing but hooks changed, automated sync starts none"
	// defaultGrace is how long a pod may take to end, in seconds (SetDefaults_PodSpec in k8s.io/kubernetes/pkg/apis/core/v1).
	defaultGrace = 30
)

// createdOnly reports whether the workload is one that Flux creates and never applies again.
func createdOnly(r *Run) bool {
	o := workload(r)
	value, ok := o.Value.(metav1.Object)
	return ok && change(o) == renderers.Once && r.Plan.Target.GitOps == schema.GitOpsFlux && value.GetAnnotations()[onlyCreated] == "IfNotPresent"
}

// kills is the verdict on a Job that is deleted first and created anew, which may then run nothing.
func (j *judge) kills(why string) {
	waits := idle(j.new)
	switch {
	case waits == "":
		j.say(StartsKilled, "%s", why)
	case idle(j.old) == "":
		j.say(Stops, "%s; the new one waits: %s", why, waits)
	default:
		j.say(Waits, "%s; the new one waits: %s", why, waits)
	}
}

// overlap says that pods of a Job that is deleted take their time to end.
func (j *judge) overlap() string {
	if idle(j.new) != "" {
		return "the old pod may take its grace period to end"
	}
	grace := int64(defaultGrace)
	if template := podTemplate(j.old); template != nil && template.Spec.TerminationGracePeriodSeconds != nil {
		grace = *template.Spec.TerminationGracePeriodSeconds
	}
	return fmt.Sprintf("the new pod starts while the old one ends, for up to %d s", grace)
}

// otherJob says why there is another Job, and not the old one with other fields.
func (j *judge) otherJob() string {
	was, is := j.old.Plan.Spec.RunPolicy, j.new.Plan.Spec.RunPolicy
	if hashed(was) != hashed(is) {
		return "under run_policy " + is + " the Job has another name, so another one is created" + j.new.group(", which starts ")
	}
	return "a Job cannot be changed, so another one is created" + j.new.group(", which starts ")
}

// hashed reports whether a run policy makes the content part of a Job's name.
func hashed(policy string) bool {
	return policy != schema.RunPolicyRecreate && policy != schema.RunPolicyHook
}

// immutable reports whether the API server would refuse one of the changes.
func (j *judge) immutable() bool {
	for _, c := range j.main.Fields {
		if j.main.refusal(c.Path).Reason != "" {
			return true
		}
	}
	return false
}

// jobInPlace is the verdict on a Job that the cluster changes: some fields of a running Job decide what becomes of its
// pods.
func (j *judge) jobInPlace(was, is renderers.Object) {
	from, to, before, after := pods(was), pods(is), jobSpec(was), jobSpec(is)
	// The verdict follows from these fields of the spec, whatever else has changed.
	decides := func(paths ...string) {
		j.cause = func(path string) bool {
			return strings.HasPrefix(path, "spec.") && slices.Contains(paths, strings.TrimPrefix(path, "spec."))
		}
	}
	switch {
	case from > 0 && to == 0:
		decides("parallelism", "suspend")
		j.say(Stops, "the Job asks for no pods any more: those that run are deleted")
	case from == 0 && to > 0:
		decides("parallelism", "suspend")
		j.say(Starts, "the Job asks for %s now, unless it has finished", count(to, "pod"))
	case sooner(before.ActiveDeadlineSeconds, after.ActiveDeadlineSeconds):
		decides("activeDeadlineSeconds")
		j.say(MayStop, "the Job is ended when it has run for %d s, at once where it has: `kubectl get jobs` tells", *after.ActiveDeadlineSeconds)
	case fewerRetries(before.BackoffLimit, after.BackoffLimit):
		decides("backoffLimit")
		j.say(MayStop, "the Job is ended when more than %d of its pods have failed, at once where they have: `kubectl get pods` tells", *after.BackoffLimit)
	case from > to:
		decides("parallelism")
		j.say(KeepsRunning, "the Job runs %s at a time instead of %d: those that are too many are deleted", count(to, "pod"), from)
	default:
		j.say(KeepsRunning, "the Job is changed in place; its pods stay")
	}
	if j.anyChange(queuePath) {
		j.notes = append(j.notes, "Kueue takes another queue for a Job that waits, and refuses it for one that has started")
	}
}

// jobSpec is what a Job says of its end; nothing for what else runs once.
func jobSpec(o renderers.Object) batchv1.JobSpec {
	if job, ok := o.Value.(*batchv1.Job); ok {
		return job.Spec
	}
	return batchv1.JobSpec{}
}

// isTrue reads an optional flag; nil is false.
func isTrue(b *bool) bool { return b != nil && *b }

// sooner reports whether a deadline ends a Job that the one before would not have.
func sooner(was, is *int64) bool { return is != nil && (was == nil || *is < *was) }

// defaultRetries is how often a failed pod is tried again where nothing says it (SetDefaults_Job in
// k8s.io/kubernetes/pkg/apis/batch/v1).
const defaultRetries = 6

// fewerRetries reports whether a Job that has failed several times may fail for good by the change. Nil is Kubernetes'
// own number.
func fewerRetries(was, is *int32) bool {
	retries := func(n *int32) int32 {
		if n == nil {
			return defaultRetries
		}
		return *n
	}
	return is != nil && retries(is) < retries(was)
}
