package renderers

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"berth/internal/diag"
	"berth/schema"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// Kind is all that Berth knows of one kind of object. A kind is its row in this file and the file that renders it; whoever
// treats kinds differently asks the row. A test holds that every row has every part.
type Kind struct {
	Name, APIVersion string

	// File is the name of the file in the run's folder, stable when the object's name is not: job.yaml, or with a star for
	// what tells several objects of the kind apart: persistentvolumeclaim-*.yaml.
	File string

	// New makes an empty object of the kind.
	New func() kubeObject

	// Pod is the pod template in an object of the kind, and PodAt its path; [NoPod] and "" for a kind that makes no pods.
	Pod   func(value any) *corev1.PodTemplateSpec
	PodAt string

	// Leader is the template of the pods that are different in an object of the kind, one in each of its groups, nil where none
	// is; and LeaderAt its path. Nil and "" for most kinds.
	Leader   func(value any) *corev1.PodTemplateSpec
	LeaderAt string

	// Pods is how many of its pods an object of the kind has at a time while it runs, 0 for one that is to have none;
	// [NoPods] for a kind that makes none.
	Pods func(value any) int64

	// Starts are the pods of an object of the kind that start together or not at all where a queue holds them back, by their
	// templates; nil for a kind that makes none. An object may have such pods several times.
	Starts func(value any) []PodSet

	// Base reports whether a profile may give a base object for the kind.
	Base bool

	// Makes is the kind whose objects an object of the kind makes, and where in it: what a profile's base object says of
	// Jobs holds for those that a CronJob makes. Empty for most.
	Makes Made

	// Change is what a change of the object does to what runs.
	Change Change

	// Rollout says how an object of the kind replaces its pods, and whether it waits with that; nil but for a [Rollout].
	Rollout func(value any) (how string, paused bool)

	// Removal is what becomes of an object of the kind that leaves Git, with the plan that it was rendered from.
	Removal func(*Object) Removal

	// Refused says what the API server does with the field at path of an object that becomes another: [Taken] for a kind
	// whose every field can be changed.
	Refused func(path string, was, is any) Refusal

	// ContentNamed says that the name is made of the content: another name is no change of its own.
	ContentNamed bool

	// Named are the paths of what the name is made of before a patch could change it, so that no patch may. Empty for a
	// kind whose name does not depend on its content, or is made of it last.
	Named []string

	// Selector is the path by which an object of the kind knows its pods; empty for one that knows none. What other objects
	// select is nobody's identity.
	Selector string

	// Queue is the field by which Kueue holds an object of the kind back; empty for one that it leaves alone.
	Queue string

	// Services reports whether the controller makes a Service of the object's own name.
	Services bool

	// Live are the fields that the cluster or a controller sets in an object of the kind, and that are therefore no
	// difference from what Git says. The status and what the API server writes into every object's metadata are live in all.
	Live []string

	// wanted reports whether a plan has objects of the kind, render gives them, and seal, where it is set, gives an object
	// what depends on all the rest of it, such as a name made of its content.
	wanted func(*schema.Plan) bool
	render func(*renderer) []typed
	seal   func(*renderer, at, kubeObject)
}

// Made is a kind and the path in the object that makes such objects.
type Made struct{ Kind, At string }

// Change says what a change of an object does to what runs.
type Change string

// The changes. A change of an Accessory does nothing to pods; a Once cannot be changed and is replaced; a Schedule takes the
// change at its next start; a Rollout replaces its pods.
const (
	Accessory Change = "accessory"
	Once      Change = "once"
	Schedule  Change = "schedule"
	Rollout   Change = "rollout"
)

// Removal is what becomes of an object that leaves Git.
type Removal string

// The removals. A Deleted one is deleted by the controller that prunes; a WithJob lives as the run policy says of the Job; a
// Kept one holds data, and a Left one what pods of an older template still read: nothing deletes either.
const (
	Deleted Removal = "deleted"
	WithJob Removal = "with the Job"
	Kept    Removal = "kept"
	Left    Removal = "left"
)

