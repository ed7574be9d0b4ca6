package renderers

import "berth/schema"

import corev1 "k8s.io/api/core/v1"

const reasonSecurity = "part of this level of hardening"

// podSecurity is the pod's half of a security level. Both levels take the runtime's seccomp profile; `restricted` also
// refuses to start as root (Pod Security Standards, restricted).
func (r *renderer) podSecurity(at at) *corev1.PodSecurityContext {
	at = at.in("securityContext")
	at.set(origin{plan: "spec.security", reason: reasonSecurity})
	context := &corev1.PodSecurityContext{
		RunAsUser:      copied(at, "runAsUser", "spec.run_as_user", r.spec.RunAsUser),
		RunAsGroup:     copied(at, "runAsGroup", "spec.run_as_group", r.spec.RunAsGroup),
		FSGroup:        copied(at, "fsGroup", "spec.fs_group", r.spec.FSGroup),
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
	if r.isRestricted() {
		context.RunAsNonRoot = new(true)
	}
	return context
}

// containerSecurity is the container's half: capabilities and privilege escalation have no field on the pod.
func (r *renderer) containerSecurity(at at) *corev1.SecurityContext {
	context := computed(at, "securityContext", "spec.security", reasonSecurity, &corev1.SecurityContext{AllowPrivilegeEscalation: new(false)})
	if r.isRestricted() {
		context.Capabilities = &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}
	}
	return context
}

func (r *renderer) isRestricted() bool { return r.spec.Security == schema.SecurityRestricted }
