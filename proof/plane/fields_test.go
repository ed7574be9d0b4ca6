package plane

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"berth/proof/product"
)

// fieldOf is a field of a run with values that it may have, in YAML's flow style. A value that begins with a space stands
// with what it needs beside it.
type fieldOf struct {
	name   string
	values []string
}

// fields are the fields that a random change may change, by the actions that have them. What decides most, such as action,
// run_policy, image and num_nodes, is the design's own.
var fields = map[string][]fieldOf{
	"job cron deploy serve": {
		{"args", []string{"[a]", "[a, b]", "[b, a]"}},
		{"command", []string{"[run]", "[sh, -c, run]"}},
		{"working_dir", []string{"/a", "/b"}},
		{"envs", []string{"[{name: A, value: b}]", "[{name: A, value: c}, {name: B, value: d}]", "[{name: A, field: metadata.name}]", "[{name: A, config_map: c, key: d, optional: true}]"}},
		{"secrets", []string{"[{name: s, optional: true}]", "[{name: s, key: k, env: K, optional: true}]"}},
		{"config_maps", []string{"[{name: c, optional: true}]", "[{name: c, prefix: P_, optional: true}]"}},
		{"resources", []string{"{cpu: 1}", "{cpu: {requests: 1, limits: 2}, mem: 1Gi}", "{mem: 1024Mi}", "{gpu: 1}", "{gpu: 2, cpu: 500m}", "{disk: 1Gi}"}},
		{"shm", []string{"64Mi", "128Mi"}},
		{"image_pull_policy", []string{"Always", "IfNotPresent"}},
		{"image_pull_secrets", []string{"[a]", "[a, b]"}},
		{"run_as_user", []string{"1000", "2000"}},
		{"run_as_group", []string{"1000", "2000"}},
		{"run_as_non_root", []string{"true, run_as_user: 1000", "false"}},
		{"read_only_root_filesystem", []string{"true", "false"}},
		{"capabilities", []string{"{drop: [ALL]}", "{drop: [NET_RAW]}"}},
		{"privileged", []string{"true, allow_privilege_escalation: true", "false"}},
		{"allow_privilege_escalation", []string{"true", "false"}},
		{"se_linux", []string{"{type: container_t}", "{level: 's0:c1,c2'}"}},
		{"app_armor", []string{"RuntimeDefault", "Unconfined"}},
		{"seccomp", []string{"RuntimeDefault", "Unconfined"}},
		{"security", []string{"restricted, run_as_user: 1000", "baseline"}},
		{"image_user", []string{"numeric"}},
		{"fs_group", []string{"1000", "2000"}},
		{"fs_group_change_policy", []string{"Always, fs_group: 1000", "OnRootMismatch, fs_group: 1000"}},
		{"supplemental_groups", []string{"[1]", "[1, 2]"}},
		{"host_network", []string{"false"}},
		{"host_pid", []string{"true", "false"}},
		{"host_ipc", []string{"true", "false"}},
		{"dns_policy", []string{"Default", "ClusterFirst"}},
		{"dns_config", []string{"{searches: [a.b]}", "{options: [{name: ndots, value: '2'}]}"}},
		{"host_aliases", []string{"[{ip: 10.0.0.5, hostnames: [a]}]", "[{ip: 10.0.0.5, hostnames: [a, b]}]"}},
		{"do_not_disrupt", []string{"true", "false"}},
		{"pod_labels", []string{"{l: a}", "{l: b}"}},
		{"pod_annotations", []string{"{l: a}", "{l: b}"}},
		{"hostname", []string{"h", "i"}},
		{"subdomain", []string{"h", "i"}},
		{"container_name", []string{"main", "other"}},
		{"ports", []string{"[{port: 9000}]", "[{port: 9000, name: m}]"}},
		{"node_selector", []string{"{kubernetes.io/os: linux}", "{kubernetes.io/os: linux, kubernetes.io/arch: amd64}"}},
		{"tolerations", []string{"[{key: a, operator: Exists}]", "[{key: a, operator: Exists, effect: NoSchedule}]"}},
		{"affinity", []string{
			"{nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}",
			"{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]}}}",
		}},
		{"topology_spread", []string{"[{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}]", "[{maxSkew: 5, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule}]"}},
		{"runtime_class", []string{"fast"}},
		{"priority_class", []string{"low", "high"}},
		{"service_account", []string{"a", "b"}},
		{"automount_token", []string{"true", "false"}},
		{"enable_service_links", []string{"true", "false"}},
		{"volumes", []string{
			"[{volume_type: empty_dir, name: v, mount_path: /v}]", "[{volume_type: empty_dir, name: v, mount_path: /w}]",
			"[{volume_type: config_map, name: v, mount_path: /v, spec: {name: c, optional: true}}]",
			"[{volume_type: secret, name: v, mount_path: /v, spec: {name: c, optional: true}}]",
			"[{volume_type: persistent_volume_claim, name: d, mount_path: /d, spec: {size: 1Gi}}]",
			"[{volume_type: persistent_volume_claim, name: d, mount_path: /d, spec: {size: 2Gi}}]",
			"[{volume_type: persistent_volume_claim, name: e, mount_path: /d, spec: {size: 1Gi, storage_class: fast}}]",
		}},
		{"files", []string{"{/etc/a.txt: {text: a}}", "{/etc/a.txt: {text: b}}", "{/etc/b.txt: {text: a}}"}},
		{"init_containers", []string{"[{name: i, image: acme/i:1}]", "[{name: i, image: acme/i:2}, {name: j, image: acme/j:1}]"}},
		{"sidecars", []string{"[{name: s, image: acme/s:1}]", "[{name: s, image: acme/s:2}]"}},
		{"containers", []string{"[{name: t, image: acme/t:1}]", "[{name: t, image: acme/t:2}]"}},
		{"lifecycle", []string{"{pre_stop: {exec: [a]}}", "{pre_stop: {sleep_seconds: 1}}", "{post_start: {exec: [a]}}"}},
		{"drain_seconds", []string{"1", "2, termination_grace_period_seconds: 4"}},
		{"termination_grace_period_seconds", []string{"1", "3"}},
		{"allow_lints", []string{"{moving-tag: why}"}},
		{"extra", []string{
			"[{apiVersion: v1, kind: ConfigMap, metadata: {name: more}, data: {a: b}}]", "[{apiVersion: v1, kind: ConfigMap, metadata: {name: more}, data: {a: c}}]",
			"[{apiVersion: v1, kind: ServiceAccount, metadata: {name: more}}]",
		}},
	},
	"job cron": {
		{"restart_policy", []string{"OnFailure", "Never"}},
		{"backoff_limit", []string{"0", "2", "5"}},
		{"backoff_limit_per_index", []string{"1, completions: 2, completion_mode: Indexed", "2, completions: 2, completion_mode: Indexed"}},
		{"max_failed_indexes", []string{"1, backoff_limit_per_index: 1, completions: 2, completion_mode: Indexed"}},
		{"active_deadline_seconds", []string{"3600", "7200"}},
		{"parallelism", []string{"0", "1", "2, completions: 2", "3, completions: 3"}},
		{"completions", []string{"1", "2"}},
		{"completion_mode", []string{"Indexed, completions: 2", "NonIndexed"}},
		{"pod_failure_policy", []string{"{rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"}},
		{"success_policy", []string{"{rules: [{succeededCount: 1}]}, completions: 2, completion_mode: Indexed"}},
		{"pod_replacement_policy", []string{"Failed", "TerminatingOrFailed"}},
		{"expected_minutes", []string{"5", "10"}},
		{"queue", []string{"research", "batch"}},
		{"queue_priority", []string{"high, queue: research"}},
	},
	"job": {
		{"rerun", []string{"1", "2"}},
		{"suspend", []string{"true", "false"}},
		{"num_nodes", []string{"1", "2"}},
		{"launcher", []string{"torchrun, num_nodes: 2", "jax, num_nodes: 2"}},
	},
	"cron": {
		{"schedule", []string{"0 0 2 1 *", "0 0 3 1 *", "'@yearly'"}},
		{"time_zone", []string{"Europe/Rome", "Asia/Tokyo"}},
		{"concurrency_policy", []string{"Allow", "Forbid", "Replace"}},
		{"starting_deadline_seconds", []string{"60", "120"}},
		{"successful_history", []string{"1", "2"}},
		{"failed_history", []string{"1", "2"}},
		{"suspend", []string{"true", "false"}},
		{"ttl_seconds_after_finished", []string{"60", "120"}},
		{"num_nodes", []string{"2"}},
	},
	"deploy serve": {
		{"replicas", []string{"0", "1", "2", "3", "unmanaged"}},
		{"autoscale", []string{"{max: 3, cpu: 80}, resources: {cpu: 1}", "{min: 2, max: 3, cpu: 50}, resources: {cpu: 1}"}},
		{"disruption", []string{"{max_unavailable: 1}", "{min_available: 1}, replicas: 2"}},
		{"strategy", []string{"recreate", "rolling", "{type: rolling, max_unavailable: 1}"}},
		{"min_ready_seconds", []string{"1", "2"}},
		{"progress_deadline_seconds", []string{"300", "700"}},
		{"revision_history_limit", []string{"1", "2"}},
		{"selector", []string{"{app: a}", "{app: b}"}},
		{"probes", []string{"{readiness: {tcp: 80}}", "{liveness: {exec: [a]}}", "{readiness: {http: /, port: 80}, startup: {tcp: 80}}"}},
	},
	"serve": {
		{"service_ports", []string{"[{port: 81, target_port: 80}]", "[{port: 80}, {port: 81}]", "[{port: 80, name: web}]"}},
		{"service_type", []string{"NodePort", "LoadBalancer", "ClusterIP"}},
		{"headless", []string{"true", "false"}},
		{"service_name", []string{"c", "d"}},
		{"service_labels", []string{"{l: a}", "{l: b}"}},
		{"service_annotations", []string{"{l: a}", "{l: b}"}},
		{"load_balancer_class", []string{"acme.io/a, service_type: LoadBalancer", "acme.io/b, service_type: LoadBalancer"}},
		{"load_balancer_source_ranges", []string{"[10.0.0.0/8], service_type: LoadBalancer"}},
		{"external_traffic_policy", []string{"Local, service_type: NodePort", "Cluster, service_type: NodePort"}},
		{"internal_traffic_policy", []string{"Local", "Cluster"}},
		{"session_affinity", []string{"ClientIP", "None"}},
		{"ip_families", []string{"[IPv4]"}},
	},
}

