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
	configMap  = ", volumes: [{volume_type: config_map, name: v, mount_path: /v, spec: {name: c, optional: true}}]"
	secret     = ", volumes: [{volume_type: secret, name: v, mount_path: /v, spec: {name: c, optional: true}}]"
)

func image2(spec string) string { return strings.Replace(spec, "acme/a:1", "acme/a:2", 1) }

func replicas(spec, n string) string { return strings.Replace(spec, "replicas: 2", "replicas: "+n, 1) }

func one(spec string) string { return replicas(spec, "1") }

func probe(check string) string { return ", probes: {readiness: {" + check + "}}" }

func claim(size string) string {
	return ", volumes: [{volume_type: persistent_volume_claim, name: d, mount_path: /d, spec: {size: " + size + "}}]"
}
