package workspace

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// podSecurity is made once: the checks are the same for every run. They are all versions of all levels.
var podSecurity = sync.OnceValues(func() (policy.Evaluator, error) {
	return policy.NewEvaluator(policy.DefaultChecks(), nil)
})

// admitted asks Kubernetes' own Pod Security checks whether the pod keeps the level that it has to.
func (u *Unit) admitted() []diag.Problem {
	if leader := u.leader(); leader != nil {
		if problems := u.admittedPod(leader); len(problems) > 0 {
			return problems // the others are mostly forbidden the same
		}
	}
	if pod := u.pod(); pod != nil {
		return u.admittedPod(pod)
	}
	return nil
}

// admittedPod asks the checks of Kubernetes' own Pod Security admission (k8s.io/pod-security-admission) whether a pod may
// run at the level that its namespace holds it to, in the minor version of the target. Each problem points back to where
// the level is set.
func (u *Unit) admittedPod(pod *corev1.PodTemplateSpec) []diag.Problem {
	evaluator, err := podSecurity()
	if err != nil {
		return []diag.Problem{{Code: diag.Security, Path: "spec.security", Message: "Pod Security could not be checked: " + err.Error()}}
	}
	level, says, set := u.level()
	version := api.LevelVersion{Level: api.Level(level), Version: api.MajorMinorVersion(1, schema.Minor(u.Plan.Target.Kubernetes))}
	var problems []diag.Problem
	for _, result := range evaluator.EvaluatePod(version, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			p := u.forbidden(result, says)
			p.Related = set
			problems = append(problems, p)
		}
	}
	return problems
}

// level is the Pod Security level that the pod has to keep, who says so, and where if it is not the run: the namespace, or
// where nobody said what that enforces, the run itself. A run that says restricted has to be it everywhere.
func (u *Unit) level() (level, says string, set []diag.RelatedPath) {
	namespace, own := u.Plan.Target.PodSecurity, u.Plan.Spec.Security
	if own == schema.SecurityRestricted || namespace == "" {
		return own, "security: " + own, nil
	}
	set = []diag.RelatedPath{diag.Setting(diag.Join("pod_security", cmp.Or(u.Plan.Namespace, schema.NamespaceOfNone)))}
	return namespace, "the namespace's Pod Security level " + namespace, set
}

// forbidden blames the field of the run that decides what Pod Security forbids.
func (u *Unit) forbidden(result policy.CheckResult, says string) diag.Problem {
	p := diag.Problem{Code: diag.Security, Path: "spec.security", Message: says + " forbids this pod: " + result.ForbiddenReason}
	if result.ForbiddenDetail != "" {
		p.Message += " (" + result.ForbiddenDetail + ")"
	}
	field := u.powerful(result)
	switch {
	case field != "":
		p.Path, p.Hint = field, "remove it; a namespace that allows it is declared in berth.yaml: pod_security: {"+cmp.Or(u.Plan.Namespace, schema.NamespaceOfNone)+": "+schema.PodSecurityPrivileged+"}"
		if result.ForbiddenReason == probeHost && u.Plan.Target.PodSecurity == "" {
			p.Severity, p.Message = diag.Warning, "a namespace of Pod Security level "+u.Plan.Spec.Security+" refuses this pod from Kubernetes 1.34 on: it asks another host than its own"
			p.Hint = "remove it, or declare the level of the namespace under pod_security in berth.yaml"
		}
	case u.Plan.Target.PodSecurity == schema.PodSecurityRestricted && u.Plan.Spec.Security != schema.SecurityRestricted:
		p.Hint = "write security: restricted, with a numeric run_as_user"
	case len(u.Plan.Spec.Patches) > 0:
		p.Path = u.asking("spec.patches", result.ForbiddenReason+" "+result.ForbiddenDetail)
		p.Hint = "leave out the patch that asks for it; a namespace that allows it is declared under pod_security in berth.yaml"
	}
	return p
}

// probeHost is the reason for which Pod Security forbids a health check or hook of another host.
const probeHost = "probe or lifecycle host"

// powers are the fields of a container that decide what Pod Security forbids, by its reasons.
var powers = []struct {
	reason string
	fields []string
}{
	{"privileged", []string{"privileged"}},
	{"capabilities", []string{"capabilities.add"}},
	{"hostPort", []string{"ports"}},
	{"seccompProfile", []string{"seccomp"}},
	{"seLinuxOptions", []string{"se_linux"}},
	{"AppArmor", []string{"app_armor"}},
	{"allowPrivilegeEscalation", []string{"allow_privilege_escalation", "privileged", "capabilities.add"}},
	{"runAsNonRoot", []string{"run_as_non_root"}},
	{"runAsUser=0", []string{"run_as_user"}},
	{probeHost, []string{
		"probes.readiness.host", "probes.liveness.host", "probes.startup.host", "lifecycle.pre_stop.host", "lifecycle.post_start.host",
	}},
}

// powerful is the field of the run that brings what Pod Security forbids, empty where none does. Pod Security names
// containers and volumes in quotes, and the pod's own fields as Kubernetes writes them.
func (u *Unit) powerful(result policy.CheckResult) string {
	detail := result.ForbiddenDetail
	for _, of := range [][2]string{{"hostNetwork", "spec.host_network"}, {"hostPID", "spec.host_pid"}, {"hostIPC", "spec.host_ipc"}} { // in one order
		word, field := of[0], of[1]
		if strings.Contains(detail, word) && u.says(field) {
			return field
		}
	}
	if strings.Contains(result.ForbiddenReason, "volume") {
		for i, v := range u.Plan.Spec.Volumes {
			if strings.Contains(detail, strconv.Quote(v.Name)) {
				return diag.At("spec.volumes", i) + ".volume_type"
			}
		}
	}
	for _, p := range powers {
		if !strings.Contains(result.ForbiddenReason, p.reason) {
			continue
		}
		for _, c := range u.Plan.Containers() {
			of := strings.Contains(detail, strconv.Quote(c.Name)) || c.Role == schema.MainRole && strings.Contains(detail, "pod")
			for _, field := range p.fields {
				if path := c.Path + "." + field; of && u.says(path) {
					return u.named(path, detail)
				}
			}
		}
	}
	return ""
}

// named is the first item of a list that a text names in quotes, or the list, or what is no list.
func (u *Unit) named(path, text string) string {
	if _, n, _ := source.Find(u.Tree, path); n != nil {
		for i, item := range n.Items {
			if item.Scalar() && strings.Contains(text, strconv.Quote(item.Text)) {
				return diag.At(path, i)
			}
			if item.Get("host_port") != nil {
				return diag.At(path, i) + ".host_port"
			}
		}
	}
	return path
}

// says reports whether the run itself, or a layer below it, has a value at a path.
func (u *Unit) says(path string) bool {
	_, n, whole := source.Find(u.Tree, path)
	return whole && n != nil
}

// asking is the path of the deepest field below a place that a text names: Pod Security names fields, but no
// places.
func (u *Unit) asking(under, text string) string {
	named := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	best, deepest := under, 0
	var walk func(n *source.Node, path string, depth int)
	walk = func(n *source.Node, path string, depth int) {
		for _, f := range n.Fields {
			below := diag.Join(path, f.Key)
			if depth > deepest && slices.Contains(named, f.Key) {
				best, deepest = below, depth
			}
			walk(f.Node, below, depth+1)
		}
		for i, item := range n.Items {
			walk(item, diag.At(path, i), depth+1)
		}
	}
	if _, n, whole := source.Find(u.Tree, under); whole {
		walk(n, under, 0)
	}
	return best
}
