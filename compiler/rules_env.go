package compiler

import (
	"cmp"
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

const (
	envList        = "spec.envs"
	secretList     = "spec.secrets"
	pullSecretList = "spec.image_pull_secrets"
)

// checkEnvs: each variable has exactly one source, and a source that exists.
func checkEnvs(c *ruleContext) {
	for i := range c.plan.Spec.Envs {
		e := &c.plan.Spec.Envs[i]
		switch {
		case e.Value != nil && (e.Field != "" || e.ConfigMap != "") || e.Field != "" && e.ConfigMap != "":
			c.severalSources(i, e)
		case e.Key != "" && e.ConfigMap == "":
			c.keyAlone(i, e)
		case e.Value == nil && e.Field == "" && e.ConfigMap == "":
			c.noSource(i, e)
		case e.ConfigMap != "" && e.Key == "":
			c.addTo(envList, i, diag.Problem{
				Code: diag.MissingField, Path: diag.At(envList, i),
				Message: fmt.Sprintf("variable %s names a ConfigMap, and not which key of it", e.Name), Hint: "write key: <key>",
			})
		case e.Field != "" && !downwardField(e.Field):
			c.badField(i, e)
		}
	}
}

func (c *ruleContext) severalSources(i int, e *schema.Env) {
	first, second := "value", "field"
	if e.Field == "" {
		second = "config_map"
	} else if e.Value == nil {
		first, second = "field", "config_map"
	}
	c.addTo(envList, i, diag.Problem{
		Code: diag.Env, Path: item(envList, i, second), AtKey: true,
		Message: fmt.Sprintf("variable %s has %s or %s, never both", e.Name, first, second), Hint: "remove one of the two",
		Related: []diag.RelatedPath{{Path: item(envList, i, first), Message: first + " stands here"}},
	})
}

func (c *ruleContext) keyAlone(i int, e *schema.Env) {
	c.addTo(envList, i, diag.Problem{
		Code: diag.Env, Path: item(envList, i, "key"), AtKey: true,
		Message: fmt.Sprintf("variable %s names a key, and not of which ConfigMap", e.Name),
		Hint:    fmt.Sprintf("write config_map: <name>; the key of a Secret stands under secrets: {name: <secret>, key: %s, env: %s}", e.Key, e.Name),
	})
}

func (c *ruleContext) noSource(i int, e *schema.Env) {
	c.addTo(envList, i, diag.Problem{
		Code: diag.MissingField, Path: diag.At(envList, i),
		Message: fmt.Sprintf("variable %s has no value", e.Name),
		Hint:    `write value, field, or config_map and key; an empty text is value: ""`,
	})
}

// downwardFields are what a variable may be taken from (validEnvDownwardAPIFieldPathExpressions and
// validContainerResourceFieldPathExpressions of the API server), beside one label, one annotation and huge pages.
var downwardFields = []string{
	"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
	"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
	"limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
}

func downwardField(field string) bool {
	if contains(downwardFields, field) || strings.HasPrefix(field, "limits.hugepages-") || strings.HasPrefix(field, "requests.hugepages-") {
		return true
	}
	for _, prefix := range []string{"metadata.labels['", "metadata.annotations['"} {
		if key, ok := strings.CutPrefix(field, prefix); ok {
			key, ok = strings.CutSuffix(key, "']")
			return ok && schema.TypeLabelKey.AcceptsText(key)
		}
	}
	return false
}

func (c *ruleContext) badField(i int, e *schema.Env) {
	p := diag.Problem{
		Code: diag.Env, Path: item(envList, i, "field"),
		Message: fmt.Sprintf("%s is no field that a variable can be taken from", diag.Quote(e.Field)),
		Hint:    "write " + diag.OneOf(append(downwardFields[:len(downwardFields):len(downwardFields)], "metadata.labels['<key>']", "metadata.annotations['<key>']")),
	}
	if best, ok := nearestChoice(e.Field, downwardFields); ok {
		p.Hint, p.Replace, p.Certain = "did you mean "+best+"?", best, diag.SameName(best, e.Field)
	}
	c.addTo(envList, i, p)
}

// checkSecrets: one key of a Secret becomes one variable, and a whole Secret has no single name.
func checkSecrets(c *ruleContext) {
	for i, s := range c.plan.Spec.Secrets {
		switch {
		case s.Key == "" && s.Env != "":
			c.addTo(secretList, i, diag.Problem{
				Code: diag.Env, Path: item(secretList, i, "env"), AtKey: true,
				Message: fmt.Sprintf("env names one variable, and without key Secret %s becomes as many as it has keys", s.Name),
				Hint:    "write key: <key>, or remove env",
			})
		case s.Key != "" && s.Env == "" && !schema.TypeShellName.AcceptsText(s.Key):
			c.addTo(secretList, i, diag.Problem{
				Code: diag.Env, Path: item(secretList, i, "key"),
				Message: fmt.Sprintf("no shell can read a variable called %s", diag.Quote(s.Key)),
				Hint:    "write env: " + shellName(s.Key) + " beside it",
			})
		}
	}
}

// shellName makes of a key the name that people would give the variable.
func shellName(key string) string {
	name := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(key))
	if name[0] >= '0' && name[0] <= '9' {
		return "_" + name
	}
	return name
}

// checkPullSecrets: the API server warns of a Secret that is named twice (k8s.io/kubernetes/pkg/api/pod/warnings.go).
func checkPullSecrets(c *ruleContext) {
	var named map[string]int
	for i, name := range c.plan.Spec.ImagePullSecrets {
		if j, twice := firstOf(&named, name, i); twice && name != "" {
			c.twice(diag.At(pullSecretList, j), diag.At(pullSecretList, i), fmt.Sprintf("%s stands twice in image_pull_secrets", diag.Quote(name)), "keep one of them")
		}
	}
}

// checkVariables: no variable may come from two places: Kubernetes takes the last one without a word.
func checkVariables(c *ruleContext) {
	if len(c.plan.Spec.Secrets) == 0 {
		return
	}
	var taken map[string]int
	said := make(map[string][]int, len(c.plan.Spec.Envs))
	for j, e := range c.plan.Spec.Envs {
		said[e.Name] = append(said[e.Name], j)
	}
	for i, s := range c.plan.Spec.Secrets {
		name := variableOf(&s)
		if name == "" {
			continue
		}
		if j, twice := firstOf(&taken, name, i); twice {
			c.twice(c.variablePath(j), c.variablePath(i), fmt.Sprintf("two secrets become the variable %s", name), "give one of them another env")
		}
		for _, j := range said[name] {
			c.conflict(diag.Problem{
				Code: diag.Env, Path: c.variablePath(i),
				Message: fmt.Sprintf("variable %s comes from envs and from Secret %s", name, s.Name), Hint: "remove one of the two, or rename it",
			}, item(envList, j, "name"))
		}
	}
}

// variableOf is the variable that one key of a Secret becomes; empty for a whole Secret.
func variableOf(s *schema.SecretRef) string {
	if s.Key == "" {
		return ""
	}
	return cmp.Or(s.Env, s.Key)
}

func (c *ruleContext) variablePath(secret int) string {
	if env := item(secretList, secret, "env"); c.present(env) {
		return env
	}
	return item(secretList, secret, "key")
}
