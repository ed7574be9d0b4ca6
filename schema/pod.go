package schema

import (
	"cmp"
	"slices"
	"strconv"
)

// Role says what a container is for in its pod.
type Role uint8

// The roles of containers.
const (
	MainRole    Role = iota // the run's own
	InitRole                // it ends before the next one starts
	SidecarRole             // it starts before the run's own and stays
	FurtherRole             // it stands beside the run's own
)

// PodContainer is a container of a plan's pod.
type PodContainer struct {
	*Container
	Role Role
	// Path is the place of its fields in the plan: `spec` for the run's own container, `spec.sidecars[0]` for another one.
	Path string
	// Places are where it sees volumes.
	Places []Place
	// Listens are its ports, for the run's own container those that the Service leads to among them.
	Listens []Listen
}

// Place is a volume's place in a container.
type Place struct {
	ContainerMount
	// Path is the place of its fields in the plan: of the volume, of one of the volume's mounts, or of a container's.
	Path string
}

// Listen is a port that a container listens on.
type Listen struct {
	ContainerPort
	// Path is the place of its fields in the plan: of a port of the container, or of the Service's port that led to it.
	Path string
	// Number is the place of its number.
	Number string
}

// Is reports whether a Service's or probe's reference means the port.
func (l *Listen) Is(target IntOrText) bool {
	n, ok := target.Number()
	return ok && n == l.Port || !ok && l.Name != "" && string(target) == l.Name
}

// SameProtocol reports whether two names of protocols mean one; none is TCP.
func SameProtocol(a, b string) bool {
	return a == b || a == "" && b == "TCP" || a == "TCP" && b == ""
}

// Containers are the containers of the plan's pod in their order there: sidecars and init containers, which start one after
// the other, the run's own, and those beside it.
func (p *Plan) Containers() []PodContainer {
	s := &p.Spec
	all := make([]PodContainer, 0, 1+len(s.InitContainers)+len(s.Sidecars)+len(s.Containers))
	all = s.sidecars(all, false)
	for i := range s.InitContainers {
		all = append(all, others(&s.InitContainers[i], InitRole, "spec.init_containers", i))
	}
	all = s.sidecars(all, true)
	main := len(all)
	all = append(all, p.main())
	for i := range s.Containers {
		all = append(all, others(&s.Containers[i], FurtherRole, "spec.containers", i))
	}
	all[main].Listens = s.served(all, main)
	return all
}

// MainName is what the run's own container is called: as `container_name` says, and else as the run.
func (p *Plan) MainName() string { return cmp.Or(p.Spec.ContainerName, p.Name) }

// OfRun is the name of the run as it is written: that of the run with the matrix for one of its combinations.
func (p *Plan) OfRun() string {
	if p.Matrix != nil {
		return p.Matrix.Run
	}
	return p.Name
}

// main is the run's own container.
func (p *Plan) main() PodContainer {
	s := &p.Spec
	return PodContainer{Role: MainRole, Path: "spec", Places: s.places(), Listens: listens(s.Ports, "spec.ports"), Container: &Container{
		Name: p.MainName(), Image: s.Image, Command: s.Command, Args: s.Args, WorkingDir: s.WorkingDir, Ports: s.Ports,
		Resources: s.Resources, Envs: s.Envs, Secrets: s.Secrets, ConfigMaps: s.ConfigMaps, ImagePullPolicy: s.ImagePullPolicy,
		RunAsUser: s.RunAsUser, RunAsGroup: s.RunAsGroup, RunAsNonRoot: s.RunAsNonRoot,
		ReadOnlyRootFilesystem: s.ReadOnlyRootFilesystem, Capabilities: s.Capabilities, Privileged: s.Privileged,
		AllowPrivilegeEscalation: s.AllowPrivilegeEscalation, SELinux: s.SELinux, AppArmor: s.AppArmor, Seccomp: s.Seccomp,
		Probes: s.Probes, Lifecycle: s.Lifecycle,
	}}
}

// sidecars appends the sidecars that start before the init containers, or those that start after them. Both are init
// containers to Kubernetes, whose order is that of starting.
func (s *RunFields) sidecars(all []PodContainer, afterInit bool) []PodContainer {
	for i := range s.Sidecars {
		c := &s.Sidecars[i]
		if late := c.AfterInit != nil && *c.AfterInit; late == afterInit {
			all = append(all, others(c, SidecarRole, "spec.sidecars", i))
		}
	}
	return all
}

