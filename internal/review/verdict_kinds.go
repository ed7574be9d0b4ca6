package review

import (
	"fmt"
	"strings"

	"berth/renderers"
	"berth/schema"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
)

type volume = schema.Volume

// workload is the object that runs; the zero Object for no run.
func workload(r *Run) renderers.Object {
	if r != nil {
		for _, o := range r.Objects {
			switch o.Value.(type) {
			case *batchv1.Job, *batchv1.CronJob, *appsv1.Deployment:
				return o
			}
		}
	}
	return renderers.Object{}
}

// idle says why a run runs nothing by itself; empty for one that does.
func idle(r *Run) string {
	switch o := workload(r).Value.(type) {
	case *batchv1.CronJob:
		switch {
		case r.Plan.Spec.RunPolicy == schema.RunPolicyTemplate:
			return "someone starts it by hand from the CronJob"
		case suspended(o):
			return "its schedule is suspended"
		}
	case *appsv1.Deployment:
		if replicasOf(o) == 0 {
			return "it has no replicas"
		}
	case *batchv1.Job:
		if podsOf(o) == 0 {
			return "the Job asks for no pods yet"
		}
	}
	return ""
}

func also(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func (j *judge) anyChange(prefix string) bool {
	for _, c := range j.main.Fields {
		if strings.HasPrefix(c.Path, prefix) {
			return true
		}
	}
	return false
}

func (j *judge) anyOf(paths ...string) bool {
	for _, path := range paths {
		if j.anyChange(path) {
			return true
		}
	}
	return false
}
