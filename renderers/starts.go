package renderers

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// PodSet is pods of one template that start together with the other sets of their object, or not at all, where a queue holds
// them back.
type PodSet struct {
	Template *corev1.PodTemplateSpec
	Count    int64
}

// Starts are the sets of an object's pods that start together, and how often it has all of them at a time: a Deployment has
// one pod as often as it has replicas. There is none of an object that makes no pods.
func Starts(o *Object) (sets []PodSet, times int64) {
	k, err := o.Row()
	if err != nil || k.Starts == nil {
		return nil, 0
	}
	sets = k.Starts(o.Value)
	var together int64
	for _, s := range sets {
		together += s.Count
	}
	if together == 0 {
		return sets, 0
	}
	return sets, k.Pods(o.Value) / together
}

// startsOfJob are the pods of so many Jobs, suspended or not: a queue starts them by that.
func startsOfJob(spec *batchv1.JobSpec, jobs int64) PodSet {
	n := orOne(spec.Parallelism)
	if spec.Completions != nil {
		n = min(n, int64(*spec.Completions))
	}
	return PodSet{&spec.Template, jobs * n}
}

// startsOfJobSet has a pod set for each replicated Job, as many times as it has replicas: Kueue admits a JobSet as one.
func startsOfJobSet(o any) []PodSet {
	var sets []PodSet
	for i := range o.(*jobset.JobSet).Spec.ReplicatedJobs {
		job := &o.(*jobset.JobSet).Spec.ReplicatedJobs[i]
		sets = append(sets, startsOfJob(&job.Template.Spec, int64(job.Replicas)))
	}
	return sets
}

// startsOfGroupSet is one group: its leader, if that is another one, and its workers.
func startsOfGroupSet(o any) []PodSet {
	template := &o.(*lws.LeaderWorkerSet).Spec.LeaderWorkerTemplate
	size := orOne(template.Size)
	if template.LeaderTemplate == nil {
		return []PodSet{{&template.WorkerTemplate, size}}
	}
	return []PodSet{{template.LeaderTemplate, 1}, {&template.WorkerTemplate, size - 1}}
}
