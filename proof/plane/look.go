package plane

import (
	"context"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const runLabel = "berth/run"

// view is one look at a namespace: its state, lines that change with everything in it that may still change something, and
// what has to change yet.
type view struct {
	state
	lines  []string
	busy   []string
	names  map[types.UID]string // kind and name of all that is there
	owners map[types.UID]types.UID
}

// lists are empty lists of the kinds that Berth writes, and of their pods.
func lists() []client.ObjectList {
	return []client.ObjectList{
		&corev1.PodList{}, &batchv1.JobList{}, &batchv1.CronJobList{}, &appsv1.DeploymentList{}, &appsv1.ReplicaSetList{}, &corev1.ServiceList{},
		&corev1.PersistentVolumeClaimList{}, &corev1.ConfigMapList{}, &corev1.ServiceAccountList{}, &autoscalingv2.HorizontalPodAutoscalerList{}, &policyv1.PodDisruptionBudgetList{},
	}
}

// look reads a namespace.
func (p *plane) look(ctx context.Context, namespace string) (*view, error) {
	v := &view{state: newState(), names: map[types.UID]string{}, owners: map[types.UID]types.UID{}}
	for _, list := range lists() {
		if err := p.seen.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return v, err
		}
		err := meta.EachListItem(list, func(o runtime.Object) error { return v.see(o.(client.Object)) })
		if err != nil {
			return v, err
		}
	}
	for owned, owner := range v.owners {
		if v.names[owner] == "" {
			v.busy = append(v.busy, v.names[owned]+" is garbage")
		}
	}
	for _, pods := range v.pods {
		for uid := range pods {
			pods[uid] = v.root(uid)
		}
	}
	return v, nil
}

// text is the lines in an order that does not depend on that of the lists.
func (v *view) text() string {
	slices.Sort(v.lines)
	return strings.Join(v.lines, "\n")
}

// root is the object that an object is there for: a pod's Job or Deployment, or the CronJob of its Job.
func (v *view) root(uid types.UID) string {
	for v.owners[uid] != "" {
		uid = v.owners[uid]
	}
	return v.names[uid]
}

// see takes one object into the view.
func (v *view) see(o client.Object) error {
	kind := strings.TrimPrefix(fmt.Sprintf("%T", o), "*v1.")
	kind = strings.TrimPrefix(kind, "*v2.")
	ends := o.GetDeletionTimestamp() != nil
	line := fmt.Sprint(kind, " ", o.GetUID(), o.GetGeneration(), ends)
	v.names[o.GetUID()] = kind + " " + o.GetName()
	if owner := metav1.GetControllerOf(o); owner != nil {
		v.owners[o.GetUID()] = owner.UID
	}
	if ends {
		v.busy = append(v.busy, kind+" "+o.GetName()+" ends")
	}
	if pod, ok := o.(*corev1.Pod); ok {
		v.seePod(pod)
		v.lines = append(v.lines, fmt.Sprint(line, pod.Status.Phase))
		return nil
	}
	if waits := waiting(o); waits != "" {
		v.busy = append(v.busy, kind+" "+o.GetName()+" "+waits)
	}
	if claim, ok := o.(*corev1.PersistentVolumeClaim); ok {
		v.unbound["PersistentVolumeClaim "+claim.Name] = claim.Status.Phase != corev1.ClaimBound
		line += string(claim.Status.Phase)
	}
	v.lines = append(v.lines, line)
	for _, m := range o.GetManagedFields() {
		if m.Subresource == "scale" {
			v.scaled[kind+" "+o.GetName()] = true
		}
	}
	if _, made := o.(*appsv1.ReplicaSet); !ends && !made {
		v.objects[kind+" "+o.GetName()] = o.GetUID()
		v.pruned[kind+" "+o.GetName()] = o.GetAnnotations()[fluxGroup+"/prune"] != "disabled"
	}
	return nil
}

func (v *view) seePod(pod *corev1.Pod) {
	all, run := v.pods, pod.Labels[runLabel]
	if v.seen[run] == nil {
		v.seen[run] = pods{}
	}
	v.seen[run][pod.UID] = ""
	if pod.DeletionTimestamp != nil {
		return
	}
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		all = v.done
	} else if pod.Status.Phase == corev1.PodPending || pod.Labels[endsLabel] != "" {
		v.busy = append(v.busy, "Pod "+pod.Name+" goes on")
	}
	if all[run] == nil {
		all[run] = pods{}
	}
	all[run][pod.UID] = ""
}

// waiting says what an object's controller has to do yet; empty for one that has done all.
func waiting(o client.Object) string {
	switch o := o.(type) {
	case *appsv1.Deployment:
		s, wanted := o.Status, *o.Spec.Replicas
		if s.ObservedGeneration < o.Generation || s.Replicas != wanted || s.AvailableReplicas != wanted || !o.Spec.Paused && s.UpdatedReplicas != wanted {
			return fmt.Sprintf("has %d of %d pods, %d of them new", s.Replicas, wanted, s.UpdatedReplicas)
		}
	case *batchv1.Job:
		finished := o.Status.CompletionTime != nil
		for _, c := range o.Status.Conditions {
			finished = finished || c.Type == batchv1.JobFailed && c.Status == corev1.ConditionTrue
		}
		wanted := jobPods(o)
		if !finished && o.Status.Active != wanted {
			return fmt.Sprintf("has %d of %d pods", o.Status.Active, wanted)
		}
	case *corev1.PersistentVolumeClaim:
		if o.Status.Phase != corev1.ClaimBound && o.Annotations[selectedNode] != "" {
			return "is bound"
		}
	}
	return ""
}

// jobPods is how many pods a Job is to have at a time.
func jobPods(job *batchv1.Job) int32 {
	if job.Spec.Suspend != nil && *job.Spec.Suspend {
		return 0
	}
	wanted := *job.Spec.Parallelism
	if job.Spec.Completions != nil {
		wanted = min(wanted, *job.Spec.Completions-job.Status.Succeeded)
	}
	return wanted
}
