package rules

import (
	"fmt"
	"regexp"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// windows: a pod that says which system it is for has nothing of the other (validateLinux, validateWindows).
func (j *judge) windows(p *pod) {
	if p.OS == nil {
		return
	}
	for _, f := range podSystemFields(p) {
		j.otherSystem(p, f, p.at)
	}
	p.eachContainer(func(c *corev1.Container, at *place) {
		for _, f := range containerSystemFields(c.SecurityContext) {
			j.otherSystem(p, f, at.in("securityContext"))
		}
	})
}

// systemField is a field that pods of one system alone have.
type systemField struct {
	key    string
	system corev1.OSName
	is     bool
}

// otherSystem refuses a field that is there and that only pods of the other system have. A key with a dot is one below
// another field.
func (j *judge) otherSystem(p *pod, f systemField, at *place) {
	if !f.is || f.system == p.OS.Name {
		return
	}
	if parent, key, ok := strings.Cut(f.key, "."); ok {
		at, f.key = at.in(parent), key
	}
	j.excess(diag.Security, at.in(f.key), "is for "+string(f.system)+" alone, and the pod's os is "+string(p.OS.Name), p.at.in("os").in("name"))
}

// podSystemFields are the fields of a pod that one system alone has, with whether they are there. A flag that is false
// cannot be told from one that was left out.
func podSystemFields(p *pod) []systemField {
	all := []systemField{
		{"hostUsers", corev1.Linux, p.HostUsers != nil}, {"hostPID", corev1.Linux, p.HostPID}, {"hostIPC", corev1.Linux, p.HostIPC},
		{"shareProcessNamespace", corev1.Linux, p.ShareProcessNamespace != nil}, {"resources", corev1.Linux, p.Resources != nil},
	}
	s := p.SecurityContext
	if s == nil {
		return all
	}
	return append(all, []systemField{
		{"securityContext.windowsOptions", corev1.Windows, s.WindowsOptions != nil},
		{"securityContext.appArmorProfile", corev1.Linux, s.AppArmorProfile != nil},
		{"securityContext.seLinuxOptions", corev1.Linux, s.SELinuxOptions != nil},
		{"securityContext.seccompProfile", corev1.Linux, s.SeccompProfile != nil},
		{"securityContext.fsGroup", corev1.Linux, s.FSGroup != nil},
		{"securityContext.fsGroupChangePolicy", corev1.Linux, s.FSGroupChangePolicy != nil},
		{"securityContext.sysctls", corev1.Linux, len(s.Sysctls) > 0},
		{"securityContext.runAsUser", corev1.Linux, s.RunAsUser != nil},
		{"securityContext.runAsGroup", corev1.Linux, s.RunAsGroup != nil},
		{"securityContext.supplementalGroups", corev1.Linux, s.SupplementalGroups != nil},
		{"securityContext.supplementalGroupsPolicy", corev1.Linux, s.SupplementalGroupsPolicy != nil},
		{"securityContext.seLinuxChangePolicy", corev1.Linux, s.SELinuxChangePolicy != nil},
	}...)
}

// containerSystemFields is [podSystemFields] of a container's security context, which may be nil.
func containerSystemFields(s *corev1.SecurityContext) []systemField {
	if s == nil {
		return nil
	}
	return []systemField{
		{"windowsOptions", corev1.Windows, s.WindowsOptions != nil}, {"appArmorProfile", corev1.Linux, s.AppArmorProfile != nil},
		{"seLinuxOptions", corev1.Linux, s.SELinuxOptions != nil}, {"seccompProfile", corev1.Linux, s.SeccompProfile != nil},
		{"capabilities", corev1.Linux, s.Capabilities != nil}, {"readOnlyRootFilesystem", corev1.Linux, s.ReadOnlyRootFilesystem != nil},
		{"privileged", corev1.Linux, s.Privileged != nil}, {"allowPrivilegeEscalation", corev1.Linux, s.AllowPrivilegeEscalation != nil},
		{"procMount", corev1.Linux, s.ProcMount != nil}, {"runAsUser", corev1.Linux, s.RunAsUser != nil},
		{"runAsGroup", corev1.Linux, s.RunAsGroup != nil},
	}
}

// hostProcess: of a Windows pod, all containers are processes of the host or none is (validateWindowsHostProcessPod).
func (j *judge) hostProcess(p *pod) {
	var all *bool
	if s := p.SecurityContext; s != nil && s.WindowsOptions != nil {
		all = s.WindowsOptions.HostProcess
	}
	count, host := 0, 0
	p.eachContainer(func(c *corev1.Container, at *place) {
		count++
		// A container says it for itself, and else the pod says it for all.
		own := all
		if s := c.SecurityContext; s != nil && s.WindowsOptions != nil && s.WindowsOptions.HostProcess != nil {
			own = s.WindowsOptions.HostProcess
			if all != nil && *all != *own {
				j.refuse(diag.Security, at.in("securityContext").in("windowsOptions").in("hostProcess"), "hostProcess is not what the pod says", "write it once, for the pod")
			}
		}
		if isTrue(own) {
			host++
		}
	})
	switch {
	// All containers of a pod are processes of the host, or none is.
	case host == 0:
	case host < count:
		j.refuse(diag.Security, p.at.in("containers"), "some containers are processes of the host, and others are not", "write hostProcess for the pod", p.at.in("securityContext"))
	case !p.HostNetwork:
		j.absent(diag.Security, p.at.in("hostNetwork"), "hostProcess needs hostNetwork: true", "write hostNetwork: true", p.at.in("securityContext"))
	}
}

// Limits and forms of Windows' options (validateWindowsSecurityContextOptions).
const (
	maxCredentialSpec = 64 << 10
	maxDomain         = 256
	maxUser           = 104
)

// What a user's name of Windows may not have, as the API server checks it (validateWindowsSecurityContextOptions):
// control characters, a domain that is neither a NetBIOS name nor a DNS name, marks, and nothing but dots and
// spaces.
var (
	control      = regexp.MustCompile(`[[:cntrl:]]`)
	netBIOSName  = regexp.MustCompile(`^[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}$`)
	domainName   = regexp.MustCompile(`^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$`)
	notInUser    = regexp.MustCompile(`["/\\:;|=,\+\*\?<>@\[\]]`)
	dotsAndSpace = regexp.MustCompile(`^[\. ]+$`)
)

// windowsOptions judges what a pod or a container says of Windows alone; nil says nothing.
func (j *judge) windowsOptions(w *corev1.WindowsSecurityContextOptions, at *place) {
	if w == nil {
		return
	}
	if n := w.GMSACredentialSpecName; n != nil {
		j.named(&dnsName, *n, at.in("gmsaCredentialSpecName"))
	}
	if s := w.GMSACredentialSpec; s != nil && (*s == "" || len(*s) > maxCredentialSpec) {
		j.refuse(diag.Security, at.in("gmsaCredentialSpec"), fmt.Sprintf("gmsaCredentialSpec has %d bytes, and may have from 1 to %d", len(*s), maxCredentialSpec), "write the specification, or leave it out")
	}
	if u := w.RunAsUserName; u != nil && !windowsUser(*u) {
		j.refuse(diag.BadName, at.in("runAsUserName"), fmt.Sprintf("%s is not a user of Windows", diag.Quote(*u)), `write USER or DOMAIN\USER`)
	}
}

// windowsUser reports whether a name is USER or DOMAIN\USER. The domain has to be shorter than its limit, the user may
// be as long as its own.
func windowsUser(name string) bool {
	domain, user, ok := strings.Cut(name, `\`)
	if !ok {
		domain, user = "", name
	}
	return !control.MatchString(name) && len(domain) < maxDomain && user != "" && len(user) <= maxUser &&
		(!ok || netBIOSName.MatchString(domain) || domainName.MatchString(domain)) &&
		!dotsAndSpace.MatchString(user) && !notInUser.MatchString(user)
}
