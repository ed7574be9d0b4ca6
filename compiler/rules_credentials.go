package compiler

import (
	"slices"
	"strings"

	"berth/diag"
)

// shortestSecret is the length in bytes below which nothing is taken for a secret.
const shortestSecret = 10

// checkCredentials refuses texts that look like secrets, wherever one would end up in Git. No message repeats the text.
func checkCredentials(c *ruleContext) {
	s := &c.plan.Spec
	for i := range s.Envs {
		e := &s.Envs[i]
		if e.Value == nil {
			continue
		}
		kind := secretIn(*e.Value)
		if kind == "" && namesSecret(e.Name) && looksRandom(*e.Value) {
			kind = "a secret"
		}
		if kind != "" {
			c.credential(kind, item(envList, i, "value"),
				"write it into a Secret, and here secrets: [{name: <secret>, key: <key>, env: "+e.Name+"}] instead of envs")
		}
	}
	c.credentialsIn("spec.command", s.Command)
	c.credentialsIn("spec.args", s.Args)
	c.credential(secretIn(s.WorkingDir), "spec.working_dir", toSecrets)
	c.credential(secretIn(s.Image), "spec.image", "name a Secret with the registry's credentials under image_pull_secrets")
	for key, value := range c.plan.Annotations {
		if kind := secretIn(value); kind != "" {
			c.credential(kind, diag.Join("annotations", key), "annotations are no place for secrets: "+toSecrets)
		}
	}
}

const toSecrets = "write it into a Secret, name that under secrets, and refer to the variable as $(NAME)"

func (c *ruleContext) credentialsIn(list string, texts []string) {
	for i, text := range texts {
		if kind := secretIn(text); kind != "" {
			c.credential(kind, diag.At(list, i), toSecrets)
		}
	}
}

func secretIn(text string) string {
	if len(text) < shortestSecret {
		return ""
	}
	return diag.SecretKind(text)
}

func (c *ruleContext) credential(kind, path, hint string) {
	if kind != "" {
		c.add(diag.Problem{
			Code: diag.Credential, Path: path,
			Message: words(path) + " looks like " + kind + ", which would stay in Git for ever; secrets are only ever named",
			Hint:    hint,
		})
	}
}

// secretWords are the words by which people call secrets; notSecret are last words of names that only have to do with one.
var (
	secretWords = []string{"PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY"}
	secretPairs = []string{"API_KEY", "ACCESS_KEY", "PRIVATE_KEY"}
	notSecret   = []string{"NAME", "FILE", "PATH", "DIR", "URL", "HOST", "ID", "TYPE", "REF", "VERSION", "MODEL"}
)

// namesSecret reports whether a variable is called like a secret: DB_PASSWORD, but neither TOKENIZER nor SECRET_NAME.
func namesSecret(name string) bool {
	name = strings.ToUpper(name)
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	if len(words) == 0 || contains(notSecret, words[len(words)-1]) {
		return false
	}
	return slices.ContainsFunc(words, func(w string) bool { return contains(secretWords, w) }) ||
		slices.ContainsFunc(secretPairs, func(p string) bool { return strings.Contains(name, p) })
}

// looksRandom reports whether a text is long, of one piece, and mixed of letters and digits.
func looksRandom(text string) bool {
	return len(text) >= 16 && !strings.ContainsAny(text, " /\t\n") && !strings.Contains(text, "$(") &&
		strings.ContainsAny(text, "0123456789") && strings.ContainsFunc(text, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' })
}
