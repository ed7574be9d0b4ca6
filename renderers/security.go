package renderers

import "berth/schema"

import corev1 "k8s.io/api/core/v1"

// podSecurity is the pod's half of a security level. Both levels take the runtime's seccomp profile; `restricted` also
// refuses to start as root (Pod Security Standards, restricted).
func (r *renderer) podSecurity() *corev1.PodSecurityContext {
	context := &corev1.PodSecurityContext{
		RunAsUser:      r.spec.RunAsUser,
		RunAsGroup:     r.spec.RunAsGroup,
		FSGroup:        r.spec.FSGroup,
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
	if r.isRestricted() {
		context.RunAsNonRoot = new(true)
	}
	return context
}

// containerSecurity is the container's half: capabilities and privilege escalation have no field on the pod.
func (r *renderer) containerSecurity() *corev1.SecurityContext {
	context := &corev1.SecurityContext{AllowPrivilegeEscalation: new(false)}
	if r.isRestricted() {
		context.Capabilities = &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}
	}
	return context
}

func (r *renderer) isRestricted() bool { return r.spec.Security == schema.SecurityRestricted }
