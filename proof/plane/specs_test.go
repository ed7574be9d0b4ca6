package plane

import "strings"

const (
	job        = "action: job, image: acme/a:1"
	replace    = ", run_policy: replace"
	recreate   = ", run_policy: recreate"
	template   = ", run_policy: template"
	queue      = " | \n  queue: research"
	cron       = job + ", schedule: 0 0 1 1 *"
	cron2      = job + ", schedule: 0 0 2 1 *"
	deploy     = "action: deploy, image: acme/a:1, replicas: 2"
	serve      = "action: serve, image: acme/a:1, replicas: 2, service_ports: [{port: 80}]"
	serve2port = "action: serve, image: acme/a:1, replicas: 2, service_ports: [{port: 81, target_port: 80}]"
	gpu        = ", resources: {gpu: 1}"
	suspended  = ", patches: [{target: {kind: Job}, patch: {spec: {suspend: true}}}]"
	paused     = ", patches: [{target: {kind: Deployment}, patch: {spec: {paused: true}}}]"
	hook       = ", run_policy: hook" + ends
	ends       = ", pod_labels: {plane/ends: succeeded}"
	nodes      = ", num_nodes: 2"
	unscaled   = "action: serve, image: acme/a:1, replicas: unmanaged, service_ports: [{port: 80}]"
	budget     = ", disruption: {max_unavailable: 1}"
	autoscaled = "action: serve, image: acme/a:1, service_ports: [{port: 80}], resources: {cpu: 1}, autoscale: {max: 3, cpu: 80}"
	dev        = " | \n  environments: {dev: {}}"
	prod       = " | \n  environments: {prod: {}}"
	configMap  = ", volumes: [{volume_type: config_map, name: v, mount_path: /v, spec: {name: c, optional: true}}]"
	secret     = ", volumes: [{volume_type: secret, name: v, mount_path: /v, spec: {name: c, optional: true}}]"
)

func image2(spec string) string { return strings.Replace(spec, "acme/a:1", "acme/a:2", 1) }

func replicas(spec, n string) string { return strings.Replace(spec, "replicas: 2", "replicas: "+n, 1) }

func one(spec string) string { return replicas(spec, "1") }

func probe(check string) string { return ", probes: {readiness: {" + check + "}}" }

func files(text string) string { return ", files: {/etc/a.txt: {text: " + text + "}}" }

func extra(text string) string {
	return ", extra: [{apiVersion: v1, kind: ConfigMap, metadata: {name: more}, data: {a: " + text + "}}]"
}

func claim(size string) string {
	return ", volumes: [{volume_type: persistent_volume_claim, name: d, mount_path: /d, spec: {size: " + size + "}}]"
}
