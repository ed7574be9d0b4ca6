package importer

import (
	"regexp"

	"go.starlark.net/syntax"
)

// assigned is how a name gets its values in a Python source.
type assigned struct {
	times  int
	nested bool // in a block: a condition, a loop, a function
	other  bool // in a way that is no plain assignment, or changed in place
}

// The ways in which a statement gives a name a value, or changes the one that it has.
var (
	assignment  = regexp.MustCompile(`^([A-Za-z_]\w*)\s*(?::[^=]*)?=(?:[^=]|$)`)
	assignments = []*regexp.Regexp{
		regexp.MustCompile(`^([A-Za-z_]\w*)\s*(?:[-+*/%&|^@]|//|\*\*|<<|>>)=`),                      // x += y
		regexp.MustCompile(`^([A-Za-z_]\w*)\s*(?:\[[^=]*\]|(?:\.\w+)+)\s*(?:[-+*/|&])?=(?:[^=]|$)`), // x["k"] = y, x.k = y
		regexp.MustCompile(`\b([A-Za-z_]\w*)\.(?:append|extend|insert|remove|pop|clear|sort|reverse|update|setdefault|popitem|add|discard)\s*\(`),
		regexp.MustCompile(`\b([A-Za-z_]\w*)\s*:=`),
		regexp.MustCompile(`\bas\s+([A-Za-z_]\w*)`),
		regexp.MustCompile(`^(?:global|nonlocal|del)\s+([A-Za-z_]\w*)`),
		regexp.MustCompile(`^(?:if|elif|else|for|while|with|try|except|finally)\b[^\n]*:\s*([A-Za-z_]\w*)\s*[-+*/|&]?=(?:[^=]|$)`), // if x: y = z
	}
	several = regexp.MustCompile(`^(?:for\s+)?\(?([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*,?)\)?\s+(?:in\b|=[^=])`)
	word    = regexp.MustCompile(`[A-Za-z_]\w*`)
	loop    = regexp.MustCompile(`^(?:async\s+)?for\s`)
)

// assignedIn looks through a source for how its names get their values.
func assignedIn(statements []pythonStatement) map[string]*assigned {
	names := map[string]*assigned{}
	of := func(name string) *assigned {
		if names[name] == nil {
			names[name] = &assigned{}
		}
		return names[name]
	}
	for _, s := range statements {
		text := string(s.text)
		if m := assignment.FindStringSubmatch(text); m != nil {
			a := of(m[1])
			a.times, a.nested = a.times+1, a.nested || s.col > 1
		} else if m := several.FindStringSubmatch(text); m != nil && (loop.MatchString(text) || word.FindString(m[1]) != m[1]) {
			for _, name := range word.FindAllString(m[1], -1) {
				of(name).other = true
			}
		}
		for _, way := range assignments {
			for _, m := range way.FindAllStringSubmatch(text, -1) {
				of(m[1]).other = true
			}
		}
	}
	return names
}

// varies reports whether what a name means at a call may be another value than the one that was last read: the program may
// give it one elsewhere.
func (p *python) varies(name string) bool {
	a := p.names[name]
	return a != nil && (a.other || a.times > 1 && (a.nested || p.nested))
}

// varying is a name in an expression whose value the program may change, empty for none.
func (p *python) varying(e syntax.Expr) (found string) {
	seen := map[string]bool{}
	var walk func(syntax.Expr)
	walk = func(e syntax.Expr) {
		syntax.Walk(e, func(n syntax.Node) bool {
			ident, ok := n.(*syntax.Ident)
			if !ok || found != "" || seen[ident.Name] {
				return found == ""
			}
			seen[ident.Name] = true
			if p.varies(ident.Name) {
				found = ident.Name
			} else if p.known[ident.Name] != nil {
				walk(p.known[ident.Name])
			}
			return found == ""
		})
	}
	walk(e)
	return found
}
