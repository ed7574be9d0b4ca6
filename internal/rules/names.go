package rules

import (
	"fmt"
	"path"
	"strings"

	"berth/internal/diag"

	"k8s.io/apimachinery/pkg/util/validation"
)

// form is a shape of name, as apimachinery checks it.
type form struct {
	what, hint string
	faults     func(string) []string
	// quick accepts what is certainly right, without a regular expression. Nearly every name is.
	quick func(string) bool
}

// The forms of names, by the functions of apimachinery that the API server checks them with. Each form's quick way
// takes only what its full check takes as well.
var (
	dnsLabel = form{"a DNS label", "write lower-case letters (a-z), digits and '-', at most 63 characters",
		validation.IsDNS1123Label, func(s string) bool { return plain(s, 63, "-") }}
	dnsName = form{"a DNS name", "write lower-case letters (a-z), digits, '-' and '.', at most 253 characters",
		validation.IsDNS1123Subdomain, func(s string) bool { return plain(s, 253, "-") }}
	oldServiceName = form{"the name of a Service", "write lower-case letters (a-z), digits and '-', a letter first, at most 63 characters",
		validation.IsDNS1035Label, func(s string) bool { return plain(s, 63, "-") && s[0] > '9' }}
	searchName = form{"a DNS search path", "write lower-case letters (a-z), digits, '-', '_' and '.'",
		validation.IsDNS1123SubdomainWithUnderscore, func(s string) bool { return plain(s, 253, "-") }}
	qualified = form{"a qualified name", "write letters, digits, '-', '_' and '.', at most 63 characters, after an optional DNS prefix and '/'",
		validation.IsQualifiedName, quickQualified}
	labelKey = form{"the key of a label", "write letters, digits, '-', '_' and '.', at most 63 characters, after an optional DNS prefix and '/'",
		validation.IsQualifiedName, quickQualified}
	labelValue = form{"the value of a label", "write letters, digits, '-', '_' and '.', at most 63 characters, a letter or digit at both ends",
		validation.IsValidLabelValue, func(s string) bool { return s == "" || plain(s, 63, "-._") }}
	portName = form{"the name of a port", "write lower-case letters (a-z), digits and '-', at least one letter, at most 15 characters (an IANA service name)",
		validation.IsValidPortName, nil}
	envName = form{"the name of a variable", "write printable ASCII characters without '='",
		validation.IsRelaxedEnvVarName, nil}
	dataKey = form{"a key of a ConfigMap or Secret", "write letters, digits, '-', '_' and '.'",
		validation.IsConfigMapKey, func(s string) bool { return plain(s, 253, "-._") }}
	headerName = form{"the name of an HTTP header", "write letters, digits and '-'", validation.IsHTTPHeaderName, nil}
	domainPath = form{"a path with a domain before it", "write one such as example.com/controller",
		func(s string) []string { return texts(validation.IsDomainPrefixedPath(nil, s)) }, nil}
)

// named refuses a name that has not its form.
func (j *judge) named(f *form, name string, at *place) {
	if !f.fits(name) {
		j.refuse(diag.BadName, at, fmt.Sprintf("%s is not %s", diag.Quote(name), f.what), f.hint)
	}
}

// key is named of the key of a mapping.
func (j *judge) key(f *form, name string, at *place) {
	if !f.fits(name) {
		j.refuse(diag.BadName, at, fmt.Sprintf("%s is not %s", diag.Quote(name), f.what), f.hint).AtKey = true
	}
}

// fits tries the quick way first, which decides nearly always.
func (f *form) fits(name string) bool {
	return f.quick != nil && f.quick(name) || len(f.faults(name)) == 0
}

// optional is named of a name that may be left out.
func (j *judge) optional(f *form, name string, at *place) {
	if name != "" {
		j.named(f, name, at)
	}
}

// plain reports whether a text is of lower-case letters and digits, with one of the marks between two of them at times.
// It takes no upper-case letters, and so is true of every form of name that has the marks.
func plain(s string, most int, marks string) bool {
	if s == "" || len(s) > most {
		return false
	}
	last := false
	for i := range len(s) {
		c := s[i]
		alphanumeric := 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
		if !alphanumeric && (!last || strings.IndexByte(marks, c) < 0) {
			return false
		}
		last = alphanumeric
	}
	return last
}

// quickQualified is the quick way of a name with an optional domain in front, such as example.com/name.
func quickQualified(s string) bool {
	prefix, name, ok := strings.Cut(s, "/")
	if !ok {
		return plain(s, 63, "-._")
	}
	return plain(prefix, 253, "-.") && plain(name, 63, "-._")
}

// texts are errors as text: apimachinery's newer checks give errors of fields, its older ones texts.
func texts[E error](errs []E) []string {
	out := make([]string, len(errs))
	for i, err := range errs {
		out[i] = err.Error()
	}
	return out
}

// relative refuses a path that leaves the folder that it is below.
func (j *judge) relative(code diag.Code, text string, at *place) {
	if path.IsAbs(text) {
		j.refuse(code, at, fmt.Sprintf("%s %s is absolute", at.name(), diag.Quote(text)), "write a path without a '/' in front")
	}
	j.noBacksteps(code, text, at)
}

// noBacksteps refuses '..' as a step of a path; in a longer name, such as a..b, it is taken.
func (j *judge) noBacksteps(code diag.Code, text string, at *place) {
	for step := range strings.SplitSeq(text, "/") {
		if step == ".." {
			j.refuse(code, at, fmt.Sprintf("%s %s has '..' in it", at.name(), diag.Quote(text)), "write the path without '..'")
			return
		}
	}
}

// ownPath is relative of a path inside of a volume that Kubernetes fills, in which names with two dots in front are taken.
func (j *judge) ownPath(code diag.Code, text string, at *place) {
	j.relative(code, text, at)
	if strings.HasPrefix(text, "..") && !strings.HasPrefix(text, "../") && text != ".." {
		j.refuse(code, at, fmt.Sprintf("%s %s begins with '..'", at.name(), diag.Quote(text)), "write another name")
	}
}
