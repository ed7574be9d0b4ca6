package rules

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/node/util/sysctl"
)

// id refuses a user or group outside of the numbers that Linux has.
func (j *judge) id(id *int64, at *place) {
	if id != nil {
		within(j, diag.Security, *id, 0, math.MaxInt32, at)
	}
}

// podSecurity judges what holds for all containers of a pod (ValidatePodSecurityContext).
func (j *judge) podSecurity(p *pod) {
	s := p.SecurityContext
	if s == nil {
		return
	}
	at := p.at.in("securityContext")
	j.id(s.RunAsUser, at.in("runAsUser"))
	j.id(s.RunAsGroup, at.in("runAsGroup"))
	j.id(s.FSGroup, at.in("fsGroup"))
	for i := range s.SupplementalGroups {
		j.id(&s.SupplementalGroups[i], at.in("supplementalGroups").item(i))
	}
	oneOfPtr(j, diag.Security, s.FSGroupChangePolicy, at.in("fsGroupChangePolicy"), corev1.FSGroupChangeOnRootMismatch, corev1.FSGroupChangeAlways)
	oneOfPtr(j, diag.Security, s.SupplementalGroupsPolicy, at.in("supplementalGroupsPolicy"), corev1.SupplementalGroupsPolicyMerge, corev1.SupplementalGroupsPolicyStrict)
	oneOfPtr(j, diag.Security, s.SELinuxChangePolicy, at.in("seLinuxChangePolicy"), corev1.SELinuxChangePolicyRecursive, corev1.SELinuxChangePolicyMountOption)
	j.seccomp(s.SeccompProfile, at.in("seccompProfile"))
	j.appArmor(s.AppArmorProfile, at.in("appArmorProfile"))
	j.windowsOptions(s.WindowsOptions, at.in("windowsOptions"))
	j.sysctls(p, s.Sysctls, at.in("sysctls"))
}

// containerSecurity judges a container's own security context. A container that may not gain rights cannot be one that
// has them all: privileged, or with SYS_ADMIN in the one spelling that the API server looks for.
func (j *judge) containerSecurity(p *pod, c *container) {
	s := c.SecurityContext
	if s == nil {
		return
	}
	at := c.at.in("securityContext")
	j.id(s.RunAsUser, at.in("runAsUser"))
	j.id(s.RunAsGroup, at.in("runAsGroup"))
	j.seccomp(s.SeccompProfile, at.in("seccompProfile"))
	j.appArmor(s.AppArmorProfile, at.in("appArmorProfile"))
	j.windowsOptions(s.WindowsOptions, at.in("windowsOptions"))
	oneOfPtr(j, diag.Security, s.ProcMount, at.in("procMount"), corev1.DefaultProcMount, corev1.UnmaskedProcMount)
	// A pod has the node's own users unless hostUsers is false.
	if s.ProcMount != nil && *s.ProcMount == corev1.UnmaskedProcMount && (p.HostUsers == nil || *p.HostUsers) {
		j.absent(diag.Security, at.in("procMount"), "procMount Unmasked needs hostUsers: false", "write hostUsers: false for the pod", p.at.in("hostUsers"))
	}
	// What follows is about containers that are told not to gain rights.
	if s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation {
		return
	}
	here := at.in("allowPrivilegeEscalation")
	if isTrue(s.Privileged) {
		j.refuse(diag.Security, at.in("privileged"), "a privileged container may always gain more rights, and allowPrivilegeEscalation is false", "keep one of the two", here)
	}
	if s.Capabilities == nil {
		return
	}
	for i, capability := range s.Capabilities.Add {
		if capability == "CAP_SYS_ADMIN" {
			j.refuse(diag.Security, at.in("capabilities").in("add").item(i), "a container with SYS_ADMIN may gain any right, and allowPrivilegeEscalation is false", "keep one of the two", here)
		}
	}
}

