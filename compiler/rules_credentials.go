package compiler

import (
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// shortestSecret is the length in bytes below which nothing is taken for a secret.
const shortestSecret = 10

// checkCredentials refuses texts that look like secrets, wherever they stand: all that a run says ends up in Git. What a
// profile or the project says is refused in its own file. No message repeats the text.
func checkCredentials(c *ruleContext) {
	secretsBelow(c.tree, "", func(s secretText) {
		if s.layer == source.RunSpec || s.layer == source.RunEnvironment {
			c.add(s.problem(c.insteadOf(s.path)))
		}
	})
}

// credentials is the same of a document that is no run.
func (c *checker) credentials(n *source.Node, path string) {
	secretsBelow(n, path, func(s secretText) {
		p := s.problem("name a Secret of the cluster instead")
		span := s.node.Span
		if s.key {
			span = s.keySpan
		}
		c.refuse(s.node, diag.Diagnostic{Code: p.Code, Span: span, Path: p.Path, Message: p.Message, Hint: p.Hint})
	})
}

// secretText is a text that looks like a secret.
type secretText struct {
	kind, path string
	layer      source.Layer
	node       *source.Node
	key        bool // it is the key of the node
	keySpan    diag.Span
}

func (s secretText) problem(hint string) diag.Problem {
	what := words(s.path)
	if s.key {
		what = "a key in " + words(diag.Parent(s.path))
	}
	return diag.Problem{Code: diag.Credential, Path: s.path, AtKey: s.key, Hint: hint,
		Message: what + " looks like " + s.kind + ", which would stay in Git for ever; secrets are only ever named"}
}

// insteadOf is how the secret at a path of the plan is given otherwise.
func (c *ruleContext) insteadOf(path string) string {
	parts := diag.Split(path)
	switch {
	case parts[0] == "annotations", parts[0] == "labels":
		return parts[0] + " are no place for secrets: " + toSecrets
	case path == "spec.image":
		return "name a Secret with the registry's credentials under image_pull_secrets"
	case len(parts) > 2 && parts[1] == "envs":
		name := "…"
		if i := diag.Index(parts[2]); i >= 0 && i < len(c.plan.Spec.Envs) && c.plan.Spec.Envs[i].Name != "" {
			name = c.plan.Spec.Envs[i].Name
		}
		return "write it into a Secret, and here secrets: [{name: <secret>, key: <key>, env: " + name + "}] instead of envs"
	}
	return toSecrets
}

const toSecrets = "write it into a Secret, name that under secrets, and refer to the variable as $(NAME)"

// secretsBelow finds the texts and keys that look like secrets.
func secretsBelow(n *source.Node, path string, found func(secretText)) {
	if !holdsSecret(n) {
		return // as nearly always: no path has to be made
	}
	if n.Kind == source.String {
		found(secretText{kind: secretIn(n.Text), path: path, layer: n.Layer, node: n})
	}
	if value := namedSecret(n); value != nil {
		found(secretText{kind: "a secret", path: diag.Join(path, "value"), layer: value.Layer, node: value})
	}
	for _, f := range n.Fields {
		at := diag.Join(path, f.Key)
		if kind := secretIn(f.Key); kind != "" {
			found(secretText{kind: kind, path: at, layer: f.Node.Layer, node: f.Node, key: true, keySpan: f.Span})
			continue
		}
		secretsBelow(f.Node, at, found)
	}
	for i, item := range n.Items {
		secretsBelow(item, diag.At(path, i), found)
	}
}

func holdsSecret(n *source.Node) bool {
	if n == nil {
		return false
	}
	return n.Kind == source.String && secretIn(n.Text) != "" || namedSecret(n) != nil ||
		slices.ContainsFunc(n.Fields, func(f source.Field) bool { return secretIn(f.Key) != "" || holdsSecret(f.Node) }) ||
		slices.ContainsFunc(n.Items, holdsSecret)
}

func secretIn(text string) string {
	if len(text) < shortestSecret {
		return ""
	}
	return diag.SecretKind(text)
}

// namedSecret is the value of a variable, in a run's form or Kubernetes' own, that only its name gives away.
func namedSecret(n *source.Node) *source.Node {
	name, value := n.Get("name"), n.Get("value")
	if !name.Scalar() || !value.Scalar() || !namesSecret(name.Text) || !looksRandom(value.Text) || secretIn(value.Text) != "" {
		return nil
	}
	return value
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
