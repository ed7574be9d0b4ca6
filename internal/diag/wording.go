package diag

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// quoteLimit is how many characters of a user's token a message repeats; the excerpt below it shows the rest.
const quoteLimit = 60

// Quote sets a token of the user's file off from the words of a message: `32GB`. Control characters are escaped, what
// is long is cut and what looks like a secret is not repeated, so that any text may be given.
func Quote(token string) string {
	token = conceal(token)
	if utf8.RuneCountInString(token) > quoteLimit {
		token = string([]rune(token)[:quoteLimit]) + "…"
	}
	var b strings.Builder
	for i := 0; i < len(token); {
		r, size := utf8.DecodeRuneInString(token[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, token[i])
		} else if unicode.IsGraphic(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
		i += size
	}
	if strings.Contains(token, "`") {
		return `"` + b.String() + `"`
	}
	return "`" + b.String() + "`"
}

// OneOf words a choice: "ClusterIP, NodePort or LoadBalancer". Of a choice of nothing it says so.
func OneOf(choices []string) string { return enumerate(choices, "or") }

// AllOf words a list: "cpu, mem and gpu".
func AllOf(items []string) string { return enumerate(items, "and") }

// enumerate has no comma before the last word.
func enumerate(items []string, last string) string {
	switch n := len(items); n {
	case 0:
		return "nothing"
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], ", ") + " " + last + " " + items[n-1]
	}
}

// Count words a number of things: "1 error", "3 errors", "2 policies".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
