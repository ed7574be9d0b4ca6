package compiler

import (
	"regexp"
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
		if (s.layer == source.RunSpec || s.layer == source.RunEnvironment) && !c.meant.allows(c.tree, s.place()) {
			c.add(s.problem(c.insteadOf(s.path) + allowance(c.tree, c.plan.OfRun(), s.place())))
		}
	})
}

// credentials is the same of a document that is no run, and of which a part stands at a path.
func (c *checker) credentials(n *source.Node, path string, m *meant) {
	tree := newMap(source.Field{Key: path, Node: n})
	secretsBelow(n, path, func(s secretText) {
		if m.allows(tree, s.place()) {
			return
		}
		p := s.problem("name a Secret of the cluster instead" + allowance(tree, "", s.place()))
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

// place is the path of what an allowance would speak of: a key is no name to repeat.
func (s secretText) place() string {
	if s.key {
		return diag.Parent(s.path)
	}
	return s.path
}

// problem words the finding without the text itself: output and logs are kept as Git is.
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

// toSecrets is the way out where nothing more is known of the place.
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
		if keyedSecret(f) {
			found(secretText{kind: "a secret", path: at, layer: f.Node.Layer, node: f.Node})
			continue
		}
		secretsBelow(f.Node, at, found)
	}
	for i, item := range n.Items {
		if followsFlag(n, i) {
			found(secretText{kind: "a secret", path: diag.At(path, i), layer: item.Layer, node: item})
			continue
		}
		secretsBelow(item, diag.At(path, i), found)
	}
}

// holdsSecret looks whether anything below is a secret, without making paths: nearly all trees hold none.
func holdsSecret(n *source.Node) bool {
	if n == nil {
		return false
	}
	return n.Kind == source.String && secretIn(n.Text) != "" || namedSecret(n) != nil ||
		slices.ContainsFunc(n.Fields, func(f source.Field) bool { return secretIn(f.Key) != "" || keyedSecret(f) || holdsSecret(f.Node) }) ||
		slices.ContainsFunc(n.Items, holdsSecret) || flagWithSecret(n)
}

// followsFlag reports whether an item of a list is the secret that a flag before it announces: --token, and then the token.
func followsFlag(list *source.Node, i int) bool {
	return i > 0 && list.Items[i].Scalar() && list.Items[i-1].Scalar() && flagOf(list.Items[i-1].Text) &&
		secretIn(list.Items[i].Text) == "" && looksSecret(list.Items[i].Text)
}

// flagWithSecret reports whether some item of a list is the value of a secret's flag.
func flagWithSecret(list *source.Node) bool {
	for i := range list.Items {
		if followsFlag(list, i) {
			return true
		}
	}
	return false
}

// secretIn is what kind of secret a text looks like, in words; empty for others.
func secretIn(text string) string {
	if len(text) < shortestSecret {
		return ""
	}
	if kind := diag.SecretKind(text); kind != "" {
		return kind
	}
	if assignsSecret(text) {
		return "a secret with its name"
	}
	return ""
}

// namedSecret is the value of a variable, in a run's form or Kubernetes' own, that only its name gives away.
func namedSecret(n *source.Node) *source.Node {
	name, value := n.Get("name"), n.Get("value")
	if !name.Scalar() || !value.Scalar() || !isSecretOf(name.Text, value.Text) {
		return nil
	}
	return value
}

// keyedSecret reports whether a value is one that only its key gives away: a header, or a line of a ConfigMap.
func keyedSecret(f source.Field) bool {
	return f.Node.Kind == source.String && isSecretOf(f.Key, f.Node.Text)
}

// stems are what is in every name of a secret: most names have none, and are not taken apart.
var stems = []string{"PASS", "PWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "AUTH", "SIG"}

func mayNameSecret(name string) bool {
	return slices.ContainsFunc(stems, func(stem string) bool {
		for i := 0; i+len(stem) <= len(name); i++ {
			if strings.EqualFold(name[i:i+len(stem)], stem) {
				return true
			}
		}
		return false
	})
}

// isSecretOf reports whether a value is a secret by the name that it has, and not by itself.
func isSecretOf(name, value string) bool {
	if len(value) < shortestNamed || !mayNameSecret(name) {
		return false
	}
	if scheme, token, ok := strings.Cut(value, " "); ok && contains([]string{"Bearer", "Basic", "Token", "token"}, scheme) && strings.EqualFold(name, "authorization") {
		return looksSecret(token)
	}
	named := namesSecret(name) && looksSecret(value) || anyKey(name) && strong(value)
	return named && secretIn(value) == ""
}

// secretWords are the words by which people call secrets; notSecret are last words of names that only have to do with one.
var (
	secretWords = []string{"PASSWORD", "PASSWD", "PASS", "PWD", "SECRET", "TOKEN", "APIKEY", "SECRETKEY", "ACCESSKEY", "ACCOUNTKEY", "SHAREDACCESSKEY", "CREDENTIAL", "CREDENTIALS", "SIG"}
	secretEnds  = []string{"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "APIKEY"} // of PGPASSWORD
	secretPairs = []string{"API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "SECRET_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "AUTH_KEY", "ACCOUNT_KEY", "LICENSE_KEY", "AMZ_SIGNATURE"}
	notSecret   = []string{"NAME", "FILE", "PATH", "DIR", "URL", "URI", "HOST", "ID", "TYPE", "REF", "VERSION", "MODEL", "ARN", "COUNT", "LIMIT", "LENGTH", "SIZE", "TTL", "FORMAT", "PROVIDER", "STORE", "ENDPOINT", "ALGORITHM", "PREFIX", "KEY_NAME", "ENV", "VAR"}
)

// humps are where a word of camelCase ends.
var humps = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// namesSecret reports whether a variable is called like a secret: DB_PASSWORD, but neither TOKENIZER nor SECRET_NAME.
func namesSecret(name string) bool {
	words := wordsOf(name)
	if len(words) == 0 || contains(notSecret, words[len(words)-1]) {
		return false
	}
	isSecret := func(w string) bool {
		return contains(secretWords, w) || slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(w, end) })
	}
	joined := strings.Join(words, "_")
	return slices.ContainsFunc(words, isSecret) || slices.ContainsFunc(secretPairs, func(p string) bool { return strings.Contains(joined, p) })
}

// wordsOf are the words of a name, in capitals.
func wordsOf(name string) []string {
	name = strings.ToUpper(humps.ReplaceAllString(name, "${1}_${2}"))
	return strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == '/' })
}
