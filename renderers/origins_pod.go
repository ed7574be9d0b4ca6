package renderers

import (
	"cmp"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

// podOrigins are the rules for pods, which are the same in every kind.
var podOrigins = []originRule{
	{"metadata.labels.*", labelOrigin},
	{"metadata.annotations.*", annotationOrigin},

	{"spec.restartPolicy", decided("the Job's controller tries again, with a new pod and the logs of the old one")},
	{"spec.terminationGracePeriodSeconds", copied("spec.termination_grace_period_seconds")},
	{"spec.serviceAccountName", copied("spec.service_account")},
	{"spec.automountServiceAccountToken", tokenOrigin},
	{"spec.imagePullSecrets[*].name", pullSecretOrigin},
	{"spec.priorityClassName", copied("spec.priority_class")},
	{"spec.runtimeClassName", copied("spec.runtime_class")},
	{"spec.securityContext.runAsUser", copied("spec.run_as_user")},
	{"spec.securityContext.runAsGroup", copied("spec.run_as_group")},
	{"spec.securityContext.fsGroup", copied("spec.fs_group")},
	{"spec.securityContext.**", computed("spec.security", "part of this level of hardening")},
	{"spec.resourceClaims[*].*", decided(reasonDevices)},

	{"spec.nodeSelector.*", nodeSelectorOrigin},
	{"spec.tolerations[*].*", tolerationOrigin},
	{"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[*].matchExpressions[*].**", requirementOrigin},
	{"spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[*].**", requiredNearnessOrigin},
	{"spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[*].**", preferredNearnessOrigin},
	{"spec.affinity.**", copied("spec.affinity.**")},

	{"spec.volumes[*].name", volumeOrigin("name")},
	{"spec.volumes[*].persistentVolumeClaim.claimName", claimNameOrigin},
	{"spec.volumes[*].configMap.name", volumeOrigin("spec.name")},
	{"spec.volumes[*].secret.secretName", volumeOrigin("spec.name")},
	{"spec.volumes[*].*.items[*].*", func(l leaf) (string, string) {
		path, reason := l.volume("spec.items")
		return path + l.matched[2] + stepOf(l.matched[3]), reason
	}},
	{"spec.volumes[*].*.defaultMode", volumeOrigin("spec.default_mode")},
	{"spec.volumes[*].*.optional", volumeOrigin("spec.optional")},
	{"spec.volumes[*].image.reference", volumeOrigin("spec.image")},
	{"spec.volumes[*].image.pullPolicy", volumeOrigin("spec.pull_policy")},
	{"spec.volumes[*].emptyDir", volumeOrigin("volume_type")},
	{"spec.volumes[*].emptyDir.medium", volumeOrigin("spec.medium")},
	{"spec.volumes[*].emptyDir.sizeLimit", volumeOrigin("spec.size_limit")},
	{"spec.volumes[*].ephemeral.volumeClaimTemplate.spec.resources.requests.storage", volumeOrigin("spec.size")},
	{"spec.volumes[*].ephemeral.volumeClaimTemplate.spec.storageClassName", volumeOrigin("spec.storage_class")},
	{"spec.volumes[*].ephemeral.volumeClaimTemplate.spec.accessModes[*]", func(l leaf) (string, string) {
		return accessModeOrigin(l, volumeNamed(l.Plan, l.pod().Volumes[l.index(0)].Name))
	}},

	{"spec.containers[*].name", copied("name")},
	{"spec.containers[*].image", copied("spec.image")},
	{"spec.containers[*].imagePullPolicy", copied("spec.image_pull_policy")},
	{"spec.containers[*].command[*]", func(l leaf) (string, string) { return "spec.command" + l.matched[1], "" }},
	{"spec.containers[*].args[*]", func(l leaf) (string, string) { return "spec.args" + l.matched[1], "" }},
	{"spec.containers[*].workingDir", copied("spec.working_dir")},
	{"spec.containers[*].ports[*].*", containerPortOrigin},
	{"spec.containers[*].envFrom[*].secretRef.name", wholeSecretOrigin},
	{"spec.containers[*].env[*].**", envOrigin},
	{"spec.containers[*].resources.claims[*].name", decided(reasonDevices)},
	{"spec.containers[*].resources.*.*", resourceOrigin},
	{"spec.containers[*].volumeMounts[*].*", mountOrigin},
	{"spec.containers[*].startupProbe.**", probeOrigin("startup")},
	{"spec.containers[*].readinessProbe.**", probeOrigin("readiness")},
	{"spec.containers[*].livenessProbe.**", probeOrigin("liveness")},
	{"spec.containers[*].securityContext.**", computed("spec.security", "part of this level of hardening")},
}

func tokenOrigin(l leaf) (string, string) {
	switch {
	case l.Plan.Spec.AutomountToken != nil:
		return "spec.automount_token", ""
	case l.Plan.Spec.ServiceAccount != "":
		return "spec.service_account", "a run that names an account means to use it"
	}
	return "", "the token of the API server is for runs that name a service account"
}

func pullSecretOrigin(l leaf) (string, string) {
	name := l.pod().ImagePullSecrets[l.index(0)].Name
	return placeOf("spec.image_pull_secrets", slices.Index(l.Plan.Spec.ImagePullSecrets, name), ""), ""
}

// placeOf is a field of the i-th item of a list of the plan, nothing for an item that the plan does not have.
func placeOf(list string, i int, field string) string {
	if i < 0 {
		return ""
	}
	return diag.At(list, i) + field
}

func nodeSelectorOrigin(l leaf) (string, string) {
	if _, ok := l.Plan.Spec.NodeSelector[l.matched[0]]; ok {
		return copied("spec.node_selector.*")(l)
	}
	return copied("machine.node_labels.*")(l)
}

func tolerationOrigin(l leaf) (string, string) {
	got := l.pod().Tolerations[l.index(0)]
	same := func(t schema.Toleration) bool {
		return t.Key == got.Key && t.Operator == string(got.Operator) && t.Value == got.Value && t.Effect == string(got.Effect)
	}
	if i := slices.IndexFunc(l.Plan.Spec.Tolerations, same); i >= 0 {
		return diag.At("spec.tolerations", i) + stepOf(l.matched[1]), ""
	}
	if m := l.Plan.Machine; m != nil && m.SpotNodes != nil {
		i := slices.IndexFunc(m.SpotNodes.Tolerations, same)
		return placeOf("machine.spot_nodes.tolerations", i, stepOf(l.matched[1])), reasonsOfSpot[m.Spot]
	}
	return "", ""
}

var reasonsOfSpot = map[string]string{
	schema.SpotAllow:     "the pod may run on spot machines",
	schema.SpotConstrain: "the pod has to run on spot machines",
	schema.SpotPrevent:   "the pod must not run on spot machines",
}

// requirementOrigin tells the run's own requirements from those of the machine, which stand behind them in every term.
func requirementOrigin(l leaf) (string, string) {
	const terms = "nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
	term, i := l.index(0), l.index(1)
	if a := l.Plan.Spec.Affinity; a != nil && a.NodeAffinity != nil && a.NodeAffinity.Required != nil {
		own := a.NodeAffinity.Required.NodeSelectorTerms
		if term < len(own) && i < len(own[term].MatchExpressions) {
			return diag.At(diag.At("spec.affinity."+terms, term)+".matchExpressions", i) + l.matched[2], ""
		}
	}
	required := l.pod().Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	key, machine := required.NodeSelectorTerms[term].MatchExpressions[i].Key, l.Plan.Machine
	if machine == nil {
		return "", ""
	}
	if _, ok := machine.NodeLabels[key]; ok {
		return diag.Join("machine.node_labels", key), ""
	}
	return diag.Join("machine.spot_nodes.labels", key), reasonsOfSpot[machine.Spot]
}

func requiredNearnessOrigin(l leaf) (string, string) {
	own := l.podAffinity()
	if l.index(0) < len(own.Required) {
		return "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution" + l.matched[0] + l.matched[1], ""
	}
	return "machine.topology.required", reasonNearness
}

func preferredNearnessOrigin(l leaf) (string, string) {
	own := l.podAffinity()
	if l.index(0) < len(own.Preferred) {
		return "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution" + l.matched[0] + l.matched[1], ""
	}
	return "machine.topology.preferred", reasonNearness
}

const reasonNearness = "the pods that start together belong near each other"

// podAffinity is what the run itself says of nearness.
func (l leaf) podAffinity() schema.PodAffinity {
	if a := l.Plan.Spec.Affinity; a != nil && a.PodAffinity != nil {
		return *a.PodAffinity
	}
	return schema.PodAffinity{}
}

func volumeOrigin(field string) func(leaf) (string, string) {
	return func(l leaf) (string, string) { return l.volume(field) }
}

// volume is a field of the volume in the plan that the pod's volume of the first star was made of.
func (l leaf) volume(field string) (string, string) {
	i := volumeNamed(l.Plan, l.pod().Volumes[l.index(0)].Name)
	if i < 0 {
		return "spec.shm", reasonShm
	}
	return volumePath(i) + "." + field, ""
}

const reasonShm = "memory shared between processes is a volume at " + shmPath

// volumeNamed is the index of a volume of the plan, -1 when it has none of that name.
func volumeNamed(p *schema.Plan, name string) int {
	return slices.IndexFunc(p.Spec.Volumes, func(v schema.Volume) bool { return v.Name == name })
}

func claimNameOrigin(l leaf) (string, string) {
	if i := volumeNamed(l.Plan, l.pod().Volumes[l.index(0)].Name); i >= 0 && isOwnClaim(l.Plan.Spec.Volumes[i]) {
		return volumePath(i) + ".name", "the claim that is written for this volume"
	}
	return l.volume("spec.claim_name")
}

func mountOrigin(l leaf) (string, string) {
	fields := map[string]string{"name": "name", "mountPath": "mount_path", "subPath": "sub_path", "readOnly": "read_only"}
	i := volumeNamed(l.Plan, l.pod().Containers[l.index(0)].VolumeMounts[l.index(1)].Name)
	if i < 0 {
		return "spec.shm", reasonShm
	}
	return volumePath(i) + "." + fields[l.matched[2]], ""
}

// containerPortOrigin finds the port of the Service that first led to the container's.
func containerPortOrigin(l leaf) (string, string) {
	got := l.pod().Containers[l.index(0)].Ports[l.index(1)]
	for i, p := range l.Plan.Spec.ServicePorts {
		if targetPort(p) != got.ContainerPort || cmp.Or(p.Protocol, "TCP") != cmp.Or(string(got.Protocol), "TCP") {
			continue
		}
		if field := l.matched[2]; field != "containerPort" {
			return diag.At("spec.service_ports", i) + "." + field, ""
		}
		return targetPortOrigin(l, i)
	}
	return "", ""
}

func wholeSecretOrigin(l leaf) (string, string) {
	name := l.pod().Containers[l.index(0)].EnvFrom[l.index(1)].SecretRef.Name
	i := slices.IndexFunc(l.Plan.Spec.Secrets, func(s schema.SecretRef) bool { return s.Key == "" && s.Name == name })
	return placeOf("spec.secrets", i, ".name"), ""
}

// envFields are the fields of a variable in the plan, by their place in the container's.
var envFields = map[string]string{
	".name": "name", ".value": "value", ".valueFrom.fieldRef.fieldPath": "field", ".valueFrom.resourceFieldRef.resource": "field",
	".valueFrom.resourceFieldRef.divisor": "field",
	".valueFrom.configMapKeyRef.name":     "config_map", ".valueFrom.configMapKeyRef.key": "key",
}

func envOrigin(l leaf) (string, string) {
	name := l.pod().Containers[l.index(0)].Env[l.index(1)].Name
	if i := slices.IndexFunc(l.Plan.Spec.Envs, func(e schema.Env) bool { return e.Name == name }); i >= 0 {
		return diag.At("spec.envs", i) + "." + envFields[l.matched[2]], ""
	}
	i := slices.IndexFunc(l.Plan.Spec.Secrets, func(s schema.SecretRef) bool { return s.Key != "" && cmp.Or(s.Env, s.Key) == name })
	if i < 0 {
		return "", ""
	}
	path, field := diag.At("spec.secrets", i)+".", l.matched[2]
	switch {
	case field == ".valueFrom.secretKeyRef.name":
		return path + "name", ""
	case field == ".name" && l.Plan.Spec.Secrets[i].Env != "":
		return path + "env", ""
	}
	return path + "key", ""
}

func resourceOrigin(l leaf) (string, string) {
	for _, name := range sortedKeys(l.Plan.Spec.Resources) {
		if resourceName(l.Plan.Machine, name) == l.matched[2] {
			return resourcePath(name) + "." + l.matched[1], ""
		}
	}
	return "", ""
}

// probeFields are the fields of a probe in the plan, by their place in the container's.
var probeFields = map[string]string{
	".httpGet.path": "http", ".httpGet.port": "port", ".tcpSocket.port": "tcp",
	".initialDelaySeconds": "initial_delay_seconds", ".periodSeconds": "period_seconds", ".timeoutSeconds": "timeout_seconds",
	".failureThreshold": "failure_threshold", ".successThreshold": "success_threshold",
}

func probeOrigin(kind string) func(leaf) (string, string) {
	return func(l leaf) (string, string) {
		path := "spec.probes." + kind
		if index, ok := strings.CutPrefix(l.matched[1], ".exec.command"); ok {
			return path + ".exec" + index, ""
		}
		if field, ok := probeFields[l.matched[1]]; ok {
			return path + "." + field, ""
		}
		return "", ""
	}
}
