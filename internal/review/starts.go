package review

import (
	"berth/renderers"

	batchv1 "k8s.io/api/batch/v1"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
)

// Start is what starts of a run, at a time.
type Start struct {
	Pods int64 `json:"pods"`
	// Devices are those of all pods together, by model.
	Devices map[string]int64 `json:"devices,omitempty"`
	// Minutes is how long it is taken to run, and MinutesFrom the run's field that says so. Both are empty for what runs until
	// somebody ends it, and where no field says how long.
	Minutes     int64  `json:"minutes,omitempty"`
	MinutesFrom string `json:"minutes_from,omitempty"`
}

// start is what a verdict starts of the run at once; nil for nothing. What a schedule starts comes later.
func (r *Run) start(v Verdict) *Start {
	switch v {
	case Starts, StartsKept, StartsPruned, StartsKilled, RollsOut:
	default:
		return nil
	}
	o := workload(r)
	if change(o) == renderers.Schedule {
		return nil
	}
	s := &Start{Pods: pods(o), Devices: r.demand().devices}
	if change(o) == renderers.Once {
		if minutes, because := duration(r, deadlineOf(o)); because != assumed {
			s.Minutes, s.MinutesFrom = minutes, because
		}
	}
	return s
}

// deadlineOf is how many seconds the object's Job may take; nil for any.
func deadlineOf(o renderers.Object) *int64 {
	switch v := o.Value.(type) {
	case *batchv1.Job:
		return v.Spec.ActiveDeadlineSeconds
	case *batchv1.CronJob:
		return v.Spec.JobTemplate.Spec.ActiveDeadlineSeconds
	case *jobset.JobSet:
		for _, job := range v.Spec.ReplicatedJobs {
			return job.Template.Spec.ActiveDeadlineSeconds
		}
	}
	return nil
}
