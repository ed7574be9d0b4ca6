package compiler

import (
	"testing"

	"berth/internal/diag"
	"berth/schema"
)

func envs(e ...schema.Env) func(*schema.Plan) { return func(p *schema.Plan) { p.Spec.Envs = e } }

func secrets(s ...schema.SecretRef) func(*schema.Plan) {
	return func(p *schema.Plan) { p.Spec.Secrets = s }
}

func TestEnvRules(t *testing.T) {
	value := func(name, text string) func(*schema.Plan) { return envs(schema.Env{Name: name, Value: &text}) }
	const secretValue = "k7Kq2mV9tRb4Zs1WcP8e"
	runCases(t, "job", []ruleCase{
		{name: "empty", change: value("A", "")},
		{name: "nothing", change: envs(schema.Env{Name: "A"}), at: "spec.envs[0]", code: diag.MissingField, says: "value"},
		{name: "nothing, beside a misspelt field", change: envs(schema.Env{Name: "A"}), refused: "spec.envs[0]"},
		{name: "two", change: envs(schema.Env{Name: "A", Value: ptr("x"), Field: "metadata.name"}), at: "spec.envs[0].field", code: diag.Env, key: true, says: "never both"},
		{name: "a key alone", change: envs(schema.Env{Name: "A", Key: "k"}), at: "spec.envs[0].key", code: diag.Env, key: true, says: "secrets"},
		{name: "a ConfigMap alone", change: envs(schema.Env{Name: "A", ConfigMap: "c"}), at: "spec.envs[0]", code: diag.MissingField, says: "key"},
		{name: "a label", change: envs(schema.Env{Name: "A", Field: "metadata.labels['app.kubernetes.io/name']"})},
		{name: "a field in another case", change: envs(schema.Env{Name: "A", Field: "status.podIp"}), at: "spec.envs[0].field", code: diag.Env, says: "status.podIP", replace: "status.podIP"},
		{name: "all labels", change: envs(schema.Env{Name: "A", Field: "metadata.labels"}), at: "spec.envs[0].field", code: diag.Env, says: "metadata"},
		{name: "secrets", change: secrets(schema.SecretRef{Name: "s"}, schema.SecretRef{Name: "s", Key: "k-1", Env: "K"})},
		{name: "a variable of no key", change: secrets(schema.SecretRef{Name: "s", Env: "K"}), at: "spec.secrets[0].env", code: diag.Env, key: true, says: "key"},
		{name: "no name for a shell", change: secrets(schema.SecretRef{Name: "s", Key: "db.pass"}), at: "spec.secrets[0].key", code: diag.Env, says: "DB_PASS"},
		{name: "secret and env", change: all(value("K", "x"), secrets(schema.SecretRef{Name: "s", Key: "k", Env: "K"})), at: "spec.secrets[0].env", code: diag.Env, says: "Secret s"},
		{name: "two secrets", change: secrets(schema.SecretRef{Name: "s", Key: "K"}, schema.SecretRef{Name: "t", Key: "k", Env: "K"}), at: "spec.secrets[1].env", code: diag.Duplicate, says: "K"},
		{name: "by its name", change: value("DB_PASSWORD", secretValue), at: "spec.envs[0].value", code: diag.Credential, says: "secrets"},
		{name: "not by its name", change: value("MODEL", secretValue)},
		{name: "a tokenizer", change: value("TOKENIZER", "bert-base-uncased-v2")},
		{name: "the name of a secret", change: value("SECRET_NAME", "churn-database-2026")},
		{name: "a reference", change: value("TOKEN", "$(OTHER_TOKEN_12345)")},
	})
}
