{{- define "selected" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .name }}{{ if eq .spec.action "job" }}-job{{ end }}
{{- end }}

{{- define "podlabels" -}}
{{ include "selected" . }}
app.kubernetes.io/component: {{ .spec.action }}
berth/run: {{ .name }}
{{- with .run.metadata.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "labels" -}}
{{ include "podlabels" . }}
app.kubernetes.io/managed-by: berth
app.kubernetes.io/part-of: fleet
berth/profile: {{ .spec.profile }}
{{- end }}

{{- define "metadata" -}}
metadata:
  name: {{ .name }}
  namespace: ml
  labels:
    {{- include "labels" . | nindent 4 }}
{{- end }}

{{- define "job" -}}
apiVersion: batch/v1
kind: Job
{{ include "metadata" . }}
spec:
  {{- include "jobspec" . | nindent 2 }}
{{- end }}

{{- define "cronjob" -}}
apiVersion: batch/v1
kind: CronJob
{{ include "metadata" . }}
spec:
  schedule: {{ .spec.schedule | quote }}
  {{- with .spec.time_zone }}
  timeZone: {{ . }}
  {{- end }}
  concurrencyPolicy: Forbid
  jobTemplate:
    metadata:
      labels:
        {{- include "labels" . | nindent 8 }}
    spec:
      {{- include "jobspec" . | nindent 6 }}
{{- end }}

{{- define "jobspec" -}}
{{- with .spec.backoff_limit -}}
backoffLimit: {{ . }}
{{ end -}}
template:
  {{- include "template" . | nindent 2 }}
{{- end }}

{{- define "deployment" -}}
apiVersion: apps/v1
kind: Deployment
{{ include "metadata" . }}
spec:
  replicas: {{ .spec.replicas }}
  selector:
    matchLabels:
      {{- include "selected" . | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 1, maxSurge: 0}
  template:
    {{- include "template" . | nindent 4 }}
{{- end }}

{{- define "service" -}}
apiVersion: v1
kind: Service
{{ include "metadata" . }}
spec:
  type: ClusterIP
  selector:
    {{- include "selected" . | nindent 4 }}
  ports:
  {{- range .spec.service_ports }}
  - {name: {{ .name }}, port: {{ .port }}, targetPort: {{ .target_port }}}
  {{- end }}
{{- end }}

{{- define "template" -}}
metadata:
  labels:
    {{- include "podlabels" . | nindent 4 }}
spec:
  {{- if eq .spec.action "job" }}
  restartPolicy: Never
  {{- end }}
  automountServiceAccountToken: false
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  containers:
  - {{- include "container" . | nindent 4 }}
  {{- if or .spec.volumes .spec.shm }}
  volumes:
  {{- range .spec.volumes }}
  - name: {{ .name }}
    {{- if eq .volume_type "persistent_volume_claim" }}
    persistentVolumeClaim: {claimName: {{ .spec.claim_name }}}
    {{- else if eq .volume_type "config_map" }}
    configMap: {name: {{ .spec.name }}}
    {{- else }}
    emptyDir: {sizeLimit: {{ .spec.size_limit }}}
    {{- end }}
  {{- end }}
  {{- with .spec.shm }}
  - name: shm
    emptyDir: {medium: Memory, sizeLimit: {{ . }}}
  {{- end }}
  {{- end }}
  {{- with .profile.require }}
  {{- with .node_selector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .tolerations }}
  tolerations:
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- end }}
{{- end }}
