package rules

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// podEnumerations judges the words of a pod that stand by themselves.
func (j *judge) podEnumerations(p *pod) {
	oneOf(j, diag.WrongValue, p.RestartPolicy, p.at.in("restartPolicy"), corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever)
	oneOf(j, diag.WrongValue, p.DNSPolicy, p.at.in("dnsPolicy"), corev1.DNSClusterFirst, corev1.DNSClusterFirstWithHostNet, corev1.DNSDefault, corev1.DNSNone)
	oneOfPtr(j, diag.WrongValue, p.PreemptionPolicy, p.at.in("preemptionPolicy"), corev1.PreemptLowerPriority, corev1.PreemptNever)
	if p.OS != nil {
		oneOfPtr(j, diag.WrongValue, &p.OS.Name, p.at.in("os").in("name"), corev1.Linux, corev1.Windows)
	}
}

// podNames: what a pod refers to by name, or is called itself.
func (j *judge) podNames(p *pod) {
	j.optional(&dnsName, p.ServiceAccountName, p.at.in("serviceAccountName"))
	j.optional(&dnsName, p.NodeName, p.at.in("nodeName"))
	j.optional(&dnsName, p.PriorityClassName, p.at.in("priorityClassName"))
	j.optional(&dnsLabel, p.Hostname, p.at.in("hostname"))
	j.optional(&dnsLabel, p.Subdomain, p.at.in("subdomain"))
	if p.RuntimeClassName != nil {
		j.named(&dnsName, *p.RuntimeClassName, p.at.in("runtimeClassName"))
	}
	if old := p.DeprecatedServiceAccount; old != "" && old != p.ServiceAccountName {
		j.refuse(diag.WrongValue, p.at.in("serviceAccount"), "serviceAccount is the old name of serviceAccountName, and says something else", "write serviceAccountName alone")
	}
	j.hostnameOverride(p)
}

// hostnameOverride is the whole name of the machine that a pod sees, of up to 64 characters as Linux has it; other ways
// to name it exclude it.
func (j *judge) hostnameOverride(p *pod) {
	if p.HostnameOverride == nil {
		return
	}
	at := p.at.in("hostnameOverride")
	j.named(&dnsName, *p.HostnameOverride, at)
	switch {
	case len(*p.HostnameOverride) > 64:
		j.refuse(diag.BadName, at, "hostnameOverride is longer than 64 characters", "write a shorter one")
	case isTrue(p.SetHostnameAsFQDN):
		j.excess(diag.WrongValue, at, "and setHostnameAsFQDN exclude one another", p.at.in("setHostnameAsFQDN"))
	case p.HostNetwork:
		j.excess(diag.WrongValue, at, "is impossible with hostNetwork", p.at.in("hostNetwork"))
	}
}

// isTrue reads an optional flag; nil is false.
func isTrue(b *bool) bool { return b != nil && *b }

// podNumbers judges times, and refuses containers that only a running pod gets (kubectl debug).
func (j *judge) podNumbers(p *pod) {
	notNegative(j, diag.OutOfRange, p.TerminationGracePeriodSeconds, p.at.in("terminationGracePeriodSeconds"))
	if p.ActiveDeadlineSeconds != nil {
		within(j, diag.OutOfRange, *p.ActiveDeadlineSeconds, 1, math.MaxInt32, p.at.in("activeDeadlineSeconds"))
	}
	if len(p.EphemeralContainers) > 0 {
		j.excess(diag.WrongValue, p.at.in("ephemeralContainers"), "are added to pods that run, and are no part of a template")
	}
}

// gracePeriod is how long the pod has to end, in seconds.
func (p *pod) gracePeriod() int64 {
	if p.TerminationGracePeriodSeconds == nil {
		return corev1.DefaultTerminationGracePeriodSeconds
	}
	return *p.TerminationGracePeriodSeconds
}

// hostNamespaces: processes are shared with the node or within the pod.
func (j *judge) hostNamespaces(p *pod) {
	if p.HostPID && isTrue(p.ShareProcessNamespace) {
		j.excess(diag.Security, p.at.in("shareProcessNamespace"), "and hostPID exclude one another", p.at.in("hostPID"))
	}
}

// hostUsers: a pod with users of its own shares nothing else with its node.
func (j *judge) hostUsers(p *pod) {
	if p.HostUsers == nil || *p.HostUsers {
		return
	}
	at := p.at.in("hostUsers")
	for _, f := range []struct {
		key string
		is  bool
	}{{"hostNetwork", p.HostNetwork}, {"hostPID", p.HostPID}, {"hostIPC", p.HostIPC}} {
		if f.is {
			j.excess(diag.Security, p.at.in(f.key), "is impossible with hostUsers: false", at)
		}
	}
	p.eachContainer(func(c *corev1.Container, here *place) {
		if len(c.VolumeDevices) > 0 {
			j.excess(diag.Security, here.in("volumeDevices"), "are impossible with hostUsers: false", at)
		}
	})
}

