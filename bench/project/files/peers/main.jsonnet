// The same objects of the same files. index.jsonnet lists these, since Jsonnet cannot.
local index = import 'index.jsonnet';
local profiles = {
  [profile.metadata.name]: profile.spec
  for profile in [std.parseYaml(text) for text in index.profiles]
};

local selected(run) = {
  'app.kubernetes.io/name': run.metadata.name,
  'app.kubernetes.io/instance': run.metadata.name + if run.spec.action == 'job' then '-job' else '',
};
local podLabels(run) = selected(run) + {
  'app.kubernetes.io/component': run.spec.action,
  'berth/run': run.metadata.name,
} + run.metadata.labels;
local labels(run) = podLabels(run) + {
  'app.kubernetes.io/managed-by': 'berth',
  'app.kubernetes.io/part-of': 'fleet',
  'berth/profile': run.spec.profile,
};

// given leaves out what is not there.
local given(fields) = { [key]: fields[key] for key in std.objectFields(fields) if fields[key] != null && fields[key] != [] };

local resources(run) =
  local keys = { cpu: 'cpu', mem: 'memory', gpu: 'nvidia.com/gpu' };
  local amount(from, name, side) =
    local all = std.get(from, name);
    if std.isObject(all) then std.get(all, side) else all;
  local decided(name, side) =
    local own = amount(run.spec.resources, name, side);
    if own != null then own else amount(profiles[run.spec.profile].default.resources, name, side);
  {
    [side]: {
      [keys[name]]: std.toString(decided(name, side))
      for name in std.objectFields(keys)
      if decided(name, side) != null
    }
    for side in ['requests', 'limits']
  };

local source(volume) =
  if volume.volume_type == 'persistent_volume_claim' then { persistentVolumeClaim: { claimName: volume.spec.claim_name } }
  else if volume.volume_type == 'config_map' then { configMap: { name: volume.spec.name } }
  else { emptyDir: { sizeLimit: volume.spec.size_limit } };

local container(run) =
  local spec = run.spec;
  local secrets = std.get(spec, 'secrets', []);
  local ready = std.get(std.get(spec, 'probes', {}), 'readiness');
  given({
    name: run.metadata.name,
    image: spec.image,
    command: std.get(spec, 'command'),
    args: std.get(spec, 'args'),
    ports: [{ name: p.name, containerPort: p.target_port } for p in std.get(spec, 'service_ports', [])],
    envFrom: [{ secretRef: { name: s } } for s in secrets if std.isString(s)],
    env: [
      { name: s.env, valueFrom: { secretKeyRef: { name: s.name, key: s.key } } }
      for s in secrets
      if std.isObject(s)
    ] + spec.envs,
    resources: resources(run),
    volumeMounts: [
      given({ name: v.name, mountPath: v.mount_path, readOnly: std.get(v, 'read_only') })
      for v in std.get(spec, 'volumes', [])
    ] + if std.objectHas(spec, 'shm') then [{ name: 'shm', mountPath: '/dev/shm' }] else [],
    readinessProbe: if ready != null then { httpGet: { path: ready.http, port: ready.port }, periodSeconds: ready.period_seconds },
    securityContext: { allowPrivilegeEscalation: false },
  });

local template(run) =
  local spec = run.spec;
  local required = std.get(profiles[spec.profile], 'require', {});
  {
    metadata: { labels: podLabels(run) },
    spec: given({
      restartPolicy: if spec.action == 'job' then 'Never',
      automountServiceAccountToken: false,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container(run)],
      volumes: [{ name: v.name } + source(v) for v in std.get(spec, 'volumes', [])]
               + if std.objectHas(spec, 'shm') then [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: spec.shm } }] else [],
      nodeSelector: std.get(required, 'node_selector'),
      tolerations: std.get(required, 'tolerations'),
    }),
  };

local object(run, apiVersion, kind, spec) = {
  apiVersion: apiVersion,
  kind: kind,
  metadata: { name: run.metadata.name, namespace: 'ml', labels: labels(run) },
  spec: spec,
};

local jobSpec(run) = { backoffLimit: run.spec.backoff_limit, template: template(run) };

local objects(run) =
  local spec = run.spec;
  if spec.action == 'serve' then [
    object(run, 'apps/v1', 'Deployment', {
      replicas: spec.replicas,
      selector: { matchLabels: selected(run) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: template(run),
    }),
    object(run, 'v1', 'Service', {
      type: 'ClusterIP',
      selector: selected(run),
      ports: [{ name: p.name, port: p.port, targetPort: p.target_port } for p in spec.service_ports],
    }),
  ]
  else if std.objectHas(spec, 'schedule') then [
    object(run, 'batch/v1', 'CronJob', {
      schedule: spec.schedule,
      timeZone: spec.time_zone,
      concurrencyPolicy: 'Forbid',
      jobTemplate: { metadata: { labels: labels(run) }, spec: jobSpec(run) },
    }),
  ]
  else [object(run, 'batch/v1', 'Job', jobSpec(run))];

std.flatMap(objects, [std.parseYaml(text) for text in index.runs])