// always is the Removal of a kind whose objects all go the same way.
func always(r Removal) func(*Object) Removal {
	return func(*Object) Removal { return r }
}

// Refusal is what the API server does with a change, in words; empty for one that it takes.
type Refusal struct {
	Reason string
	// Silent says that it takes the object, and leaves the field as it was without a word.
	Silent bool
}

// Taken is the Refused of a kind whose every field can be changed.
func Taken(string, any, any) Refusal { return Refusal{} }

// kinds are the kinds in the order of the output. The claim template comes first because pods refer to it by a name made
// of its content; a pod that comes before its volume's claim waits for it.
var kinds = []*Kind{
	{
		Name: "ResourceClaimTemplate", APIVersion: "resource.k8s.io/v1", File: "resourceclaimtemplate.yaml",
		New:    func() kubeObject { return &resourcev1.ResourceClaimTemplate{} },
		wanted: wantsDeviceClaim, render: (*renderer).claimTemplate, seal: (*renderer).nameClaimTemplate,
		Pod: NoPod, Pods: NoPods, Change: Accessory,
		Removal: always(WithJob), Refused: refusedClaimTemplate, ContentNamed: true,
	},
	{
		Name: "ConfigMap", APIVersion: "v1", File: "configmap.yaml",
		New:    func() kubeObject { return &corev1.ConfigMap{} },
		wanted: hasFiles, render: (*renderer).filesConfigMap,
		Pod: NoPod, Pods: NoPods, Change: Accessory, Removal: always(Left), Refused: refusedConfigMap,
		ContentNamed: true, Named: []string{"data", "binaryData", "immutable"},
	},
	{
		Name: "Job", APIVersion: "batch/v1", File: "job.yaml",
		New:    func() kubeObject { return &batchv1.Job{} },
		Base:   true,
		wanted: isJob, render: (*renderer).job, seal: (*renderer).nameJob,
		Pod:     func(o any) *corev1.PodTemplateSpec { return &o.(*batchv1.Job).Spec.Template },
		PodAt:   "spec.template",
		Pods:    func(o any) int64 { return jobPods(&o.(*batchv1.Job).Spec) },
		Starts:  func(o any) []PodSet { return []PodSet{startsOfJob(&o.(*batchv1.Job).Spec, 1)} },
		Change:  Once,
		Removal: always(WithJob), Refused: refusedJob, ContentNamed: true, Selector: "spec.selector", Queue: "spec.suspend",
		Live: []string{"spec.suspend", "spec.selector", "spec.template.metadata.labels"},
	},
	{
		Name: "JobSet", APIVersion: "jobset.x-k8s.io/v1alpha2", File: "jobset.yaml",
		New:    newJobSet,
		wanted: isJobSet, render: (*renderer).jobSet, seal: (*renderer).nameJobSet,
		Pod:     podOfJobSet,
		PodAt:   "spec.replicatedJobs[0].template.spec.template",
		Pods:    podsOfJobSet,
		Starts:  startsOfJobSet,
		Change:  Once,
		Removal: always(WithJob), Refused: refusedJobSet, ContentNamed: true, Queue: "spec.suspend", Services: true,
		Live: []string{"spec.suspend"},
	},
	{
		Name: "CronJob", APIVersion: "batch/v1", File: "cronjob.yaml",
		New:    func() kubeObject { return &batchv1.CronJob{} },
		Base:   true,
		wanted: isCronJob, render: (*renderer).cronJob,
		Pod:    func(o any) *corev1.PodTemplateSpec { return &o.(*batchv1.CronJob).Spec.JobTemplate.Spec.Template },
		PodAt:  "spec.jobTemplate.spec.template",
		Pods:   func(o any) int64 { return jobPods(&o.(*batchv1.CronJob).Spec.JobTemplate.Spec) },
		Starts: func(o any) []PodSet { return []PodSet{startsOfJob(&o.(*batchv1.CronJob).Spec.JobTemplate.Spec, 1)} },
		Makes:  Made{"Job", "spec.jobTemplate"},
		Change: Schedule, Removal: always(Deleted), Refused: Taken, Selector: "spec.jobTemplate.spec.selector",
	},
	{
		Name: "Deployment", APIVersion: "apps/v1", File: "deployment.yaml",
		New:    func() kubeObject { return &appsv1.Deployment{} },
		Base:   true,
		wanted: isDeployment, render: (*renderer).deployment, seal: (*renderer).settleStrategy,
		Pod:    func(o any) *corev1.PodTemplateSpec { return &o.(*appsv1.Deployment).Spec.Template },
		PodAt:  "spec.template",
		Pods:   func(o any) int64 { return orOne(o.(*appsv1.Deployment).Spec.Replicas) },
		Starts: func(o any) []PodSet { return []PodSet{{&o.(*appsv1.Deployment).Spec.Template, 1}} },
		Change: Rollout, Rollout: rolloutOfDeployment, Removal: always(Deleted), Refused: refusedDeployment, Selector: "spec.selector",
	},
	{
		Name: "LeaderWorkerSet", APIVersion: "leaderworkerset.x-k8s.io/v1", File: "leaderworkerset.yaml",
		New:    func() kubeObject { return &lws.LeaderWorkerSet{} },
		wanted: isGroupSet, render: (*renderer).groupSet,
		Pod: func(o any) *corev1.PodTemplateSpec {
			return &o.(*lws.LeaderWorkerSet).Spec.LeaderWorkerTemplate.WorkerTemplate
		},
		PodAt: "spec.leaderWorkerTemplate.workerTemplate",
		Leader: func(o any) *corev1.PodTemplateSpec {
			return o.(*lws.LeaderWorkerSet).Spec.LeaderWorkerTemplate.LeaderTemplate
		},
		LeaderAt: "spec.leaderWorkerTemplate.leaderTemplate",
		Pods:     podsOfGroupSet,
		Starts:   startsOfGroupSet,
		Change:   Rollout, Rollout: rolloutOfGroupSet, Removal: always(Deleted), Refused: refusedGroupSet, Services: true,
	},
	{
		Name: "Service", APIVersion: "v1", File: "service.yaml",
		New:    func() kubeObject { return &corev1.Service{} },
		Base:   true,
		wanted: wantsService, render: (*renderer).services,
		Pod: NoPod, Pods: NoPods, Change: Accessory, Removal: removalOfService, Refused: refusedService, Selector: "spec.selector",
		Live: []string{"spec.clusterIP", "spec.clusterIPs", "spec.ports[*].nodePort", "spec.ipFamilies", "spec.healthCheckNodePort"},
	},
	{
		Name: "HorizontalPodAutoscaler", APIVersion: "autoscaling/v2", File: "horizontalpodautoscaler.yaml",
		New:    func() kubeObject { return &autoscalingv2.HorizontalPodAutoscaler{} },
		wanted: wantsAutoscaler, render: (*renderer).autoscaler,
		Pod: NoPod, Pods: NoPods, Change: Accessory, Removal: always(Deleted), Refused: Taken,
	},
	{
		Name: "PodDisruptionBudget", APIVersion: "policy/v1", File: "poddisruptionbudget.yaml",
		New:    func() kubeObject { return &policyv1.PodDisruptionBudget{} },
		wanted: wantsBudget, render: (*renderer).budget,
		Pod: NoPod, Pods: NoPods, Change: Accessory, Removal: always(Deleted), Refused: Taken, Selector: "spec.selector",
	},
	{
		Name: "HTTPRoute", APIVersion: "gateway.networking.k8s.io/v1", File: "httproute.yaml",
		New:    func() kubeObject { return &gatewayv1.HTTPRoute{} },
		wanted: wantsRoute, render: (*renderer).route,
		Pod: NoPod, Pods: NoPods, Change: Accessory, Removal: always(Deleted), Refused: Taken,
	},
	{
		Name: "PersistentVolumeClaim", APIVersion: "v1", File: "persistentvolumeclaim-*.yaml",
		New:    func() kubeObject { return &corev1.PersistentVolumeClaim{} },
		wanted: hasClaims, render: (*renderer).claims,
		Pod: NoPod, Pods: NoPods, Change: Accessory, Removal: always(Kept), Refused: refusedClaim,
		Live: []string{"spec.volumeName", "spec.storageClassName", "spec.volumeMode"},
	},
}