// untouched are the fields that no random change touches, with the reason.
var untouched = map[string]string{
	"action": "the design's", "run_policy": "the design's", "image": "the design's", "environments": "the design's", "patches": "the table of changes has them",
	"profile": "its words are the run's", "matrix": "it is several runs", "resource_claims": "no machine here has devices that are claimed",
	"scheduler_name": "another scheduler is not there", "managed_by": "another controller is not there", "gang_restarts": "the controller of JobSet is not there",
	"leader": "the controller of LeaderWorkerSet is not there", "route": "no gateway is there", "hook_phase": "the table of changes has hooks",
}

// Every field of a run is one that random changes touch, or there is a reason why not.
func TestEveryFieldIsTouched(t *testing.T) {
	berth := berthForTest(t)
	res, err := product.Run(berth, t.TempDir(), "schema")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Definitions map[string]struct{ Properties map[string]any }
	}
	if err := json.Unmarshal(res.Stdout, &schema); err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, action := range []string{"job", "deploy", "serve"} {
		for name := range schema.Definitions["Spec-"+action].Properties {
			all[name] = true
		}
	}
	if len(all) < 100 {
		t.Fatalf("the schema has %d fields", len(all))
	}
	touched := map[string]bool{}
	for _, some := range fields {
		for _, f := range some {
			touched[f.name] = true
		}
	}
	for name := range all {
		if touched[name] == (untouched[name] != "") {
			t.Errorf("%s is neither touched nor left out with a reason, or both", name)
		}
	}
	for name := range touched {
		if !all[name] {
			t.Errorf("%s is no field of a run", name)
		}
	}
}

// Every value of every field builds beside nothing else.
func TestFieldsBuild(t *testing.T) {
	d := &drive{berth: berthForTest(t), dir: t.TempDir(), namespace: "n", flavour: "flux"}
	for _, kind := range actions {
		for _, f := range fieldsOf(kind) {
			for _, value := range f.values {
				run := design{kind: kind, fields: map[string]string{f.name: value}}
				if err := d.write(run.spec()); err != nil {
					t.Errorf("%s: %v", run.spec(), err)
				}
			}
		}
	}
}

// fieldsOf are the fields of an action, in the order of their names.
func fieldsOf(action string) []fieldOf {
	var all []fieldOf
	for _, actions := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(strings.Fields(actions), action) {
			all = append(all, fields[actions]...)
		}
	}
	return all
}
