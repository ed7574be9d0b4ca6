package renderers

import (
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/schema"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// objectOrigins are the rules for what every object has.
var objectOrigins = []originRule{
	{"apiVersion", kindOrigin},
	{"kind", kindOrigin},
	{"metadata.name", nameOrigin},
	{"metadata.namespace", copied("namespace")},
	{"metadata.labels.*", labelOrigin},
	{"metadata.annotations.*", annotationOrigin},
}

var jobOrigins = []originRule{
	{"backoffLimit", copied("spec.backoff_limit")},
	{"parallelism", copied("spec.parallelism")},
	{"completions", copied("spec.completions")},
	{"completionMode", copied("spec.completion_mode")},
	{"activeDeadlineSeconds", copied("spec.active_deadline_seconds")},
	{"ttlSecondsAfterFinished", copied("spec.ttl_seconds_after_finished")},
	{"podFailurePolicy.rules[*].onPodConditions[*].status", func(l leaf) (string, string) {
		path := diag.At(diag.At("spec.pod_failure_policy.rules", l.index(0))+".onPodConditions", l.index(1))
		return path, "a condition holds when it is True, unless the rule says otherwise"
	}},
	{"podFailurePolicy.**", copied("spec.pod_failure_policy.**")},
}

var cronJobOrigins = []originRule{
	{"schedule", func(l leaf) (string, string) {
		if l.Plan.Spec.RunPolicy == schema.RunPolicyTemplate {
			return "spec.run_policy", "a CronJob has to have a schedule; this one is suspended and started by hand"
		}
		return "spec.schedule", ""
	}},
	{"suspend", func(l leaf) (string, string) {
		if l.Plan.Spec.RunPolicy == schema.RunPolicyTemplate {
			return "spec.run_policy", "the run is started by hand"
		}
		return "spec.suspend", ""
	}},
	{"timeZone", copied("spec.time_zone")},
	{"concurrencyPolicy", copied("spec.concurrency_policy")},
	{"startingDeadlineSeconds", copied("spec.starting_deadline_seconds")},
	{"successfulJobsHistoryLimit", copied("spec.successful_history")},
	{"failedJobsHistoryLimit", copied("spec.failed_history")},
}

var deploymentOrigins = []originRule{
	{"replicas", copied("spec.replicas")},
	{"selector.matchLabels.*", computed("name", reasonSelector)},
	{"strategy.type", strategyOrigin},
	{"strategy.rollingUpdate.*", decided(reasonNoSurge)},
}

var serviceOrigins = []originRule{
	{"type", copied("spec.service_type")},
	{"clusterIP", computed("spec.headless", "a headless Service has no address of its own")},
	{"selector.*", computed("name", reasonSelector)},
	{"ports[*].port", servicePortOrigin("port")},
	{"ports[*].targetPort", func(l leaf) (string, string) { return targetPortOrigin(l, l.servicePort()) }},
	{"ports[*].protocol", servicePortOrigin("protocol")},
	{"ports[*].nodePort", servicePortOrigin("node_port")},
	{"ports[*].name", func(l leaf) (string, string) {
		i := l.servicePort()
		if i < 0 || l.Plan.Spec.ServicePorts[i].Name != "" {
			return servicePortOrigin("name")(l)
		}
		return placeOf("spec.service_ports", i, ".port"), "Kubernetes wants a name where there are several ports"
	}},
}

var claimOrigins = []originRule{
	{"resources.requests.storage", ownVolume("spec.size")},
	{"storageClassName", ownVolume("spec.storage_class")},
	{"accessModes[*]", func(l leaf) (string, string) { return accessModeOrigin(l, l.ownVolume()) }},
}

var deviceOrigins = []originRule{
	{"requests[*].name", decided(reasonDevices)},
	{"requests[*].exactly.deviceClassName", copied("machine.accelerator.dra.device_class")},
	{"requests[*].exactly.allocationMode", decided(reasonDevices)},
	{"requests[*].exactly.count", func(l leaf) (string, string) {
		_, path := acceleratorAmount(l.Plan)
		return path, ""
	}},
	{"requests[*].exactly.selectors[*].cel.expression", func(l leaf) (string, string) {
		return "machine.accelerator.dra.selectors" + l.matched[1], ""
	}},
	{"constraints[*].matchAttribute", copied("machine.accelerator.dra.match_attribute")},
	{"constraints[*].requests[*]", decided(reasonDevices)},
}

const (
	reasonSelector = "selectors are immutable in the cluster: only what never changes tells the run's pods from others"
	reasonNoSurge  = "a second pod would wait for ever for the device that the first one holds"
	reasonDevices  = "the profile asks for devices by a claim, one for each pod"
)

func kindOrigin(l leaf) (string, string) {
	switch l.Kind {
	case "CronJob":
		if l.Plan.Spec.Schedule == "" {
			return "spec.run_policy", "a run that is started by hand is a suspended CronJob"
		}
		return "spec.schedule", "a job with a schedule is a CronJob"
	case "PersistentVolumeClaim":
		return volumePath(l.ownVolume()) + ".spec.size", "a volume with a size is a claim of the run's own"
	case "ResourceClaimTemplate":
		return "machine.accelerator.backend", reasonDevices
	}
	return "spec.action", "the action decides which objects there are"
}

func nameOrigin(l leaf) (string, string) {
	switch l.Value.(type) {
	case *batchv1.Job:
		if l.Name != l.Plan.Name {
			return "name", "the run's name and a hash of what runs: another Job, since a Job cannot be changed"
		}
	case *corev1.Service:
		if l.Plan.Spec.ServiceName != "" {
			return "spec.service_name", ""
		}
	case *corev1.PersistentVolumeClaim:
		return volumePath(l.ownVolume()) + ".name", "the run's name and the volume's, which never change with the content: a claim is data"
	}
	if l.Kind == "ResourceClaimTemplate" {
		return "name", "the run's name and a hash of the devices: the template cannot be changed"
	}
	return "name", ""
}

// labelReasons are the labels that the tool adds, each with the place of its value.
var labelReasons = map[string][2]string{
	labelName:      {"name", reasonSelector},
	labelInstance:  {"name", reasonSelector},
	labelComponent: {"spec.action", "says what the run is"},
	labelManagedBy: {"", "says which tool writes the object"},
	labelPartOf:    {"project", "says which project the object belongs to"},
	labelRun:       {"name", "finds everything of the run"},
	labelProfile:   {"machine.profile", "finds everything that runs on the profile"},
	kueueQueue:     {"target.queue", "Kueue starts the Job when this queue has room"},
	kueuePriority:  {"target.priority", "Kueue's order among waiting Jobs"},
}

func labelOrigin(l leaf) (string, string) {
	if known, ok := labelReasons[l.matched[0]]; ok {
		return known[0], known[1]
	}
	return copied("labels.*")(l)
}

const reasonClaimStays = "a claim is data: removing or renaming the run must not delete it"

func annotationOrigin(l leaf) (string, string) {
	key := l.matched[0]
	if _, ok := l.Plan.Annotations[key]; ok {
		return copied("annotations.*")(l)
	}
	_, ofClaim := claimAnnotations[key]
	switch {
	case l.Kind == "PersistentVolumeClaim" && ofClaim:
		return "", reasonClaimStays
	case key == argoHook && l.Plan.Spec.HookPhase != "":
		return "spec.hook_phase", ""
	case key == argoSyncWave:
		return "target.sync_wave", ""
	case key == fluxSubstitute:
		return "target.gitops", "Flux would take a `$` in the object's text for a variable of its own"
	case key == kueueRequiredTopology:
		return "machine.topology.required", ""
	case key == kueuePreferredTopology:
		return "machine.topology.preferred", ""
	case strings.HasPrefix(key, "kustomize.toolkit.fluxcd.io/"), strings.HasPrefix(key, "argocd.argoproj.io/"):
		return "spec.run_policy", policyReasons[l.Plan.Spec.RunPolicy]
	}
	return "", ""
}

// policyReasons say why a run policy needs annotations.
var policyReasons = map[string]string{
	schema.RunPolicyOnce:     "the controller must neither change nor delete a Job that was started once",
	schema.RunPolicyRecreate: "the controller deletes the Job and creates it anew, since it cannot be changed",
	schema.RunPolicyHook:     "Argo CD runs the Job at a phase of every sync, and deletes the last one before",
}

func strategyOrigin(l leaf) (string, string) {
	if l.Plan.Spec.Strategy != "" {
		return "spec.strategy", ""
	}
	if d, ok := l.Value.(*appsv1.Deployment); ok && d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return volumePath(l.exclusiveVolume()), "the new pod could not mount the claim while the old one holds it"
	}
	return "", reasonNoSurge
}

