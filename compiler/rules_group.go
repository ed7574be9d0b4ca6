package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/schema"
)

// groupLacks are the fields of what stays that a LeaderWorkerSet has no word for.
var groupLacks = []struct{ field, why string }{
	{"min_ready_seconds", "a group counts as soon as its pods are ready"},
	{"progress_deadline_seconds", "a rollout of groups has no deadline"},
	{"revision_history_limit", "groups have no ReplicaSets to go back to"},
	{"hostname", "each pod is called by its group and number"},
	{"subdomain", "the pods are found below a Service of their own"},
}

// checkGroup: pods that come in groups are replaced by groups, and the first of each is the leader.
func checkGroup(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action == schema.ActionJob {
		return
	}
	if s.NumNodes == nil {
		// Without num_nodes there is no group, and nothing in it; a project's leader for all runs is passed over.
		if c.present("spec.leader") && c.own("spec.leader") && !c.present("spec.num_nodes") && !c.refused("spec") {
			c.add(diag.Problem{
				Code: diag.Gang, Path: "spec.leader", AtKey: true,
				Message: "leader is the first pod of a group of machines, and num_nodes does not say how many there are",
				Hint:    "write num_nodes: 2, or remove leader",
			})
		}
		return
	}
	for _, f := range groupLacks {
		if path := "spec." + f.field; c.present(path) && c.own(path) {
			c.conflict(diag.Problem{
				Code: diag.Gang, Path: path, AtKey: true,
				Message: fmt.Sprintf("%s is nothing that pods in groups of num_nodes have: %s", f.field, f.why), Hint: "remove " + f.field,
			}, "spec.num_nodes")
		}
	}
	if s.Strategy != nil && s.Strategy.Type == schema.StrategyTypeRecreate {
		c.conflict(diag.Problem{
			Code: diag.Gang, Path: "spec.strategy.type",
			Message: "strategy recreate ends all pods at once, and groups of num_nodes are replaced one after the other", Hint: "remove strategy, or write max_unavailable for how many groups may be away",
		}, "spec.num_nodes")
	}
	// The name of a group's Service begins with the run's name, as that of a gang does.
	c.gangName()
	c.groupName()
}

// groupName: each group has a StatefulSet, whose name is part of a label of its pods.
func (c *ruleContext) groupName() {
	s, most := &c.plan.Spec, int64(1)
	if n := s.FixedReplicas(); n != nil {
		most = max(1, *n)
	}
	if s.Autoscale != nil {
		most = max(most, s.Autoscale.Max)
	}
	// The last group has the longest number.
	longest := fmt.Sprintf("%s-%d", c.plan.GroupSet(), most-1)
	if over := len(longest) - maxGroupName; over > 0 && len(c.plan.Name) > over {
		c.add(diag.Problem{
			Code: diag.NamesTooLong, Path: "name",
			Message: fmt.Sprintf("the name is too long for groups of machines: the last one would be called %s, with %d characters, and a group has %d", longest, len(longest), maxGroupName),
			Hint:    fmt.Sprintf("shorten it to %d characters", len(c.plan.Name)-over),
			Related: []diag.RelatedPath{{Path: "spec.num_nodes", Message: "num_nodes stands here"}},
		})
	}
}

// maxGroupName is the length of a StatefulSet's name: its pods have a label of it and of a hash of ten characters.
const maxGroupName = 52
