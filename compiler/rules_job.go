package compiler

import (
	"fmt"
	"slices"
	"strconv"

	"berth/internal/diag"
	"berth/schema"
)

// checkRunPolicy: some ways for a Job to live in Git exist with one controller only, and a schedule is one by itself.
func checkRunPolicy(c *ruleContext) {
	s, target := &c.plan.Spec, &c.plan.Target
	p := diag.Problem{Code: diag.RunPolicy, Path: "spec.run_policy"}
	switch {
	case s.Action != schema.ActionJob:
		return
	case s.Schedule != "" && s.RunPolicy != "" && c.own(p.Path):
		p.Message = "a job with a schedule has no run_policy: the schedule says when it runs"
		p.Hint = "remove one of the two"
		p.Related = []diag.RelatedPath{{Path: "spec.schedule", Message: "schedule stands here"}}
	case s.Schedule != "":
	// Hooks are annotations of Argo CD's; to Flux and kubectl the Job would be one like any other.
	case s.RunPolicy == schema.RunPolicyHook && target.GitOps != schema.GitOpsArgoCD:
		p.Message = "run_policy hook is a step of an Argo CD sync, and this project's gitops is " + target.GitOps
		p.Hint = "write gitops: argocd in the project, or run_policy: once"
		p.Related = []diag.RelatedPath{diag.Setting("gitops")}
	case s.RunPolicy == schema.RunPolicyHook && s.HookPhase == schema.HookPhasePreSync && emitsClaim(s.Volumes):
		p.Path = "spec.hook_phase"
		p.Message = "a PreSync hook waits for ever for a claim of its own: Argo CD makes the claim only after the hook"
		p.Hint = "write hook_phase: Sync, or mount a claim that exists with claim_name"
	// Kueue has counted the Job's resources; deleting and making it anew would take its place in the queue.
	case s.RunPolicy == schema.RunPolicyRecreate && s.Queue != "":
		p.Message = "run_policy recreate would kill a Job that its queue has admitted"
		p.Hint = "write run_policy: once or replace"
		p.Related = []diag.RelatedPath{{Path: "spec.queue", Message: "the queue is set here"}}
	case s.RunPolicy == schema.RunPolicyRecreate && target.GitOps == schema.GitOpsArgoCD && !c.syncsWhatChanged():
		p.Message = "with Argo CD, run_policy recreate would start the Job again at every sync"
		p.Hint = "write argocd: {apply_out_of_sync_only: true} in the project if the Application has ApplyOutOfSyncOnly=true, or choose run_policy: once"
		p.Related = []diag.RelatedPath{diag.Setting("gitops")}
	}
	if p.Message != "" {
		c.add(p)
	}
	if s.HookPhase != "" && s.RunPolicy != schema.RunPolicyHook && c.own("spec.hook_phase") && !(c.present("spec.run_policy") && s.RunPolicy == "") {
		c.add(diag.Problem{
			Code: diag.RunPolicy, Path: "spec.hook_phase", AtKey: true,
			Message: "hook_phase belongs to run_policy hook", Hint: "write run_policy: hook, or remove hook_phase",
		})
	}
}

// emitsClaim reports whether a volume's claim is one that the run itself brings.
func emitsClaim(volumes []schema.Volume) bool {
	return slices.ContainsFunc(volumes, func(v schema.Volume) bool {
		return v.VolumeType == schema.VolumeTypePersistentVolumeClaim && v.Spec.Size != ""
	})
}

// syncsWhatChanged reports whether the project says that its Application has ApplyOutOfSyncOnly=true: then Argo CD
// leaves a Job that has not changed alone.
func (c *ruleContext) syncsWhatChanged() bool {
	return c.project != nil && c.project.Spec.ArgoCD != nil && isTrue(c.project.Spec.ArgoCD.ApplyOutOfSyncOnly)
}

// checkTimeToLive: a Job that is deleted while a tree keeps it is made, and run, again. It is the same whoever set the
// time, so that a project's default is refused too.
func checkTimeToLive(c *ruleContext) {
	s := &c.plan.Spec
	if s.TTLSecondsAfterFinished == nil || s.Schedule != "" || !c.lacks("spec", "schedule") || s.RunPolicy == schema.RunPolicyTemplate || s.RunPolicy == schema.RunPolicyHook {
		return
	}
	c.add(diag.Problem{
		Code: diag.RunPolicy, Path: "spec.ttl_seconds_after_finished", AtKey: true,
		Message: "ttl_seconds_after_finished would start the job again for ever: it deletes the Job, and whoever keeps the tree applied creates it again",
		Hint:    "remove it; it is fine with schedule, and with run_policy: template or hook",
	})
}

