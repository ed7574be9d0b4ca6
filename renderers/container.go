package renderers

import (
	"cmp"
	"strings"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// container renders the run's one container, which has the run's name.
func (r *renderer) container() corev1.Container {
	c := corev1.Container{
		Name:            r.plan.Name,
		Image:           r.spec.Image,
		Command:         r.spec.Command,
		Args:            r.spec.Args,
		WorkingDir:      r.spec.WorkingDir,
		ImagePullPolicy: corev1.PullPolicy(r.spec.ImagePullPolicy),
		EnvFrom:         r.wholeSecrets(),
		Env:             r.env(),
		Resources:       r.resources(),
		VolumeMounts:    r.volumeMounts(),
		SecurityContext: r.containerSecurity(),
	}
	if isServed(r.plan) {
		c.Ports = containerPorts(r.spec.ServicePorts)
	}
	if probes := r.spec.Probes; probes != nil {
		c.ReadinessProbe, c.LivenessProbe, c.StartupProbe = probe(probes.Readiness), probe(probes.Liveness), probe(probes.Startup)
	}
	return c
}

// wholeSecrets are the Secrets of which every key becomes a variable.
func (r *renderer) wholeSecrets() []corev1.EnvFromSource {
	var from []corev1.EnvFromSource
	for _, s := range r.spec.Secrets {
		if s.Key == "" {
			from = append(from, corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: named(s.Name)}})
		}
	}
	return from
}

// env renders the variables: single keys of Secrets first, so that `$(NAME)` in a value may refer to them, then the envs
// in the order in which they are written.
func (r *renderer) env() []corev1.EnvVar {
	var vars []corev1.EnvVar
	for _, s := range r.spec.Secrets {
		if s.Key != "" {
			vars = append(vars, corev1.EnvVar{Name: cmp.Or(s.Env, s.Key), ValueFrom: &corev1.EnvVarSource{
				SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: named(s.Name), Key: s.Key},
			}})
		}
	}
	for _, e := range r.spec.Envs {
		vars = append(vars, variable(e))
	}
	return vars
}

func variable(e schema.Env) corev1.EnvVar {
	switch {
	case e.Field != "":
		return corev1.EnvVar{Name: e.Name, ValueFrom: fieldSource(e.Field)}
	case e.ConfigMap != "":
		return corev1.EnvVar{Name: e.Name, ValueFrom: &corev1.EnvVarSource{
			ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: named(e.ConfigMap), Key: e.Key},
		}}
	case e.Value != nil:
		return corev1.EnvVar{Name: e.Name, Value: *e.Value}
	}
	return corev1.EnvVar{Name: e.Name}
}

// fieldSource is the downward API, whose amounts (limits.cpu, requests.memory …) have a reference of their own.
func fieldSource(field string) *corev1.EnvVarSource {
	if strings.HasPrefix(field, "limits.") || strings.HasPrefix(field, "requests.") {
		return &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: field}}
	}
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: field}}
}

func probe(p *schema.Probe) *corev1.Probe {
	if p == nil {
		return nil
	}
	return &corev1.Probe{
		ProbeHandler:        probeHandler(p),
		InitialDelaySeconds: int32Of(p.InitialDelaySeconds),
		TimeoutSeconds:      int32Of(p.TimeoutSeconds),
		PeriodSeconds:       int32Of(p.PeriodSeconds),
		SuccessThreshold:    int32Of(p.SuccessThreshold),
		FailureThreshold:    int32Of(p.FailureThreshold),
	}
}

func probeHandler(p *schema.Probe) corev1.ProbeHandler {
	switch {
	case p.HTTP != "":
		return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: p.HTTP, Port: intstr.FromInt32(int32Of(p.Port))}}
	case p.TCP != nil:
		return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(int32Of(p.TCP))}}
	}
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: p.Exec}}
}

// int32Of is narrow for the fields in which Kubernetes takes 0 for unset.
func int32Of(n *int64) int32 {
	if n == nil {
		return 0
	}
	return int32(*n)
}

func named(name string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: name} }
