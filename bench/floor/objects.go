package floor

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

const namespace = "ml"

// object is one manifest and the name of its file.
type object struct {
	file  string
	value any
}

func render(r run, p profile) []object {
	meta := objectMeta(r)
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: meta.Labels, Annotations: meta.Annotations}, Spec: podSpec(r, p),
	}
	if r.Spec.Action == "serve" {
		template.Spec.RestartPolicy = corev1.RestartPolicyAlways
		return []object{{"deployment.yaml", deployment(r, meta, template)}, {"service.yaml", service(r, meta)}}
	}
	template.Spec.RestartPolicy = corev1.RestartPolicyNever
	job := batchv1.JobSpec{BackoffLimit: r.Spec.BackoffLimit, Template: template}
	if r.Spec.Schedule == "" {
		return []object{{"job.yaml", &batchv1.Job{TypeMeta: typeMeta("batch/v1", "Job"), ObjectMeta: meta, Spec: job}}}
	}
	return []object{{"cronjob.yaml", &batchv1.CronJob{
		TypeMeta: typeMeta("batch/v1", "CronJob"), ObjectMeta: meta,
		Spec: batchv1.CronJobSpec{
			Schedule: r.Spec.Schedule, TimeZone: r.Spec.TimeZone, ConcurrencyPolicy: batchv1.ForbidConcurrent,
			JobTemplate: batchv1.JobTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: meta.Labels}, Spec: job},
		},
	}}}
}

func typeMeta(version, kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: version, Kind: kind}
}

func objectMeta(r run) metav1.ObjectMeta {
	labels := map[string]string{
		"app.kubernetes.io/name": r.Metadata.Name, "app.kubernetes.io/instance": r.Metadata.Name,
		"app.kubernetes.io/component": r.Spec.Action, "app.kubernetes.io/managed-by": "berth",
		"app.kubernetes.io/part-of": "fleet", "berth/run": r.Metadata.Name, "berth/profile": r.Spec.Profile,
	}
	for k, v := range r.Metadata.Labels {
		labels[k] = v
	}
	return metav1.ObjectMeta{Name: r.Metadata.Name, Namespace: namespace, Labels: labels}
}

func selector(r run) map[string]string {
	return map[string]string{"app.kubernetes.io/name": r.Metadata.Name, "app.kubernetes.io/instance": r.Metadata.Name}
}

func deployment(r run, meta metav1.ObjectMeta, template corev1.PodTemplateSpec) *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta: typeMeta("apps/v1", "Deployment"), ObjectMeta: meta,
		Spec: appsv1.DeploymentSpec{
			Replicas: r.Spec.Replicas, Template: template, Selector: &metav1.LabelSelector{MatchLabels: selector(r)},
			Strategy: appsv1.DeploymentStrategy{
				Type: appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{
					MaxSurge: ptr.To(intstr.FromInt32(0)), MaxUnavailable: ptr.To(intstr.FromInt32(1)),
				},
			},
		},
	}
}

func service(r run, meta metav1.ObjectMeta) *corev1.Service {
	s := &corev1.Service{
		TypeMeta: typeMeta("v1", "Service"), ObjectMeta: meta,
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, Selector: selector(r)},
	}
	for _, p := range r.Spec.ServicePorts {
		s.Spec.Ports = append(s.Spec.Ports, corev1.ServicePort{
			Name: p.Name, Port: p.Port, TargetPort: intstr.FromInt32(p.TargetPort), Protocol: corev1.ProtocolTCP,
		})
	}
	return s
}

