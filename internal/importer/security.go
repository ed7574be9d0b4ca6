package importer

import (
	"fmt"
	"slices"
	"strings"

	"berth/schema"

	"go.yaml.in/yaml/v3"
)

// inherited are what a container takes from its pod where it does not say it itself, with a run's word for it.
var inherited = [][2]string{
	{"runAsUser", "run_as_user"}, {"runAsGroup", "run_as_group"}, {"runAsNonRoot", "run_as_non_root"},
	{"seccompProfile", "seccomp"}, {"appArmorProfile", "app_armor"}, {"seLinuxOptions", "se_linux"},
}

// allContainers are the containers of a pod, the first one of `containers` first.
func allContainers(pod dict) []dict {
	var all []dict
	for _, list := range []string{"containers", "initContainers"} {
		for _, c := range pod.list(list) {
			if d, ok := c.(dict); ok {
				all = append(all, d)
			}
		}
	}
	return all
}

// level is the level of hardening that the pod meets. It is restricted where every container says all that this level
// writes: then the run says it in one word.
func (w *workload) level(pod dict) string {
	level := schema.SecurityRestricted
	of := pod.sub("securityContext")
	for _, c := range allContainers(pod) {
		s := c.sub("securityContext")
		seccomp, _ := firstOf(s["seccompProfile"], of["seccompProfile"]).(dict)
		user := firstOf(s["runAsUser"], of["runAsUser"])
		drops := s.sub("capabilities").list("drop")
		if firstOf(s["runAsNonRoot"], of["runAsNonRoot"]) != true || s["allowPrivilegeEscalation"] != false || user == 0 ||
			!slices.Contains(drops, any("ALL")) || seccomp["type"] != "RuntimeDefault" {
			level = schema.SecurityBaseline
		}
	}
	if pod["hostNetwork"] == true || pod["hostPID"] == true || pod["hostIPC"] == true || hasForbiddenVolume(pod) {
		return schema.SecurityBaseline
	}
	return level
}

// hasForbiddenVolume reports whether a volume is of a kind that the restricted level forbids.
func hasForbiddenVolume(pod dict) bool {
	return slices.ContainsFunc(pod.list("volumes"), func(v any) bool {
		d, _ := v.(dict)
		key, ok := volumeKind(cloned(d).(dict))
		return !ok || key == "hostPath" || key == "nfs"
	})
}

// podSecurity takes the pod's half, and hands down to the containers what they take from it, so that each of them says what
// holds for it.
func (w *workload) podSecurity(pod dict, level string) {
	of := pod.sub("securityContext")
	containers := allContainers(pod)
	for _, f := range inherited {
		value := of.take(f[0])
		for _, c := range containers {
			if value != nil && c.sub("securityContext")[f[0]] == nil {
				c.put(cloned(value), "securityContext", f[0])
			}
		}
	}
	if level == schema.SecurityRestricted {
		w.run.text("security", level)
		if containers[0].sub("securityContext")["runAsUser"] == nil {
			w.run.text("image_user", "numeric")
		}
	}
	w.handUp(containers, level)
	move(w.run, of, [2]string{"fsGroup", "fs_group"}, [2]string{"fsGroupChangePolicy", "fs_group_change_policy"},
		[2]string{"supplementalGroups", "supplemental_groups"})
}

// handUp writes in the run what holds for its own container. It is written on the pod, so that the others take it from there:
// where one of them says nothing of it, the first one's stays its own, in the patch.
func (w *workload) handUp(containers []dict, level string) {
	first := containers[0].sub("securityContext")
	for _, f := range inherited {
		value := first[f[0]]
		if value == nil {
			continue
		}
		others := containers[1:]
		if slices.ContainsFunc(others, func(c dict) bool { return c.sub("securityContext")[f[0]] == nil }) && !harmless(f[0], value) {
			continue
		}
		delete(first, f[0])
		for _, c := range others {
			if s := c.sub("securityContext"); same(s[f[0]], value) {
				delete(s, f[0])
			}
		}
		if !w.usual(f[0], value, level) {
			w.run.put(f[1], profileWord(f[0], value))
		}
	}
}

// harmless reports whether a value is what every run gives its pod.
func harmless(field string, value any) bool {
	return field == "seccompProfile" && value.(dict)["type"] == "RuntimeDefault"
}

// usual reports whether the run's level says so already.
func (w *workload) usual(field string, value any, level string) bool {
	return harmless(field, value) || field == "runAsNonRoot" && value == true && level == schema.SecurityRestricted
}

// profileWord writes a seccomp or AppArmor profile as its type alone, where it has nothing else.
func profileWord(field string, value any) *yaml.Node {
	if d, ok := value.(dict); ok && len(d) == 1 && strings.HasSuffix(field, "Profile") && d["type"] != "Localhost" {
		return encoded(d["type"])
	}
	return line(inline(value))
}

// same reports whether two plain values are the same.
func same(a, b any) bool {
	x, y := encoded(a), encoded(b)
	return x != nil && y != nil && sameNode(x, y)
}

// sameNode compares two trees by what they say, whatever their style and comments.
func sameNode(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, sameNode)
}

// security takes the container's half. What Kubernetes lets a container do without a word, and Berth does not, is said.
func (c *container) security() {
	s := c.from.sub("securityContext")
	// Under the run's security level a container drops ALL by itself, and that need not be said.
	restricted := c.run.get("security") != nil
	if !c.main {
		for _, f := range inherited {
			if v := s.take(f[0]); v != nil {
				c.to.put(f[1], profileWord(f[0], v))
			}
		}
	}
	caps := newObject()
	from := s.sub("capabilities")
	for _, key := range []string{"add", "drop"} {
		for i, name := range from.list(key) {
			from.list(key)[i] = strings.ToUpper(fmt.Sprint(name))
		}
	}
	move(caps, from, [2]string{"add", "add"})
	if drop := from.list("drop"); !restricted || len(drop) != 1 {
		move(caps, from, [2]string{"drop", "drop"})
	}
	delete(from, "drop")
	// The API server refuses allowPrivilegeEscalation: false for these two (validateSecurityContext).
	powerful := s["privileged"] == true || slices.ContainsFunc(nodesOf(caps.get("add")), func(n *yaml.Node) bool { return strings.TrimPrefix(n.Value, "CAP_") == "SYS_ADMIN" })
	move(c.to, s, [2]string{"privileged", "privileged"}, [2]string{"readOnlyRootFilesystem", "read_only_root_filesystem"})
	c.to.put("capabilities", line(caps.Node))
	switch may := s.take("allowPrivilegeEscalation"); {
	case may == true || may == nil && !powerful && !c.opts.BerthDefaults:
		c.to.put("allow_privilege_escalation", encoded(true))
	case may == false && powerful:
		c.to.put("allow_privilege_escalation", encoded(false)) // no server takes it, and build says why
	}
}

// nodesOf are the items of a list that may be missing.
func nodesOf(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}
