package yamlprint_test

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// sampleObjects are a scheduled job on a GPU, a served model with its service, and the claim they share.
func sampleObjects() []any {
	return []any{sampleCronJob(), sampleDeployment(), sampleService(), sampleClaim()}
}

func sampleMeta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name:      name,
		Namespace: "ml",
		Labels: map[string]string{
			"app.kubernetes.io/name":       name,
			"app.kubernetes.io/instance":   name,
			"app.kubernetes.io/managed-by": "berth",
			"berth/run":                    name,
		},
		Annotations: map[string]string{"berth/source": "runs/" + name + ".yaml"},
	}
}

func samplePod() corev1.PodSpec {
	return corev1.PodSpec{
		RestartPolicy:   corev1.RestartPolicyNever,
		SecurityContext: &corev1.PodSecurityContext{RunAsUser: new(int64(1000)), FSGroup: new(int64(1000))},
		Containers: []corev1.Container{{
			Name:    "main",
			Image:   "ghcr.io/acme/churn:1.4",
			Command: []string{"python", "-m", "churn.train"},
			Args:    []string{"--lr=0.1", "-e", "16", "on", `{"depth": 3}`},
			Env: []corev1.EnvVar{
				{Name: "N", Value: "1_000"},
				{Name: "EMPTY"},
				{Name: "SCRIPT", Value: "set -eu\nif true; then\n\techo done\nfi\n"},
				{Name: "TOKEN", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
					LocalObjectReference: corev1.LocalObjectReference{Name: "keys"}, Key: "token",
				}}},
			},
			Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{
					"cpu": resource.MustParse("12"), "memory": resource.MustParse("64Gi"), "nvidia.com/gpu": resource.MustParse("1"),
				},
				Limits: corev1.ResourceList{"memory": resource.MustParse("64Gi"), "nvidia.com/gpu": resource.MustParse("1")},
			},
			VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}, {Name: "scratch", MountPath: "/tmp"}},
			SecurityContext: &corev1.SecurityContext{
				AllowPrivilegeEscalation: new(false),
				Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			},
		}},
		Volumes: []corev1.Volume{
			{Name: "data", VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "churn-data"},
			}},
			{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		},
		NodeSelector: map[string]string{"cloud.google.com/gke-accelerator": "nvidia-tesla-a100"},
		Tolerations:  []corev1.Toleration{{Key: "nvidia.com/gpu", Operator: "Exists", Effect: "NoSchedule"}},
	}
}

func sampleCronJob() *batchv1.CronJob {
	return &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: sampleMeta("churn-train"),
		Spec: batchv1.CronJobSpec{
			Schedule:          "0 0 * * *",
			ConcurrencyPolicy: batchv1.ForbidConcurrent,
			Suspend:           new(false),
			JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
				BackoffLimit: new(int32(0)),
				Template:     corev1.PodTemplateSpec{ObjectMeta: sampleMeta("churn-train"), Spec: samplePod()},
			}},
		},
	}
}

func sampleDeployment() *appsv1.Deployment {
	pod := samplePod()
	pod.RestartPolicy = corev1.RestartPolicyAlways
	pod.Containers[0].Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: 80}}
	pod.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{
		HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: intstr.FromString("http")},
	}}
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: sampleMeta("churn"),
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32(0)),
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": "churn"}},
			Template: corev1.PodTemplateSpec{ObjectMeta: sampleMeta("churn"), Spec: pod},
		},
	}
}

func sampleService() *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: sampleMeta("churn"),
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeNodePort,
			Selector: map[string]string{"app.kubernetes.io/name": "churn"},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(80), NodePort: 30080}},
		},
	}
}

func sampleClaim() *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: sampleMeta("churn-data"),
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes:      []corev1.PersistentVolumeAccessMode{"ReadWriteOnce"},
			StorageClassName: new(""),
			Resources:        corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{"storage": resource.MustParse("100Gi")}},
		},
	}
}
