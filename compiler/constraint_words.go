package compiler

import (
	"regexp"
	"strconv"
	"strings"

	"berth/internal/diag"
)

// constraintWords says a CUE constraint such as `>=1 & <=8` in words, "a value from 1 to 8", to people who need not know CUE. It
// is empty for what it does not know; then the constraint itself has to do.
func constraintWords(expr string) string {
	if choices, ok := splitOutsideText(expr, '|'); ok && len(choices) > 1 {
		words := make([]string, len(choices))
		for i, c := range choices {
			if words[i] = literalWords(strings.TrimPrefix(c, "*")); words[i] == "" {
				return ""
			}
		}
		return diag.OneOf(words)
	}
	parts, ok := splitOutsideText(expr, '&')
	if !ok {
		return ""
	}
	// The two ends of a range are said as one, which is how nearly all bounds are written.
	if len(parts) == 2 {
		low, isLow := strings.CutPrefix(parts[0], ">=")
		high, isHigh := strings.CutPrefix(parts[1], "<=")
		if isLow && isHigh && literalWords(low) != "" && literalWords(high) != "" {
			return "a value from " + literalWords(low) + " to " + literalWords(high)
		}
	}
	words := make([]string, len(parts))
	for i, p := range parts {
		if words[i] = boundWords(p); words[i] == "" {
			return ""
		}
	}
	return diag.AllOf(words)
}

// boundsInWords are CUE's operators, the longer ones first, and how they are said of a value.
var boundsInWords = []struct{ operator, before, after string }{
	{">=", "", " or more"}, {"<=", "", " or less"}, {"!=", "anything but ", ""}, {">", "more than ", ""}, {"<", "less than ", ""},
}

// typesInWords are CUE's basic types as people who write YAML call them.
var typesInWords = map[string]string{"string": "a text", "int": "a whole number", "number": "a number", "bool": "true or false"}

// boundWords says one conjunct of a CUE expression, such as `>=1` or `=~"^a"`; empty for what has no short wording.
func boundWords(part string) string {
	if pattern, ok := strings.CutPrefix(part, "=~"); ok {
		return patternWords(pattern, "a text that ", "begins with ", "matches ")
	}
	if pattern, ok := strings.CutPrefix(part, "!~"); ok {
		return patternWords(pattern, "a text that does not ", "begin with ", "match ")
	}
	for _, b := range boundsInWords {
		if literal, ok := strings.CutPrefix(part, b.operator); ok {
			if words := literalWords(literal); words != "" {
				return b.before + words + b.after
			}
			return ""
		}
	}
	if words := typesInWords[part]; words != "" {
		return words
	}
	return literalWords(part)
}

// plainStart matches an expression that is the beginning of a text; its dots are meant as dots.
var plainStart = regexp.MustCompile(`^\^[-A-Za-z0-9./_:@]+$`)

// patternWords says a regular expression. A pattern that only fixes the beginning is said as such; the others are
// quoted as they are, since any paraphrase could be wrong.
func patternWords(pattern, who, begins, matches string) string {
	text, err := strconv.Unquote(strings.TrimSpace(pattern))
	switch {
	case err != nil:
		return ""
	case plainStart.MatchString(text):
		return who + begins + text[1:]
	}
	return who + matches + text
}

// number matches CUE's numbers, with its multipliers (`4Gi` is a number in CUE).
var number = regexp.MustCompile(`^-?[0-9][0-9_.]*([KMGT]i?)?$`)

// literalWords is a literal as a user would write it, empty for what is none.
func literalWords(literal string) string {
	literal = strings.TrimSpace(literal)
	if text, err := strconv.Unquote(literal); err == nil && text != "" {
		return text
	}
	if number.MatchString(literal) || literal == "true" || literal == "false" {
		return literal
	}
	return ""
}

// splitOutsideText splits an expression at an operator; false where it holds more than operators, texts and names.
func splitOutsideText(expr string, operator byte) ([]string, bool) {
	var parts []string
	from, quoted := 0, false
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case strings.IndexByte("({[#'`\n", c) >= 0:
			return nil, false
		case c == operator:
			parts = append(parts, strings.TrimSpace(expr[from:i]))
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(expr[from:])), !quoted
}
