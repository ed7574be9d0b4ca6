package cli_test

import (
	"maps"
	"strings"
)

// podChanges are the changes of what a pod has beside its own container's first fields. What every container has is shown for
// each list of containers.
func podChanges() map[string]change {
	all := maps.Clone(podFields)
	for name, snippet := range containerFields {
		all["RunFields."+name] = change{aJob, "", name + ": " + snippet}
		for list, owner := range map[string]string{"init_containers": "InitContainer", "sidecars": "Container", "containers": "FurtherContainer"} {
			all[owner+"."+name] = inContainer(list, "", name+": "+snippet)
		}
	}
	for list, owner := range map[string]string{"init_containers": "InitContainer", "sidecars": "Container", "containers": "FurtherContainer"} {
		all[owner+".name"] = change{aJob, list + ": [{name: b, image: c}]", list + ": [{name: d, image: c}]"}
		all[owner+".image"] = inContainer(list, "", "image: c")
		all[owner+".mounts"] = inContainer(list, "", "mounts: [{volume: v, mount_path: /v}]")
		if owner != "InitContainer" {
			all[owner+".probes"] = inContainer(list, "", "probes: {readiness: {tcp: 80}}")
			all[owner+".lifecycle"] = inContainer(list, "", "lifecycle: {pre_stop: {exec: [a]}}")
		}
	}
	for name, snippet := range probeFields {
		for probe, owner := range map[string]string{"readiness": "ReadinessProbe", "liveness": "LivenessProbe", "startup": "Probe"} {
			if name != "success_threshold" || probe == "readiness" {
				all[owner+"."+name] = change{aServe + ports, "probes: {" + probe + ": {" + snippet[0] + "}}", "probes: {" + probe + ": {" + snippet[1] + "}}"}
			} else {
				all[owner+"."+name] = change{aServe + ports, "probes: {" + probe + ": {tcp: 80}}", "probes: {" + probe + ": {tcp: 80, success_threshold: 1}}"}
			}
		}
	}
	return all
}

// inContainer changes the only container of a list.
func inContainer(list, before, after string) change {
	base := aJob + "volumes: [{volume_type: empty_dir, name: v, mount_path: /w}]\n"
	with := func(field string) string { return strings.Replace(list+": [{name: b, "+field+"}]", ", }", "}", 1) }
	return change{base, with(before), with(after)}
}

// containerFields are the fields that every container has, each with a value that is no default.
var containerFields = map[string]string{
	"command": "[a]", "args": "[a]", "working_dir": "/app", "ports": "[{port: 80}]", "resources": "{cpu: 1}",
	"envs": "[{name: A, value: b}]", "secrets": "[a]", "config_maps": "[a]", "image_pull_policy": "Never",
	"run_as_user": "7", "run_as_group": "7", "run_as_non_root": "true", "read_only_root_filesystem": "true",
	"capabilities": "{drop: [ALL]}", "privileged": "false", "allow_privilege_escalation": "true",
	"se_linux": "{type: container_t}", "app_armor": "RuntimeDefault", "seccomp": "{type: Localhost, localhostProfile: a}",
}

// probeFields are the fields of every health check, each before and after a change.
var probeFields = map[string][2]string{
	"http": {"http: /a, port: 80", "http: /b, port: 80"}, "port": {"http: /a, port: 80", "http: /a, port: 81"},
	"scheme": {"http: /a, port: 80", "http: /a, port: 80, scheme: HTTPS"}, "host": {"http: /a, port: 80", "http: /a, port: 80, host: b"},
	"headers": {"http: /a, port: 80", "http: /a, port: 80, headers: {A: b}"}, "tcp": {"tcp: 80", "tcp: 81"},
	"grpc": {"tcp: 80", "grpc: {port: 80}"}, "exec": {"exec: [a]", "exec: [b]"},
	"initial_delay_seconds": {"tcp: 80", "tcp: 80, initial_delay_seconds: 5"}, "period_seconds": {"tcp: 80", "tcp: 80, period_seconds: 5"},
	"timeout_seconds": {"tcp: 80", "tcp: 80, timeout_seconds: 5"}, "failure_threshold": {"tcp: 80", "tcp: 80, failure_threshold: 5"},
	"success_threshold": {"tcp: 80", "tcp: 80, success_threshold: 5"},
}

