package compiler

import (
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

func TestGangRules(t *testing.T) {
	nodes := func(n int64, launcher string) func(*schema.Plan) {
		return func(p *schema.Plan) { p.Spec.NumNodes, p.Spec.Launcher = &n, launcher }
	}
	env := func(name, value string) func(*schema.Plan) {
		return func(p *schema.Plan) { p.Spec.Envs = []schema.Env{{Name: name, Value: &value}} }
	}
	name := func(n string) func(*schema.Plan) { return func(p *schema.Plan) { p.Name = n } }
	const c50 = "n1234567890123456789012345678901234567890123456789"
	runCases(t, "job", []ruleCase{
		{name: "two", change: nodes(2, "torchrun")},
		{name: "one", change: all(nodes(1, ""), func(p *schema.Plan) { p.Spec.BackoffLimit = ptr(int64(3)) })},
		{name: "completions", change: all(nodes(2, ""), func(p *schema.Plan) { p.Spec.Completions = ptr(int64(2)) }), at: "spec.completions", code: diag.Gang, key: true, says: "num_nodes"},
		{name: "hostname", change: all(nodes(2, ""), func(p *schema.Plan) { p.Spec.Hostname = "a" }), at: "spec.hostname", code: diag.Gang, key: true},
		{name: "launcher alone", change: func(p *schema.Plan) { p.Spec.Launcher = "jax" }, at: "spec.launcher", code: diag.Gang, key: true, says: "num_nodes"},
		{name: "the project's launcher", change: func(p *schema.Plan) { p.Spec.Launcher = "jax" }, layers: map[string]source.Layer{"spec.launcher": source.ProjectDefault}},
		{name: "rank", change: all(nodes(2, "torchrun"), env("RANK", "0")), at: "spec.envs[0].name", code: diag.Gang, says: "RANK"},
		{name: "of another launcher", change: all(nodes(2, "torchrun"), env("JAX_PROCESS_ID", "0"))},
		{name: "of a run alone", change: env("RANK", "0")},
		{name: "port", change: all(nodes(2, ""), env("MASTER_PORT", "1024"))},
		{name: "no port", change: all(nodes(2, ""), env("MASTER_PORT", "http")), at: "spec.envs[0].value", code: diag.Gang, says: "29500"},
		{name: "secret", change: all(nodes(2, "jax"), func(p *schema.Plan) { p.Spec.Secrets = []schema.SecretRef{{Name: "s", Key: "JAX_PROCESS_ID"}} }), at: "spec.secrets[0].key", code: diag.Gang},
		{name: "digit", change: all(nodes(2, ""), name("7b")), at: "name", code: diag.BadName, says: "run-7b"},
		{name: "50 characters", change: all(nodes(10, ""), name(c50))},
		{name: "50 characters and two digits", change: all(nodes(11, ""), name(c50)), at: "name", code: diag.NamesTooLong, says: "49 characters"},
		{name: "50 characters without a hash", change: all(nodes(11, ""), name(c50), func(p *schema.Plan) { p.Spec.RunPolicy = "recreate" })},
		{name: "retries", change: all(nodes(2, ""), func(p *schema.Plan) { p.Spec.BackoffLimit = ptr(int64(1)) }), at: "spec.backoff_limit", code: diag.Gang, key: true, warning: true},
		{name: "too many", change: nodes(100_001, ""), at: "spec.num_nodes", code: diag.OutOfRange, says: "at most"},
	})
}
