package renderers

import (
	"strings"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// container renders the run's one container, which has the run's name.
func (r *renderer) container(at at) corev1.Container {
	c := corev1.Container{
		Name:            copied(at, "name", "name", r.plan.Name),
		Image:           copied(at, "image", "spec.image", r.spec.Image),
		Command:         copied(at, "command", "spec.command", r.spec.Command),
		Args:            copied(at, "args", "spec.args", r.spec.Args),
		WorkingDir:      copied(at, "workingDir", "spec.working_dir", r.spec.WorkingDir),
		ImagePullPolicy: copied(at, "imagePullPolicy", "spec.image_pull_policy", corev1.PullPolicy(r.spec.ImagePullPolicy)),
		EnvFrom:         r.wholeSecrets(at.in("envFrom")),
		Env:             r.env(at.in("env")),
		Resources:       r.resources(at.in("resources")),
		VolumeMounts:    r.volumeMounts(at.in("volumeMounts")),
		SecurityContext: r.containerSecurity(at),
	}
	if isServed(r.plan) {
		c.Ports = containerPorts(at.in("ports"), r.spec.ServicePorts)
	}
	if p := r.spec.Probes; p != nil {
		c.ReadinessProbe = probe(at.in("readinessProbe"), at.from("spec.probes.readiness"), p.Readiness)
		c.LivenessProbe = probe(at.in("livenessProbe"), at.from("spec.probes.liveness"), p.Liveness)
		c.StartupProbe = probe(at.in("startupProbe"), at.from("spec.probes.startup"), p.Startup)
	}
	return c
}

// wholeSecrets are the Secrets of which every key becomes a variable.
func (r *renderer) wholeSecrets(at at) []corev1.EnvFromSource {
	var from []corev1.EnvFromSource
	for i, s := range r.spec.Secrets {
		if s.Key == "" {
			name := copied(at.item(len(from)), "secretRef.name", at.from("spec.secrets").item(i).of("name"), s.Name)
			from = append(from, corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: named(name)}})
		}
	}
	return from
}

// env renders the variables: single keys of Secrets first, so that `$(NAME)` in a value may refer to them, then the envs
// in the order in which they are written.
func (r *renderer) env(at at) []corev1.EnvVar {
	var vars []corev1.EnvVar
	for i, s := range r.spec.Secrets {
		if s.Key != "" {
			vars = append(vars, secretVariable(at.item(len(vars)), at.from("spec.secrets").item(i), s))
		}
	}
	for i, e := range r.spec.Envs {
		vars = append(vars, variable(at.item(len(vars)), at.from("spec.envs").item(i), e))
	}
	return vars
}

func secretVariable(at at, from place, s schema.SecretRef) corev1.EnvVar {
	v := corev1.EnvVar{Name: copied(at, "name", from.of("key"), s.Key), ValueFrom: &corev1.EnvVarSource{
		SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: named(copied(at, "valueFrom.secretKeyRef.name", from.of("name"), s.Name)),
			Key:                  copied(at, "valueFrom.secretKeyRef.key", from.of("key"), s.Key),
		},
	}}
	if s.Env != "" {
		v.Name = copied(at, "name", from.of("env"), s.Env)
	}
	return v
}

func variable(at at, from place, e schema.Env) corev1.EnvVar {
	v := corev1.EnvVar{Name: copied(at, "name", from.of("name"), e.Name)}
	switch {
	case e.Field != "":
		v.ValueFrom = computed(at, "valueFrom", from.of("field"), "", fieldSource(e.Field))
	case e.ConfigMap != "":
		v.ValueFrom = &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: named(copied(at, "valueFrom.configMapKeyRef.name", from.of("config_map"), e.ConfigMap)),
			Key:                  copied(at, "valueFrom.configMapKeyRef.key", from.of("key"), e.Key),
		}}
	case e.Value != nil:
		v.Value = copied(at, "value", from.of("value"), *e.Value)
	}
	return v
}

// fieldSource is the downward API, whose amounts (limits.cpu, requests.memory …) have a reference of their own.
func fieldSource(field string) *corev1.EnvVarSource {
	if strings.HasPrefix(field, "limits.") || strings.HasPrefix(field, "requests.") {
		return &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: field}}
	}
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: field}}
}

func probe(at at, from place, p *schema.Probe) *corev1.Probe {
	if p == nil {
		return nil
	}
	return &corev1.Probe{
		ProbeHandler:        probeHandler(at, from, p),
		InitialDelaySeconds: copied(at, "initialDelaySeconds", from.of("initial_delay_seconds"), int32Of(p.InitialDelaySeconds)),
		TimeoutSeconds:      copied(at, "timeoutSeconds", from.of("timeout_seconds"), int32Of(p.TimeoutSeconds)),
		PeriodSeconds:       copied(at, "periodSeconds", from.of("period_seconds"), int32Of(p.PeriodSeconds)),
		SuccessThreshold:    copied(at, "successThreshold", from.of("success_threshold"), int32Of(p.SuccessThreshold)),
		FailureThreshold:    copied(at, "failureThreshold", from.of("failure_threshold"), int32Of(p.FailureThreshold)),
	}
}

func probeHandler(at at, from place, p *schema.Probe) corev1.ProbeHandler {
	switch {
	case p.HTTP != "":
		return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
			Path: copied(at, "httpGet.path", from.of("http"), p.HTTP),
			Port: copied(at, "httpGet.port", from.of("port"), intstr.FromInt32(int32Of(p.Port))),
		}}
	case p.TCP != nil:
		return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{
			Port: copied(at, "tcpSocket.port", from.of("tcp"), intstr.FromInt32(int32Of(p.TCP))),
		}}
	}
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: copied(at, "exec.command", from.of("exec"), p.Exec)}}
}

// int32Of is narrow for the fields in which Kubernetes takes 0 for unset.
func int32Of(n *int64) int32 {
	if n == nil {
		return 0
	}
	return int32(*n)
}

func named(name string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: name} }
