package renderers

import (
	"slices"
	"strings"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// The reason beside each field that a run has because of its level of hardening.
const reasonSecurity = "part of this level of hardening"

// podSecurity is the pod's half of what is said of security. Both levels take the runtime's seccomp profile unless the run
// says another; `restricted` also refuses to start as root (Pod Security Standards, restricted).
func (r *renderer) podSecurity(at at) *corev1.PodSecurityContext {
	at = at.in("securityContext")
	at.set(origin{plan: "spec.security", reason: reasonSecurity})
	context := &corev1.PodSecurityContext{
		RunAsUser:          copied(at, "runAsUser", "spec.run_as_user", r.spec.RunAsUser),
		RunAsGroup:         copied(at, "runAsGroup", "spec.run_as_group", r.spec.RunAsGroup),
		FSGroup:            copied(at, "fsGroup", "spec.fs_group", r.spec.FSGroup),
		SupplementalGroups: copied(at, "supplementalGroups", "spec.supplemental_groups", r.spec.SupplementalGroups),
		SeccompProfile:     &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		AppArmorProfile:    appArmor(at, at.from("spec"), r.spec.AppArmor),
		SELinuxOptions:     seLinux(at, at.from("spec"), r.spec.SELinux),
	}
	if policy := r.spec.FSGroupChangePolicy; policy != "" {
		context.FSGroupChangePolicy = copied(at, "fsGroupChangePolicy", "spec.fs_group_change_policy", new(corev1.PodFSGroupChangePolicy(policy)))
	}
	if r.spec.Seccomp != nil {
		context.SeccompProfile = seccomp(at, at.from("spec"), r.spec.Seccomp)
	}
	switch {
	case r.spec.RunAsNonRoot != nil:
		context.RunAsNonRoot = copied(at, "runAsNonRoot", "spec.run_as_non_root", r.spec.RunAsNonRoot)
	case r.isRestricted():
		context.RunAsNonRoot = new(true)
	}
	return context
}

// containerSecurity is the container's half: capabilities and privilege escalation have no field on the pod, which says the
// rest for the run's own container.
func (r *renderer) containerSecurity(at at, from place, c schema.PodContainer) *corev1.SecurityContext {
	at.set(origin{plan: "spec.security", reason: reasonSecurity})
	context := &corev1.SecurityContext{
		AllowPrivilegeEscalation: escalation(at, from, c),
		Privileged:               copied(at, "privileged", from.of("privileged"), c.Privileged),
		ReadOnlyRootFilesystem:   copied(at, "readOnlyRootFilesystem", from.of("read_only_root_filesystem"), c.ReadOnlyRootFilesystem),
		Capabilities:             r.capabilities(at, from, c),
	}
	if c.Role == schema.MainRole {
		return context
	}
	context.RunAsUser = copied(at, "runAsUser", from.of("run_as_user"), c.RunAsUser)
	context.RunAsGroup = copied(at, "runAsGroup", from.of("run_as_group"), c.RunAsGroup)
	context.RunAsNonRoot = copied(at, "runAsNonRoot", from.of("run_as_non_root"), c.RunAsNonRoot)
	context.SeccompProfile = seccomp(at, from, c.Seccomp)
	context.AppArmorProfile = appArmor(at, from, c.AppArmor)
	context.SELinuxOptions = seLinux(at, from, c.SELinux)
	return context
}

// escalation is forbidden unless the container says otherwise, or may do everything: the API server refuses the two together.
func escalation(at at, from place, c schema.PodContainer) *bool {
	switch {
	case c.AllowPrivilegeEscalation != nil:
		return copied(at, "allowPrivilegeEscalation", from.of("allow_privilege_escalation"), c.AllowPrivilegeEscalation)
	case isTrue(c.Privileged) || c.Capabilities != nil && slices.ContainsFunc(c.Capabilities.Add, isSysAdmin):
		return nil
	}
	return new(false)
}

// isSysAdmin takes both spellings of the capability: container runtimes know it with and without CAP_.
func isSysAdmin(name string) bool { return strings.TrimPrefix(name, "CAP_") == "SYS_ADMIN" }

// capabilities are the container's; a restricted one drops all, whatever it adds.
func (r *renderer) capabilities(at at, from place, c schema.PodContainer) *corev1.Capabilities {
	var add, drop []corev1.Capability
	if own := c.Capabilities; own != nil {
		from := from.key("capabilities")
		add, drop = capabilityNames(own.Add), capabilityNames(own.Drop)
		copied(at, "capabilities.add", from.of("add"), add)
		copied(at, "capabilities.drop", from.of("drop"), drop)
	}
	if r.isRestricted() && !slices.Contains(drop, "ALL") {
		drop = computed(at, "capabilities.drop", "spec.security", reasonSecurity, append([]corev1.Capability{"ALL"}, drop...))
	}
	if add == nil && drop == nil {
		return nil
	}
	return &corev1.Capabilities{Add: add, Drop: drop}
}

// capabilityNames are the plan's names in Kubernetes' type; nil for none, so that an empty list is not written.
func capabilityNames(names []string) []corev1.Capability {
	var out []corev1.Capability
	for _, name := range names {
		out = append(out, corev1.Capability(name))
	}
	return out
}

// seccomp is a profile of system calls; nil where the run says nothing, which leaves the choice to the cluster.
func seccomp(at at, from place, p *schema.Seccomp) *corev1.SeccompProfile {
	if p == nil {
		return nil
	}
	out := &corev1.SeccompProfile{Type: corev1.SeccompProfileType(p.Type)}
	if p.LocalhostProfile != "" {
		out.LocalhostProfile = &p.LocalhostProfile
	}
	return copied(at, "seccompProfile", from.of("seccomp"), out)
}

// appArmor is a profile of AppArmor; nil where the run says nothing.
func appArmor(at at, from place, p *schema.AppArmor) *corev1.AppArmorProfile {
	if p == nil {
		return nil
	}
	out := &corev1.AppArmorProfile{Type: corev1.AppArmorProfileType(p.Type)}
	if p.LocalhostProfile != "" {
		out.LocalhostProfile = &p.LocalhostProfile
	}
	return copied(at, "appArmorProfile", from.of("app_armor"), out)
}

// seLinux are labels of SELinux; nil where the run says nothing.
func seLinux(at at, from place, o *schema.SELinux) *corev1.SELinuxOptions {
	if o == nil {
		return nil
	}
	return copied(at, "seLinuxOptions", from.of("se_linux"), &corev1.SELinuxOptions{User: o.User, Role: o.Role, Type: o.Type, Level: o.Level})
}

// isRestricted reports whether the pod has to pass the restricted level of Kubernetes' Pod Security Standards.
func (r *renderer) isRestricted() bool { return r.spec.Security == schema.SecurityRestricted }