// Kinds are all kinds in the order of the output.
func Kinds() []*Kind { return slices.Clone(kinds) }

// KindOf is the row of the kind of that name, such as Job. The error names the kinds that there are.
func KindOf(name string) (*Kind, error) {
	for _, k := range kinds {
		if k.Name == name {
			return k, nil
		}
	}
	return nil, fmt.Errorf("unknown kind %s: the kinds are %s", diag.Quote(name), diag.AllOf(KindNames(func(*Kind) bool { return true })))
}

// Row is the object's row. The error is about an object of a kind that Berth does not render, such as some of `extra`: one of
// another API may have a name that is known here.
func (o *Object) Row() (*Kind, error) {
	k, err := KindOf(o.Kind)
	if err == nil && k.APIVersion != o.APIVersion {
		return nil, fmt.Errorf("no kind %s of %s is known", o.Kind, o.APIVersion)
	}
	return k, err
}

// Removal is what becomes of the object when it leaves Git. One of `extra` is deleted with its run, unless it holds data.
func (o *Object) Removal() Removal {
	if o.extra != "" {
		if kind, ok := findExtraKind(o.APIVersion, o.Kind); ok && kind.data {
			return Kept
		}
		return Deleted
	}
	k, err := o.Row()
	if err != nil {
		return Deleted
	}
	return k.Removal(o)
}

