package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

// checkContainers: each container of the pod has a name of its own. Two of one list were refused before.
func checkContainers(c *ruleContext) {
	if len(c.pod()) == 1 {
		return
	}
	first := map[string]string{}
	for i := range c.pod() {
		container := &c.pod()[i]
		at := c.nameOf(container)
		before, known := first[container.Name]
		switch {
		case container.Name == "":
		case !known:
			first[container.Name] = at
		case listAt(before) != listAt(at):
			c.containerTwice(container.Name, before, at)
		}
	}
}

// nameOf is the place of a container's name.
func (c *ruleContext) nameOf(container *schema.PodContainer) string {
	switch {
	case container.Role != schema.MainRole:
		return container.Path + ".name"
	case c.present("spec.container_name"):
		return "spec.container_name"
	}
	return "name"
}

// containerTwice reports one name in two lists. It points at what the run's author can rename most easily: rather a
// further container than the run's own, which has the run's name.
func (c *ruleContext) containerTwice(name, first, second string) {
	p := diag.Problem{
		Code: diag.Duplicate, Path: second,
		Message: fmt.Sprintf("two containers of the pod are called %s", name), Hint: "rename one of them",
	}
	if second == "name" || second == "spec.container_name" {
		p.Path, first = first, second
	}
	if first == "name" {
		p.Message = fmt.Sprintf("two containers of the pod are called %s: the run's own has the run's name", name)
		p.Hint = "rename this one, or write container_name for the run's own"
	}
	p.Related = []diag.RelatedPath{{Path: first, Message: "the other one is called so here"}}
	c.add(p)
}

// listAt is the list that a container's path is in.
func listAt(path string) string { list, _, _ := strings.Cut(path, "["); return list }

// lintFurther warns of a container that keeps a job from ending: the Job waits for all of them.
func lintFurther(c *ruleContext) {
	if c.plan.Spec.Action != schema.ActionJob {
		return
	}
	for i, container := range c.plan.Spec.Containers {
		c.add(diag.Problem{
			Code: diag.Container, Severity: diag.Warning, Path: item("spec.containers", i, "name"),
			Message: fmt.Sprintf("the job ends only when container %s ends as well", container.Name),
			Hint:    "write it under sidecars if it never ends by itself",
		})
	}
}

// checkServedPorts: the Service leads to a port that some container declares, or to a number of the run's own.
func checkServedPorts(c *ruleContext) {
	containers := c.pod()
	for i, p := range c.plan.Spec.ServicePorts {
		// A number need not be declared: to Kubernetes the ports of a container only inform.
		if _, ok := p.TargetPort.Number(); p.TargetPort == "" || ok {
			continue
		}
		at := item(portList, i, "target_port")
		port := findPort(containers, p.TargetPort)
		switch {
		case port == nil:
			c.noPort(p.TargetPort, at, staying(containers))
		case !schema.SameProtocol(port.Protocol, p.Protocol):
			c.conflict(diag.Problem{
				Code: diag.Service, Path: at,
				Message: fmt.Sprintf("port %s is one of %s, and the Service's is one of %s: it would lead nowhere", p.TargetPort, protocol(port.Protocol), protocol(p.Protocol)),
				Hint:    "write protocol: " + protocol(port.Protocol),
			}, port.Path+".port")
		}
	}
}

// staying are the containers that a Service can lead to: not those that end before the run's own starts.
func staying(containers []schema.PodContainer) []schema.PodContainer {
	var all []schema.PodContainer
	for _, c := range containers {
		if c.Role != schema.InitRole {
			all = append(all, c)
		}
	}
	return all
}

// findPort is the port of that name or number which a Service can lead to, nil where no container declares it.
func findPort(containers []schema.PodContainer, name schema.IntOrText) *schema.Listen {
	for _, c := range staying(containers) {
		for i := range c.Listens {
			if c.Listens[i].Is(name) {
				return &c.Listens[i]
			}
		}
	}
	return nil
}

// noPort refuses the name of a port that none of the containers has.
func (c *ruleContext) noPort(name schema.IntOrText, at string, containers []schema.PodContainer) {
	var names []string
	for _, container := range containers {
		// A port that was refused may be the one that is meant.
		if c.refused(diag.Parent(container.Path+".ports")) && c.faulty {
			return
		}
		for _, l := range container.Listens {
			if l.Name != "" {
				names = append(names, l.Name)
			}
		}
	}
	p := diag.Problem{
		Code: diag.Container, Path: at,
		Message: fmt.Sprintf("no port is called %s", diag.Quote(string(name))),
		Hint:    "write the port's number, or its name under ports: [{port: …, name: " + string(name) + "}]",
	}
	// A probe or a hook is asked of one container, and names a port of that one.
	if len(containers) == 1 && containers[0].Role != schema.MainRole {
		p.Message = fmt.Sprintf("container %s has no port called %s", containers[0].Name, diag.Quote(string(name)))
	}
	if best, ok := diag.Nearest(string(name), names); ok {
		p.Hint, p.Replace = "did you mean "+best+"?", best
	}
	c.add(p)
}

// checkResourceClaims: a claim of devices exists, or is made by a template.
func checkResourceClaims(c *ruleContext) {
	const list = "spec.resource_claims"
	for i, r := range c.plan.Spec.ResourceClaims {
		switch {
		case r.Claim != "" && r.Template != "":
			c.addTo(list, i, diag.Problem{
				Code: diag.Resources, Path: item(list, i, "template"), AtKey: true,
				Message: "devices come from claim or template, never both", Hint: "remove one of the two",
				Related: []diag.RelatedPath{{Path: item(list, i, "claim"), Message: "claim stands here"}},
			})
		case c.lacks(diag.At(list, i), "claim") && c.lacks(diag.At(list, i), "template"):
			c.addTo(list, i, diag.Problem{
				Code: diag.MissingField, Path: diag.At(list, i),
				Message: fmt.Sprintf("resource claim %s is of nothing", r.Name), Hint: "write claim: <a ResourceClaim>, or template: <a ResourceClaimTemplate>",
			})
		}
	}
}
