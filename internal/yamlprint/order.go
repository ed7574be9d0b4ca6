package yamlprint

import (
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// fieldOrder is the order in which people write the fields of a type, where it is not the order of the Go struct.
// `*` stands for every field not named, in the struct's order; without one they come last.
var fieldOrder = map[reflect.Type]string{
	reflect.TypeFor[metav1.TypeMeta]():   "apiVersion kind",
	reflect.TypeFor[metav1.ObjectMeta](): "name generateName namespace labels annotations",

	reflect.TypeFor[batchv1.CronJobSpec](): "schedule timeZone concurrencyPolicy suspend startingDeadlineSeconds " +
		"successfulJobsHistoryLimit failedJobsHistoryLimit * jobTemplate",
	reflect.TypeFor[batchv1.JobSpec]():       "suspend parallelism completions completionMode backoffLimit * selector template",
	reflect.TypeFor[appsv1.DeploymentSpec](): "replicas selector strategy * template",

	reflect.TypeFor[jobset.JobSetSpec]():        "suspend managedBy ttlSecondsAfterFinished network successPolicy startupPolicy failurePolicy * replicatedJobs",
	reflect.TypeFor[jobset.ReplicatedJob]():     "name groupName replicas * template",
	reflect.TypeFor[lws.LeaderWorkerTemplate](): "size restartPolicy * leaderTemplate workerTemplate",
	reflect.TypeFor[lws.LeaderWorkerSetSpec]():  "replicas rolloutStrategy startupPolicy networkConfig * leaderWorkerTemplate",

	reflect.TypeFor[corev1.PodSpec](): "restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds " +
		"serviceAccountName automountServiceAccountToken imagePullSecrets priorityClassName runtimeClassName " +
		"schedulerName securityContext * initContainers containers volumes " +
		"nodeSelector affinity tolerations topologySpreadConstraints",
	reflect.TypeFor[corev1.Container](): "name image imagePullPolicy command args workingDir ports envFrom env " +
		"resources volumeMounts volumeDevices startupProbe readinessProbe livenessProbe lifecycle securityContext",
	reflect.TypeFor[corev1.ContainerPort]():        "name containerPort protocol",
	reflect.TypeFor[corev1.VolumeMount]():          "name mountPath subPath",
	reflect.TypeFor[corev1.ResourceRequirements](): "requests limits",

	reflect.TypeFor[corev1.ServiceSpec](): "type clusterIP * selector ports",
	reflect.TypeFor[corev1.ServicePort](): "name port targetPort nodePort protocol",

	reflect.TypeFor[corev1.PersistentVolumeClaimSpec]():  "accessModes storageClassName volumeMode resources",
	reflect.TypeFor[corev1.VolumeResourceRequirements](): "requests limits",

	reflect.TypeFor[gatewayv1.ParentReference]():        "group kind name namespace sectionName",
	reflect.TypeFor[gatewayv1.BackendObjectReference](): "group kind name namespace port",
	reflect.TypeFor[gatewayv1.HTTPRouteRule]():          "name matches filters backendRefs timeouts",
}

// keptEmpty names the fields of a type that are written even when they are empty, and when.
var keptEmpty = map[reflect.Type]struct {
	fields string
	when   func(owner reflect.Value) bool
}{
	// A number of pods of 0 is one, where the field is no pointer; left out, the API server has another.
	reflect.TypeFor[lws.RollingUpdateConfiguration](): {"maxUnavailable maxSurge", func(reflect.Value) bool { return true }},

	// An environment variable set to "" and one that nobody set are one to the API server, but a reader who sees a
	// name alone has to know that. `value` and `valueFrom` exclude each other.
	reflect.TypeFor[corev1.EnvVar](): {"value", func(env reflect.Value) bool {
		return env.FieldByName("ValueFrom").IsNil()
	}},
}

// isObject reports whether t is a whole Kubernetes object: the one place where `status` is the cluster's word and not
// the author's.
func isObject(t reflect.Type) bool {
	typeMeta, hasType := t.FieldByName("TypeMeta")
	objectMeta, hasMeta := t.FieldByName("ObjectMeta")
	return hasType && hasMeta && typeMeta.Type == reflect.TypeFor[metav1.TypeMeta]() &&
		objectMeta.Type == reflect.TypeFor[metav1.ObjectMeta]()
}
