package cli_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/schema"
)

// The runs that the changes below are made to.
const (
	aJob     = "name: a\naction: job\nimage: ghcr.io/acme/a:1\n"
	indexed  = aJob + "completions: 2\ncompletion_mode: Indexed\n"
	aHost    = "namespace: host\n" + aJob
	aCron    = aJob + "schedule: '@daily'\n"
	aDeploy  = "name: a\naction: deploy\nimage: ghcr.io/acme/a:1\n"
	aServe   = "name: a\naction: serve\nimage: ghcr.io/acme/a:1\n"
	ports    = "service_ports: [{port: 80}]\n"
	toNodes  = aJob + "affinity: {nodeAffinity: "
	toPods   = aJob + "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z"
	toAll    = aJob + "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}, topologyKey: z"
	named    = aJob + "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: "
	failure  = aJob + "pod_failure_policy: {rules: [{action: Ignore, "
	volume   = aJob + "volumes: [{volume_type: "
	scaled   = aDeploy + "resources: {cpu: 1}\n"
	balanced = "service_type: LoadBalancer\n"
)

// change is a run before and after one field of it was added or changed.
type change struct{ base, before, after string }

// changes has, for each field of the schema that a run may use, a change that has to be seen in the manifests.
var changes = map[string]change{
	"Metadata.name":        {"action: job\nimage: a\n", "name: a", "name: b"},
	"Metadata.namespace":   {aJob, "", "namespace: ml"},
	"Metadata.labels":      {aJob, "", "labels: {team: growth}"},
	"Metadata.annotations": {aJob, "", "annotations: {acme.io/owner: ana}"},

	"RunFields.action":                           {"name: a\nimage: a\n", "action: job", "action: deploy"},
	"RunFields.image":                            {"name: a\naction: job\n", "image: a", "image: b"},
	"RunFields.command":                          {aJob, "", "command: [python]"},
	"RunFields.args":                             {aJob, "", "args: [a]"},
	"RunFields.working_dir":                      {aJob, "", "working_dir: /app"},
	"RunFields.profile":                          {aJob, "", "profile: cpu-small"},
	"RunFields.probes":                           {aServe + ports, "", "probes: {readiness: {tcp: 80}}"},
	"RunFields.termination_grace_period_seconds": {aJob, "", "termination_grace_period_seconds: 0"},
	"RunFields.resources":                        {aJob, "", "resources: {cpu: 1}"},
	"RunFields.node_selector":                    {aJob, "", "node_selector: {a: b}"},
	"RunFields.tolerations":                      {aJob, "", "tolerations: [{key: a, operator: Exists}]"},
	"RunFields.affinity":                         {aJob, "", "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {matchLabels: {a: b}}}]}}"},
	"RunFields.volumes":                          {aJob, "", "volumes: [{volume_type: empty_dir, name: v, mount_path: /v}]"},
	"RunFields.shm":                              {aJob + "resources: {mem: {limits: 4Gi}}\n", "", "shm: 1Gi"},
	"RunFields.envs":                             {aJob, "", "envs: [{name: A, value: b}]"},
	"RunFields.secrets":                          {aJob, "", "secrets: [a]"},
	"RunFields.runtime_class":                    {aJob, "", "runtime_class: a"},
	"RunFields.priority_class":                   {aJob, "", "priority_class: a"},
	"RunFields.image_pull_policy":                {aJob, "", "image_pull_policy: Never"},
	"RunFields.image_pull_secrets":               {aJob, "", "image_pull_secrets: [a]"},
	"RunFields.service_account":                  {aJob, "", "service_account: a"},
	"RunFields.automount_token":                  {aJob, "", "automount_token: true"},
	"RunFields.security":                         {aJob + "run_as_user: 1\n", "", "security: restricted"},
	"RunFields.image_user":                       {aJob + "security: restricted\n", "run_as_user: 1", "image_user: numeric"},
	"RunFields.run_as_user":                      {aJob, "", "run_as_user: 0"},
	"RunFields.run_as_group":                     {aJob, "", "run_as_group: 0"},
	"RunFields.fs_group":                         {aJob, "", "fs_group: 0"},
	"RunFields.schedule":                         {aJob, "", "schedule: '@daily'"},
	"RunFields.time_zone":                        {aCron, "", "time_zone: Europe/Rome"},
	"RunFields.concurrency_policy":               {aCron, "", "concurrency_policy: Allow"},
	"RunFields.starting_deadline_seconds":        {aCron, "", "starting_deadline_seconds: 60"},
	"RunFields.successful_history":               {aCron, "", "successful_history: 0"},
	"RunFields.failed_history":                   {aCron, "", "failed_history: 0"},
	"RunFields.suspend":                          {aCron, "", "suspend: true"},
	"RunFields.backoff_limit":                    {aJob, "", "backoff_limit: 0"},
	"RunFields.queue":                            {aJob, "", "queue: a"},
	"RunFields.queue_priority":                   {aJob + "queue: a\n", "", "queue_priority: a"},
	"RunFields.restart_policy":                   {aJob, "", "restart_policy: OnFailure"},
	"RunFields.backoff_limit_per_index":          {indexed, "", "backoff_limit_per_index: 0"},
	"RunFields.max_failed_indexes":               {indexed + "backoff_limit_per_index: 0\n", "", "max_failed_indexes: 0"},
	"RunFields.success_policy":                   {indexed, "", "success_policy: {rules: [{succeededCount: 1}]}"},
	"RunFields.pod_replacement_policy":           {aJob, "", "pod_replacement_policy: Failed"},
	"RunFields.managed_by":                       {aJob, "", "managed_by: acme.io/jobs"},
	"RunFields.active_deadline_seconds":          {aJob, "", "active_deadline_seconds: 60"},
	"RunFields.ttl_seconds_after_finished":       {aCron, "", "ttl_seconds_after_finished: 0"},
	"RunFields.parallelism":                      {aJob, "", "parallelism: 2"},
	"RunFields.num_nodes":                        {aJob, "", "num_nodes: 2"},
	"RunFields.gang_restarts":                    {aJob + "num_nodes: 2\n", "gang_restarts: 1", "gang_restarts: 2"},
	"RunFields.leader":                           {aDeploy + "num_nodes: 2\n", "", "leader: {args: [a]}"},
	"Leader.command":                             {aDeploy + "num_nodes: 2\n", "leader: {args: [a]}", "leader: {args: [a], command: [b]}"},
	"Leader.args":                                {aDeploy + "num_nodes: 2\n", "leader: {args: [a]}", "leader: {args: [b]}"},
	"Leader.resources":                           {aDeploy + "num_nodes: 2\n", "leader: {args: [a]}", "leader: {args: [a], resources: {cpu: 2}}"},
	"RunFields.launcher":                         {aJob + "num_nodes: 2\n", "", "launcher: jax"},
	"RunFields.completions":                      {aJob, "", "completions: 2"},
	"RunFields.completion_mode":                  {aJob + "completions: 2\n", "", "completion_mode: Indexed"},
	"RunFields.pod_failure_policy":               {aJob, "", "pod_failure_policy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"},
	"RunFields.run_policy":                       {aJob, "", "run_policy: recreate"},
	"RunFields.rerun":                            {aJob, "", "rerun: 1"},
	"RunFields.hook_phase":                       {aJob + "run_policy: hook\n", "hook_phase: Sync", "hook_phase: PostSync"},
	"RunFields.replicas":                         {aDeploy, "", "replicas: 0"},
	"RunFields.strategy":                         {aDeploy, "", "strategy: recreate"},
	"RunFields.service_ports":                    {aServe, "service_ports: [{port: 80}]", "service_ports: [{port: 81}]"},
	"RunFields.service_type":                     {aServe + ports, "", "service_type: NodePort"},
	"RunFields.headless":                         {aServe + ports, "", "headless: true"},
	"RunFields.service_name":                     {aServe + ports, "", "service_name: b"},
	"RunFields.environments":                     {aDeploy, "", "environments: {prod: {replicas: 5}}"},
	"RunFields.autoscale":                        {aDeploy + "resources: {cpu: 1}\n", "", "autoscale: {max: 2, cpu: 70}"},
	"RunFields.disruption":                       {aDeploy, "", "disruption: {max_unavailable: 1}"},
	"RunFields.min_ready_seconds":                {aDeploy, "", "min_ready_seconds: 1"},
	"RunFields.progress_deadline_seconds":        {aDeploy, "", "progress_deadline_seconds: 60"},
	"RunFields.revision_history_limit":           {aDeploy, "", "revision_history_limit: 0"},
	"RunFields.load_balancer_class":              {aServe + ports + balanced, "", "load_balancer_class: a.io/b"},
	"RunFields.load_balancer_source_ranges":      {aServe + ports + balanced, "", "load_balancer_source_ranges: [10.0.0.0/8]"},
	"RunFields.external_traffic_policy":          {aServe + ports + balanced, "", "external_traffic_policy: Local"},
	"RunFields.internal_traffic_policy":          {aServe + ports, "", "internal_traffic_policy: Local"},
	"RunFields.session_affinity":                 {aServe + ports, "", "session_affinity: ClientIP"},
	"RunFields.ip_families":                      {aServe + ports, "", "ip_families: [IPv6]"},
	"RunFields.patches":                          {aJob, "", "patches: [{target: {kind: Job}, patch: {spec: {suspend: true}}}]"},

	"Amounts.requests": {aJob, "resources: {cpu: {limits: 2}}", "resources: {cpu: {limits: 2, requests: 1}}"},
	"Amounts.choice":   {aJob, "profile: a100-40gb\nresources: {gpu: 1..2}", "profile: a100-40gb\nresources: {gpu: 2..3}"},
	"Amounts.limits":   {aJob, "resources: {cpu: {requests: 1}}", "resources: {cpu: {requests: 1, limits: 2}}"},

	"Volume.volume_type":       {aJob, "volumes: [{volume_type: config_map, name: v, mount_path: /v, spec: {name: a}}]", "volumes: [{volume_type: secret, name: v, mount_path: /v, spec: {name: a}}]"},
	"Volume.name":              {volume, "empty_dir, mount_path: /v, name: v}]", "empty_dir, mount_path: /v, name: w}]"},
	"Volume.mount_path":        {volume, "empty_dir, name: v, mount_path: /v}]", "empty_dir, name: v, mount_path: /w}]"},
	"Volume.spec":              {volume, "empty_dir, name: v, mount_path: /v}]", "empty_dir, name: v, mount_path: /v, spec: {size_limit: 1Gi}}]"},
	"Volume.read_only":         {volume, "empty_dir, name: v, mount_path: /v}]", "empty_dir, name: v, mount_path: /v, read_only: true}]"},
	"Volume.sub_path":          {volume, "empty_dir, name: v, mount_path: /v}]", "empty_dir, name: v, mount_path: /v, sub_path: a}]"},
	"VolumeSpec.claim_name":    {volume, "shared_volume, name: v, mount_path: /v, spec: {claim_name: a}}]", "shared_volume, name: v, mount_path: /v, spec: {claim_name: b}}]"},
	"VolumeSpec.size":          {volume, "ephemeral, name: v, mount_path: /v, spec: {size: 1Gi}}]", "ephemeral, name: v, mount_path: /v, spec: {size: 2Gi}}]"},
	"VolumeSpec.storage_class": {volume, "ephemeral, name: v, mount_path: /v, spec: {size: 1Gi}}]", "ephemeral, name: v, mount_path: /v, spec: {size: 1Gi, storage_class: a}}]"},
	"VolumeSpec.access_mode":   {volume, "persistent_volume_claim, name: v, mount_path: /v, spec: {size: 1Gi}}]", "persistent_volume_claim, name: v, mount_path: /v, spec: {size: 1Gi, access_mode: ReadWriteMany}}]"},
	"VolumeSpec.name":          {volume, "config_map, name: v, mount_path: /v, spec: {name: a}}]", "config_map, name: v, mount_path: /v, spec: {name: b}}]"},
	"VolumeSpec.items":         {volume, "config_map, name: v, mount_path: /v, spec: {name: a}}]", "config_map, name: v, mount_path: /v, spec: {name: a, items: [{key: a, path: b}]}}]"},
	"VolumeSpec.default_mode":  {volume, "config_map, name: v, mount_path: /v, spec: {name: a}}]", "config_map, name: v, mount_path: /v, spec: {name: a, default_mode: 0440}}]"},
	"VolumeSpec.optional":      {volume, "config_map, name: v, mount_path: /v, spec: {name: a}}]", "config_map, name: v, mount_path: /v, spec: {name: a, optional: true}}]"},
	"VolumeSpec.size_limit":    {volume, "empty_dir, name: v, mount_path: /v}]", "empty_dir, name: v, mount_path: /v, spec: {size_limit: 1Gi}}]"},
	"VolumeSpec.medium":        {aJob + "resources: {mem: {limits: 4Gi}}\nvolumes: [{volume_type: ", "empty_dir, name: v, mount_path: /v, spec: {size_limit: 1Gi}}]", "empty_dir, name: v, mount_path: /v, spec: {size_limit: 1Gi, medium: Memory}}]"},
	"VolumeSpec.image":         {volume, "image, name: v, mount_path: /v, spec: {image: a}}]", "image, name: v, mount_path: /v, spec: {image: b}}]"},
	"VolumeSpec.pull_policy":   {volume, "image, name: v, mount_path: /v, spec: {image: a}}]", "image, name: v, mount_path: /v, spec: {image: a, pull_policy: Never}}]"},

	"Env.name":       {aJob, "envs: [{name: A, value: b}]", "envs: [{name: B, value: b}]"},
	"Env.value":      {aJob, "envs: [{name: A, value: b}]", "envs: [{name: A, value: c}]"},
	"Env.field":      {aJob, "envs: [{name: A, field: metadata.name}]", "envs: [{name: A, field: metadata.uid}]"},
	"Env.config_map": {aJob, "envs: [{name: A, config_map: b, key: c}]", "envs: [{name: A, config_map: d, key: c}]"},
	"Env.key":        {aJob, "envs: [{name: A, config_map: b, key: c}]", "envs: [{name: A, config_map: b, key: d}]"},
	"SecretRef.name": {aJob, "secrets: [{name: a, key: K}]", "secrets: [{name: b, key: K}]"},
	"SecretRef.key":  {aJob, "secrets: [{name: a, key: K, env: E}]", "secrets: [{name: a, key: L, env: E}]"},
	"SecretRef.env":  {aJob, "secrets: [{name: a, key: K}]", "secrets: [{name: a, key: K, env: E}]"},

	"ServicePort.port":        {aServe, "service_ports: [{port: 80, target_port: 80}]", "service_ports: [{port: 81, target_port: 80}]"},
	"ServicePort.target_port": {aServe, "service_ports: [{port: 80}]", "service_ports: [{port: 80, target_port: 81}]"},
	"ServicePort.name":        {aServe, "service_ports: [{port: 80}]", "service_ports: [{port: 80, name: web}]"},
	"ServicePort.protocol":    {aServe, "service_ports: [{port: 80}]", "service_ports: [{port: 80, protocol: UDP}]"},
	"ServicePort.node_port":   {aServe + "service_type: NodePort\n", "service_ports: [{port: 80}]", "service_ports: [{port: 80, node_port: 30080}]"},

	"Probes.readiness": {aServe + ports, "", "probes: {readiness: {tcp: 80}}"},
	"Probes.liveness":  {aServe + ports, "", "probes: {liveness: {tcp: 80}}"},
	"Probes.startup":   {aServe + ports, "", "probes: {startup: {tcp: 80}}"},

	"Patch.target":                       {aServe + ports, "patches: [{patch: {metadata: {annotations: {a: b}}}, target: {kind: Service}}]", "patches: [{patch: {metadata: {annotations: {a: b}}}, target: {kind: Deployment}}]"},
	"SuccessPolicy.rules":                {indexed, "success_policy: {rules: [{succeededCount: 1}]}", "success_policy: {rules: [{succeededCount: 1}, {succeededIndexes: '0'}]}"},
	"SuccessPolicyRule.succeededCount":   {indexed, "success_policy: {rules: [{succeededCount: 1}]}", "success_policy: {rules: [{succeededCount: 2}]}"},
	"SuccessPolicyRule.succeededIndexes": {indexed, "success_policy: {rules: [{succeededCount: 1}]}", "success_policy: {rules: [{succeededCount: 1, succeededIndexes: '0'}]}"},

	"Strategy.type":              {aDeploy, "strategy: {type: rolling}", "strategy: {type: recreate}"},
	"Strategy.max_surge":         {aDeploy, "", "strategy: {max_surge: 1}"},
	"Strategy.max_unavailable":   {aDeploy, "", "strategy: {max_unavailable: 1}"},
	"Autoscale.min":              {scaled, "autoscale: {max: 4, cpu: 70}", "autoscale: {max: 4, cpu: 70, min: 2}"},
	"Autoscale.max":              {scaled, "autoscale: {max: 4, cpu: 70}", "autoscale: {max: 5, cpu: 70}"},
	"Autoscale.cpu":              {scaled, "autoscale: {max: 4, cpu: 70}", "autoscale: {max: 4, cpu: 80}"},
	"Autoscale.memory":           {scaled, "autoscale: {max: 4, memory: 1Gi}", "autoscale: {max: 4, memory: 2Gi}"},
	"Autoscale.metrics":          {scaled, "autoscale: {max: 4, cpu: 70}", "autoscale: {max: 4, cpu: 70, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}"},
	"Autoscale.behavior":         {scaled, "autoscale: {max: 4, cpu: 70}", "autoscale: {max: 4, cpu: 70, behavior: {scaleDown: {stabilizationWindowSeconds: 60}}}"},
	"RunFields.route":            {aServe + ports, "", "route: {hosts: [a.example.com], gateway: one}"},
	"Route.hosts":                {aServe + ports, "route: {gateway: one, hosts: [a.example.com]}", "route: {gateway: one, hosts: [b.example.com]}"},
	"Route.gateway":              {aServe + ports, "route: {hosts: [a.example.com], gateway: one}", "route: {hosts: [a.example.com], gateway: two}"},
	"Route.port":                 {aServe + "service_ports: [{port: 80}, {port: 90}]\n", "route: {hosts: [a.example.com], gateway: one, port: 80}", "route: {hosts: [a.example.com], gateway: one, port: 90}"},
	"Route.paths":                {aServe + ports, "route: {hosts: [a.example.com], gateway: one}", "route: {hosts: [a.example.com], gateway: one, paths: [/v1]}"},
	"Route.timeout":              {aServe + ports, "route: {hosts: [a.example.com], gateway: one}", "route: {hosts: [a.example.com], gateway: one, timeout: 30s}"},
	"Disruption.min_available":   {aDeploy + "replicas: 3\n", "disruption: {min_available: 1}", "disruption: {min_available: 2}"},
	"Disruption.max_unavailable": {aDeploy, "disruption: {max_unavailable: 1}", "disruption: {max_unavailable: 2}"},
	"ServicePort.app_protocol":   {aServe, "service_ports: [{port: 80}]", "service_ports: [{port: 80, app_protocol: http}]"},

	"Patch.patch":      {aJob, "patches: [{target: {kind: Job}, patch: {spec: {suspend: true}}}]", "patches: [{target: {kind: Job}, patch: {spec: {backoffLimit: 9}}}]"},
	"PatchTarget.kind": {aServe + ports, "patches: [{patch: {metadata: {annotations: {a: b}}}, target: {kind: Service}}]", "patches: [{patch: {metadata: {annotations: {a: b}}}, target: {kind: Deployment}}]"},
	"PatchTarget.name": {aJob + "volumes: [{volume_type: persistent_volume_claim, name: v, mount_path: /v, spec: {size: 1Gi}}, {volume_type: persistent_volume_claim, name: w, mount_path: /w, spec: {size: 1Gi}}]\n",
		"patches: [{patch: {spec: {storageClassName: x}}, target: {kind: PersistentVolumeClaim, name: a-v}}]", "patches: [{patch: {spec: {storageClassName: x}}, target: {kind: PersistentVolumeClaim, name: a-w}}]"},

	"RunFields.matrix": {aJob, "matrix: {LR: [1]}", "matrix: {LR: [2]}"},
	"RunFields.files":  {aJob, "files: {/etc/a: b}", "files: {/etc/a: c}"},
	"RunFields.extra":  {aJob, "extra: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]", "extra: [{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}]"},
	"File.text":        {aJob, "files: {/etc/a: {text: b}}", "files: {/etc/a: {text: c}}"},
	"File.from":        {aJob, "files: {/etc/a: {text: b}}", "files: {/etc/a: {from: berth.yaml}}"},
	"File.mode":        {aJob, "files: {/etc/a: {text: b}}", "files: {/etc/a: {text: b, mode: 0400}}"},

	"Toleration.key":               {aJob, "tolerations: [{key: a, operator: Exists}]", "tolerations: [{key: b, operator: Exists}]"},
	"Toleration.operator":          {aJob, "tolerations: [{key: a}]", "tolerations: [{key: a, operator: Exists}]"},
	"Toleration.value":             {aJob, "tolerations: [{key: a}]", "tolerations: [{key: a, value: b}]"},
	"Toleration.effect":            {aJob, "tolerations: [{key: a}]", "tolerations: [{key: a, effect: NoSchedule}]"},
	"Toleration.tolerationSeconds": {aJob, "tolerations: [{key: a, effect: NoExecute}]", "tolerations: [{key: a, effect: NoExecute, tolerationSeconds: 0}]"},

	"Affinity.nodeAffinity":    {aJob, "", "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}"},
	"Affinity.podAffinity":     {aJob, "", "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}, topologyKey: z}]}}"},
	"Affinity.podAntiAffinity": {aJob, "", "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}, topologyKey: z}]}}"},

	"NodeAffinity.requiredDuringSchedulingIgnoredDuringExecution":  {aJob, "", "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}"},
	"NodeAffinity.preferredDuringSchedulingIgnoredDuringExecution": {aJob, "", "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}"},
	"NodeSelector.nodeSelectorTerms":                               {toNodes, "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}", "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: b, operator: Exists}]}]}}}"},
	"NodeSelectorTerm.matchExpressions":                            {toNodes, "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}", "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: b, operator: Exists}]}]}}}"},
	"NodeSelectorTerm.matchFields":                                 {toNodes, "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [a]}]}]}}}", "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [b]}]}]}}}"},
	"NodeRequirement.key":                                          {toNodes, "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}", "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: b, operator: Exists}]}]}}}"},
	"NodeRequirement.operator":                                     {toNodes, "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}", "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: DoesNotExist}]}]}}}"},
	"NodeRequirement.values":                                       {toNodes, "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [b]}]}]}}}", "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [c]}]}]}}}"},
	"PreferredTerm.weight":                                         {toNodes, "{preferredDuringSchedulingIgnoredDuringExecution: [{preference: {matchExpressions: [{key: a, operator: Exists}]}, weight: 1}]}}", "{preferredDuringSchedulingIgnoredDuringExecution: [{preference: {matchExpressions: [{key: a, operator: Exists}]}, weight: 2}]}}"},
	"PreferredTerm.preference":                                     {toNodes, "{preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}", "{preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: b, operator: Exists}]}}]}}"},

	"PodAffinity.requiredDuringSchedulingIgnoredDuringExecution":  {aJob, "", "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}, topologyKey: z}]}}"},
	"PodAffinity.preferredDuringSchedulingIgnoredDuringExecution": {aJob, "", "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {labelSelector: {}, topologyKey: z}}]}}"},
	"WeightedPodAffinityTerm.weight":                              {aJob, "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {labelSelector: {}, topologyKey: z}}]}}", "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 2, podAffinityTerm: {labelSelector: {}, topologyKey: z}}]}}"},
	"WeightedPodAffinityTerm.podAffinityTerm":                     {aJob, "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {labelSelector: {}, topologyKey: z}}]}}", "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {labelSelector: {}, topologyKey: y}}]}}"},
	"PodAffinityTerm.topologyKey":                                 {toAll, "}]}}", "y}]}}"},
	"PodAffinityTerm.labelSelector":                               {toPods, ", labelSelector: {}}]}}", ", labelSelector: {matchLabels: {a: b}}}]}}"},
	"PodAffinityTerm.namespaces":                                  {toAll, "}]}}", ", namespaces: [b]}]}}"},
	"PodAffinityTerm.namespaceSelector":                           {toAll, "}]}}", ", namespaceSelector: {matchLabels: {a: b}}}]}}"},
	"PodAffinityTerm.matchLabelKeys":                              {toPods, ", labelSelector: {matchLabels: {a: b}}}]}}", ", labelSelector: {matchLabels: {a: b}}, matchLabelKeys: [c]}]}}"},
	"PodAffinityTerm.mismatchLabelKeys":                           {toPods, ", labelSelector: {matchLabels: {a: b}}}]}}", ", labelSelector: {matchLabels: {a: b}}, mismatchLabelKeys: [c]}]}}"},
	"LabelSelector.matchLabels":                                   {named, "{matchLabels: {a: b}}}]}}", "{matchLabels: {a: c}}}]}}"},
	"LabelSelector.matchExpressions":                              {named, "{matchExpressions: [{key: a, operator: Exists}]}}]}}", "{matchExpressions: [{key: b, operator: Exists}]}}]}}"},
	"LabelRequirement.key":                                        {named, "{matchExpressions: [{key: a, operator: Exists}]}}]}}", "{matchExpressions: [{key: b, operator: Exists}]}}]}}"},
	"LabelRequirement.operator":                                   {named, "{matchExpressions: [{key: a, operator: Exists}]}}]}}", "{matchExpressions: [{key: a, operator: DoesNotExist}]}}]}}"},
	"LabelRequirement.values":                                     {named, "{matchExpressions: [{key: a, operator: In, values: [b]}]}}]}}", "{matchExpressions: [{key: a, operator: In, values: [c]}]}}]}}"},

	"PodFailurePolicy.rules":         {failure, "onExitCodes: {operator: In, values: [1]}}]}", "onExitCodes: {operator: In, values: [2]}}]}"},
	"PodFailureRule.action":          {aJob, "pod_failure_policy: {rules: [{action: Ignore, onExitCodes: {operator: In, values: [1]}}]}", "pod_failure_policy: {rules: [{action: Count, onExitCodes: {operator: In, values: [1]}}]}"},
	"PodFailureRule.onExitCodes":     {failure, "onExitCodes: {operator: In, values: [1]}}]}", "onExitCodes: {operator: In, values: [2]}}]}"},
	"PodFailureRule.onPodConditions": {failure, "onPodConditions: [{type: DisruptionTarget}]}]}", "onPodConditions: [{type: PodScheduled}]}]}"},
	"OnExitCodes.containerName":      {failure, "onExitCodes: {operator: In, values: [1]}}]}", "onExitCodes: {operator: In, values: [1], containerName: a}}]}"},
	"OnExitCodes.operator":           {failure, "onExitCodes: {values: [1], operator: In}}]}", "onExitCodes: {values: [1], operator: NotIn}}]}"},
	"OnExitCodes.values":             {failure, "onExitCodes: {operator: In, values: [1]}}]}", "onExitCodes: {operator: In, values: [2]}}]}"},
	"OnPodCondition.type":            {failure, "onPodConditions: [{type: DisruptionTarget}]}]}", "onPodConditions: [{type: PodScheduled}]}]}"},
	"OnPodCondition.status":          {failure, "onPodConditions: [{type: DisruptionTarget}]}]}", "onPodConditions: [{type: DisruptionTarget, status: 'False'}]}]}"},
}