const (
	projected   = "projected, name: v, mount_path: /v, spec: {sources: [{"
	downward    = "downward_api, name: v, mount_path: /v, spec: {items: [{"
	driver      = "csi, name: v, mount_path: /v, spec: {driver: a"
	onSpread    = "topology_spread: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway"
	withAccount = aJob + "service_account: a\nvolumes: [{volume_type: "
	hook        = "lifecycle: {pre_stop: {"
)

var podFields = map[string]change{
	"RunFields.init_containers":        {aJob, "", "init_containers: [{name: b}]"},
	"RunFields.sidecars":               {aJob, "", "sidecars: [{name: b}]"},
	"RunFields.containers":             {aJob, "", "containers: [{name: b}]"},
	"RunFields.lifecycle":              {aJob, "", "lifecycle: {pre_stop: {exec: [a]}}"},
	"RunFields.drain_seconds":          {aJob, "", "drain_seconds: 5"},
	"RunFields.container_name":         {aJob, "", "container_name: b"},
	"RunFields.hostname":               {aJob, "", "hostname: b"},
	"RunFields.subdomain":              {aJob, "", "subdomain: b"},
	"RunFields.topology_spread":        {aJob, "", onSpread + "}]"},
	"RunFields.scheduler_name":         {aJob, "", "scheduler_name: b"},
	"RunFields.resource_claims":        {aJob, "", "resource_claims: [{name: b, claim: c}]"},
	"RunFields.enable_service_links":   {aJob, "", "enable_service_links: true"},
	"RunFields.fs_group_change_policy": {aJob, "", "fs_group_change_policy: Always"},
	"RunFields.supplemental_groups":    {aJob, "", "supplemental_groups: [0]"},
	"RunFields.host_network":           {aHost, "", "host_network: true"},
	"RunFields.host_pid":               {aHost, "", "host_pid: true"},
	"RunFields.host_ipc":               {aHost, "", "host_ipc: true"},
	"RunFields.dns_policy":             {aJob, "", "dns_policy: Default"},
	"RunFields.dns_config":             {aJob, "", "dns_config: {searches: [a]}"},
	"RunFields.host_aliases":           {aJob, "", "host_aliases: [{ip: 10.0.0.1, hostnames: [a]}]"},
	"RunFields.do_not_disrupt":         {aJob, "", "do_not_disrupt: true"},
	"RunFields.pod_labels":             {aJob, "", "pod_labels: {a: b}"},
	"RunFields.pod_annotations":        {aJob, "", "pod_annotations: {a: b}"},
	"RunFields.selector":               {aDeploy, "", "selector: {a: b}"},
	"RunFields.service_labels":         {aServe + ports, "", "service_labels: {a: b}"},
	"RunFields.service_annotations":    {aServe + ports, "", "service_annotations: {a: b}"},

	"Container.after_init":               {aJob + "init_containers: [{name: c}]\n", "sidecars: [{name: b}]", "sidecars: [{name: b, after_init: true}]"},
	"ContainerPort.port":                 {aJob, "ports: [{port: 80}]", "ports: [{port: 81}]"},
	"ContainerPort.name":                 {aJob, "ports: [{port: 80}]", "ports: [{port: 80, name: a}]"},
	"ContainerPort.protocol":             {aJob, "ports: [{port: 80}]", "ports: [{port: 80, protocol: UDP}]"},
	"ContainerPort.host_port":            {aHost, "ports: [{port: 80}]", "ports: [{port: 80, host_port: 80}]"},
	"Capabilities.add":                   {aJob, "", "capabilities: {add: [CHOWN]}"},
	"Capabilities.drop":                  {aJob, "", "capabilities: {drop: [CHOWN]}"},
	"ContainerMount.volume":              {aJob + "volumes: [{volume_type: empty_dir, name: v, mount_path: /v}, {volume_type: empty_dir, name: w, mount_path: /w}]\n", "sidecars: [{name: b, mounts: [{volume: v, mount_path: /a}]}]", "sidecars: [{name: b, mounts: [{volume: w, mount_path: /a}]}]"},
	"ContainerMount.mount_path":          inContainer("sidecars", "mounts: [{volume: v, mount_path: /a}]", "mounts: [{volume: v, mount_path: /b}]"),
	"ContainerMount.read_only":           inContainer("sidecars", "mounts: [{volume: v, mount_path: /a}]", "mounts: [{volume: v, mount_path: /a, read_only: true}]"),
	"ContainerMount.sub_path":            inContainer("sidecars", "mounts: [{volume: v, mount_path: /a}]", "mounts: [{volume: v, mount_path: /a, sub_path: b}]"),
	"ContainerMount.sub_path_expr":       inContainer("sidecars", "mounts: [{volume: v, mount_path: /a}]", "mounts: [{volume: v, mount_path: /a, sub_path_expr: b}]"),
	"Volume.mounts":                      {volume, "empty_dir, name: v, mount_path: /v}]", "empty_dir, name: v, mounts: [{mount_path: /v}, {mount_path: /w}]}]"},
	"Volume.sub_path_expr":               {volume, "empty_dir, name: v, mount_path: /v}]", "empty_dir, name: v, mount_path: /v, sub_path_expr: a}]"},
	"Mount.mount_path":                   {volume, "empty_dir, name: v, mounts: [{mount_path: /v}]}]", "empty_dir, name: v, mounts: [{mount_path: /w}]}]"},
	"Mount.read_only":                    {volume, "empty_dir, name: v, mounts: [{mount_path: /v}]}]", "empty_dir, name: v, mounts: [{mount_path: /v, read_only: true}]}]"},
	"Mount.sub_path":                     {volume, "empty_dir, name: v, mounts: [{mount_path: /v}]}]", "empty_dir, name: v, mounts: [{mount_path: /v, sub_path: a}]}]"},
	"Mount.sub_path_expr":                {volume, "empty_dir, name: v, mounts: [{mount_path: /v}]}]", "empty_dir, name: v, mounts: [{mount_path: /v, sub_path_expr: a}]}]"},
	"VolumeSpec.sources":                 {volume, projected + "secret: {name: a}}]}}]", projected + "secret: {name: a}}, {config_map: {name: a}}]}}]"},
	"VolumeSpec.driver":                  {volume, driver + "}}]", "csi, name: v, mount_path: /v, spec: {driver: b}}]"},
	"VolumeSpec.fs_type":                 {volume, driver + "}}]", driver + ", fs_type: ext4}}]"},
	"VolumeSpec.volume_attributes":       {volume, driver + "}}]", driver + ", volume_attributes: {a: b}}}]"},
	"VolumeSpec.node_publish_secret_ref": {volume, driver + "}}]", driver + ", node_publish_secret_ref: {name: a}}}]"},
	"VolumeSpec.read_only":               {volume, driver + "}}]", driver + ", read_only: true}}]"},
	"VolumeSpec.server":                  {volume, "nfs, name: v, mount_path: /v, spec: {path: /a, server: b}}]", "nfs, name: v, mount_path: /v, spec: {path: /a, server: c}}]"},
	"VolumeSpec.path":                    {volume, "nfs, name: v, mount_path: /v, spec: {server: b, path: /a}}]", "nfs, name: v, mount_path: /v, spec: {server: b, path: /c}}]"},
	"VolumeSpec.type":                    {aHost + "volumes: [{volume_type: ", "host_path, name: v, mount_path: /v, spec: {path: /a}}]", "host_path, name: v, mount_path: /v, spec: {path: /a, type: File}}]"},
	"SecretName.name":                    {volume, driver + ", node_publish_secret_ref: {name: a}}}]", driver + ", node_publish_secret_ref: {name: b}}}]"},
	"VolumeItem.key":                     {volume, "config_map, name: v, mount_path: /v, spec: {name: a, items: [{key: a, path: b}]}}]", "config_map, name: v, mount_path: /v, spec: {name: a, items: [{key: c, path: b}]}}]"},
	"VolumeItem.field":                   {volume, downward + "path: a, field: metadata.name}]}}]", downward + "path: a, field: metadata.uid}]}}]"},
	"VolumeItem.path":                    {volume, downward + "field: metadata.name, path: a}]}}]", downward + "field: metadata.name, path: b}]}}]"},
	"VolumeItem.mode":                    {volume, downward + "field: metadata.name, path: a}]}}]", downward + "field: metadata.name, path: a, mode: 0400}]}}]"},
	"VolumeItem.divisor":                 {volume, downward + "field: limits.cpu, path: a}]}}]", downward + "field: limits.cpu, path: a, divisor: 1m}]}}]"},
	"VolumeItem.container":               {aJob + "sidecars: [{name: b}]\nvolumes: [{volume_type: ", downward + "field: limits.cpu, path: a}]}}]", downward + "field: limits.cpu, path: a, container: b}]}}]"},
	"VolumeSource.secret":                {volume, projected + "config_map: {name: a}}]}}]", projected + "secret: {name: a}}]}}]"},
	"VolumeSource.config_map":            {volume, projected + "secret: {name: a}}]}}]", projected + "config_map: {name: a}}]}}]"},
	"VolumeSource.downward_api":          {volume, projected + "secret: {name: a}}]}}]", projected + "downward_api: {items: [{path: a, field: metadata.name}]}}]}}]"},
	"VolumeSource.service_account_token": {withAccount, projected + "secret: {name: a}}]}}]", projected + "service_account_token: {path: a}}]}}]"},
	"ProjectedKeys.name":                 {volume, projected + "secret: {name: a}}]}}]", projected + "secret: {name: b}}]}}]"},
	"ProjectedKeys.items":                {volume, projected + "secret: {name: a}}]}}]", projected + "secret: {name: a, items: [{key: a, path: b}]}}]}}]"},
	"ProjectedKeys.optional":             {volume, projected + "secret: {name: a}}]}}]", projected + "secret: {name: a, optional: true}}]}}]"},
	"KeyToPath.key":                      {volume, projected + "secret: {name: a, items: [{key: a, path: b}]}}]}}]", projected + "secret: {name: a, items: [{key: c, path: b}]}}]}}]"},
	"KeyToPath.path":                     {volume, projected + "secret: {name: a, items: [{key: a, path: b}]}}]}}]", projected + "secret: {name: a, items: [{key: a, path: c}]}}]}}]"},
	"KeyToPath.mode":                     {volume, projected + "secret: {name: a, items: [{key: a, path: b}]}}]}}]", projected + "secret: {name: a, items: [{key: a, path: b, mode: 0400}]}}]}}]"},
	"ProjectedFields.items":              {volume, projected + "downward_api: {items: [{path: a, field: metadata.name}]}}]}}]", projected + "downward_api: {items: [{path: a, field: metadata.uid}]}}]}}]"},
	"FieldToPath.path":                   {volume, projected + "downward_api: {items: [{field: metadata.name, path: a}]}}]}}]", projected + "downward_api: {items: [{field: metadata.name, path: b}]}}]}}]"},
	"FieldToPath.field":                  {volume, projected + "downward_api: {items: [{path: a, field: metadata.name}]}}]}}]", projected + "downward_api: {items: [{path: a, field: metadata.uid}]}}]}}]"},
	"FieldToPath.mode":                   {volume, projected + "downward_api: {items: [{path: a, field: metadata.name}]}}]}}]", projected + "downward_api: {items: [{path: a, field: metadata.name, mode: 0400}]}}]}}]"},
	"FieldToPath.divisor":                {volume, projected + "downward_api: {items: [{path: a, field: limits.cpu}]}}]}}]", projected + "downward_api: {items: [{path: a, field: limits.cpu, divisor: 1m}]}}]}}]"},
	"FieldToPath.container":              {aJob + "sidecars: [{name: b}]\nvolumes: [{volume_type: ", projected + "downward_api: {items: [{path: a, field: limits.cpu}]}}]}}]", projected + "downward_api: {items: [{path: a, field: limits.cpu, container: b}]}}]}}]"},
	"ServiceAccountToken.path":           {withAccount, projected + "service_account_token: {path: a}}]}}]", projected + "service_account_token: {path: b}}]}}]"},
	"ServiceAccountToken.audience":       {withAccount, projected + "service_account_token: {path: a}}]}}]", projected + "service_account_token: {path: a, audience: b}}]}}]"},

	"ServiceAccountToken.expiration_seconds": {withAccount, projected + "service_account_token: {path: a}}]}}]", projected + "service_account_token: {path: a, expiration_seconds: 600}}]}}]"},

	"Env.divisor":            {aJob, "envs: [{name: A, field: limits.cpu}]", "envs: [{name: A, field: limits.cpu, divisor: 1m}]"},
	"Env.container":          {aJob + "sidecars: [{name: b}]\n", "envs: [{name: A, field: limits.cpu}]", "envs: [{name: A, field: limits.cpu, container: b}]"},
	"Env.optional":           {aJob, "envs: [{name: A, config_map: b, key: c}]", "envs: [{name: A, config_map: b, key: c, optional: true}]"},
	"SecretRef.prefix":       {aJob, "secrets: [a]", "secrets: [{name: a, prefix: B_}]"},
	"SecretRef.optional":     {aJob, "secrets: [a]", "secrets: [{name: a, optional: true}]"},
	"ConfigMapRef.name":      {aJob, "config_maps: [a]", "config_maps: [b]"},
	"ConfigMapRef.prefix":    {aJob, "config_maps: [a]", "config_maps: [{name: a, prefix: B_}]"},
	"ConfigMapRef.optional":  {aJob, "config_maps: [a]", "config_maps: [{name: a, optional: true}]"},
	"ResourceClaim.name":     {aJob, "resource_claims: [{name: b, claim: c}]", "resource_claims: [{name: d, claim: c}]"},
	"ResourceClaim.claim":    {aJob, "resource_claims: [{name: b, claim: c}]", "resource_claims: [{name: b, claim: d}]"},
	"ResourceClaim.template": {aJob, "resource_claims: [{name: b, claim: c}]", "resource_claims: [{name: b, template: c}]"},

	"LivenessProbe.termination_grace_period_seconds": {aServe + ports, "probes: {liveness: {tcp: 80}}", "probes: {liveness: {tcp: 80, termination_grace_period_seconds: 5}}"},
	"Probe.termination_grace_period_seconds":         {aServe + ports, "probes: {startup: {tcp: 80}}", "probes: {startup: {tcp: 80, termination_grace_period_seconds: 5}}"},
	"Probe.within_seconds":                           {aServe + ports, "probes: {startup: {tcp: 80}}", "probes: {startup: {tcp: 80, within_seconds: 100}}"},

	"Header.name":          {aServe + ports, "probes: {readiness: {http: /, port: 80, headers: {A: b}}}", "probes: {readiness: {http: /, port: 80, headers: {B: b}}}"},
	"Header.value":         {aServe + ports, "probes: {readiness: {http: /, port: 80, headers: {A: b}}}", "probes: {readiness: {http: /, port: 80, headers: {A: c}}}"},
	"GRPC.port":            {aServe + ports, "probes: {readiness: {grpc: {port: 80}}}", "probes: {readiness: {grpc: {port: 81}}}"},
	"GRPC.service":         {aServe + ports, "probes: {readiness: {grpc: {port: 80}}}", "probes: {readiness: {grpc: {port: 80, service: a}}}"},
	"Lifecycle.post_start": {aJob, "", "lifecycle: {post_start: {exec: [a]}}"},
	"Lifecycle.pre_stop":   {aJob, "", "lifecycle: {pre_stop: {exec: [a]}}"},
	"Hook.exec":            {aJob, hook + "exec: [a]}}", hook + "exec: [b]}}"},
	"Hook.sleep_seconds":   {aJob, hook + "sleep_seconds: 5}}", hook + "sleep_seconds: 6}}"},
	"Hook.http":            {aJob, hook + "port: 80, http: /a}}", hook + "port: 80, http: /b}}"},
	"Hook.port":            {aJob, hook + "http: /a, port: 80}}", hook + "http: /a, port: 81}}"},
	"Hook.scheme":          {aJob, hook + "http: /a, port: 80}}", hook + "http: /a, port: 80, scheme: HTTPS}}"},
	"Hook.host":            {aJob, hook + "http: /a, port: 80}}", hook + "http: /a, port: 80, host: b}}"},
	"Hook.headers":         {aJob, hook + "http: /a, port: 80}}", hook + "http: /a, port: 80, headers: {A: b}}}"},

	"TopologySpread.maxSkew":            {aJob, "topology_spread: [{topologyKey: a, whenUnsatisfiable: ScheduleAnyway, maxSkew: 1}]", "topology_spread: [{topologyKey: a, whenUnsatisfiable: ScheduleAnyway, maxSkew: 2}]"},
	"TopologySpread.topologyKey":        {aJob, "topology_spread: [{maxSkew: 1, whenUnsatisfiable: ScheduleAnyway, topologyKey: a}]", "topology_spread: [{maxSkew: 1, whenUnsatisfiable: ScheduleAnyway, topologyKey: b}]"},
	"TopologySpread.whenUnsatisfiable":  {aJob, onSpread + "}]", "topology_spread: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]"},
	"TopologySpread.labelSelector":      {aJob, onSpread + "}]", onSpread + ", labelSelector: {matchLabels: {a: b}}}]"},
	"TopologySpread.minDomains":         {aJob, "topology_spread: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]", "topology_spread: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule, minDomains: 2}]"},
	"TopologySpread.nodeAffinityPolicy": {aJob, onSpread + "}]", onSpread + ", nodeAffinityPolicy: Ignore}]"},
	"TopologySpread.nodeTaintsPolicy":   {aJob, onSpread + "}]", onSpread + ", nodeTaintsPolicy: Honor}]"},
	"TopologySpread.matchLabelKeys":     {aJob, onSpread + "}]", onSpread + ", matchLabelKeys: [b]}]"},
	"DNSConfig.nameservers":             {aJob, "", "dns_config: {nameservers: [10.0.0.1]}"},
	"DNSConfig.searches":                {aJob, "", "dns_config: {searches: [a]}"},
	"DNSConfig.options":                 {aJob, "", "dns_config: {options: [{name: a}]}"},
	"DNSOption.name":                    {aJob, "dns_config: {options: [{name: a}]}", "dns_config: {options: [{name: b}]}"},
	"DNSOption.value":                   {aJob, "dns_config: {options: [{name: a}]}", "dns_config: {options: [{name: a, value: ''}]}"},
	"HostAlias.ip":                      {aJob, "host_aliases: [{hostnames: [a], ip: 10.0.0.1}]", "host_aliases: [{hostnames: [a], ip: 10.0.0.2}]"},
	"HostAlias.hostnames":               {aJob, "host_aliases: [{ip: 10.0.0.1, hostnames: [a]}]", "host_aliases: [{ip: 10.0.0.1, hostnames: [b]}]"},
	"SELinux.user":                      {aHost, "", "se_linux: {user: a}"},
	"SELinux.role":                      {aHost, "", "se_linux: {role: a}"},
	"SELinux.type":                      {aJob, "", "se_linux: {type: container_t}"},
	"SELinux.level":                     {aJob, "", "se_linux: {level: a}"},
	"AppArmor.type":                     {aJob, "", "app_armor: {type: RuntimeDefault}"},
	"AppArmor.localhostProfile":         {aJob, "app_armor: {type: Localhost, localhostProfile: a}", "app_armor: {type: Localhost, localhostProfile: b}"},
	"Seccomp.type":                      {aJob, "", "seccomp: {type: Localhost, localhostProfile: a}"},
	"Seccomp.localhostProfile":          {aJob, "seccomp: {type: Localhost, localhostProfile: a}", "seccomp: {type: Localhost, localhostProfile: b}"},
}
