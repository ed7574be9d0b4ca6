package renderers

import (
	"cmp"
	"strings"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// envFrom are the ConfigMaps and then the Secrets of which every key becomes a variable: the later one wins.
func envFrom(at at, from place, c schema.PodContainer) []corev1.EnvFromSource {
	var all []corev1.EnvFromSource
	for i, m := range c.ConfigMaps {
		at, from := at.item(len(all)), from.key("config_maps").item(i)
		all = append(all, corev1.EnvFromSource{
			Prefix: copied(at, "prefix", from.of("prefix"), m.Prefix),
			ConfigMapRef: &corev1.ConfigMapEnvSource{
				LocalObjectReference: named(copied(at, "configMapRef.name", from.of("name"), m.Name)),
				Optional:             copied(at, "configMapRef.optional", from.of("optional"), m.Optional),
			},
		})
	}
	for i, s := range c.Secrets {
		if s.Key != "" {
			continue
		}
		at, from := at.item(len(all)), from.key("secrets").item(i)
		all = append(all, corev1.EnvFromSource{
			Prefix: copied(at, "prefix", from.of("prefix"), s.Prefix),
			SecretRef: &corev1.SecretEnvSource{
				LocalObjectReference: named(copied(at, "secretRef.name", from.of("name"), s.Name)),
				Optional:             copied(at, "secretRef.optional", from.of("optional"), s.Optional),
			},
		})
	}
	return all
}

// env renders the variables: those of a gang first, then single keys of Secrets, so that `$(NAME)` in a value may refer to them, then the envs
// in the order in which they are written.
func (r *renderer) env(at at, from place, c schema.PodContainer) []corev1.EnvVar {
	var vars []corev1.EnvVar
	gang := c.Role == schema.MainRole && isGang(r.plan)
	if gang {
		vars = r.gangEnv(at)
	}
	for i, s := range c.Secrets {
		if s.Key != "" {
			vars = append(vars, secretVariable(at.item(len(vars)), from.key("secrets").item(i), s))
		}
	}
	for i, e := range c.Envs {
		if gang && e.Name == schema.GangPort {
			continue // it stands among the gang's
		}
		vars = append(vars, r.variable(at.item(len(vars)), from.key("envs").item(i), e))
	}
	return vars
}

// secretVariable is a variable with the value of a key of a Secret. It is called as the key is, unless the run gives it
// a name.
func secretVariable(at at, from place, s schema.SecretRef) corev1.EnvVar {
	v := corev1.EnvVar{Name: copied(at, "name", from.of("key"), s.Key), ValueFrom: &corev1.EnvVarSource{
		SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: named(copied(at, "valueFrom.secretKeyRef.name", from.of("name"), s.Name)),
			Key:                  copied(at, "valueFrom.secretKeyRef.key", from.of("key"), s.Key),
			Optional:             copied(at, "valueFrom.secretKeyRef.optional", from.of("optional"), s.Optional),
		},
	}}
	if s.Env != "" {
		v.Name = copied(at, "name", from.of("env"), s.Env)
	}
	return v
}

// variable is one of the run's variables: of a field of the pod, of a key of a ConfigMap, or with a value. One with
// none of these is there and empty, as in Kubernetes.
func (r *renderer) variable(at at, from place, e schema.Env) corev1.EnvVar {
	v := corev1.EnvVar{Name: copied(at, "name", from.of("name"), e.Name)}
	switch {
	case e.Field != "":
		field, amount := r.field(at.in("valueFrom"), from, e.Field, e.Divisor, e.Container)
		v.ValueFrom = &corev1.EnvVarSource{FieldRef: field, ResourceFieldRef: amount}
	case e.ConfigMap != "":
		v.ValueFrom = &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: named(copied(at, "valueFrom.configMapKeyRef.name", from.of("config_map"), e.ConfigMap)),
			Key:                  copied(at, "valueFrom.configMapKeyRef.key", from.of("key"), e.Key),
			Optional:             copied(at, "valueFrom.configMapKeyRef.optional", from.of("optional"), e.Optional),
		}}
	case e.Value != nil:
		v.Value = copied(at, "value", from.of("value"), *e.Value)
	}
	return v
}

// field is the downward API, whose amounts (limits.cpu, requests.memory …) have a reference of their own.
func (r *renderer) field(at at, from place, field, divisor, container string) (*corev1.ObjectFieldSelector, *corev1.ResourceFieldSelector) {
	if !strings.HasPrefix(field, "limits.") && !strings.HasPrefix(field, "requests.") {
		return computed(at, "fieldRef", from.of("field"), "", &corev1.ObjectFieldSelector{FieldPath: field}), nil
	}
	amount := computed(at, "resourceFieldRef", from.of("field"), "", &corev1.ResourceFieldSelector{Resource: field})
	if divisor != "" {
		amount.Divisor = copied(at, "resourceFieldRef.divisor", from.of("divisor"), r.quantity(from.of("divisor"), divisor))
	}
	if container != "" {
		amount.ContainerName = copied(at, "resourceFieldRef.containerName", from.of("container"), container)
	}
	return nil, amount
}

// fileField is field in a file of a volume, which belongs to no container: without a word it is the run's own.
func (r *renderer) fileField(at at, from place, item schema.VolumeItem) (*corev1.ObjectFieldSelector, *corev1.ResourceFieldSelector) {
	field, amount := r.field(at, from, item.Field, item.Divisor, cmp.Or(item.Container, r.main().Name))
	if amount != nil && item.Container == "" {
		computed(at, "resourceFieldRef.containerName", from.of("field"), "a file belongs to no container, so that it names one", "")
	}
	return field, amount
}

// main is the run's own container.
func (r *renderer) main() schema.PodContainer {
	for _, c := range r.pod {
		if c.Role == schema.MainRole {
			return c
		}
	}
	return schema.PodContainer{Container: &schema.Container{}}
}
