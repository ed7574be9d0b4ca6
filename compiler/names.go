package compiler

import (
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// contains is slices.Contains of texts.
func contains(list []string, s string) bool { return slices.Contains(list, s) }

// word is a field that people know from elsewhere, and what it is here.
type word struct {
	field string // ours, empty when there is none
	hint  string // more than "write field", empty when that says it all
	sure  bool   // the value may stay as it is, so that `berth fix` can rename the key
}

// patchable is the way out for a Kubernetes field that Berth has no word for.
const patchable = "Berth has no word for it: set it with patches: [{target: {kind: …}, patch: {spec: …}}]"

// elastic says why a gang has one size.
const elastic = "a gang has one size: with fewer machines than NNODES says, the others would wait for ever; write num_nodes: <machines>"

const (
	// Ways out that several foreign words share.
	volumeInstead   = "write volumes: [{volume_type: empty_dir, name: data, mount_path: /data}], or another volume_type"
	routeInstead    = "write route: {hosts: [<name>.<domain>], gateway: <name>}, with gateways: {<name>: {namespace: <its namespace>}} in berth.yaml; an Ingress is an object of extra"
	securityInstead = "its fields stand by themselves: run_as_user, run_as_non_root, read_only_root_filesystem, capabilities, fs_group, seccomp …; security names a whole level"
)

// foreignWords are the fields that users of Kubernetes, Compose and the seed's SDK write by habit, by the definition in
// which they stand.
var foreignWords = map[string]map[string]word{
	"RunFields": {
		"env": {"envs", "", true}, "environment": {"envs", "variables stand under envs, changes for one environment under environments", false},
		"environment_variables": {"envs", "", false}, "variables": {"envs", "", false},
		"port": {"ports", "write ports: [{port: …}], and for a Service service_ports", false}, "containerPorts": {"ports", "write ports: [{port: …}]", false}, "expose": {"ports", "write ports: [{port: …}]", false},
		"cmd": {"command", "", true}, "entrypoint": {"command", "", true}, "arguments": {"args", "", true}, "parameters": {"args", "", false},
		"workdir": {"working_dir", "", true}, "cwd": {"working_dir", "", true},
		"restart":       {"restart_policy", "write restart_policy: Never or OnFailure in a job; what is served is always restarted", false},
		"restartPolicy": {"restart_policy", "write restart_policy: Never or OnFailure in a job; what is served is always restarted", false},
		"retries":       {"backoff_limit", "", true}, "max_retries": {"backoff_limit", "", true},
		"timeout": {"active_deadline_seconds", "", false}, "deadline": {"active_deadline_seconds", "", false}, "ttl": {"ttl_seconds_after_finished", "", true},
		"cpu": {"resources", "write resources: {cpu: …}", false}, "mem": {"resources", "write resources: {mem: …}", false},
		"memory": {"resources", "write resources: {mem: …}", false}, "gpu": {"resources", "write resources: {gpu: …}", false},
		"gpus": {"resources", "write resources: {gpu: …}", false}, "num_gpus": {"resources", "write resources: {gpu: …}", false}, "num_cpus": {"resources", "write resources: {cpu: …}", false}, "requests": {"resources", "write resources: {cpu: {requests: …}}", false},
		"limits": {"resources", "write resources: {cpu: {limits: …}}", false},
		"cron":   {"schedule", "", true}, "cron_schedule": {"schedule", "", true}, "tz": {"time_zone", "", true},
		"serviceAccountName": {"service_account", "", true}, "service_account_name": {"service_account", "", true},
		"runtimeClassName": {"runtime_class", "", true}, "priorityClassName": {"priority_class", "", true}, "runtime_class_name": {"runtime_class", "", true}, "priority_class_name": {"priority_class", "", true},
		"schedulerName": {"scheduler_name", "", true}, "scheduler": {"scheduler_name", "", true},
		"automountServiceAccountToken": {"automount_token", "", true},
		"successfulJobsHistoryLimit":   {"successful_history", "", true}, "failedJobsHistoryLimit": {"failed_history", "", true},
		"successful_jobs_history_limit": {"successful_history", "", true}, "failed_jobs_history_limit": {"failed_history", "", true},
		"volumeMounts": {"volumes", volumeInstead, false}, "volume_mounts": {"volumes", volumeInstead, false}, "mounts": {"volumes", volumeInstead, false}, "mount": {"volumes", volumeInstead, false},
		"pvc": {"volumes", "write volumes: [{volume_type: persistent_volume_claim, name: data, mount_path: /data, spec: {claim_name: <claim>}}]", false}, "volume": {"volumes", volumeInstead, false},
		"envFrom": {"secrets", "write config_maps: [<ConfigMap>] and secrets: [<Secret>]", false}, "env_from": {"secrets", "write config_maps: [<ConfigMap>] and secrets: [<Secret>]", false}, "secret": {"secrets", "", false},
		"config_map": {"config_maps", "write config_maps: [<name>]; one key of it stands under envs: {name: …, config_map: …, key: …}", false}, "configMap": {"config_maps", "write config_maps: [<name>]", false}, "configmap": {"config_maps", "write config_maps: [<name>]", false},
		"livenessProbe": {"probes", "write probes: {liveness: …}", false}, "readinessProbe": {"probes", "write probes: {readiness: …}", false}, "startupProbe": {"probes", "write probes: {startup: …}", false},
		"liveness": {"probes", "write probes: {liveness: …}", false}, "readiness": {"probes", "write probes: {readiness: …}", false}, "healthcheck": {"probes", "write probes: {readiness: …}", false},
		"securityContext": {"security", securityInstead, false}, "security_context": {"security", securityInstead, false}, "podSecurityContext": {"security", securityInstead, false},
		"fsGroup": {"fs_group", "", true}, "runAsUser": {"run_as_user", "", true}, "runAsNonRoot": {"run_as_non_root", "", true}, "seccompProfile": {"seccomp", "", true}, "seccomp_profile": {"seccomp", "", true},
		"appArmorProfile": {"app_armor", "", true}, "apparmor": {"app_armor", "", true}, "seLinuxOptions": {"se_linux", "", true}, "selinux": {"se_linux", "", true}, "cap_add": {"capabilities", "write capabilities: {add: […]}", false}, "cap_drop": {"capabilities", "write capabilities: {drop: […]}", false},
		"instances": {"replicas", "", true}, "scale": {"replicas", "", true}, "replica_count": {"replicas", "", true},
		"kind": {"action", "write action: job, deploy or serve", false}, "type": {"action", "write action: job, deploy or serve", false},
		"container_image": {"image", "", true}, "tolerate": {"tolerations", "", true}, "user": {"run_as_user", "", false},
		"shm_size": {"shm", "", true}, "shared_memory": {"shm", "", true}, "shmSize": {"shm", "", true}, "ipc": {"shm", "write shm: 16Gi", false}, "ttlSecondsAfterFinished": {"ttl_seconds_after_finished", "", true},
		"run": {"command", "write command: [sh, -c, …]", false}, "script": {"command", "write command: [sh, -c, …]", false},
		"local_queue": {"queue", "", true}, "localQueue": {"queue", "", true}, "queue_name": {"queue", "", true}, "queueName": {"queue", "", true}, "kueue": {"queue", "write queue: <LocalQueue>", false},
		"priority": {"queue_priority", "write queue_priority for a WorkloadPriorityClass of Kueue, priority_class for the PriorityClass of the pods", false},
		"setup":    {"", "what a run needs belongs into its image", false}, "handler": {"command", "write command: [python, -m, …]", false},
		"nodes": {"num_nodes", "write num_nodes: <machines that work together>; what machines there are, a profile says", false}, "workers": {"num_nodes", "write num_nodes: <machines that work together>, or replicas for pods that work each for itself", false},
		"num_workers": {"num_nodes", "write num_nodes: <machines that work together>", false}, "nnodes": {"num_nodes", "", true}, "node_count": {"num_nodes", "", true}, "n_nodes": {"num_nodes", "", true}, "num_parallel": {"num_nodes", "", true}, "world_size": {"num_nodes", "write num_nodes: <machines>; each has one process for each GPU", false},
		"min_nodes": {"num_nodes", elastic, false}, "max_nodes": {"num_nodes", elastic, false}, "elastic": {"num_nodes", elastic, false},
		"nproc_per_node": {"resources", "each machine has a process for each GPU; torchrun takes another number as --nproc-per-node in command", false}, "master_port": {"envs", `write envs: [{name: MASTER_PORT, value: "29500"}]`, false}, "master_addr": {"", "num_nodes sets MASTER_ADDR by itself", false},
		"framework": {"launcher", "write launcher: torchrun, accelerate, jax or none", false}, "distributed": {"num_nodes", "write num_nodes: <machines> and launcher: torchrun, accelerate or jax", false},
		"use_spot": {"", "spot stands in a profile", false}, "spot": {"", "spot stands in a profile", false},
		"accelerator": {"profile", "write profile: a100-40gb, or another that `berth profiles` lists", false}, "accelerators": {"profile", "write profile: a100-40gb, or another that `berth profiles` lists", false},
		"with_limits": {"resources", "write resources: {gpu: …}", false}, "with_requests": {"resources", "write resources: {cpu: …, mem: …}", false},
		"depends_on": {"", "a run waits for nothing; order is the pipeline's or the queue's", false},
		"services":   {"", "this looks like a Compose file; write a run for each service", false},
		"steps":      {"", "a run is one program; write init_containers for what comes before it, or a run for each step", false}, "tasks": {"", "a run is one program; write a run for each task", false},
		"spec":    {"", "spec belongs to a document with apiVersion, kind and metadata; here its fields stand without it", false},
		"ingress": {"route", routeInstead, false}, "gateway": {"route", routeInstead, false}, "http_route": {"route", routeInstead, false}, "httpRoute": {"route", routeInstead, false},
		"domain": {"route", routeInstead, false}, "domains": {"route", routeInstead, false}, "hosts": {"route", routeInstead, false}, "url": {"route", routeInstead, false}, "autoscaling": {"autoscale", "write autoscale: {min: 1, max: 5, cpu: 70}, with a request for cpu", false},
		"hpa": {"autoscale", "write autoscale: {min: 1, max: 5, cpu: 70}, with a request for cpu", false}, "autoscaler": {"autoscale", "write autoscale: {min: 1, max: 5, cpu: 70}, with a request for cpu", false},
		"min_replicas": {"autoscale", "write autoscale: {min: …, max: …, cpu: 70}", false}, "max_replicas": {"autoscale", "write autoscale: {min: …, max: …, cpu: 70}", false},
		"minReplicas": {"autoscale", "write autoscale: {min: …, max: …, cpu: 70}", false}, "maxReplicas": {"autoscale", "write autoscale: {min: …, max: …, cpu: 70}", false},
		"pdb": {"disruption", "write disruption: {max_unavailable: 1}", false}, "pod_disruption_budget": {"disruption", "write disruption: {max_unavailable: 1}", false}, "podDisruptionBudget": {"disruption", "write disruption: {max_unavailable: 1}", false},
		"rollingUpdate": {"strategy", "write strategy: {type: rolling, max_surge: …, max_unavailable: …}", false}, "rolling_update": {"strategy", "write strategy: {type: rolling, max_surge: …, max_unavailable: …}", false},
		"max_surge": {"strategy", "write strategy: {type: rolling, max_surge: …}", false}, "max_unavailable": {"strategy", "write strategy: {type: rolling, max_unavailable: …}, or disruption: {max_unavailable: …} for drained machines", false},
		"maxSurge": {"strategy", "write strategy: {type: rolling, max_surge: …}", false}, "maxUnavailable": {"strategy", "write strategy: {type: rolling, max_unavailable: …}, or disruption: {max_unavailable: …} for drained machines", false},
		"external_name": {"", "external_name is a name in DNS alone, without pods; a run makes the Service of its own pods", false},
		"sidecar":       {"sidecars", "write sidecars: [{name: …, image: …}]", false}, "sidecar_containers": {"sidecars", "", true}, "init": {"init_containers", "write init_containers: [{name: …, command: […]}]", false}, "init_container": {"init_containers", "write init_containers: [{name: …, command: […]}]", false},
		"container": {"containers", "write containers: [{name: …, image: …}]", false}, "extra_containers": {"containers", "", true},
		"template": {"", patchable, false}, "topologySpreadConstraints": {"topology_spread", "", true}, "topology_spread_constraints": {"topology_spread", "", true}, "spread": {"topology_spread", "write topology_spread: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}]", false},
		"nodeName": {"", "write node_selector: {kubernetes.io/hostname: <node>}", false}, "node_name": {"", "write node_selector: {kubernetes.io/hostname: <node>}", false},
		"extra_hosts": {"host_aliases", "write host_aliases: [{ip: …, hostnames: […]}]", false}, "dns": {"dns_config", "write dns_config: {nameservers: […]}", false},
		"pre_stop": {"lifecycle", "write lifecycle: {pre_stop: …}", false}, "preStop": {"lifecycle", "write lifecycle: {pre_stop: …}", false}, "post_start": {"lifecycle", "write lifecycle: {post_start: …}", false}, "postStart": {"lifecycle", "write lifecycle: {post_start: …}", false}, "drain": {"drain_seconds", "", false},
		"resizePolicy": {"", patchable, false}, "shareProcessNamespace": {"", patchable, false},
		"safe_to_evict": {"do_not_disrupt", "write do_not_disrupt: true", false},
	},
	"Volume": {
		"type": {"volume_type", "", true}, "path": {"mount_path", "", true}, "target": {"mount_path", "", true}, "mount": {"mount_path", "", true},
		"claim_name": {"spec", "write spec: {claim_name: …}", false}, "size": {"spec", "write spec: {size: …}", false},
		"persistentVolumeClaim": {"volume_type", "write volume_type: persistent_volume_claim", false}, "configMap": {"volume_type", "write volume_type: config_map", false},
		"secret": {"volume_type", "write volume_type: secret", false}, "emptyDir": {"volume_type", "write volume_type: empty_dir", false},
		"hostPath": {"volume_type", "write volume_type: host_path and spec: {path: …}", false}, "host_path": {"volume_type", "write volume_type: host_path and spec: {path: …}", false},
		"nfs": {"volume_type", "write volume_type: nfs and spec: {server: …, path: …}", false}, "csi": {"volume_type", "write volume_type: csi and spec: {driver: …}", false},
		"projected": {"volume_type", "write volume_type: projected and spec: {sources: […]}", false}, "downwardAPI": {"volume_type", "write volume_type: downward_api and spec: {items: […]}", false},
		"ephemeral": {"volume_type", "write volume_type: ephemeral", false}, "image": {"volume_type", "write volume_type: image", false},
	},
	"VolumeSpec": {
		"claim": {"claim_name", "", true}, "pvc": {"claim_name", "", true}, "secretName": {"name", "", true}, "secret_name": {"name", "", true},
		"storageClassName": {"storage_class", "", true}, "storage_class_name": {"storage_class", "", true}, "storage": {"size", "", true}, "capacity": {"size", "", true},
		"accessModes": {"access_mode", "one mode, as a text", false}, "access_modes": {"access_mode", "one mode, as a text", false}, "mode": {"default_mode", "", true}, "reference": {"image", "", true},
		"nodePublishSecretRef": {"node_publish_secret_ref", "", true}, "volumeHandle": {"", "a volume of the cluster is mounted through a claim: volume_type: persistent_volume_claim", false},
	},
	"VolumeItem":     {"fieldRef": {"field", "write field: metadata.name", false}, "resourceFieldRef": {"field", "write field: limits.memory", false}},
	"VolumeSource":   {"serviceAccountToken": {"service_account_token", "", true}, "configMap": {"config_map", "", true}, "downwardAPI": {"downward_api", "", true}},
	"ContainerMount": {"name": {"volume", "", true}, "path": {"mount_path", "", true}, "mountPath": {"mount_path", "", true}, "subPath": {"sub_path", "", true}},
	"Mount":          {"path": {"mount_path", "", true}},
	"ContainerPort":  {"containerPort": {"port", "", true}, "container_port": {"port", "", true}, "number": {"port", "", true}, "hostPort": {"host_port", "", true}},
	"ConfigMapRef":   {"key": {"", "one key of a ConfigMap stands under envs: {name: …, config_map: …, key: …}", false}},
	"Hook": {
		"httpGet": {"http", "write http: /path and port beside it", false}, "path": {"http", "", true}, "command": {"exec", "", true}, "sleep": {"sleep_seconds", "write sleep_seconds: 10", false},
		"tcp": {"", "write exec: [<command>], http: /path and port, or sleep_seconds: <number>", false}, "tcpSocket": {"", "write exec: [<command>], http: /path and port, or sleep_seconds: <number>", false},
	},
	"Container": {
		"native": {"", "a sidecar is always Kubernetes' native one; a container that stands beside the run's own is written under containers", false}, "restartPolicy": {"", "a sidecar is restarted by itself; a container that ends before the run's own starts is written under init_containers", false},
		"profile": {"", "the run's profile holds for its whole pod; write profile beside sidecars, not in one of them", false}, "volumeMounts": {"mounts", "write mounts: [{volume: …, mount_path: …}]", false}, "volumes": {"mounts", "volumes stand in the run; write mounts: [{volume: …, mount_path: …}]", false},
		"securityContext": {"", securityInstead, false}, "env": {"envs", "", true}, "envFrom": {"config_maps", "write config_maps: [<ConfigMap>] and secrets: [<Secret>]", false}, "workdir": {"working_dir", "", true},
		"livenessProbe": {"probes", "write probes: {liveness: …}", false}, "readinessProbe": {"probes", "write probes: {readiness: …}", false}, "startupProbe": {"probes", "write probes: {startup: …}", false}, "shm": {"", "mount a volume of medium Memory at /dev/shm", false},
	},
	"Amounts": {"request": {"requests", "", true}, "limit": {"limits", "", true}, "min": {"requests", "", true}, "max": {"limits", "", true},
		"count": {"requests", "", false}, "type": {"", "which GPU it is, the profile says", false}, "model": {"", "which GPU it is, the profile says", false}},
	"Env": {
		"valueFrom": {"field", "field, config_map and key stand beside name", false}, "value_from": {"field", "field, config_map and key stand beside name", false},
		"field_path": {"field", "", true}, "fieldPath": {"field", "", true}, "secret": {"", "a secret stands under secrets: {name, key, env}", false}, "key_name": {"key", "", true},
	},
	"SecretRef":   {"secret": {"name", "", true}, "variable": {"env", "", true}, "as": {"env", "", true}},
	"GRPC":        {"name": {"service", "", true}},
	"ServicePort": {"container_port": {"target_port", "", true}, "containerPort": {"target_port", "", true}},
	"Probe": {
		"httpGet": {"http", "write http: /path and port beside it", false}, "http_get": {"http", "write http: /path and port beside it", false}, "path": {"http", "", true},
		"tcpSocket": {"tcp", "write tcp: port", false}, "tcp_socket": {"tcp", "write tcp: port", false}, "command": {"exec", "", true},
	},
	"Toleration":  {"seconds": {"tolerationSeconds", "", true}},
	"Metadata":    {"ns": {"namespace", "", true}},
	"ProjectSpec": {"target": {"gitops", "", false}, "out": {"output", "", true}},
	"ProfileFields": {
		"defaults": {"default", "", true}, "required": {"require", "", true}, "requirements": {"require", "", true}, "limits": {"bounds", "", true}, "shapes": {"nodes", "", true},
		"resources": {"default", "write default: {resources: …} or require: {resources: …}", false}, "node_selector": {"require", "write require: {node_selector: …}", false},
		"tolerations": {"require", "write require: {tolerations: …}", false},
	},
}

// family names the definition whose foreign words apply to a type: the partial specs share the run's.
func family(t *schema.Type) string {
	switch t.Name {
	case "RunSpec", "RunEnvironment", "ProjectEnvironment", "RunDefaults", "MachineSettings":
		return "RunFields"
	case "ProfileSpec":
		return "ProfileFields"
	case "InitContainer", "FurtherContainer":
		return "Container"
	case "ReadinessProbe", "LivenessProbe":
		return "Probe"
	case "KeyToPath", "FieldToPath":
		return "VolumeItem"
	}
	return t.Name
}

// unknownField refuses a field and returns the name that was probably meant, empty when there is none.
func (c *checker) unknownField(f *source.Field, in *source.Node, t *schema.Type, path string) string {
	d := diag.Diagnostic{Code: diag.UnknownField, Span: f.Span, Path: diag.Join(path, f.Key)}
	d.Message = fmt.Sprintf("%s is not a field of %s", diag.Quote(f.Key), whole(path, t))
	meant := c.meant(&d, f, in, t)
	c.mark(f.Node)
	c.add(d)
	return meant
}

// meant finds what an unknown field was meant for, the surest guess first: a range of GPUs, look-alike letters, another
// spelling, a word of Kubernetes or Compose, a name and value as one pair, a few letters away. It sets hint and fix,
// and returns the name of our field, empty where there is none, so that the field is not reported as missing as well.
func (c *checker) meant(d *diag.Diagnostic, f *source.Field, in *source.Node, t *schema.Type) string {
	names := t.Names()
	if meant := rangeOf(in); meant != "" && t == &schema.TypeAmounts && strings.HasSuffix(diag.Parent(d.Path), "gpu") {
		d.Hint = "for a range write gpu: " + meant
		return ""
	}
	if n := lookalike(d, f.Key, names); n != "" {
		return rename(d, f, in, n, true)
	}
	for _, n := range names {
		if diag.SameName(n, f.Key) {
			return rename(d, f, in, n, true)
		}
	}
	if w, ok := foreignWords[family(t)][f.Key]; ok {
		if source := valueSource(f, in); t == &schema.TypeEnv && source != "" {
			w.hint = source
		}
		// A family of types shares its words, and not every member has every field.
		if w.field != "" && t.Field(w.field) == nil {
			w.field = ""
		}
		meant := ""
		if w.field != "" {
			meant = rename(d, f, in, w.field, w.sure)
		}
		// A hint of its own says more than the field's name.
		if w.hint != "" {
			d.Hint, d.Fix = w.hint, nil // the value has to change as well
		}
		return meant
	}
	// {NAME: value}, as Compose writes variables.
	if t == &schema.TypeEnv && len(in.Fields) == 1 && f.Node.Scalar() {
		d.Hint = fmt.Sprintf("write {name: %s, value: %s}", f.Key, flowText(f.Node.Text))
		return "name"
	}
	if best, ok := diag.Nearest(f.Key, names); ok {
		return rename(d, f, in, best, false)
	}
	// gpu: {A100: 2}, as other systems write the model and how many.
	if choice := f.Key + ":" + f.Node.Text; t == &schema.TypeAmounts && f.Node.Scalar() && schema.TypeGPUChoice.AcceptsText(choice) {
		d.Hint = "for that GPU write gpu: " + choice
		return ""
	}
	if strings.ContainsRune(f.Key, '\u00a0') {
		d.Hint = "a no-break space stands in it; type the space again"
	}
	if strings.HasPrefix(f.Key, "x-") {
		d.Hint = "a run has no fields of your own; an anchor may stand where its value is first used"
	}
	// A field of a run under a profile's default or require, which have those of machines alone.
	if t == &schema.TypeMachineSettings && schema.TypeRunFields.Field(f.Key) != nil {
		d.Hint = fmt.Sprintf("a profile speaks of machines; %s stands in the run, or in the project's defaults", f.Key)
	}
	// A longer list of fields is no hint.
	if len(names) <= 8 {
		d.Hint = "its fields are " + diag.AllOf(names)
	}
	return ""
}

// rename suggests a field's right name. A name that stands there already is not suggested as a replacement.
func rename(d *diag.Diagnostic, f *source.Field, in *source.Node, name string, sure bool) string {
	d.Hint = "did you mean " + name + "?"
	if sure {
		d.Hint = "write " + name
	}
	// Where both stand there, renaming would make a duplicate.
	if in.Field(name) == nil {
		d.Fix = replacement(f.Span, name, sure)
	}
	return name
}

// whole words what a path stands for.
func whole(path string, t *schema.Type) string {
	switch {
	case path != "":
		return path
	case t.Name == "Project":
		return "a project"
	case t.Name == "Profile":
		return "a profile"
	}
	return "a run"
}

// unknownResource refuses the name of a resource.
func (c *checker) unknownResource(f *source.Field, t *schema.Type, path string) {
	d := diag.Diagnostic{
		Code: diag.UnknownField, Span: f.Span, Path: diag.Join(path, f.Key),
		Message: fmt.Sprintf("%s is not the name of a resource", diag.Quote(f.Key)),
		Hint:    "write " + t.Says,
	}
	// Nodes have resources of other names than runs: what is offered has to be one of this type.
	if meant, ok := resourceWords[strings.ToLower(f.Key)]; ok && t.AcceptsText(meant) {
		d.Hint = "write " + meant
		d.Fix = replacement(f.Span, meant, true)
	} else if best, ok := diag.Nearest(f.Key, t.Enum); ok {
		d.Hint = "did you mean " + best + "?"
		d.Fix = replacement(f.Span, best, false)
	} else if strings.HasPrefix(f.Key, "requests.") || strings.Contains(f.Key, "kubernetes.io/") {
		d.Hint = "this name belongs to Kubernetes' quotas"
	}
	c.mark(f.Node)
	c.add(d)
}

// resourceWords are other names of our resources.
var resourceWords = map[string]string{
	"memory": "mem", "ram": "mem", "cpus": "cpu", "cores": "cpu", "gpus": "gpu", "storage": "disk", "ephemeral-storage": "disk",
	"ephemeral_storage": "disk", "nvidia.com/gpus": "nvidia.com/gpu", "tpu": "google.com/tpu", "nvidia": "gpu",
	"accelerator": "gpu", "accelerators": "gpu", "num_gpus": "gpu", "num_cpus": "cpu",
}

// choiceWords are other names of accepted values, in lower case.
var choiceWords = map[string]string{
	"pvc": "persistent_volume_claim", "claim": "persistent_volume_claim", "cm": "config_map", "tmpfs": "empty_dir", "scratch": "empty_dir",
	"rollingupdate": "rolling", "rwo": "ReadWriteOnce", "rwx": "ReadWriteMany", "rox": "ReadOnlyMany", "rwop": "ReadWriteOncePod", "downward": "downward_api", "hostpath": "host_path", "bind": "host_path", "projected_volume": "projected", "ram": "Memory", "lb": "LoadBalancer",
	"cronjob": "job", "train": "job", "training": "job", "batch": "job", "task": "job", "service": "serve", "serving": "serve", "inference": "serve", "worker": "deploy",
	"gcp": "gke", "google": "gke", "aws": "eks", "azure": "aks", "http": "TCP", "https": "TCP", "grpc": "TCP",
}

// nearestChoice is the accepted value that was probably meant.
func nearestChoice(text string, choices []string) (string, bool) {
	for _, c := range choices {
		if diag.SameName(c, text) {
			return c, true
		}
	}
	// One word may be meant for several fields; it counts where the field takes its meaning.
	if meant := choiceWords[strings.ToLower(text)]; contains(choices, meant) {
		return meant, true
	}
	return diag.Nearest(text, choices)
}
