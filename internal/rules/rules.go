// Package rules says what Kubernetes thinks of a finished object: what the API server's own validation refuses, and what
// it warns of, written once over the typed objects of k8s.io/api.
//
// An object is judged as it leaves Berth, whoever wrote its fields: the run, a profile, a base object, a patch. The rules
// know nothing of these. They name the field of the object, and the caller finds the line that the field came from.
//
// The source of the rules is k8s.io/kubernetes: pkg/apis/*/validation for what is refused, pkg/api/*/warnings.go for what
// is warned of. The proof holds them against that code, with random objects.
package rules

import (
	"fmt"

	"berth/internal/diag"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// The rules, by the part of an object that they are about. A rule is a function and its row here. Rules are independent of
// one another and report in any order.
var (
	objectRules = []func(*judge, *metav1.ObjectMeta, *place){
		(*judge).labels, (*judge).annotations, (*judge).finalizers, (*judge).orphans, (*judge).owners, (*judge).clusterFields,
	}
	podRules = []func(*judge, *pod){
		(*judge).containerNames, (*judge).initContainers, (*judge).podPorts, (*judge).podEnumerations, (*judge).podNames,
		(*judge).podNumbers, (*judge).podVolumes, (*judge).podAnnotations, (*judge).hostNamespaces, (*judge).hostUsers,
		(*judge).pullSecrets, (*judge).dns, (*judge).hostAliases, (*judge).gates, (*judge).podSecurity, (*judge).windows,
		(*judge).hostProcess, (*judge).podClaims, (*judge).podResources, (*judge).tolerations, (*judge).nodeSelector,
		(*judge).nodeAffinity, (*judge).podAffinity, (*judge).spread,
	}
	containerRules = []func(*judge, *pod, *container){
		(*judge).containerFields, (*judge).containerPorts, (*judge).env, (*judge).envFrom, (*judge).mounts, (*judge).devices,
		(*judge).probes, (*judge).lifecycle, (*judge).containerResources, (*judge).hugePages, (*judge).containerClaims,
		(*judge).resizePolicy, (*judge).restartRules, (*judge).containerSecurity, (*judge).references,
		(*judge).argumentSizes,
	}
	jobRules = []func(*judge, *batchv1.JobSpec, *place){
		(*judge).jobNumbers, (*judge).jobEnumerations, (*judge).indexes, (*judge).failurePolicy, (*judge).successPolicy,
		(*judge).jobRestarts,
	}
	jobSetRules     = []func(*judge, *jobset.JobSet, *place){(*judge).jobSetJobs, (*judge).jobSetNames, (*judge).jobSetPolicies, (*judge).jobSetClaims}
	groupSetRules   = []func(*judge, *lws.LeaderWorkerSet, *place){(*judge).groupSetName, (*judge).groupSetNumbers, (*judge).groupSetRollout, (*judge).groupSetPods}
	cronJobRules    = []func(*judge, *batchv1.CronJobSpec, *place){(*judge).schedule, (*judge).timeZone, (*judge).cronNumbers, (*judge).cronTemplate}
	deploymentRules = []func(*judge, *appsv1.DeploymentSpec, *place){(*judge).deploymentNumbers, (*judge).strategy, (*judge).selector, (*judge).deploymentPods}
	serviceRules    = []func(*judge, *corev1.Service, *place){
		(*judge).serviceType, (*judge).servicePorts, (*judge).nodePorts, (*judge).sessionAffinity, (*judge).clusterIPs, (*judge).ipFamilies,
		(*judge).serviceAddresses, (*judge).traffic,
	}
	claimRules = []func(*judge, *corev1.PersistentVolumeClaimSpec, *place){
		(*judge).accessModes, (*judge).storage, (*judge).claimNames, (*judge).dataSources,
	}
)

// Check lists what the API server of Kubernetes 1.minor refuses or warns of in an object, up to a bounded number of
// problems. An object of a kind without rules is a problem itself. Of an object that is right otherwise, what may not be
// meant is warned of.
func Check(object metav1.Object, minor int) []Problem {
	j := judge{minor: minor}
	root := &place{}
	j.object(object, root)
	spec := root.in("spec")
	switch o := object.(type) {
	case *batchv1.Job:
		j.job(&o.Spec, spec)
		j.indexedName(o, spec)
	case *jobset.JobSet:
		each(&j, jobSetRules, o, spec)
	case *lws.LeaderWorkerSet:
		each(&j, groupSetRules, o, spec)
	case *batchv1.CronJob:
		each(&j, cronJobRules, &o.Spec, spec)
		j.job(&o.Spec.JobTemplate.Spec, spec.in("jobTemplate").in("spec"))
	case *appsv1.Deployment:
		each(&j, deploymentRules, &o.Spec, spec)
		j.template(&o.Spec.Template, spec.in("template"))
	// Of these two, only the pods are judged.
	case *appsv1.DaemonSet:
		j.template(&o.Spec.Template, spec.in("template"))
	case *appsv1.StatefulSet:
		j.template(&o.Spec.Template, spec.in("template"))
	case *corev1.Service:
		each(&j, serviceRules, o, spec)
	case *corev1.PersistentVolumeClaim:
		j.claim(&o.Spec, spec)
	case *resourcev1.ResourceClaimTemplate:
		j.templateMeta(&o.Spec.ObjectMeta, spec.in("metadata"))
		j.deviceClaim(&o.Spec.Spec, spec.in("spec"))
	case *corev1.ConfigMap:
		j.configMap(o, root)
	case *corev1.Secret:
		j.secret(o, root)
	case *corev1.ServiceAccount:
		j.serviceAccount(o, root)
	case *autoscalingv2.HorizontalPodAutoscaler:
		j.autoscaler(o, spec)
	case *policyv1.PodDisruptionBudget:
		j.budget(o, spec)
	case *networkingv1.NetworkPolicy:
		j.networkPolicy(o, spec)
	case *networkingv1.Ingress:
		j.ingress(o, spec)
	case *gatewayv1.HTTPRoute:
		j.httpRoute(o, spec)
	// A kind that a renderer learns without rules is found by the first object of it.
	default:
		j.refuse(diag.Output, root.in("kind"), fmt.Sprintf("there are no rules for objects of type %T", object), "")
	}
	// Warnings about an object that is refused anyway would only distract.
	if len(j.problems) == 0 {
		return j.warnings
	}
	return j.problems
}

// each judges one part by all rules for such a part.
func each[T any](j *judge, rules []func(*judge, *T, *place), part *T, at *place) {
	for _, rule := range rules {
		rule(j, part, at)
	}
}

// object judges what every object has, whatever its kind. An object without metadata, as a list is, has nothing of it.
func (j *judge) object(o metav1.Object, root *place) {
	meta, ok := o.(interface{ GetObjectMeta() metav1.Object })
	if !ok {
		return
	}
	if m, ok := meta.GetObjectMeta().(*metav1.ObjectMeta); ok {
		each(j, objectRules, m, root.in("metadata"))
		j.objectName(o, m, root.in("metadata"))
	}
	j.status(o, root)
	j.objectSize(o, root)
}

// job judges a Job, or the template of a CronJob. The controller of an indexed Job sets one more variable, behind the
// container's own.
func (j *judge) job(spec *batchv1.JobSpec, at *place) {
	each(j, jobRules, spec, at)
	if spec.CompletionMode != nil && *spec.CompletionMode == batchv1.IndexedCompletion {
		j.appended = "JOB_COMPLETION_INDEX" // pkg/controller/job/indexed_job_utils.go
	}
	j.template(&spec.Template, at.in("template"))
	j.appended = ""
}

// claim judges a claim of its own and one that a volume or a template brings.
func (j *judge) claim(spec *corev1.PersistentVolumeClaimSpec, at *place) {
	each(j, claimRules, spec, at)
}

// template judges a pod template and what its pods will be refused for, which is more.
func (j *judge) template(t *corev1.PodTemplateSpec, at *place) {
	each(j, objectRules, &t.ObjectMeta, at.in("metadata"))
	p := &pod{PodSpec: &t.Spec, meta: &t.ObjectMeta, at: at.in("spec"), metaAt: at.in("metadata")}
	for _, rule := range podRules {
		rule(j, p)
	}
	for i := range t.Spec.InitContainers {
		j.container(p, &container{Container: &t.Spec.InitContainers[i], at: p.at.in("initContainers").item(i), init: true})
	}
	for i := range t.Spec.Containers {
		j.container(p, &container{Container: &t.Spec.Containers[i], at: p.at.in("containers").item(i)})
	}
}

// container judges one container against the pod that it stands in.
func (j *judge) container(p *pod, c *container) {
	for _, rule := range containerRules {
		rule(j, p, c)
	}
}

// pod is a pod specification with what the rules look up in it.
type pod struct {
	*corev1.PodSpec
	meta       *metav1.ObjectMeta
	at, metaAt *place
	byName     map[string]*corev1.Volume
}

// volume finds a volume by name, the first of several.
func (p *pod) volume(name string) *corev1.Volume {
	if p.byName == nil {
		p.byName = make(map[string]*corev1.Volume, len(p.Volumes))
		for i := range p.Volumes {
			if v := &p.Volumes[i]; p.byName[v.Name] == nil {
				p.byName[v.Name] = v
			}
		}
	}
	return p.byName[name]
}

// eachContainer calls check for the containers that start before the others, and then for these.
func (p *pod) eachContainer(check func(c *corev1.Container, at *place)) {
	for i := range p.InitContainers {
		check(&p.InitContainers[i], p.at.in("initContainers").item(i))
	}
	for i := range p.Containers {
		check(&p.Containers[i], p.at.in("containers").item(i))
	}
}

// container is one of a pod's containers.
type container struct {
	*corev1.Container
	at   *place
	init bool // it stands under initContainers
}

// sidecar reports whether a container under initContainers runs for as long as the pod does.
func (c *container) sidecar() bool {
	return c.init && c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}
