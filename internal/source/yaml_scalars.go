package source

import (
	"fmt"
	"strings"

	"berth/internal/diag"

	"go.yaml.in/yaml/v3"
)

// yamlQuotes are the styles that mark a scalar as text, block texts among them.
const yamlQuotes = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// scalar reads a scalar. Quoted ones are texts whatever they look like, and are searched for characters that an escape
// may have brought in.
func (r *yamlReader) scalar(y *yaml.Node, n *Node, off int) {
	n.Text = y.Value
	if y.Style&yamlQuotes == 0 {
		n.Kind = plainKind(y.Value)
		n.Span = r.plainSpan(y, off)
		return
	}
	n.Kind, n.Quoted = String, true
	n.Span = r.text.span(off, quotedEnd(r.text.data, off))
	if message := checkDecoded(y.Value); message != "" {
		hint := "remove the escape"
		if y.Style&yaml.DoubleQuotedStyle == 0 {
			hint = "remove it" // it stood in a line that looks like a comment
		}
		r.refuse(diag.FileEncoding, n.Span, message, hint)
	}
}

// plainKind resolves an unquoted scalar as YAML 1.2's core schema does, but for octal and hexadecimal integers: those,
// and all that only YAML 1.1 takes for a number or boolean (on, 1_000, 1:30), stay the text that they are.
func plainKind(s string) Kind {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	}
	digits := s
	if s[0] == '-' || s[0] == '+' {
		digits = s[1:]
	}
	switch {
	case digits == "":
		return String
	case isDigits(digits):
		return Int
	case isFloat(digits):
		return Float
	}
	return String
}

// isDigits reports whether a text is decimal digits, at least one.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// isFloat reports whether an unsigned text is a float: digits, a fraction, an exponent; or .inf or .nan.
func isFloat(s string) bool {
	switch s {
	case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN":
		return true
	}
	if c := s[0]; c != '.' && (c < '0' || c > '9') {
		return false // most text ends here
	}
	mantissa := s
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		mantissa = s[:e]
		exponent := s[e+1:]
		if exponent != "" && (exponent[0] == '-' || exponent[0] == '+') {
			exponent = exponent[1:]
		}
		if !isDigits(exponent) {
			return false
		}
	}
	whole, fraction, dotted := strings.Cut(mantissa, ".")
	switch {
	case !dotted:
		return isDigits(whole)
	case fraction == "":
		return isDigits(whole)
	}
	return (whole == "" || isDigits(whole)) && isDigits(fraction)
}

// tag applies an explicit tag. Those of the core schema mean what YAML says; all others would need a program to read.
func (r *yamlReader) tag(n *Node, tag yamlTag) {
	ok := false
	switch tag.text {
	// A null becomes the text that stands there, as `!!str ~` asks for.
	case "!!str", "!":
		ok = n.Scalar() || n.Kind == Null
		if ok {
			n.Kind, n.Quoted = String, true
		}
	case "!!int":
		ok = r.retype(n, Int)
	case "!!float":
		ok = r.retype(n, Float)
	case "!!bool":
		ok = r.retype(n, Bool)
	case "!!null":
		ok = r.retype(n, Null)
	case "!!map":
		ok = n.Kind == Map
	case "!!seq":
		ok = n.Kind == List
	default:
		r.refuse(diag.WrongValue, r.text.span(tag.from, tag.to), "the tag "+quoteTag(tag.text)+" is not read: only YAML's own (`!!str`, `!!int` …) are", "remove the tag")
		return
	}
	if !ok {
		r.refuse(diag.WrongType, n.Span, "this value is not what its tag "+quoteTag(tag.text)+" says", "remove the tag, or mend the value")
	}
}

// retype makes a scalar, quoted or not, the kind that its tag asks for, if its text is of that kind.
func (r *yamlReader) retype(n *Node, want Kind) bool {
	if n.Kind > String {
		return false
	}
	have := plainKind(n.Text)
	if have == want || have == Int && want == Float {
		n.Kind, n.Quoted = want, false
		return true
	}
	return false
}

// quoteTag shows a tag in a message, unless it would spoil it.
func quoteTag(tag string) string {
	if !printable(tag) {
		return "here"
	}
	return fmt.Sprintf("`%s`", tag)
}
