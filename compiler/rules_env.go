package compiler

import (
	"cmp"
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/schema"
)

// pullSecretList is the list in the plan.
const pullSecretList = "spec.image_pull_secrets"

// envRules are the rules for the variables of one container.
type envRules struct {
	*ruleContext
	*schema.PodContainer
}

// envs is the path of the container's variables.
func (c envRules) envs() string { return c.Path + ".envs" }

// secrets is the path of the container's Secrets.
func (c envRules) secrets() string { return c.Path + ".secrets" }

// checkEnvs: each variable has exactly one source, and a source that exists.
func checkEnvs(c *ruleContext) {
	for n := range c.pod() {
		v := envRules{c, &c.pod()[n]}
		for i := range v.Envs {
			v.source(i, &v.Envs[i])
			v.ofSource(i, &v.Envs[i])
		}
	}
}

// source holds one variable to one source: a value, a field of the pod, or a key of a ConfigMap. An empty value is a
// value; a nil one is none.
func (c envRules) source(i int, e *schema.Env) {
	switch {
	case e.Value != nil && (e.Field != "" || e.ConfigMap != "") || e.Field != "" && e.ConfigMap != "":
		c.severalSources(i, e)
	case e.Key != "" && e.ConfigMap == "":
		c.keyAlone(i, e)
	case e.Value == nil && e.Field == "" && e.ConfigMap == "":
		c.noSource(i, e)
	case e.ConfigMap != "" && e.Key == "":
		c.addTo(c.envs(), i, diag.Problem{
			Code: diag.MissingField, Path: diag.At(c.envs(), i),
			Message: fmt.Sprintf("variable %s names a ConfigMap, and not which key of it", e.Name), Hint: "write key: <key>",
		})
	case e.Field != "" && !downwardField(e.Field):
		c.badField(i, e)
	}
}

// ofSource refuses what belongs to another source than the variable has.
func (c envRules) ofSource(i int, e *schema.Env) {
	if e.Optional != nil && e.ConfigMap == "" {
		c.misplaced(i, e, "optional", "config_map")
	}
	if e.Divisor != "" || e.Container != "" {
		c.amountOf(diag.At(c.envs(), i), e.Field, e.Divisor, e.Container)
	}
}

// misplaced refuses a field of another source; owner is the field that it belongs to.
func (c envRules) misplaced(i int, e *schema.Env, field, owner string) {
	c.addTo(c.envs(), i, diag.Problem{
		Code: diag.Env, Path: item(c.envs(), i, field), AtKey: true,
		Message: fmt.Sprintf("%s belongs to %s, which variable %s is not taken from", field, owner, e.Name), Hint: "remove " + field,
	})
}

// isAmount reports whether a field of the downward API is the amount of a resource.
func isAmount(field string) bool {
	return strings.HasPrefix(field, "limits.") || strings.HasPrefix(field, "requests.")
}

// amountsOf holds the fields that a volume shows against amountOf.
func (c *ruleContext) amountsOf(list string, items []schema.VolumeItem) {
	for i, item := range items {
		if item.Divisor != "" || item.Container != "" {
			c.amountOf(diag.At(list, i), item.Field, item.Divisor, item.Container)
		}
	}
}

// amountOf: an amount alone has a unit and a container, and the container is one of the pod's.
func (c *ruleContext) amountOf(at, field, divisor, container string) {
	if c.refused(at) {
		return
	}
	// Only the amounts of resources have a unit and belong to a container (ResourceFieldSelector of
	// k8s.io/api/core/v1).
	for _, f := range []string{"divisor", "container"} {
		if path := diag.Join(at, f); c.present(path) && field != "" && !isAmount(field) {
			c.add(diag.Problem{
				Code: diag.Env, Path: path, AtKey: true,
				Message: fmt.Sprintf("%s belongs to an amount such as limits.memory, and %s is none", f, field), Hint: "remove " + f,
			})
			return
		}
	}
	var names []string
	for _, other := range c.pod() {
		names = append(names, other.Name)
	}
	if container != "" && !contains(names, container) {
		p := diag.Problem{
			Code: diag.Container, Path: at + ".container",
			Message: fmt.Sprintf("the pod has no container %s", diag.Quote(container)), Hint: "write " + diag.OneOf(names),
		}
		if best, ok := diag.Nearest(container, names); ok {
			p.Hint, p.Replace = "did you mean "+best+"?", best
		}
		c.add(p)
	}
	// An unset divisor is 1 to Kubernetes.
	if q, ok := quantity.Parse(divisor); divisor != "" && (!ok || q.Sign() == 0) {
		c.add(diag.Problem{Code: diag.BadQuantity, Path: at + ".divisor", Message: "nothing can be divided by " + diag.Quote(divisor), Hint: "write a unit such as 1Mi or 1m"})
	}
}