// pullSecrets: a name that is missing, or there twice, is a mistake, although the server warns of it at most.
func (j *judge) pullSecrets(p *pod) {
	at := p.at.in("imagePullSecrets")
	for i, s := range p.ImagePullSecrets {
		if s.Name == "" {
			j.missing(diag.MissingField, at.item(i), "name", "name a Secret with the registry's credentials")
		}
	}
	for i, first := range alike(p.ImagePullSecrets, func(s *corev1.LocalObjectReference) string { return s.Name }) {
		j.twice("pull secret "+diag.Quote(p.ImagePullSecrets[i].Name), at.item(first), at.item(i))
	}
}

// gates judges what a pod waits for before it is ready, or before it is scheduled. A pod that names its node is not
// scheduled, and cannot wait for that.
func (j *judge) gates(p *pod) {
	for i, g := range p.ReadinessGates {
		j.named(&qualified, string(g.ConditionType), p.at.in("readinessGates").item(i).in("conditionType"))
	}
	at := p.at.in("schedulingGates")
	for i, g := range p.SchedulingGates {
		j.named(&qualified, g.Name, at.item(i).in("name"))
	}
	for i, first := range alike(p.SchedulingGates, func(g *corev1.PodSchedulingGate) string { return g.Name }) {
		j.twice("scheduling gate "+diag.Quote(p.SchedulingGates[i].Name), at.item(first), at.item(i))
	}
	if p.NodeName != "" && len(p.SchedulingGates) > 0 {
		j.excess(diag.Scheduling, p.at.in("nodeName"), "and schedulingGates exclude one another", at)
	}
}

// Annotations of pods that Kubernetes itself reads.
const (
	mirrorAnnotation       = corev1.MirrorPodAnnotationKey
	tolerationsAnnotation  = corev1.TolerationsAnnotationKey
	deletionCostAnnotation = corev1.PodDeletionCost
	seccompPod             = corev1.SeccompPodAnnotationKey
	seccompContainer       = corev1.SeccompContainerAnnotationKeyPrefix
	appArmorContainer      = corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix
)

// deadAnnotations are those that Kubernetes no longer reads, with what says the same.
var deadAnnotations = map[string]string{
	"scheduler.alpha.kubernetes.io/critical-pod":  "write priorityClassName",
	"security.alpha.kubernetes.io/sysctls":        "write securityContext.sysctls",
	"security.alpha.kubernetes.io/unsafe-sysctls": "write securityContext.sysctls",
}

// podAnnotations judges annotations that Kubernetes itself read once, or reads: nearly all of them have become fields.
func (j *judge) podAnnotations(p *pod) {
	for key, value := range p.meta.Annotations {
		at := p.metaAt.in("annotations").in(key)
		dead, isDead := deadAnnotations[key]
		switch {
		case isDead:
			j.refuse(diag.WrongValue, at, "Kubernetes no longer reads the annotation "+key, dead)
		case key == mirrorAnnotation:
			j.excess(diag.WrongValue, at, "marks pods that a kubelet makes of files")
		case key == tolerationsAnnotation && value != "":
			j.tolerationsAnnotation(value, at)
		case key == deletionCostAnnotation:
			j.deletionCost(value, at)
		case key == seccompPod || strings.HasPrefix(key, seccompContainer):
			j.refuse(diag.Security, at, "Kubernetes no longer reads the annotation "+key, "write securityContext.seccompProfile")
		case strings.HasPrefix(key, appArmorContainer):
			j.refuse(diag.Security, at, "the annotation "+key+" is on its way out", "write securityContext.appArmorProfile")
		}
	}
}

// tolerationsAnnotation refuses tolerations in their old form, and what cannot be read as such; an empty list says
// nothing.
func (j *judge) tolerationsAnnotation(value string, at *place) {
	var tolerations []corev1.Toleration
	if json.Unmarshal([]byte(value), &tolerations) != nil || len(tolerations) > 0 {
		j.excess(diag.Scheduling, at, "is the old form of tolerations")
	}
}

// deletionCost is a whole number of 32 bits, without a sign or zeros that it does not need.
func (j *judge) deletionCost(value string, at *place) {
	if _, err := strconv.ParseInt(value, 10, 32); err != nil || len(value) > 1 && (value[0] == '0' || value[0] == '+') {
		j.refuse(diag.OutOfRange, at, fmt.Sprintf("%s is not a whole number of 32 bits", diag.Quote(value)), "write a number such as 100")
	}
}

// hasContainer reports whether the pod has a container of a name, in whichever list.
func (p *pod) hasContainer(name string) bool {
	named := func(c corev1.Container) bool { return c.Name == name }
	return slices.ContainsFunc(p.Containers, named) || slices.ContainsFunc(p.InitContainers, named)
}
