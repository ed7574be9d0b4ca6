package plane

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	runLabel = "berth/run"
	// calm is how long nothing may change before what happened counts as all that happens, and impatience how long that is
	// waited for.
	calm       = 2500 * time.Millisecond
	impatience = 60 * time.Second
)

// state is what a namespace holds: the pods that run or start of each run, and the names and uids of objects.
type state struct {
	pods    map[string]map[types.UID]bool // by run
	objects map[string]types.UID          // by kind and name
	pruned  map[string]bool               // the objects that Flux deletes when they leave Git
	unbound map[string]bool               // the claims without a volume
}

// ended are the pods of a run that are there no more, begun those that were not there before.
func (s state) ended(after state, run string) int { return missing(s.pods[run], after.pods[run]) }
func (s state) begun(after state, run string) int { return missing(after.pods[run], s.pods[run]) }

func missing(these, in map[types.UID]bool) int {
	n := 0
	for uid := range these {
		if !in[uid] {
			n++
		}
	}
	return n
}

// look reads the state of a namespace, and a text that changes with everything in it that may still change something.
func (p *plane) look(ctx context.Context, namespace string) (state, string, error) {
	s := state{map[string]map[types.UID]bool{}, map[string]types.UID{}, map[string]bool{}, map[string]bool{}}
	var all strings.Builder
	pods, err := p.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return s, "", err
	}
	for _, pod := range pods.Items {
		fmt.Fprintln(&all, pod.UID, pod.Status.Phase, pod.DeletionTimestamp != nil)
		if pod.DeletionTimestamp != nil || pod.Status.Phase == "Succeeded" || pod.Status.Phase == "Failed" {
			continue
		}
		run := pod.Labels[runLabel]
		if s.pods[run] == nil {
			s.pods[run] = map[types.UID]bool{}
		}
		s.pods[run][pod.UID] = true
	}
	note := func(kind string, o metav1.ObjectMeta) {
		fmt.Fprintln(&all, kind, o.UID, o.Generation, o.DeletionTimestamp != nil)
		if o.DeletionTimestamp == nil {
			s.objects[kind+" "+o.Name] = o.UID
			s.pruned[kind+" "+o.Name] = o.Annotations[fluxGroup+"/prune"] != "disabled"
		}
	}
	if err := p.each(ctx, namespace, note); err != nil {
		return s, "", err
	}
	claims, err := p.client.CoreV1().PersistentVolumeClaims(namespace).List(ctx, metav1.ListOptions{})
	for i := 0; err == nil && i < len(claims.Items); i++ {
		c := &claims.Items[i]
		s.unbound["PersistentVolumeClaim "+c.Name] = c.Status.Phase != corev1.ClaimBound
		fmt.Fprintln(&all, c.UID, c.Status.Phase)
	}
	if err != nil {
		return s, "", err
	}
	return s, all.String(), nil
}

// each calls note with the metadata of all objects of the kinds that Berth writes.
func (p *plane) each(ctx context.Context, namespace string, note func(string, metav1.ObjectMeta)) error {
	jobs, err := p.client.BatchV1().Jobs(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	crons, err := p.client.BatchV1().CronJobs(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	deployments, err := p.client.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	services, err := p.client.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	claims, err := p.client.CoreV1().PersistentVolumeClaims(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, o := range jobs.Items {
		note("Job", o.ObjectMeta)
	}
	for _, o := range crons.Items {
		note("CronJob", o.ObjectMeta)
	}
	for _, o := range deployments.Items {
		note("Deployment", o.ObjectMeta)
	}
	for _, o := range services.Items {
		note("Service", o.ObjectMeta)
	}
	for _, o := range claims.Items {
		note("PersistentVolumeClaim", o.ObjectMeta)
	}
	return nil
}

// settle waits until a namespace changes no more, and returns what it holds.
func (p *plane) settle(ctx context.Context, namespace string) (state, error) {
	deadline := time.Now().Add(impatience)
	last, since := "", time.Now()
	for {
		s, text, err := p.look(ctx, namespace)
		if err != nil {
			return s, err
		}
		if text != last {
			last, since = text, time.Now()
		}
		if time.Since(since) > calm {
			return s, nil
		}
		if time.Now().After(deadline) {
			return s, fmt.Errorf("namespace %s changes without end:\n%s", namespace, text)
		}
		time.Sleep(tick)
	}
}

// String is a state for people.
func (s state) String() string {
	var parts []string
	for _, run := range slices.Sorted(maps.Keys(s.pods)) {
		parts = append(parts, fmt.Sprintf("%s: %d pods", run, len(s.pods[run])))
	}
	return strings.Join(append(parts, slices.Sorted(maps.Keys(s.objects))...), ", ")
}