// severalSources names the two that stand there, in the order value, field, config_map, of which the later one is
// refused.
func (c envRules) severalSources(i int, e *schema.Env) {
	first, second := "value", "field"
	if e.Field == "" {
		second = "config_map"
	} else if e.Value == nil {
		first, second = "field", "config_map"
	}
	c.addTo(c.envs(), i, diag.Problem{
		Code: diag.Env, Path: item(c.envs(), i, second), AtKey: true,
		Message: fmt.Sprintf("variable %s has %s or %s, never both", e.Name, first, second), Hint: "remove one of the two",
		Related: []diag.RelatedPath{{Path: item(c.envs(), i, first), Message: first + " stands here"}},
	})
}

// keyAlone refuses a key without its ConfigMap; the hint also shows the way to a key of a Secret, which is what many
// mean.
func (c envRules) keyAlone(i int, e *schema.Env) {
	c.addTo(c.envs(), i, diag.Problem{
		Code: diag.Env, Path: item(c.envs(), i, "key"), AtKey: true,
		Message: fmt.Sprintf("variable %s names a key, and not of which ConfigMap", e.Name),
		Hint:    fmt.Sprintf("write config_map: <name>; the key of a Secret stands under secrets: {name: <secret>, key: %s, env: %s}", e.Key, e.Name),
	})
}

// noSource refuses a variable that nothing gives a value. The API server would take it as an empty text.
func (c envRules) noSource(i int, e *schema.Env) {
	c.addTo(c.envs(), i, diag.Problem{
		Code: diag.MissingField, Path: diag.At(c.envs(), i),
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

// downwardField reports whether a variable can be taken from a field of the pod: one of the list, huge pages, or one
// label or annotation by its key in quotes.
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

// badField offers the nearest field that there is; another spelling of one is a certain fix.
func (c envRules) badField(i int, e *schema.Env) {
	p := diag.Problem{
		Code: diag.Env, Path: item(c.envs(), i, "field"),
		Message: fmt.Sprintf("%s is no field that a variable can be taken from", diag.Quote(e.Field)),
		Hint:    "write " + diag.OneOf(append(downwardFields[:len(downwardFields):len(downwardFields)], "metadata.labels['<key>']", "metadata.annotations['<key>']")),
	}
	if best, ok := nearestChoice(e.Field, downwardFields); ok {
		p.Hint, p.Replace, p.Certain = "did you mean "+best+"?", best, diag.SameName(best, e.Field)
	}
	c.addTo(c.envs(), i, p)
}

// checkSecrets: one key of a Secret becomes one variable, and a whole Secret has no single name.
func checkSecrets(c *ruleContext) {
	for n := range c.pod() {
		v := envRules{c, &c.pod()[n]}
		for i := range v.Secrets {
			v.secret(i, &v.Secrets[i])
		}
	}
}

// secret checks one item of `secrets`: with a key it becomes one variable, which `env` may name; without, all keys
// become variables, which `prefix` may mark.
func (c envRules) secret(i int, s *schema.SecretRef) {
	switch {
	case s.Key == "" && s.Env != "":
		c.addTo(c.secrets(), i, diag.Problem{
			Code: diag.Env, Path: item(c.secrets(), i, "env"), AtKey: true,
			Message: fmt.Sprintf("env names one variable, and without key Secret %s becomes as many as it has keys", s.Name),
			Hint:    "write key: <key>, or remove env",
		})
	case s.Key != "" && s.Prefix != "":
		c.addTo(c.secrets(), i, diag.Problem{
			Code: diag.Env, Path: item(c.secrets(), i, "prefix"), AtKey: true,
			Message: fmt.Sprintf("prefix is for all keys of a Secret, and this is key %s alone", s.Key),
			Hint:    "write env: " + shellName(s.Prefix+s.Key) + " instead, or remove key",
		})
	case s.Key != "" && s.Env == "" && !schema.TypeShellName.AcceptsText(s.Key):
		c.addTo(c.secrets(), i, diag.Problem{
			Code: diag.Env, Path: item(c.secrets(), i, "key"),
			Message: fmt.Sprintf("no shell can read a variable called %s", diag.Quote(s.Key)),
			Hint:    "write env: " + shellName(s.Key) + " beside it",
		})
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
	for n := range c.pod() {
		if v := (envRules{c, &c.pod()[n]}); len(v.Secrets) > 0 {
			v.oneSource()
		}
	}
}

// oneSource takes time in proportion to the variables: what is hostile has thousands of them.
func (c envRules) oneSource() {
	var taken map[string]int
	said := make(map[string][]int, len(c.Envs))
	for j, e := range c.Envs {
		said[e.Name] = append(said[e.Name], j)
	}
	for i := range c.Secrets {
		s := &c.Secrets[i]
		name := variableOf(s)
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
			}, item(c.envs(), j, "name"))
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

// variablePath is where the variable of a Secret's key has its name: at env, or else at the key.
func (c envRules) variablePath(secret int) string {
	if env := item(c.secrets(), secret, "env"); c.present(env) {
		return env
	}
	return item(c.secrets(), secret, "key")
}
