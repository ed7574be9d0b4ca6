package diag

import (
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	for token, want := range map[string]string{
		"32GB":                               "`32GB`",
		"":                                   "``",
		`say "x"`:                            "`say \"x\"`",
		"a`b":                                "\"a`b\"",
		"a\nb\t\x1b\u202e\xff":               "`a\\nb\\t\\x1b\\u202e\\xff`",
		"日本 é":                               "`日本 é`",
		strings.Repeat("é", 61):              "`" + strings.Repeat("é", 60) + "…`",
		"ghp_" + strings.Repeat("a1B2", 9):   "`***`",
		"https://u:secret@example.com/a.git": "`***example.com/a.git`",
	} {
		if got := Quote(token); got != want {
			t.Errorf("Quote(%q) = %s, want %s", token, got, want)
		}
	}
}

func TestLists(t *testing.T) {
	for want, items := range map[string][]string{
		"nothing": nil, "job": {"job"}, "job or deploy": {"job", "deploy"}, "ClusterIP, NodePort or LoadBalancer": {"ClusterIP", "NodePort", "LoadBalancer"},
	} {
		if got := OneOf(items); got != want {
			t.Errorf("OneOf(%q) = %q, want %q", items, got, want)
		}
	}
	if got := AllOf([]string{"a", "b", "c"}); got != "a, b and c" {
		t.Errorf("AllOf: %q", got)
	}
	for n, want := range map[int]string{0: "0 policies", 1: "1 policy", 2: "2 policies"} {
		if got := Count(n, "policy", "policies"); got != want {
			t.Errorf("Count(%d) = %q", n, got)
		}
	}
}

// TestSecretKind puts the texts together here, so that no scanner of secrets finds one in this file.
func TestSecretKind(t *testing.T) {
	ten := "a1B2c3D4e5"
	for text, want := range map[string]string{
		"-----BEGIN " + "RSA PRIVATE KEY-----\nMIIE": "a private key",
		"AKIA" + "IOSFODNN7EXAMPLE":                  "an AWS access key",
		"ghp_" + ten + ten + ten + "abcdef":          "a GitHub token",
		"github_pat_" + ten + ten + ten:              "a GitHub token",
		"glpat-" + ten + ten:                         "a GitLab token",
		"hf_" + strings.Repeat("abCdE", 7):           "a Hugging Face token",
		"xoxb-" + "123456789012-" + ten:              "a Slack token",
		"AIza" + ten + ten + ten + "abcde":           "a Google API key",
		"sk-" + ten + ten + ten:                      "an API key",
		"dapi" + strings.Repeat("0123abcd", 4):       "a Databricks token",
		"eyJ" + ten + ".eyJ" + ten + ".x":            "a signed web token",
		"postgres://app:" + "hunter2@db:5432/app":    "an address with a password in it",

		"ghcr.io/acme/churn@sha256:" + strings.Repeat("0123456789abcdef", 4): "",
		"https://example.com:8080/a@b":                                       "",
		"postgres://app:$(PASSWORD)@db/app":                                  "",
		"sk-learn":                                                           "",
		"task-" + ten:                                                        "",
		"hf_model":                                                           "",
	} {
		if got := SecretKind(text); got != want {
			t.Errorf("SecretKind(%q) = %q, want %q", text, got, want)
		}
		if conceal(text) == text != (want == "") {
			t.Errorf("conceal(%q) = %q", text, conceal(text))
		}
	}
}
