package workspace

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/fit"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// gangFits holds the number of pods that work together against how many machines the profile says there are.
func (u *Unit) gangFits(pod *corev1.PodTemplateSpec) []diag.Problem {
	if u.Plan.Spec.NumNodes == nil || u.Fit.Verdict != fit.Fits {
		return nil
	}
	near := ""
	if t := u.Plan.Machine.Topology; t != nil {
		near = t.Required
	}
	room := fit.RoomFor(pod, u.Plan.Machine.Nodes, u.Fit, near)
	pods := *u.Plan.Spec.NumNodes
	if l := u.Plan.Spec.Leader; l != nil && len(l.Resources) > 0 {
		pods-- // the leader is of another size, and the others have to find room without it
	}
	if p, short := fit.GangProblem(u.Plan, room, pods); short {
		return []diag.Problem{p}
	}
	return nil
}

// leaderFits tries a leader of another size on the machines.
func (u *Unit) leaderFits() []diag.Problem {
	leader, said := u.leader(), u.Plan.Spec.Leader
	if leader == nil || said == nil || len(said.Resources) == 0 || u.Fit.Verdict != fit.Fits {
		return nil
	}
	problems := fit.Problems(u.Plan, fit.Check(leader, u.Plan.Machine.Nodes, u.claims()...))
	for i := range problems {
		problems[i].Path, problems[i].Replace = strings.Replace(problems[i].Path, "spec.resources", "spec.leader.resources", 1), ""
		problems[i].Message = "of the leader: " + problems[i].Message
	}
	return problems
}

// sharesPorts warns of a gang two of whose pods may run on one machine and on its network: what listens in both would listen
// on one port.
func (u *Unit) sharesPorts() []diag.Problem {
	pod, s := u.pod(), &u.Plan.Spec
	if pod == nil || !pod.Spec.HostNetwork || !s.IsGang() || *s.NumNodes < 2 || fit.OnePerMachine(pod) {
		return nil
	}
	several := len(u.Fit.Shapes) == 0
	for _, shape := range u.Fit.Shapes {
		several = several || shape.Fits() && shape.PerNode != 1
	}
	if !several {
		return nil
	}
	return []diag.Problem{{
		Code: diag.Gang, Severity: diag.Warning, Path: "spec.host_network", AtKey: true,
		Message: fmt.Sprintf("two pods of num_nodes %d may run on one machine, and on its network both would listen on the same ports, %s among them", *s.NumNodes, schema.GangPort),
		Hint:    "write ports: [{port: " + u.Plan.InEdition().GangPort + "}], which gives a machine to one of them alone",
	}}
}