// others is the i-th container of a list beside the run's own, with the paths of its parts.
func others(c *Container, role Role, list string, i int) PodContainer {
	o := PodContainer{Container: c, Role: role, Path: item(list, i)}
	o.Listens = listens(c.Ports, o.Path+".ports")
	for j, m := range c.Mounts {
		o.Places = append(o.Places, Place{m, item(o.Path+".mounts", j)})
	}
	return o
}

// listens are declared ports with their paths.
func listens(ports []ContainerPort, list string) []Listen {
	var all []Listen
	for i, p := range ports {
		path := item(list, i)
		all = append(all, Listen{p, path, path + ".port"})
	}
	return all
}

// served are the ports of the run's own container: those that it declares, and those that the Service leads to and no
// container declares.
func (s *RunFields) served(all []PodContainer, main int) []Listen {
	ports := all[main].Listens
	for i := range s.ServicePorts {
		p, path := &s.ServicePorts[i], item("spec.service_ports", i)
		l := Listen{ContainerPort{Port: p.Port, Name: p.Name, Protocol: p.Protocol}, path, path + ".port"}
		if p.TargetPort != "" {
			n, ok := p.TargetPort.Number()
			if !ok {
				continue // some container declares the name
			}
			l.Port, l.Number = n, path+".target_port"
		}
		if declares(all, &l) || slices.ContainsFunc(ports, l.same) {
			continue
		}
		if !TypePortName.AcceptsText(l.Name) || isPortOf(ports, l.Name) || slices.ContainsFunc(all, func(c PodContainer) bool { return isPortOf(c.Listens, l.Name) }) {
			l.Name = ""
		}
		ports = append(ports, l)
	}
	return ports
}

// same reports whether two ports are one in the network of the pod: number and protocol.
func (l *Listen) same(o Listen) bool { return o.Port == l.Port && SameProtocol(o.Protocol, l.Protocol) }

// isPortOf reports whether a name is taken among ports.
func isPortOf(ports []Listen, name string) bool {
	return slices.ContainsFunc(ports, func(o Listen) bool { return o.Name == name })
}

// declares reports whether a container that stays declares the port.
func declares(all []PodContainer, l *Listen) bool {
	return slices.ContainsFunc(all, func(c PodContainer) bool { return c.Role != InitRole && slices.ContainsFunc(c.Listens, l.same) })
}

// places are where the run's own container sees its volumes.
func (s *RunFields) places() []Place {
	var all []Place
	for i := range s.Volumes {
		v, path := &s.Volumes[i], item("spec.volumes", i)
		if v.MountPath != "" {
			all = append(all, Place{ContainerMount{
				Volume: v.Name, MountPath: v.MountPath, ReadOnly: v.ReadOnly, SubPath: v.SubPath, SubPathExpr: v.SubPathExpr,
			}, path})
		}
		for j, m := range v.Mounts {
			all = append(all, Place{ContainerMount{
				Volume: v.Name, MountPath: m.MountPath, ReadOnly: m.ReadOnly, SubPath: m.SubPath, SubPathExpr: m.SubPathExpr,
			}, item(path+".mounts", j)})
		}
	}
	return all
}

// item is the path of a list's item.
func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// What Kubernetes takes where a health check says nothing (k8s.io/kubernetes/pkg/apis/core/v1, SetDefaults_Probe).
const (
	usualPeriod   = 10
	usualFailures = 3
)

// Failures is how many failures in a row count: what the check says, as many checks as fit into the time that it gives a
// start, or what Kubernetes takes.
func (p *Probe) Failures() int64 {
	if p.WithinSeconds == nil {
		return orElse(p.FailureThreshold, usualFailures)
	}
	period := max(1, orElse(p.PeriodSeconds, usualPeriod))
	return max(1, (*p.WithinSeconds-orElse(p.InitialDelaySeconds, 0)+period-1)/period)
}

// StartupBudget is how long a container may take to start, in seconds; 0 without a check of the start.
func (p *Probes) StartupBudget() int64 {
	if p == nil || p.Startup == nil {
		return 0
	}
	return orElse(p.Startup.InitialDelaySeconds, 0) + orElse(p.Startup.PeriodSeconds, usualPeriod)*p.Startup.Failures()
}

// orElse is a number, or another where it is not set.
func orElse(n *int64, otherwise int64) int64 {
	if n == nil {
		return otherwise
	}
	return *n
}

// FixedReplicas is how many pods the run says; nil where it says none, and where it leaves the number to others.
func (s *RunFields) FixedReplicas() *int64 {
	if n, ok := s.Replicas.Number(); ok {
		return &n
	}
	return nil
}