// KindNames are the names of the kinds of a sort, in the order of the output.
func KindNames(sort func(*Kind) bool) []string {
	var names []string
	for _, k := range kinds {
		if sort(k) {
			names = append(names, k.Name)
		}
	}
	return names
}

// MakesPods reports whether objects of the kind make pods.
func (k *Kind) MakesPods() bool { return k.PodAt != "" }

// PodTemplate is the pod template in a typed object, nil for one that makes no pods. The error is about an object of a kind
// that has no row: nobody may take it for one without pods.
func PodTemplate(value any) (*corev1.PodTemplateSpec, error) {
	k, err := kindOfValue(value)
	if err != nil {
		return nil, err
	}
	return k.Pod(value), nil
}

// kindOfValue finds the row of a typed object such as *batchv1.Job. An object of `extra` has none, and is an error.
func kindOfValue(value any) (*Kind, error) {
	if k := kindsByType()[reflect.TypeOf(value)]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("no kind has objects of type %T", value)
}

// kindsByType are the rows by the pointer type of their objects, made at the first question.
var kindsByType = sync.OnceValue(func() map[reflect.Type]*Kind {
	byType := map[reflect.Type]*Kind{}
	for _, k := range kinds {
		byType[reflect.TypeOf(k.New())] = k
	}
	return byType
})

// NoPod is the Pod of a kind that makes no pods.
func NoPod(any) *corev1.PodTemplateSpec { return nil }

// NoPods is the Pods of a kind that makes no pods.
func NoPods(any) int64 { return 0 }

// jobPods is how many pods a Job has at a time: never more than it still needs.
func jobPods(spec *batchv1.JobSpec) int64 {
	if spec.Suspend != nil && *spec.Suspend {
		return 0
	}
	return startsOfJob(spec, 1).Count
}

// orOne is a count that Kubernetes takes for 1 when it is not set.
func orOne(n *int32) int64 {
	if n == nil {
		return 1
	}
	return int64(*n)
}
