package specs

import (
	"strconv"
	"strings"
)

func digits(n int) string { return strconv.Itoa(n) }

const (
	lower    = "abcdefghijklmnopqrstuvwxyz"
	number10 = "0123456789"
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// letters is a text of the given length whose first and last characters come from ends.
func (g *Gen) letters(length int, ends, middle string) string {
	b := make([]byte, length)
	for i := range b {
		from := middle
		if i == 0 || i == length-1 {
			from = ends
		}
		b[i] = from[g.rand.IntN(len(from))]
	}
	return string(b)
}

// label is a DNS label; often short, sometimes as long as it may be.
func (g *Gen) label(longest int) string {
	length := g.between(1, 12)
	if g.chance(10) {
		length = longest
	}
	return g.letters(min(length, longest), lower+number10, lower+number10+"-")
}

func dnsLabel(g *Gen) any { return g.label(63) }

// subdomain is a DNS name of several labels.
func subdomain(g *Gen) any {
	if g.chance(5) {
		return g.letters(253, lower, lower)
	}
	labels := make([]string, g.between(1, 3))
	for i := range labels {
		labels[i] = g.label(20)
	}
	return strings.Join(labels, ".")
}

// labelKey is the key of a label or annotation; the reserved prefixes of Kubernetes are not among them.
func (g *Gen) labelKey() string {
	name := g.letters(g.between(1, 10), lower+upper+number10, lower+upper+number10+"-_.")
	if g.chance(10) {
		name = g.letters(63, lower+upper+number10, lower+upper+number10+"-_.")
	}
	switch {
	case g.chance(3):
		return g.letters(253, lower, lower) + "/" + name
	case g.chance(50):
		return pick(g, "acme.com/", "team.acme.com/", "x/", "1.2/") + name
	}
	return name
}

func (g *Gen) labelValue() string {
	switch g.rand.IntN(8) {
	case 0:
		return ""
	case 1:
		return g.letters(63, lower+upper+number10, lower+upper+number10+"-_.")
	case 2:
		return pick(g, "true", "no", "null", "1.0", "1e3", "0x1f", "2026-11-23", "012", "1_000", "y", "N", "On", "NaN", ".5"[1:])
	}
	return g.letters(g.between(1, 12), lower+upper+number10, lower+upper+number10+"-_.")
}

func labelText(g *Gen) any { return g.labelValue() }

func labels(g *Gen) any {
	return g.mapping(func() (string, any) { return g.labelKey(), g.labelValue() })
}

func annotations(g *Gen) any {
	return g.mapping(func() (string, any) { return g.labelKey(), g.text() })
}

func (g *Gen) mapping(pair func() (string, any)) any {
	o := Object{}
	for range g.between(1, 3) {
		k, v := pair()
		o[k] = v
	}
	return o
}

// awkward are texts that printers, shells and substituting pipelines get wrong.
var awkward = []string{
	"", " ", "  two spaces ", "true", "no", "on", "y", "N", "null", "~", "0", "010", "0o17", "0x1F", "1_000", "1e3", "1:30",
	"3.14", ".inf", "-1", "+1", "2026-11-23", "<<", "=", "-", "- a", "a: b", "a #b", "#a", "&a", "*a", "!a", "%a", "@a", "`a`",
	"'", `"`, `\`, `\n`, "{", "[a]", "{a: 1}", "|", ">", "?", ",", "a\nb", "a\n", "\na", " a\n b\n", "a\tb", "\ttab", "a\r\nb",
	"${HOME}", "$HOME", "$(HOME)", "$$(HOME)", "$${HOME}", "${#x}", "é", "日本語", "🙂", "\u00a0", "\ufffd", "---", "...", "--- a", "a\n---\nb",
	"line\n\n\nlines\n\n", "trailing \nspaces ", "%Y", "://", "a:", ":a",
}

func (g *Gen) text() string {
	switch g.rand.IntN(10) {
	case 0:
		return strings.Repeat(pick(g, "x", "wide ", "ab\n"), g.between(1, 200))
	case 1, 2, 3:
		return pick(g, awkward...) + pick(g, awkward...)
	case 4, 5, 6:
		return pick(g, awkward...)
	}
	return g.letters(g.between(1, 20), lower+upper, lower+upper+number10+" -_./:=,")
}

func text(g *Gen) any { return g.text() }

// word is a text that is not empty.
func word(g *Gen) any {
	if t := g.text(); t != "" {
		return t
	}
	return "x"
}

func image(g *Gen) any {
	return pick(g, "ghcr.io/acme/", "", "localhost:5000/a/", "registry.acme.com/team/sub/") + g.label(20) +
		pick(g, "", ":1.4", ":latest", ":v1_2-x.y", "@sha256:"+strings.Repeat("0a", 32))
}

// absolutePath is a new path in the container: a run uses each once.
func absolutePath(g *Gen) any {
	return "/" + pick(g, "", "mnt/", "var/lib/", "a b/", "é/") + g.fresh("path") + pick(g, "", "/", "/x.y")
}

func relativePath(g *Gen) any {
	return pick(g, "", "in/", ".a/", "a..b/") + g.fresh("file") + pick(g, "", ".txt", "/deep/er")
}

// subPath may begin with two dots, which the path of a key may not.
func subPath(g *Gen) any {
	if g.chance(10) {
		return "..a/" + g.fresh("file")
	}
	return relativePath(g)
}

// dataKey is a key of a ConfigMap or Secret.
func dataKey(g *Gen) any {
	if g.chance(5) {
		return g.letters(253, lower, lower)
	}
	return g.fresh(pick(g, "key", "KEY_x", "k.e-y", ".hidden", "1"))
}

// envName is a new name of an environment variable: a run uses each once.
func envName(g *Gen) any { return g.fresh(pick(g, "VAR", "var", "_X", "my.var", "-x")) }

func shellName(g *Gen) any {
	return strings.ReplaceAll(g.fresh(pick(g, "TOKEN", "_t", "Key")), "-", "_")
}
