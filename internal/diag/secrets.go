package diag

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// privateKey is the one secret that has several lines; its end may be missing.
const privateKey = `-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|\z)`

// secretShapes are the texts that are known to be secrets by their looks alone, with the words for each. Only shapes
// that their issuers made to be recognised stand here: a guess from length or randomness would hide digests and names.
//
// A text without any of the marks of a shape is none of it: looking for those costs a hundredth of the pattern.
var secretShapes = []struct {
	kind    string
	marks   []string
	pattern string
}{
	{"a private key", []string{"PRIVATE KEY"}, privateKey},
	{"an AWS access key", []string{"AKIA", "ASIA", "ABIA", "ACCA"}, `\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`},
	{"a GitHub token", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}, `\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{22,}`},
	{"a GitLab token", []string{"glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "gloas-"}, `\bgl(?:pat|dt|rt|cbt|ptt|ft|oas)-[A-Za-z0-9_.-]{20,}`},
	{"a Hugging Face token", []string{"hf_", "api_org_"}, `\b(?:hf|api_org)_[A-Za-z0-9]{30,}`},
	{"a Slack token", []string{"xox", "xapp-"}, `\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}`},
	{"a Google API key", []string{"AIza"}, `\bAIza[A-Za-z0-9_-]{35}`},
	{"an API key", []string{"sk-", "k_live_", "k_test_"}, `\bsk-(?:proj|svcacct|admin|ant-[a-z0-9]+|or-v1|lf)-[A-Za-z0-9_-]{20,}|\bsk-[A-Za-z0-9]{20,}|\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}`},
	{"a package registry's token", []string{"npm_", "pypi-"}, `\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{40,}`},
	{"a Databricks token", []string{"dapi"}, `\bdapi[0-9a-f]{32}\b`},
	{"a Vault token", []string{"hvs.", "hvb."}, `\bhv[sb]\.[A-Za-z0-9_-]{24,}`},
	{"a key of a model's host", []string{"r8_", "gsk_", "nvapi-", "xai-", "pplx-", "lsv2_"}, `\b(?:r8_[A-Za-z0-9]{37}|gsk_[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_-]{50,}|xai-[A-Za-z0-9]{60,}|pplx-[A-Za-z0-9]{40,}|lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10})`},
	{"a webhook's address", []string{"hooks.slack.com/", "discord.com/api/webhooks/", "webhook.office.com/"}, `\bhooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9_/]{30,}|\bdiscord\.com/api/webhooks/[0-9]{15,}/[A-Za-z0-9_-]{40,}|\bwebhook\.office\.com/webhookb2/[A-Za-z0-9@/-]{60,}`},
	{"a service's token", []string{"SG.", "dop_v1_", "doo_v1_", "dor_v1_", "dckr_pat_", "lin_api_", "shpat_", "glsa_", "ATATT3", "pul-", "tskey-", "rubygems_", "ntn_", "AGE-SECRET-KEY-1", "dp.pt.", "sbp_", "figd_", "PMAK-"},
		`\b(?:SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{30,}|do[opr]_v1_[a-f0-9]{64}|dckr_pat_[A-Za-z0-9_-]{24,}|lin_api_[A-Za-z0-9]{40}|shpat_[a-fA-F0-9]{32}|glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|ATATT3[A-Za-z0-9_=-]{100,}|pul-[a-f0-9]{40}|tskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{20,}|rubygems_[a-f0-9]{48}|ntn_[A-Za-z0-9]{40,}|AGE-SECRET-KEY-1[0-9A-Z]{58}|dp\.pt\.[A-Za-z0-9]{40,}|sbp_[a-f0-9]{40}|figd_[A-Za-z0-9_-]{40}|PMAK-[a-f0-9]{24}-[a-f0-9]{34})`},
	{"an Azure storage key", []string{"AccountKey="}, `\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}`},
	{"a signed web token", []string{"eyJ"}, `\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*`},
	{"an address with a password in it", []string{"://"}, `\b[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@"']*:[^/\s:@"'$<{][^/\s@"']*@`},
}

// The patterns are compiled when a text has the marks of one: all of them at once are a tenth of the program's start.
var (
	secretKinds = secretShapesOnDemand()
	secretText  = onDemand(joinSecretShapes())
	keyText     = onDemand(privateKey)
)

// secretShapesOnDemand has a function for each shape, in their order.
func secretShapesOnDemand() []func() *regexp.Regexp {
	patterns := make([]func() *regexp.Regexp, len(secretShapes))
	for i, s := range secretShapes {
		patterns[i] = onDemand(s.pattern)
	}
	return patterns
}

// onDemand compiles a pattern when it is first asked for, once, from any goroutine.
func onDemand(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// joinSecretShapes is one pattern for all shapes: concealing asks where secrets are, and not of which kind.
func joinSecretShapes() string {
	var all []string
	for _, s := range secretShapes {
		all = append(all, "(?:"+s.pattern+")")
	}
	return strings.Join(all, "|")
}

// secretStarts has every pair of bytes that a mark begins with. Most texts have none of them, and looking for pairs is a
// tenth of looking for every mark.
var secretStarts = pairsOfMarks()

// pairsOfMarks is indexed by two bytes; every mark has at least two.
func pairsOfMarks() *[1 << 16]bool {
	var starts [1 << 16]bool
	for _, shape := range secretShapes {
		for _, mark := range shape.marks {
			starts[int(mark[0])<<8|int(mark[1])] = true
		}
	}
	return &starts
}

// mayHoldSecret is false only for texts that hold no mark at all.
func mayHoldSecret(text string) bool {
	for i := 1; i < len(text); i++ {
		if secretStarts[int(text[i-1])<<8|int(text[i])] {
			return true
		}
	}
	return false
}

// SecretKind says what a text holds that is a secret by its looks, as in "a GitHub token"; it is empty when the text
// holds none that is known. It never repeats the text.
func SecretKind(text string) string {
	if !mayHoldSecret(text) {
		return ""
	}
	for i := range secretShapes {
		if marked(text, secretShapes[i].marks) && slices.ContainsFunc(secretKinds[i]().FindAllString(text, -1), isFilled) {
			return secretShapes[i].kind
		}
	}
	return ""
}

// isFilled reports whether a text of a secret's shape is more than a place for one, such as sk-xxxxxxxxxxxxxxxxxxxxxxxx.
func isFilled(text string) bool {
	end := text[max(0, len(text)-12):]
	return end[0] == '-' || strings.Trim(end, end[:1]) != ""
}

func marked(text string, marks []string) bool {
	for _, mark := range marks {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// conceal replaces what looks like a secret. No message needs it, and build logs are read by many.
func conceal(text string) string {
	if !hasMark(text) {
		return text
	}
	return secretText().ReplaceAllString(text, "***")
}

// hasMark reports whether a text has a mark of some shape: without one there is no secret in it.
func hasMark(text string) bool {
	if !mayHoldSecret(text) {
		return false
	}
	for i := range secretShapes {
		if marked(text, secretShapes[i].marks) {
			return true
		}
	}
	return false
}
