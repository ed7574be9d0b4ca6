package renderers

import (
	"berth/internal/diag"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
)

// isJobSet reports whether the run's pods start together or not at all, which one Job cannot promise.
func isJobSet(p *schema.Plan) bool { return isOnce(p) && p.Spec.StartsTogether() }

// jobSet renders a gang that starts again as a whole. Everything that JobSet's webhook and CRD would fill in is written, so
// that nothing in the cluster differs from Git.
func (r *renderer) jobSet() []typed {
	at := r.begin("spec.gang_restarts", "machines that start again together are a JobSet")
	spec := at.in("spec")
	set := &jobset.JobSet{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "", r.plan.Name),
		Spec: jobset.JobSetSpec{
			ReplicatedJobs: []jobset.ReplicatedJob{r.gangJob(spec.in("replicatedJobs").item(0))},
			Network: decided(spec, "network", "the pods find one another by name before they are ready",
				&jobset.Network{EnableDNSHostnames: new(true), PublishNotReadyAddresses: new(true)}),
			SuccessPolicy: decided(spec, "successPolicy", reasonJobSetDefault, &jobset.SuccessPolicy{Operator: jobset.OperatorAll}),
			StartupPolicy: decided(spec, "startupPolicy", reasonJobSetDefault, &jobset.StartupPolicy{StartupPolicyOrder: jobset.AnyOrder}),
			FailurePolicy: &jobset.FailurePolicy{
				MaxRestarts:     copied(spec, "failurePolicy.maxRestarts", "spec.gang_restarts", int32(*r.spec.GangRestarts)),
				RestartStrategy: decided(spec, "failurePolicy.restartStrategy", reasonJobSetDefault, jobset.Recreate),
			},
			Suspend: copied(spec, "suspend", "spec.suspend", r.spec.Suspend),
		},
	}
	r.liftToSet(spec, &set.Spec)
	r.labelQueue(at.in("metadata.labels"), set.Labels)
	r.annotateJob(at, set)
	r.annotateWave(at, set)
	// A profile's base object is for Jobs, and a Job that is part of a set takes none.
	r.noBaseBelow("Job", "spec.gang_restarts", "a JobSet")
	return []typed{{object: set, at: at}}
}

// The reason beside fields that are written only because the controller would write them as well.
const reasonJobSetDefault = "what the JobSet controller would write, so that nothing differs from Git"

// gangJob is the one Job of the set. Its labels are those that never change while the run stays the same: the set cannot be
// changed.
func (r *renderer) gangJob(at at) jobset.ReplicatedJob {
	template := at.in("template")
	meta := template.in("metadata")
	return jobset.ReplicatedJob{
		Name:      decided(at, "name", "part of the names of the pods", schema.GangJob),
		GroupName: decided(at, "groupName", reasonJobSetDefault, "default"),
		Replicas:  decided(at, "replicas", "one Job, of all machines", int32(1)),
		Template: batchv1.JobTemplateSpec{
			ObjectMeta: r.childMeta(meta),
			Spec:       r.jobSpec(template.in("spec")),
		},
	}
}

// liftToSet gives the set what it says for its Jobs.
func (r *renderer) liftToSet(at at, set *jobset.JobSetSpec) {
	job := &set.ReplicatedJobs[0].Template.Spec
	set.TTLSecondsAfterFinished = copied(at, "ttlSecondsAfterFinished", "spec.ttl_seconds_after_finished", job.TTLSecondsAfterFinished)
	set.ManagedBy = copied(at, "managedBy", "spec.managed_by", job.ManagedBy)
	job.TTLSecondsAfterFinished, job.ManagedBy = nil, nil
}

// noBaseBelow refuses a profile's base object of a kind that the run's own would have been: it cannot be merged into what
// stands in its place, and what a platform says of all its Jobs would be lost without a word.
func (r *renderer) noBaseBelow(kind, field, instead string) {
	if r.plan.Machine == nil || r.plan.Machine.Base[kind] == nil {
		return
	}
	r.problems = append(r.problems, diag.Problem{
		Code: diag.Gang, Path: field, AtKey: true,
		Message: "profile " + r.plan.Machine.Profile + " brings a base object for each " + kind + ", which cannot be merged into " + instead,
		Hint:    "remove " + field[len("spec."):] + ", or choose another profile",
		Related: []diag.RelatedPath{{Path: "machine.base." + kind, Message: "the base object stands here"}},
	})
}

// newJobSet has the one replicated Job that Berth writes, so that its pod template can be reached in an empty object
// too.
func newJobSet() kubeObject {
	return &jobset.JobSet{Spec: jobset.JobSetSpec{ReplicatedJobs: []jobset.ReplicatedJob{{Name: schema.GangJob, Replicas: 1}}}}
}

// podOfJobSet is the pod of its first job, an empty one where there is none.
func podOfJobSet(o any) *corev1.PodTemplateSpec {
	set := o.(*jobset.JobSet)
	if len(set.Spec.ReplicatedJobs) == 0 {
		return &corev1.PodTemplateSpec{}
	}
	return &set.Spec.ReplicatedJobs[0].Template.Spec.Template
}

// podsOfJobSet is the sum over all replicated Jobs, 0 while the set is suspended. A base object or a patch may have
// added Jobs.
func podsOfJobSet(o any) int64 {
	set := o.(*jobset.JobSet)
	if set.Spec.Suspend != nil && *set.Spec.Suspend {
		return 0
	}
	var pods int64
	for i := range set.Spec.ReplicatedJobs {
		job := &set.Spec.ReplicatedJobs[i]
		pods += int64(job.Replicas) * jobPods(&job.Template.Spec)
	}
	return pods
}

// nameJobSet gives a JobSet the name that depends on its content, as a Job gets one.
func (r *renderer) nameJobSet(at at, o kubeObject) {
	set := o.(*jobset.JobSet)
	spec := set.Spec
	spec.Suspend = nil // which may change while the set stays the same
	r.nameByContent(at, o, jobSetScheme, &spec)
}