// seccomp judges a profile of system calls; one of the node's own is named by a path below the kubelet's folder of
// them.
func (j *judge) seccomp(s *corev1.SeccompProfile, at *place) {
	if s == nil {
		return
	}
	oneOfPtr(j, diag.Security, &s.Type, at.in("type"), corev1.SeccompProfileTypeRuntimeDefault, corev1.SeccompProfileTypeLocalhost, corev1.SeccompProfileTypeUnconfined)
	j.localhost(s.Type == corev1.SeccompProfileTypeLocalhost, s.LocalhostProfile, at)
	if s.LocalhostProfile != nil {
		j.relative(diag.Security, *s.LocalhostProfile, at.in("localhostProfile"))
	}
}

// localhost: a profile of type Localhost names a file of the node, any other names none.
func (j *judge) localhost(is bool, profile *string, at *place) {
	switch {
	case is && profile == nil:
		j.missing(diag.Security, at, "localhostProfile", "write localhostProfile: <file>, which type Localhost needs")
	case !is && profile != nil:
		j.excess(diag.Security, at.in("localhostProfile"), "belongs to type Localhost", at.in("type"))
	}
}

// maxProfilePath is the length of a path, PATH_MAX without its end.
const maxProfilePath = 4095

// appArmor judges a profile of AppArmor, which is named as it is loaded on the node. A type that is empty is missing,
// not a default.
func (j *judge) appArmor(a *corev1.AppArmorProfile, at *place) {
	if a == nil {
		return
	}
	here := at.in("type")
	known := []corev1.AppArmorProfileType{corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeLocalhost, corev1.AppArmorProfileTypeUnconfined}
	switch {
	case a.Type == "":
		j.missing(diag.Security, at, "type", "write type: "+diag.OneOf(wordsOf(known)))
	case a.Type != known[0] && a.Type != known[1] && a.Type != known[2]:
		j.refuse(diag.Security, here, fmt.Sprintf("%s is not a type of AppArmor profile", diag.Quote(string(a.Type))), "write "+diag.OneOf(wordsOf(known)))
		return
	}
	j.localhost(a.Type == corev1.AppArmorProfileTypeLocalhost, a.LocalhostProfile, at)
	if f := a.LocalhostProfile; f != nil && (*f == "" || strings.TrimSpace(*f) != *f || len(*f) > maxProfilePath) {
		j.refuse(diag.Security, at.in("localhostProfile"), fmt.Sprintf("%s is not the name of a profile", diag.Quote(*f)), "write a name without white space around it")
	}
}

// sysctlName is the form of a kernel parameter (SysctlContainSlashFmt of core/validation).
var sysctlName = regexp.MustCompile(`^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`)

// maxSysctlName is the length of a kernel parameter's name (SysctlMaxLength of core/validation).
const maxSysctlName = 253

// sysctls judges kernel parameters. Those of a namespace that the pod shares with its node are the node's, and not a
// pod's to set.
func (j *judge) sysctls(p *pod, list []corev1.Sysctl, at *place) {
	for i := range list {
		name, here := list[i].Name, at.item(i).in("name")
		if len(name) > maxSysctlName || !sysctlName.MatchString(name) {
			j.refuse(diag.Security, here, fmt.Sprintf("%s is not a kernel parameter", diag.Quote(name)), "write one such as net.core.somaxconn", at.item(i))
		}
		// With the kubelet's own table of which parameters belong to which namespace.
		switch space, _, _ := sysctl.GetNamespace(name); {
		case space == sysctl.NetNamespace && p.HostNetwork:
			j.excess(diag.Security, here, "is the node's own with hostNetwork", p.at.in("hostNetwork"))
		case space == sysctl.IPCNamespace && p.HostIPC:
			j.excess(diag.Security, here, "is the node's own with hostIPC", p.at.in("hostIPC"))
		}
	}
	for i, first := range alike(list, func(s *corev1.Sysctl) string { return s.Name }) {
		j.twice("sysctl "+diag.Quote(list[i].Name), at.item(first).in("name"), at.item(i).in("name"))
	}
}
