{{- define "container" -}}
name: {{ .name }}
image: {{ .spec.image }}
{{- with .spec.command }}
command:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- with .spec.args }}
args:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- with .spec.service_ports }}
ports:
{{- range . }}
- {name: {{ .name }}, containerPort: {{ .target_port }}}
{{- end }}
{{- end }}
{{- range .spec.secrets }}
{{- if kindIs "string" . }}
envFrom:
- secretRef: {name: {{ . }}}
{{- end }}
{{- end }}
env:
{{- range .spec.secrets }}
{{- if kindIs "map" . }}
- name: {{ .env }}
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .key }}}}
{{- end }}
{{- end }}
{{- range .spec.envs }}
- {name: {{ .name }}, value: {{ .value | quote }}}
{{- end }}
resources:
{{- $default := .profile.default.resources }}
{{- range $side := list "requests" "limits" }}
  {{ $side }}:
  {{- range $name, $key := dict "cpu" "cpu" "mem" "memory" "gpu" "nvidia.com/gpu" }}
  {{- $amount := dig $name "" $.spec.resources }}
  {{- if kindIs "map" $amount }}{{ $amount = dig $side "" $amount }}{{ end }}
  {{- if not $amount }}{{ $amount = dig $name "" $default }}
  {{- if kindIs "map" $amount }}{{ $amount = dig $side "" $amount }}{{ end }}{{ end }}
  {{- with $amount }}
    {{ $key }}: {{ . | quote }}
  {{- end }}
  {{- end }}
{{- end }}
{{- if or .spec.volumes .spec.shm }}
volumeMounts:
{{- range .spec.volumes }}
- name: {{ .name }}
  mountPath: {{ .mount_path }}
  {{- with .read_only }}
  readOnly: {{ . }}
  {{- end }}
{{- end }}
{{- with .spec.shm }}
- {name: shm, mountPath: /dev/shm}
{{- end }}
{{- end }}
{{- with .spec.probes }}
{{- with .readiness }}
readinessProbe:
  httpGet: {path: {{ .http }}, port: {{ .port }}}
  periodSeconds: {{ .period_seconds }}
{{- end }}
{{- end }}
securityContext: {allowPrivilegeEscalation: false}
{{- end }}
