package compiler

import (
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

func every(schedule string) func(*schema.Plan) {
	return func(p *schema.Plan) { p.Spec.Schedule = schedule }
}

func policy(name, gitops string) func(*schema.Plan) {
	return func(p *schema.Plan) { p.Spec.RunPolicy, p.Target.GitOps = name, gitops }
}

func TestRunPolicyRules(t *testing.T) {
	outOfSync := &Project{Spec: schema.ProjectSpec{ArgoCD: &schema.ArgoCD{ApplyOutOfSyncOnly: ptr(true)}}}
	ttl := func(p *schema.Plan) { p.Spec.TTLSecondsAfterFinished = ptr(int64(60)) }
	rerun := func(p *schema.Plan) { p.Spec.Rerun = ptr(int64(2)) }
	phase := func(p *schema.Plan) { p.Spec.HookPhase = "PreSync" }
	runCases(t, "job", []ruleCase{
		{name: "schedule and policy", change: all(every("@daily"), policy("once", "none")), at: "spec.run_policy", code: diag.RunPolicy, says: "schedule"},
		{name: "schedule and default policy", change: all(every("@daily"), policy("once", "none")), layers: map[string]source.Layer{"spec.run_policy": source.ToolDefault}},
		{name: "hook", change: all(policy("hook", "argocd"), phase, ttl)},
		{name: "hook with Flux", change: policy("hook", "flux"), at: "spec.run_policy", code: diag.RunPolicy, says: "argocd"},
		{name: "phase without hook", change: all(policy("once", "argocd"), phase), at: "spec.hook_phase", code: diag.RunPolicy, key: true, says: "hook"},
		{name: "recreate with Flux", change: policy("recreate", "flux")},
		{name: "recreate with Argo CD", change: policy("recreate", "argocd"), at: "spec.run_policy", code: diag.RunPolicy, says: "ApplyOutOfSyncOnly"},
		{name: "recreate with Argo CD that syncs what changed", change: policy("recreate", "argocd"), project: outOfSync},
		{name: "recreate in a queue", change: all(policy("recreate", "flux"), func(p *schema.Plan) { p.Spec.Queue = "q" }), at: "spec.run_policy", code: diag.RunPolicy, says: "queue"},
		{name: "time to live", change: ttl, at: "spec.ttl_seconds_after_finished", code: diag.RunPolicy, key: true, says: "again"},
		{name: "time to live with a schedule", change: all(every("@daily"), ttl)},
		{name: "time to live of a template", change: all(policy("template", "none"), ttl)},
		{name: "rerun", change: rerun},
		{name: "rerun with a schedule", change: all(every("@daily"), rerun), at: "spec.rerun", code: diag.RunPolicy, key: true, says: "CronJob"},
	})
}

func indexed(completions int64, name string) func(*schema.Plan) {
	return func(p *schema.Plan) {
		p.Name, p.Spec.CompletionMode = name, "Indexed"
		if completions >= 0 {
			p.Spec.Completions = &completions
		}
	}
}

func TestJobRules(t *testing.T) {
	runCases(t, "job", []ruleCase{
		{name: "indexed", change: indexed(100, strings.Repeat("a", 49))},
		{name: "indexed, a longer number", change: indexed(101, strings.Repeat("a", 49)), at: "name", code: diag.NamesTooLong, says: "48"},
		{name: "indexed without a hash", change: all(indexed(101, strings.Repeat("a", 52)), policy("recreate", "flux"))},
		{name: "indexed without completions", change: indexed(-1, "a"), at: "spec.completion_mode", code: diag.MissingField, says: "completions"},
		{name: "indexed, too many at a time", change: all(indexed(5, "a"), func(p *schema.Plan) { p.Spec.Parallelism = ptr(int64(100_001)) }), at: "spec.parallelism", code: diag.OutOfRange, says: "100000"},
	})
}