// exclusiveVolume is the index of the volume whose claim one pod or node alone can mount.
func (l leaf) exclusiveVolume() int {
	for i, v := range l.Plan.Spec.Volumes {
		if isOwnClaim(v) && isExclusive(v) {
			return i
		}
	}
	return 0
}

// servicePort is the index of the plan's port that the Service's port of the first star was made of.
func (l leaf) servicePort() int {
	service, ok := l.Value.(*corev1.Service)
	if !ok {
		return -1
	}
	got := service.Spec.Ports[l.index(0)]
	return slices.IndexFunc(l.Plan.Spec.ServicePorts, func(p schema.ServicePort) bool {
		return int32(p.Port) == got.Port && p.Protocol == string(got.Protocol)
	})
}

func servicePortOrigin(field string) func(leaf) (string, string) {
	return func(l leaf) (string, string) { return placeOf("spec.service_ports", l.servicePort(), "."+field), "" }
}

func targetPortOrigin(l leaf, port int) (string, string) {
	if port >= 0 && l.Plan.Spec.ServicePorts[port].TargetPort != nil {
		return placeOf("spec.service_ports", port, ".target_port"), ""
	}
	return placeOf("spec.service_ports", port, ".port"), ""
}

// ownVolume is the index of the volume that the leaf's claim is for.
func (l leaf) ownVolume() int {
	for i, v := range l.Plan.Spec.Volumes {
		if isOwnClaim(v) && l.File == claimFile(v) {
			return i
		}
	}
	return 0
}

func ownVolume(field string) func(leaf) (string, string) {
	return func(l leaf) (string, string) { return volumePath(l.ownVolume()) + "." + field, "" }
}

func accessModeOrigin(l leaf, volume int) (string, string) {
	if volume < 0 || l.Plan.Spec.Volumes[volume].Spec.AccessMode == "" {
		return "", "every storage can be mounted by one node"
	}
	return volumePath(volume) + ".spec.access_mode", ""
}