// notInManifests are the fields that no manifest is meant to show, and what they are for.
var notInManifests = map[string]string{
	"RunFields.expected_minutes": "the timeline of a review",
	"RunFields.allow_lints":      "which warnings are told",
}

// TestNoFieldIsDead changes every field of the run schema, and every field below, and looks for it in the manifests.
func TestNoFieldIsDead(t *testing.T) {
	fields := map[string]bool{}
	collectFields(&schema.TypeMetadata, fields)
	collectFields(&schema.TypeRunFields, fields)
	changes := maps.Clone(changes)
	maps.Copy(changes, podChanges())
	for field := range changes {
		if !fields[field] {
			t.Errorf("%s is no field of a run", field)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if notInManifests[field] != "" {
			continue
		}
		c, ok := changes[field]
		if !ok {
			t.Errorf("%s has no change that shows it", field)
			continue
		}
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			before, after := builtText(t, c.base+c.before+"\n"), builtText(t, c.base+c.after+"\n")
			if before == after {
				t.Errorf("%q and %q give the same manifests", c.before, c.after)
			}
		})
	}
}

// collectFields gathers the fields of a type and of all types below it. The environments of a run repeat its fields.
func collectFields(t *schema.Type, into map[string]bool) {
	switch t.Kind {
	case schema.ListKind, schema.MapKind:
		collectFields(t.Elem, into)
	case schema.StructKind:
		for i := range t.Fields {
			f := &t.Fields[i]
			if into[t.Name+"."+f.Name] || t.Name == "RunEnvironment" {
				continue
			}
			into[t.Name+"."+f.Name] = true
			collectFields(f.Type, into)
		}
	}
}

// builtText builds one run for an environment of a project in which every field may be used.
func builtText(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	project := "apiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec:\n" +
		"  gitops: argocd\n  argocd: {apply_out_of_sync_only: true}\n  environments: {prod: {}}\n  pod_security: {host: privileged}\n  gateways: {one: {}, two: {}}\n"
	for name, content := range map[string]string{"berth.yaml": project, "run.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	r := run(dir, "build", "run.yaml", "--environment", "prod")
	if r.exit != 0 {
		t.Fatalf("exit %d: %s\n%s", r.exit, r.stderr, strings.TrimSpace(text))
	}
	return r.stdout
}
