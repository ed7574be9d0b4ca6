// Package defaults knows what the API server writes into an object where it says nothing.
package defaults

import (
	"math"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Fill fills an object with what the API server writes into it where it says nothing (the SetDefaults functions of
// k8s.io/kubernetes/pkg/apis), so that two objects can be compared by what they mean. A test of module proof holds it to
// the server's own functions.
func Fill(object any) {
	switch o := object.(type) {
	case *appsv1.Deployment:
		deploymentDefaults(&o.Spec)
	case *batchv1.Job:
		if len(o.Labels) == 0 {
			o.Labels = o.Spec.Template.Labels
		}
		jobDefaults(&o.Spec)
	case *batchv1.CronJob:
		unset(&o.Spec.ConcurrencyPolicy, batchv1.AllowConcurrent)
		absent(&o.Spec.Suspend, false)
		absent(&o.Spec.SuccessfulJobsHistoryLimit, 3)
		absent(&o.Spec.FailedJobsHistoryLimit, 1)
		jobTemplateDefaults(&o.Spec.JobTemplate.Spec)
	case *corev1.Service:
		serviceDefaults(&o.Spec)
	case *autoscalingv2.HorizontalPodAutoscaler:
		autoscalerDefaults(&o.Spec)
	case *networkingv1.NetworkPolicy:
		networkPolicyDefaults(&o.Spec)
	case *corev1.PersistentVolumeClaim:
		absent(&o.Spec.VolumeMode, corev1.PersistentVolumeFilesystem)
	}
}

// VolumeMode is the mode of a volume's files that says none.
const VolumeMode = 0o644

// PullPolicy is the pull policy of an image that says none (SetDefaults_Container).
func PullPolicy(image string) string {
	name := image[strings.LastIndex(image, "/")+1:]
	if _, _, digest := strings.Cut(name, "@"); digest {
		return "IfNotPresent"
	}
	if _, tag, ok := strings.Cut(name, ":"); ok && tag != "latest" {
		return "IfNotPresent"
	}
	return "Always"
}

// unset gives a field that is empty a value.
func unset[T comparable](field *T, value T) {
	var none T
	if *field == none {
		*field = value
	}
}

// absent gives a field that is not there a value.
func absent[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

func deploymentDefaults(d *appsv1.DeploymentSpec) {
	absent(&d.Replicas, 1)
	absent(&d.RevisionHistoryLimit, 10)
	absent(&d.ProgressDeadlineSeconds, 600)
	unset(&d.Strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
	if d.Strategy.Type == appsv1.RollingUpdateDeploymentStrategyType {
		absent(&d.Strategy.RollingUpdate, appsv1.RollingUpdateDeployment{})
		absent(&d.Strategy.RollingUpdate.MaxUnavailable, intstr.FromString("25%"))
		absent(&d.Strategy.RollingUpdate.MaxSurge, intstr.FromString("25%"))
	}
	podDefaults(&d.Template.Spec)
}

// jobDefaults are those of a Job by itself. In a CronJob's template, the numbers stay open until a Job is made of it.
func jobDefaults(j *batchv1.JobSpec) {
	if j.Completions == nil && j.Parallelism == nil {
		absent(&j.Completions, 1)
	}
	absent(&j.Parallelism, 1)
	limit := int32(6)
	if j.BackoffLimitPerIndex != nil {
		limit = math.MaxInt32
	}
	absent(&j.BackoffLimit, limit)
	absent(&j.CompletionMode, batchv1.NonIndexedCompletion)
	absent(&j.Suspend, false)
	absent(&j.ManualSelector, false)
	replacement := batchv1.TerminatingOrFailed
	if j.PodFailurePolicy != nil {
		replacement = batchv1.Failed
	}
	absent(&j.PodReplacementPolicy, replacement)
	jobTemplateDefaults(j)
}

// jobTemplateDefaults are those of a Job's specification wherever it stands.
func jobTemplateDefaults(j *batchv1.JobSpec) {
	if j.PodFailurePolicy != nil {
		for i := range j.PodFailurePolicy.Rules {
			for k := range j.PodFailurePolicy.Rules[i].OnPodConditions {
				unset(&j.PodFailurePolicy.Rules[i].OnPodConditions[k].Status, corev1.ConditionTrue)
			}
		}
	}
	podDefaults(&j.Template.Spec)
}

func podDefaults(p *corev1.PodSpec) {
	unset(&p.ServiceAccountName, p.DeprecatedServiceAccount)
	p.DeprecatedServiceAccount = p.ServiceAccountName
	unset(&p.DNSPolicy, corev1.DNSClusterFirst)
	unset(&p.RestartPolicy, corev1.RestartPolicyAlways)
	unset(&p.SchedulerName, corev1.DefaultSchedulerName)
	absent(&p.SecurityContext, corev1.PodSecurityContext{})
	absent(&p.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds)
	for i := range p.InitContainers {
		containerDefaults(&p.InitContainers[i])
	}
	for i := range p.Containers {
		containerDefaults(&p.Containers[i])
	}
	for i := range p.Volumes {
		volumeDefaults(&p.Volumes[i])
	}
}

func containerDefaults(c *corev1.Container) {
	unset(&c.ImagePullPolicy, corev1.PullPolicy(PullPolicy(c.Image)))
	unset(&c.TerminationMessagePath, corev1.TerminationMessagePathDefault)
	unset(&c.TerminationMessagePolicy, corev1.TerminationMessageReadFile)
	for i := range c.Ports {
		unset(&c.Ports[i].Protocol, corev1.ProtocolTCP)
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil {
			fieldDefaults(from.FieldRef)
		}
	}
	for _, p := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		probeDefaults(p)
	}
	if c.Lifecycle != nil {
		for _, h := range []*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
			if h != nil {
				httpDefaults(h.HTTPGet)
			}
		}
	}
}

func fieldDefaults(ref *corev1.ObjectFieldSelector) {
	if ref != nil {
		unset(&ref.APIVersion, "v1")
	}
}

func probeDefaults(p *corev1.Probe) {
	if p == nil {
		return
	}
	unset(&p.TimeoutSeconds, 1)
	unset(&p.PeriodSeconds, 10)
	unset(&p.SuccessThreshold, 1)
	unset(&p.FailureThreshold, 3)
	httpDefaults(p.HTTPGet)
	if p.GRPC != nil {
		absent(&p.GRPC.Service, "")
	}
}

func httpDefaults(get *corev1.HTTPGetAction) {
	if get != nil {
		unset(&get.Path, "/")
		unset(&get.Scheme, corev1.URISchemeHTTP)
	}
}

func volumeDefaults(v *corev1.Volume) {
	if v.VolumeSource == (corev1.VolumeSource{}) {
		v.EmptyDir = &corev1.EmptyDirVolumeSource{}
	}
	switch {
	case v.Secret != nil:
		absent(&v.Secret.DefaultMode, VolumeMode)
	case v.ConfigMap != nil:
		absent(&v.ConfigMap.DefaultMode, VolumeMode)
	case v.DownwardAPI != nil:
		absent(&v.DownwardAPI.DefaultMode, VolumeMode)
		for i := range v.DownwardAPI.Items {
			fieldDefaults(v.DownwardAPI.Items[i].FieldRef)
		}
	case v.Projected != nil:
		projectedDefaults(v.Projected)
	case v.HostPath != nil:
		absent(&v.HostPath.Type, corev1.HostPathUnset)
	case v.Image != nil:
		unset(&v.Image.PullPolicy, corev1.PullPolicy(PullPolicy(v.Image.Reference)))
	case v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil:
		absent(&v.Ephemeral.VolumeClaimTemplate.Spec.VolumeMode, corev1.PersistentVolumeFilesystem)
	}
	otherVolumeDefaults(v)
}

// otherVolumeDefaults are those of the kinds of volume that no run has.
func otherVolumeDefaults(v *corev1.Volume) {
	switch {
	case v.ISCSI != nil:
		unset(&v.ISCSI.ISCSIInterface, "default")
	case v.RBD != nil:
		unset(&v.RBD.RBDPool, "rbd")
		unset(&v.RBD.RadosUser, "admin")
		unset(&v.RBD.Keyring, "/etc/ceph/keyring")
	case v.AzureDisk != nil:
		absent(&v.AzureDisk.CachingMode, corev1.AzureDataDiskCachingReadWrite)
		absent(&v.AzureDisk.Kind, corev1.AzureSharedBlobDisk)
		absent(&v.AzureDisk.FSType, "ext4")
		absent(&v.AzureDisk.ReadOnly, false)
	case v.ScaleIO != nil:
		unset(&v.ScaleIO.StorageMode, "ThinProvisioned")
		unset(&v.ScaleIO.FSType, "xfs")
	}
}

func projectedDefaults(p *corev1.ProjectedVolumeSource) {
	absent(&p.DefaultMode, VolumeMode)
	for i := range p.Sources {
		if t := p.Sources[i].ServiceAccountToken; t != nil {
			absent(&t.ExpirationSeconds, 3600)
		}
		if d := p.Sources[i].DownwardAPI; d != nil {
			for k := range d.Items {
				fieldDefaults(d.Items[k].FieldRef)
			}
		}
	}
}

func serviceDefaults(s *corev1.ServiceSpec) {
	unset(&s.SessionAffinity, corev1.ServiceAffinityNone)
	unset(&s.Type, corev1.ServiceTypeClusterIP)
	switch s.SessionAffinity {
	case corev1.ServiceAffinityNone:
		s.SessionAffinityConfig = nil
	case corev1.ServiceAffinityClientIP:
		if c := s.SessionAffinityConfig; c == nil || c.ClientIP == nil || c.ClientIP.TimeoutSeconds == nil {
			seconds := corev1.DefaultClientIPServiceAffinitySeconds
			s.SessionAffinityConfig = &corev1.SessionAffinityConfig{ClientIP: &corev1.ClientIPConfig{TimeoutSeconds: &seconds}}
		}
	}
	for i := range s.Ports {
		unset(&s.Ports[i].Protocol, corev1.ProtocolTCP)
		if t := &s.Ports[i].TargetPort; *t == intstr.FromInt32(0) || *t == intstr.FromString("") {
			*t = intstr.FromInt32(s.Ports[i].Port)
		}
	}
	outside := s.Type == corev1.ServiceTypeNodePort || s.Type == corev1.ServiceTypeLoadBalancer
	if outside || s.Type == corev1.ServiceTypeClusterIP && len(s.ExternalIPs) > 0 {
		unset(&s.ExternalTrafficPolicy, corev1.ServiceExternalTrafficPolicyCluster)
	}
	if outside || s.Type == corev1.ServiceTypeClusterIP {
		absent(&s.InternalTrafficPolicy, corev1.ServiceInternalTrafficPolicyCluster)
	}
	if s.Type == corev1.ServiceTypeLoadBalancer {
		absent(&s.AllocateLoadBalancerNodePorts, true)
	}
}

func networkPolicyDefaults(p *networkingv1.NetworkPolicySpec) {
	for i := range p.Ingress {
		networkPortDefaults(p.Ingress[i].Ports)
	}
	for i := range p.Egress {
		networkPortDefaults(p.Egress[i].Ports)
	}
	if len(p.PolicyTypes) > 0 {
		return
	}
	p.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	if len(p.Egress) > 0 {
		p.PolicyTypes = append(p.PolicyTypes, networkingv1.PolicyTypeEgress)
	}
}

func networkPortDefaults(ports []networkingv1.NetworkPolicyPort) {
	for i := range ports {
		absent(&ports[i].Protocol, corev1.ProtocolTCP)
	}
}

// autoscalerDefaults are those of an autoscaler but for its behavior, which a run copies as it stands.
func autoscalerDefaults(s *autoscalingv2.HorizontalPodAutoscalerSpec) {
	absent(&s.MinReplicas, 1)
	if len(s.Metrics) > 0 {
		return
	}
	percent := int32(80)
	s.Metrics = []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
		Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &percent},
	}}}
}
