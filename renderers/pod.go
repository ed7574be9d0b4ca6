package renderers

import (
	"strconv"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podTemplate renders the pod, which is the same in every kind. What is written into it is part of a Job's name; nothing
// may stand here that can change while the run stays the same (see podLabels).
func (r *renderer) podTemplate(at at) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: r.podMeta(at.in("metadata")), Spec: r.podSpec(at.in("spec"))}
}

// podSpec is the pod of every kind that makes pods. The claim of devices comes last, since it is added to the first
// container and to the claims that the run names itself.
func (r *renderer) podSpec(at at) corev1.PodSpec {
	pod := corev1.PodSpec{
		TerminationGracePeriodSeconds: r.gracePeriod(at),
		ServiceAccountName:            copied(at, "serviceAccountName", "spec.service_account", r.spec.ServiceAccount),
		AutomountServiceAccountToken:  r.automountToken(at),
		EnableServiceLinks:            copied(at, "enableServiceLinks", "spec.enable_service_links", r.spec.EnableServiceLinks),
		PriorityClassName:             copied(at, "priorityClassName", "spec.priority_class", r.spec.PriorityClass),
		SchedulerName:                 copied(at, "schedulerName", "spec.scheduler_name", r.spec.SchedulerName),
		SecurityContext:               r.podSecurity(at),
		Volumes:                       r.volumes(at.in("volumes")),
		ImagePullSecrets:              r.pullSecrets(at),
		ResourceClaims:                r.resourceClaims(at.in("resourceClaims")),
	}
	if class := r.spec.RuntimeClass; class != "" {
		pod.RuntimeClassName = copied(at, "runtimeClassName", "spec.runtime_class", &class)
	}
	r.containers(at, &pod)
	r.network(at, &pod)
	r.place(at, &pod)
	r.claimDevices(at, &pod)
	return pod
}

// usualGrace is how long Kubernetes gives a pod to end, in seconds.
const usualGrace = 30

// gracePeriod is how long the pod may take to end: what it says, or the usual time and that of a drain.
func (r *renderer) gracePeriod(at at) *int64 {
	const field = "terminationGracePeriodSeconds"
	if drain := r.spec.DrainSeconds; r.spec.TerminationGracePeriodSeconds == nil && drain != nil && *drain > 0 {
		return computed(at, field, "spec.drain_seconds", "the drain, and the usual 30 seconds to end", new(*drain+usualGrace))
	}
	return copied(at, field, "spec.termination_grace_period_seconds", r.spec.TerminationGracePeriodSeconds)
}

// resourceClaims are claims of devices that the run names itself: of one that is there, or of a template that is. Those
// of its profile are added by claimDevices.
func (r *renderer) resourceClaims(at at) []corev1.PodResourceClaim {
	var claims []corev1.PodResourceClaim
	for i, c := range r.spec.ResourceClaims {
		at, from := at.item(i), at.from("spec.resource_claims").item(i)
		claim := corev1.PodResourceClaim{Name: copied(at, "name", from.of("name"), c.Name)}
		if c.Claim != "" {
			claim.ResourceClaimName = copied(at, "resourceClaimName", from.of("claim"), &c.Claim)
		}
		if c.Template != "" {
			claim.ResourceClaimTemplateName = copied(at, "resourceClaimTemplateName", from.of("template"), &c.Template)
		}
		claims = append(claims, claim)
	}
	return claims
}

// network says how the pod is called and how it finds others.
func (r *renderer) network(at at, pod *corev1.PodSpec) {
	pod.HostNetwork = copied(at, "hostNetwork", "spec.host_network", isTrue(r.spec.HostNetwork))
	pod.HostPID = copied(at, "hostPID", "spec.host_pid", isTrue(r.spec.HostPID))
	pod.HostIPC = copied(at, "hostIPC", "spec.host_ipc", isTrue(r.spec.HostIPC))
	pod.Hostname = copied(at, "hostname", "spec.hostname", r.spec.Hostname)
	pod.Subdomain = copied(at, "subdomain", "spec.subdomain", r.spec.Subdomain)
	pod.DNSPolicy = copied(at, "dnsPolicy", "spec.dns_policy", corev1.DNSPolicy(r.spec.DNSPolicy))
	if pod.HostNetwork && pod.DNSPolicy == "" {
		pod.DNSPolicy = computed(at, "dnsPolicy", "spec.host_network", "on the node's network the usual policy would ask the node's name servers",
			corev1.DNSClusterFirstWithHostNet)
	}
	if r.spec.DNSConfig != nil {
		pod.DNSConfig = copied(at, "dnsConfig", "spec.dns_config", &corev1.PodDNSConfig{})
		r.inKubernetesForm("spec.dns_config", r.spec.DNSConfig, pod.DNSConfig)
	}
	if r.spec.HostAliases != nil {
		copied(at, "hostAliases", "spec.host_aliases", 0)
		r.inKubernetesForm("spec.host_aliases", r.spec.HostAliases, &pod.HostAliases)
	}
}

// podMeta has the labels and annotations of the pod. Under recreate the Job keeps its name, so that rerun has to change
// the pods to start it again; under other policies it changes the name.
func (r *renderer) podMeta(at at) metav1.ObjectMeta {
	meta := metav1.ObjectMeta{Labels: r.podLabels(at), Annotations: r.annotations(at)}
	annotations := at.in("annotations")
	r.annotateTopology(annotations, &meta.Annotations)
	if isTrue(r.spec.DoNotDisrupt) {
		for key, value := range doNotDisrupt {
			put(annotations, &meta.Annotations, key, origin{plan: "spec.do_not_disrupt", reason: "autoscalers leave the pod's node alone"}, value)
		}
	}
	for key, value := range r.spec.PodAnnotations {
		put(annotations, &meta.Annotations, key, origin{plan: at.from("spec.pod_annotations").key(key).path}, value)
	}
	if rerun := r.spec.Rerun; rerun != nil && *rerun != 0 && r.spec.RunPolicy == schema.RunPolicyRecreate {
		put(annotations, &meta.Annotations, berthRerun, origin{plan: "spec.rerun"}, strconv.FormatInt(*rerun, 10))
	}
	return meta
}

// doNotDisrupt are the annotations by which autoscalers know that a pod may not be moved.
var doNotDisrupt = map[string]string{
	"cluster-autoscaler.kubernetes.io/safe-to-evict": "false", // cluster-autoscaler
	"karpenter.sh/do-not-disrupt":                    "true",  // Karpenter
}

// pullSecrets are the names of Secrets with credentials of registries; the kubelet tries them all.
func (r *renderer) pullSecrets(at at) []corev1.LocalObjectReference {
	var secrets []corev1.LocalObjectReference
	for i, name := range r.spec.ImagePullSecrets {
		secrets = append(secrets, named(copied(at.in("imagePullSecrets").item(i), "name", at.from("spec.image_pull_secrets").item(i).path, name)))
	}
	return secrets
}

// automountToken says whether the pod may speak to the API server: few runs do, and those name an account for it.
func (r *renderer) automountToken(at at) *bool {
	const field = "automountServiceAccountToken"
	switch {
	case r.spec.AutomountToken != nil:
		return copied(at, field, "spec.automount_token", new(*r.spec.AutomountToken))
	case r.spec.ServiceAccount != "":
		return computed(at, field, "spec.service_account", "a run that names an account means to use it", new(true))
	}
	return decided(at, field, "the token of the API server is for runs that name a service account", new(r.plan.InEdition().AutomountToken))
}