func podSpec(r run, p profile) corev1.PodSpec {
	spec := corev1.PodSpec{
		AutomountServiceAccountToken: ptr.To(false),
		NodeSelector:                 p.Spec.Require.NodeSelector,
		SecurityContext: &corev1.PodSecurityContext{
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Containers: []corev1.Container{container(r)},
	}
	for _, t := range p.Spec.Require.Tolerations {
		spec.Tolerations = append(spec.Tolerations, corev1.Toleration{
			Key: t.Key, Operator: corev1.TolerationOperator(t.Operator), Effect: corev1.TaintEffect(t.Effect),
		})
	}
	for _, v := range r.Spec.Volumes {
		spec.Volumes = append(spec.Volumes, corev1.Volume{Name: v.Name, VolumeSource: volumeSource(v)})
	}
	if r.Spec.Shm != "" {
		spec.Volumes = append(spec.Volumes, corev1.Volume{Name: "shm", VolumeSource: corev1.VolumeSource{
			EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: quantity(r.Spec.Shm)},
		}})
	}
	return spec
}

func container(r run) corev1.Container {
	c := corev1.Container{
		Name: r.Metadata.Name, Image: r.Spec.Image, Command: r.Spec.Command, Args: r.Spec.Args,
		SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(false)},
		Resources:       amounts(r.Spec.Resources),
	}
	for _, e := range r.Spec.Envs {
		c.Env = append(c.Env, corev1.EnvVar{Name: e.Name, Value: e.Value})
	}
	addSecrets(&c, r.Spec.Secrets)
	for _, v := range r.Spec.Volumes {
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: v.Name, MountPath: v.MountPath, ReadOnly: v.ReadOnly})
	}
	if r.Spec.Shm != "" {
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: "shm", MountPath: "/dev/shm"})
	}
	for _, p := range r.Spec.ServicePorts {
		c.Ports = append(c.Ports, corev1.ContainerPort{Name: p.Name, ContainerPort: p.TargetPort, Protocol: corev1.ProtocolTCP})
	}
	if p := r.Spec.Probes["readiness"]; p != nil {
		c.ReadinessProbe = &corev1.Probe{PeriodSeconds: p.Period, ProbeHandler: corev1.ProbeHandler{
			HTTPGet: &corev1.HTTPGetAction{Path: p.HTTP, Port: intstr.FromInt32(p.Port)},
		}}
	}
	return c
}

func addSecrets(c *corev1.Container, secrets []any) {
	for _, s := range secrets {
		switch s := s.(type) {
		case string:
			c.EnvFrom = append(c.EnvFrom, corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: s},
			}})
		case map[string]any:
			c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprint(s["env"]), ValueFrom: &corev1.EnvVarSource{
				SecretKeyRef: &corev1.SecretKeySelector{
					LocalObjectReference: corev1.LocalObjectReference{Name: fmt.Sprint(s["name"])}, Key: fmt.Sprint(s["key"]),
				},
			}})
		}
	}
}

func volumeSource(v volume) corev1.VolumeSource {
	switch v.VolumeType {
	case "persistent_volume_claim":
		return corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: v.Spec["claim_name"]}}
	case "config_map":
		return corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: v.Spec["name"]},
		}}
	}
	return corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: quantity(v.Spec["size_limit"])}}
}

var resourceNames = map[string]corev1.ResourceName{
	"cpu": corev1.ResourceCPU, "mem": corev1.ResourceMemory, "gpu": "nvidia.com/gpu",
}

// amounts reads the two forms that the generator writes: `{requests, limits}` and one number.
func amounts(resources map[string]any) corev1.ResourceRequirements {
	out := corev1.ResourceRequirements{Requests: corev1.ResourceList{}, Limits: corev1.ResourceList{}}
	for name, value := range resources {
		form, ok := value.(map[string]any)
		if !ok {
			form = map[string]any{"requests": value, "limits": value}
		}
		if q, ok := form["requests"]; ok {
			out.Requests[resourceNames[name]] = *quantity(fmt.Sprint(q))
		}
		if q, ok := form["limits"]; ok {
			out.Limits[resourceNames[name]] = *quantity(fmt.Sprint(q))
		}
	}
	return out
}

// quantity panics on a text that is none, as the generator writes none.
func quantity(text string) *resource.Quantity {
	return ptr.To(resource.MustParse(strings.TrimSpace(text)))
}
