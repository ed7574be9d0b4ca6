package rules

import (
	"fmt"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// containerNames: a pod has at least one container, and no two of one name in either list.
func (j *judge) containerNames(p *pod) {
	at := p.at.in("containers")
	if len(p.Containers) == 0 {
		j.absent(diag.MissingField, at, "the pod has no container", "a pod needs at least one: leave out what takes the last one away")
	}
	for i, first := range alike(p.Containers, func(c *corev1.Container) string { return c.Name }) {
		j.twice("container name "+diag.Quote(p.Containers[i].Name), at.item(first).in("name"), at.item(i).in("name"))
	}
	// An init container may not be called as any other container, of either list: logs and kubectl know them by their
	// names.
	seen := make(map[string]*place, len(p.InitContainers))
	for i := range p.InitContainers {
		name, here := p.InitContainers[i].Name, p.at.in("initContainers").item(i).in("name")
		if other := seen[name]; other != nil {
			j.twice("container name "+diag.Quote(name), other, here)
			continue
		}
		seen[name] = here
		for k := range p.Containers {
			if p.Containers[k].Name == name && name != "" {
				j.twice("container name "+diag.Quote(name), at.item(k).in("name"), here)
				break
			}
		}
	}
}

// initContainers that end before the others start have neither probes nor hooks.
func (j *judge) initContainers(p *pod) {
	for i := range p.InitContainers {
		c := container{Container: &p.InitContainers[i], at: p.at.in("initContainers").item(i), init: true}
		if c.sidecar() {
			continue
		}
		for _, f := range []struct {
			key string
			is  bool
		}{
			{"lifecycle", c.Lifecycle != nil}, {"livenessProbe", c.LivenessProbe != nil}, {"readinessProbe", c.ReadinessProbe != nil},
			{"startupProbe", c.StartupProbe != nil},
		} {
			if f.is {
				p := j.refuse(diag.Probe, c.at.in(f.key), "an init container that ends has no "+f.key, "take it out, or write restartPolicy: Always, which makes it a sidecar", c.at.in("restartPolicy"))
				p.AtKey = true
			}
		}
	}
}

// containerFields judges the name, the image and the plain words of a container.
func (j *judge) containerFields(p *pod, c *container) {
	if c.Name == "" {
		j.missing(diag.MissingField, c.at, "name", "write name: <name>")
	} else {
		j.named(&dnsLabel, c.Name, c.at.in("name"))
	}
	j.image(p, c)
	oneOf(j, diag.WrongValue, c.ImagePullPolicy, c.at.in("imagePullPolicy"), corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever)
	oneOf(j, diag.WrongValue, c.TerminationMessagePolicy, c.at.in("terminationMessagePolicy"), corev1.TerminationMessageReadFile, corev1.TerminationMessageFallbackToLogsOnError)
}

// restartPolicies is the Kubernetes minor version since which a container has a restart policy of its own
// (ContainerRestartRules); before it, there are only sidecars. restartAll is the one since which a rule may restart all of
// them.
const (
	restartPolicies = 35
	restartAll      = 36
)

// restartRules judges a container's own restart policy. Up to a certain Kubernetes only init containers had one, with
// the one word that makes them sidecars.
func (j *judge) restartRules(p *pod, c *container) {
	at := c.at.in("restartPolicy")
	switch {
	case c.RestartPolicy == nil && len(c.RestartPolicyRules) > 0:
		j.missing(diag.WrongValue, c.at, "restartPolicy", "write restartPolicy beside restartPolicyRules")
	case c.RestartPolicy == nil:
		return
	case j.minor >= restartPolicies:
		oneOfPtr(j, diag.WrongValue, c.RestartPolicy, at, corev1.ContainerRestartPolicyAlways, corev1.ContainerRestartPolicyNever, corev1.ContainerRestartPolicyOnFailure)
	// Before that Kubernetes, a container that is no init container restarts as its pod says.
	case !c.init:
		j.excess(diag.KubernetesOld, at, fmt.Sprintf("of a container that is no init container needs Kubernetes 1.%d", restartPolicies))
	default:
		oneOfPtr(j, diag.WrongValue, c.RestartPolicy, at, corev1.ContainerRestartPolicyAlways)
	}
	if c.sidecar() && len(c.RestartPolicyRules) > 0 && j.minor < restartAll {
		j.excess(diag.KubernetesOld, c.at.in("restartPolicyRules"), fmt.Sprintf("of a sidecar need Kubernetes 1.%d", restartAll))
	}
	j.restartRuleList(c)
}

// Limits of restart rules (k8s.io/kubernetes/pkg/apis/core/validation, validateContainerRestartPolicy).
const (
	maxRestartRules = 20
	maxRestartCodes = 255
)

// restartRuleList judges what an exit code does. All containers can be restarted by a rule since a later Kubernetes.
func (j *judge) restartRuleList(c *container) {
	list := c.at.in("restartPolicyRules")
	j.atMost(diag.OutOfRange, len(c.RestartPolicyRules), maxRestartRules, list)
	actions := []corev1.ContainerRestartRuleAction{corev1.ContainerRestartRuleActionRestart, corev1.ContainerRestartRuleActionRestartAllContainers}
	if j.minor < restartAll {
		actions = actions[:1]
	}
	for i := range c.RestartPolicyRules {
		r, at := &c.RestartPolicyRules[i], list.item(i)
		oneOfPtr(j, diag.WrongValue, &r.Action, at.in("action"), actions...)
		if r.ExitCodes == nil {
			j.missing(diag.WrongValue, at, "exitCodes", "write exitCodes: {operator: In, values: [<code>]}")
			continue
		}
		oneOfPtr(j, diag.WrongValue, &r.ExitCodes.Operator, at.in("exitCodes").in("operator"),
			corev1.ContainerRestartRuleOnExitCodesOpIn, corev1.ContainerRestartRuleOnExitCodesOpNotIn)
		j.atMost(diag.OutOfRange, len(r.ExitCodes.Values), maxRestartCodes, at.in("exitCodes").in("values"))
	}
}

// atMost refuses a list of too many items.
func (j *judge) atMost(code diag.Code, have, most int, at *place) {
	if have > most {
		j.refuse(code, at, fmt.Sprintf("%s has %d items, and Kubernetes takes %d at most", at.name(), have, most), "leave some out")
	}
}
