package compiler

import (
	"strconv"
	"strings"

	"berth/internal/source"
)

// plainInt reads a whole number that every YAML reader takes for the same number. A file mode is the one exception:
// `0440` is octal, as everyone writes it.
func plainInt(n *source.Node, path string) (int64, bool) {
	text := n.Text
	if isMode(path) && len(text) > 1 && text[0] == '0' {
		v, err := strconv.ParseInt(strings.TrimPrefix(text[1:], "o"), 8, 64)
		return v, err == nil
	}
	if n.Kind == source.Float && evaluated(n) {
		// Jsonnet knows no integers: a whole float is one.
		v, err := strconv.ParseFloat(text, 64)
		return int64(v), err == nil && v == float64(int64(v)) && v < 1<<53 && v > -1<<53
	}
	// Digits with a leading zero or a plus are read in different ways by YAML 1.1, YAML 1.2 and JSON.
	if n.Kind != source.Int || octalLooking(text) || strings.HasPrefix(text, "+") {
		return 0, false
	}
	v, err := strconv.ParseInt(text, 10, 64)
	return v, err == nil
}

// isMode reports whether a path is a file mode, the one field whose leading zero means octal.
func isMode(path string) bool {
	return strings.HasSuffix(path, "default_mode") || strings.HasSuffix(path, ".mode")
}

// octalLooking reports whether digits begin with a zero: octal to YAML 1.1, decimal to YAML 1.2.
func octalLooking(text string) bool {
	text = strings.TrimLeft(text, "+-")
	return len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9'
}

// meantNumber guesses the plain number behind a text that is none for every reader, and says why it is none.
func meantNumber(n *source.Node) (value, why string, ok bool) {
	text := n.Text
	// From what is clear to what is a guess: quotes, leading zeros, octal, other bases, underscores, base 60,
	// fractions.
	if v, err := strconv.ParseInt(text, 10, 64); err == nil && !octalLooking(text) {
		return strconv.FormatInt(v, 10), "is a text", true
	}
	if octalLooking(text) {
		return octal(text, strings.TrimLeft(text, "0"))
	}
	if rest, found := strings.CutPrefix(text, "0o"); found {
		v, err := strconv.ParseInt(rest, 8, 64)
		return strconv.FormatInt(v, 10), "is octal to some readers and a text to others", err == nil
	}
	if v, err := strconv.ParseInt(text, 0, 64); err == nil && strings.HasPrefix(text, "0") {
		return strconv.FormatInt(v, 10), "is not decimal", true
	}
	if plain := strings.ReplaceAll(text, "_", ""); plain != text {
		if v, err := strconv.ParseInt(plain, 10, 64); err == nil {
			return strconv.FormatInt(v, 10), "has underscores, which some readers take for a text", true
		}
	}
	if v, ok := sexagesimal(text); ok {
		return strconv.FormatInt(v, 10), "is a number of base 60 to some readers and a text to others", true
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && v == float64(int64(v)) && v < 1<<53 && v > -1<<53 {
		return strconv.FormatInt(int64(v), 10), "is written as a fraction", true
	}
	return "", "", false
}

// octal offers the digits as a decimal number, since nobody means octal in a field that counts things.
func octal(text, digits string) (value, why string, ok bool) {
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil && strings.Trim(text, "0") == "" {
		v, err = 0, nil
	}
	return strconv.FormatInt(v, 10), "is octal to some readers and decimal to others", err == nil
}

// sexagesimal reads 1:30:00 as YAML 1.1 does: 5400.
func sexagesimal(text string) (int64, bool) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 {
		return 0, false
	}
	var sum int64
	for i, p := range parts {
		v, err := strconv.ParseInt(p, 10, 32)
		if err != nil || v < 0 || i > 0 && v > 59 || i > 4 {
			return 0, false
		}
		sum = sum*60 + v
	}
	return sum, true
}

// parseFloat reads a fraction; false where it is none or out of range.
func parseFloat(text string) (float64, bool) {
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}