// checkRerun: raising the number starts a Job again; what a CronJob makes is started by it, and a hook by every sync.
func checkRerun(c *ruleContext) {
	s := &c.plan.Spec
	if s.Rerun == nil || !c.own("spec.rerun") {
		return
	}
	if s.RunPolicy == schema.RunPolicyHook {
		c.add(diag.Problem{
			Code: diag.RunPolicy, Path: "spec.rerun", AtKey: true,
			Message: "rerun starts a Job again, and a hook runs at every sync",
			Hint:    "remove rerun, and sync: `argocd app sync` runs the hook",
		})
	}
	if s.Schedule == "" && s.RunPolicy != schema.RunPolicyTemplate {
		return
	}
	c.add(diag.Problem{
		Code: diag.RunPolicy, Path: "spec.rerun", AtKey: true,
		Message: "rerun starts a Job again, and a CronJob starts its own",
		Hint:    "remove rerun; `kubectl create job --from=cronjob/" + c.plan.Name + "` starts one by hand",
	})
}

// What Kubernetes allows an indexed Job, and what is appended to names: a Job's hash, or the time of a CronJob's Job, for
// which Kubernetes keeps as much room (k8s.io/kubernetes/pkg/apis/batch/validation).
const (
	maxIndexedParallelism = 100_000
	nameSuffix            = len("-0123456789")
	maxHostName           = 63
)

// checkIndexed: the pods of an indexed Job are named by their number, as host names.
func checkIndexed(c *ruleContext) {
	s := &c.plan.Spec
	if !s.Indexed() {
		return
	}
	count, field := s.Indexes()
	if count == nil {
		if c.lacks("spec", "completions") {
			c.add(diag.Problem{
				Code: diag.MissingField, Path: "spec.completion_mode",
				Message: "completion_mode Indexed needs completions: how many numbers there are", Hint: "write completions: <number>",
			})
		}
		return
	}
	if atATime, parallel := s.AtATime(); moreThan(atATime, maxIndexedParallelism) {
		c.add(diag.Problem{
			Code: diag.OutOfRange, Path: parallel,
			Message: fmt.Sprintf("an indexed job runs at most %d pods at a time", maxIndexedParallelism), Hint: "write a smaller number",
		})
	}
	// The note points at what gives the pods their numbers: num_nodes in a gang.
	numbers := "spec.completion_mode"
	if s.IsGang() {
		numbers = field
	}
	// A Job gets a hash in its name, but for the policies under which it keeps one name.
	suffix := nameSuffix
	if s.Schedule == "" && (s.RunPolicy == schema.RunPolicyRecreate || s.RunPolicy == schema.RunPolicyHook) {
		suffix = 0
	}
	if s.StartsTogether() {
		suffix += len("-"+schema.GangJob+"-0") + len("-abcde")
	}
	length := len(c.plan.Name) + suffix + 1 + len(strconv.FormatInt(max(*count-1, 0), 10))
	if length > maxHostName {
		c.add(diag.Problem{
			Code: diag.NamesTooLong, Path: "name",
			Message: fmt.Sprintf("the name is too long for an indexed job: with what is appended for each pod it has %d characters, and a host name has %d", length, maxHostName),
			Hint:    fmt.Sprintf("shorten it to %d characters", len(c.plan.Name)-(length-maxHostName)),
			Related: []diag.RelatedPath{{Path: numbers, Message: "the pods get numbers here"}},
		})
	}
}

// checkJobPolicies: a queue alone suspends what it lets start.
func checkJobPolicies(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionJob {
		return
	}
	if s.Suspend != nil && s.Queue != "" && s.Schedule == "" && s.RunPolicy != schema.RunPolicyTemplate {
		c.conflict(diag.Problem{
			Code: diag.RunPolicy, Path: "spec.suspend",
			Message: "suspend is how a queue holds a Job back and lets it start, and queue " + s.Queue + " does that here",
			Hint:    "remove suspend; a run that is to wait for a person belongs in no queue",
		}, "spec.queue")
	}
	if s.ManagedBy != "" {
		c.since("spec.managed_by", "managed_by", managedByVersion)
	}
}

// managedByVersion is the first Kubernetes minor version that has JobSpec.managedBy without a feature gate.
const managedByVersion = 32

// since refuses a field of the run for which the target is too old.
func (c *ruleContext) since(path, what string, version int) {
	have := minor(c.plan.Target.Kubernetes)
	if have == 0 || have >= version {
		return
	}
	c.add(diag.Problem{
		Code: diag.KubernetesOld, Path: path,
		Message: fmt.Sprintf("%s needs Kubernetes 1.%d, and the target is %s", what, version, c.plan.Target.Kubernetes),
		Hint:    "raise kubernetes in the project, or take it out",
		Related: []diag.RelatedPath{diag.Setting("kubernetes")},
	})
}
