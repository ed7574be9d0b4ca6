package renderers

import (
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// containers renders the containers of the pod: the run's own and those beside it, and those that start before it.
func (r *renderer) containers(at at, pod *corev1.PodSpec) {
	for _, c := range r.pod {
		list, field := &pod.InitContainers, "initContainers"
		if c.Role == schema.MainRole || c.Role == schema.FurtherRole {
			list, field = &pod.Containers, "containers"
		}
		*list = append(*list, r.container(at.in(field).item(len(*list)), c))
	}
}

// container renders one container. What stands in its own fields comes from below its path in the plan.
func (r *renderer) container(at at, c schema.PodContainer) corev1.Container {
	from := at.from(c.Path)
	out := corev1.Container{
		Name:            r.containerName(at, from, c),
		Image:           r.image(at, from, c),
		Command:         copied(at, "command", from.of("command"), c.Command),
		Args:            copied(at, "args", from.of("args"), c.Args),
		WorkingDir:      copied(at, "workingDir", from.of("working_dir"), c.WorkingDir),
		ImagePullPolicy: r.pullPolicy(at, from, c),
		Ports:           containerPorts(at.in("ports"), c.Listens),
		EnvFrom:         envFrom(at.in("envFrom"), from, c),
		Env:             r.env(at.in("env"), from, c),
		Resources:       r.resources(at.in("resources"), c),
		VolumeMounts:    r.volumeMounts(at.in("volumeMounts"), c),
		SecurityContext: r.containerSecurity(at.in("securityContext"), from, c),
		Lifecycle:       r.lifecycle(at.in("lifecycle"), from, c),
	}
	// A sidecar is an init container that restarts always (KEP-753).
	if c.Role == schema.SidecarRole {
		const reason = "a sidecar starts before the run's own container, stays, and does not keep a job from ending"
		out.RestartPolicy = computed(at, "restartPolicy", c.Path, reason, new(corev1.ContainerRestartPolicyAlways))
	}
	if p := c.Probes; p != nil {
		out.ReadinessProbe = probe(at.in("readinessProbe"), from.key("probes").key("readiness"), p.Readiness)
		out.LivenessProbe = probe(at.in("livenessProbe"), from.key("probes").key("liveness"), p.Liveness)
		out.StartupProbe = probe(at.in("startupProbe"), from.key("probes").key("startup"), p.Startup)
	}
	return out
}

// containerName records where the name comes from: the main container is called as the run is, unless the run says
// another name; the run of a matrix has a name that is made of its combination.
func (r *renderer) containerName(at at, from place, c schema.PodContainer) string {
	switch {
	case c.Role != schema.MainRole:
		return copied(at, "name", from.of("name"), c.Name)
	case r.spec.ContainerName != "":
		return copied(at, "name", "spec.container_name", c.Name)
	}
	if r.plan.Matrix != nil {
		return computed(at, "name", "name", reasonCombination, c.Name)
	}
	return copied(at, "name", "name", c.Name)
}

// image is the container's own, or the run's.
func (r *renderer) image(at at, from place, c schema.PodContainer) string {
	if c.Image != "" {
		return copied(at, "image", from.of("image"), c.Image)
	}
	return computed(at, "image", "spec.image", "a container without an image of its own has the run's", r.spec.Image)
}

// pullPolicy is the container's own, or the run's. It is always written: what Kubernetes would choose depends on the
// tag of the image.
func (r *renderer) pullPolicy(at at, from place, c schema.PodContainer) corev1.PullPolicy {
	const field = "imagePullPolicy"
	if c.ImagePullPolicy != "" {
		return copied(at, field, from.of("image_pull_policy"), corev1.PullPolicy(c.ImagePullPolicy))
	}
	return computed(at, field, "spec.image_pull_policy", "the run's holds for every container", corev1.PullPolicy(r.spec.ImagePullPolicy))
}

// containerPorts are the ports that the container declares, and those that the Service leads to.
func containerPorts(at at, ports []schema.Listen) []corev1.ContainerPort {
	var out []corev1.ContainerPort
	for _, p := range ports {
		at, from := at.item(len(out)), at.from(p.Path)
		out = append(out, corev1.ContainerPort{
			Name:          copied(at, "name", from.of("name"), p.Name),
			ContainerPort: copied(at, "containerPort", p.Number, int32(p.Port)),
			HostPort:      copied(at, "hostPort", from.of("host_port"), int32Of(p.HostPort)),
			Protocol:      copied(at, "protocol", from.of("protocol"), corev1.Protocol(p.Protocol)),
		})
	}
	return out
}

// int32Of is narrow for the fields in which Kubernetes takes 0 for unset.
func int32Of(n *int64) int32 {
	if n == nil {
		return 0
	}
	return int32(*n)
}

// isTrue reads an optional flag; nil is false.
func isTrue(b *bool) bool { return b != nil && *b }

// named is a reference to an object of the run's own namespace.
func named(name string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: name} }
