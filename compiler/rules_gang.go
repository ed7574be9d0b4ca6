package compiler

import (
	"fmt"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// gangDecides are the fields of a job that num_nodes answers by itself.
var gangDecides = []struct{ field, how string }{
	{"completions", "one pod for each machine"},
	{"parallelism", "one pod for each machine, all at a time"},
	{"completion_mode", "each pod has a number"},
	{"subdomain", "the pods are found below a Service of their own"},
	{"hostname", "each pod is called by its number"},
}

// gangOnly are the fields of a job that speak of several machines.
var gangOnly = []string{"launcher", "gang_restarts"}

// checkGang: what num_nodes says is said once, and what speaks of several machines needs it.
func checkGang(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionJob {
		return
	}
	if s.NumNodes == nil {
		c.gangFieldsAlone()
		return
	}
	// Refused even where they agree: with two places that say one thing, one of them is changed alone sooner or later.
	for _, f := range gangDecides {
		if path := "spec." + f.field; c.present(path) {
			c.conflict(diag.Problem{
				Code: diag.Gang, Path: path, AtKey: true,
				Message: fmt.Sprintf("%s is what num_nodes decides: %s", f.field, f.how),
				Hint:    "remove " + f.field + ", or num_nodes",
			}, "spec.num_nodes")
		}
	}
	c.gangName()
	c.startsTogether()
}

// startsTogether: what starts again as a whole is several machines and a JobSet, which no CronJob can make.
func (c *ruleContext) startsTogether() {
	s := &c.plan.Spec
	const path = "spec.gang_restarts"
	if s.GangRestarts == nil {
		return
	}
	if *s.NumNodes == 1 {
		c.conflict(diag.Problem{
			Code: diag.Gang, Path: path, AtKey: true,
			Message: "gang_restarts starts all machines again together, and num_nodes is 1", Hint: "write backoff_limit instead, or num_nodes: 2 or more",
		}, "spec.num_nodes")
	}
	switch {
	case s.Schedule != "":
		c.conflict(diag.Problem{
			Code: diag.Gang, Path: path, AtKey: true,
			Message: "gang_restarts needs a JobSet, and a schedule makes Jobs alone", Hint: "remove gang_restarts, or schedule",
		}, "spec.schedule")
	case s.RunPolicy == schema.RunPolicyTemplate:
		c.conflict(diag.Problem{
			Code: diag.Gang, Path: path, AtKey: true,
			Message: "gang_restarts needs a JobSet, and what run_policy template keeps for starting by hand makes Jobs alone", Hint: "remove gang_restarts, or run_policy",
		}, "spec.run_policy")
	}
}

// gangFieldsAlone refuses what only several machines need where num_nodes is missing. What the project sets for all
// runs is passed over, and so is a run whose num_nodes was refused.
func (c *ruleContext) gangFieldsAlone() {
	for _, field := range gangOnly {
		if path := "spec." + field; c.present(path) && c.own(path) && !c.refused("spec") && !c.present("spec.num_nodes") {
			c.add(diag.Problem{
				Code: diag.Gang, Path: path, AtKey: true,
				Message: field + " is about machines that work together, and num_nodes does not say how many there are",
				Hint:    "write num_nodes: 2, or remove " + field,
			})
		}
	}
}

// gangName: the name of the pods' Service begins with the run's, and a Service's name begins with a letter (RFC 1035).
func (c *ruleContext) gangName() {
	if name := c.plan.Name; name != "" && name[0] >= '0' && name[0] <= '9' {
		c.add(diag.Problem{
			Code: diag.BadName, Path: "name",
			Message: fmt.Sprintf("the name %s begins with a digit, and the name below which the pods of num_nodes machines find one another begins with a letter", diag.Quote(name)),
			Hint:    "write a name such as " + lettered(name),
			Related: []diag.RelatedPath{{Path: "spec.num_nodes", Message: "num_nodes stands here"}},
		})
	}
}

// lettered is a name that begins with a letter: run-7b for 7b.
func lettered(name string) string { return "run-" + name }

// checkGangVariables refuses variables that are set for the pods of a gang: a run's own value would hide them, and the pods
// would not find one another.
func checkGangVariables(c *ruleContext) {
	s := &c.plan.Spec
	if s.NumNodes == nil {
		return
	}
	for i, e := range s.Envs {
		switch path := diag.At("spec.envs", i); {
		case e.Name == schema.GangPort && s.IsGang():
			c.gangPort(path, e)
		case s.Reserves(e.Name):
			c.reserved(path+".name", e.Name)
		}
	}
	v := envRules{c, &schema.PodContainer{Container: &schema.Container{Envs: s.Envs, Secrets: s.Secrets}, Path: "spec"}}
	for i := range s.Secrets {
		if name := variableOf(&s.Secrets[i]); s.Reserves(name) || name == schema.GangPort && s.IsGang() {
			c.reserved(v.variablePath(i), name)
		}
	}
}

// reserved refuses a variable that Berth or a controller sets for the pods, with a way out that fits the variable. PET_
// begins the variables that torchrun takes its arguments from, LWS_ those of LeaderWorkerSet.
func (c *ruleContext) reserved(path, variable string) {
	p := diag.Problem{
		Code: diag.Gang, Path: path,
		Message: fmt.Sprintf("num_nodes sets the variable %s for each pod, and another value would keep the pods from finding one another", variable),
		Hint:    "remove it, or call yours otherwise, such as MY_" + strings.TrimPrefix(strings.TrimPrefix(variable, "PET_"), "LWS_"),
		Related: []diag.RelatedPath{{Path: "spec.num_nodes", Message: "num_nodes stands here"}},
	}
	switch variable {
	case schema.GangPort:
		p.Hint = "write it as a number: envs: [{name: " + variable + `, value: "29500"}]`
	case "NPROC_PER_NODE":
		p.Hint = "remove it; it is the number of devices, and a launcher takes another as an argument: torchrun --nproc-per-node=4"
	}
	c.add(p)
}

// gangPort: the port is one text for all pods, since other variables are made of it.
func (c *ruleContext) gangPort(path string, e schema.Env) {
	if c.refused(path) || e.Value == nil && c.present(path+".value") {
		return
	}
	if e.Value != nil {
		if n, err := strconv.ParseUint(*e.Value, 10, 16); err == nil && n > 0 {
			return
		}
		path += ".value"
	}
	c.add(diag.Problem{
		Code: diag.Gang, Path: path,
		Message: schema.GangPort + " is the port on which the pods of num_nodes machines find the first one, and this is no number of a port",
		Hint:    `write value: "` + c.plan.InEdition().GangPort + `", or leave it out`,
	})
}

// withGangBackoff lowers the tool's own limit of retries where several machines work together.
func withGangBackoff(spec *source.Node, limit schema.Default) *source.Node {
	own, nodes := spec.Get("backoff_limit"), spec.Get("num_nodes")
	if own == nil || own.Layer != source.ToolDefault || !nodes.Scalar() || strings.Trim(nodes.Text, "0123456789") != "" || nodes.Text == "0" || nodes.Text == "1" {
		return spec
	}
	lowered := *own
	lowered.Text = limit.Value
	return withField(spec, "backoff_limit", &lowered)
}

// lintGang warns of what lets one pod of a gang start again while the others wait for it in the middle of their work.
func lintGang(c *ruleContext) {
	s := &c.plan.Spec
	if !s.IsGang() || *s.NumNodes < 2 {
		return
	}
	// All of these are one trap: they start a single pod again, and the others are in the middle of their work.
	again := func(path, what string) {
		c.add(diag.Problem{
			Code: diag.Gang, Severity: diag.Warning, Path: path, AtKey: true,
			Message: what + " starts one pod again while the others wait for it in the middle of their work, mostly for ever",
			Hint:    c.wholeGang(),
		})
	}
	switch {
	case s.BackoffLimitPerIndex != nil && *s.BackoffLimitPerIndex > 0:
		again("spec.backoff_limit_per_index", "backoff_limit_per_index")
	case s.BackoffLimit != nil && *s.BackoffLimit > 0:
		again("spec.backoff_limit", fmt.Sprintf("backoff_limit %d", *s.BackoffLimit))
	}
	if s.RestartPolicy == "OnFailure" {
		again("spec.restart_policy", "restart_policy OnFailure")
	}
	if s.DNSPolicy == "Default" {
		c.add(diag.Problem{
			Code: diag.Gang, Severity: diag.Warning, Path: "spec.dns_policy",
			Message: "dns_policy Default asks the name servers of the machine, which do not know the pods by name",
			Hint:    "leave it out, so that the pods find one another",
		})
	}
	if s.PodFailurePolicy != nil {
		for i, r := range s.PodFailurePolicy.Rules {
			if r.Action == "Ignore" || r.Action == "FailIndex" {
				again(diag.At("spec.pod_failure_policy.rules", i)+".action", "action "+r.Action)
			}
		}
	}
}

// wholeGang is the way to a gang that starts again as a whole.
func (c *ruleContext) wholeGang() string {
	if c.plan.Spec.GangRestarts != nil {
		return "leave it out: gang_restarts starts all of them again"
	}
	return "leave it out: one failed pod then fails the job, or with gang_restarts: 3 all of them start again (a JobSet)"
}
