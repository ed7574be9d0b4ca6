package compiler

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// integer checks a whole number and its range. A quoted number is a text and is refused, with the digits as the way
// out; what counts as a plain number is [plainInt]'s to say.
func (c *checker) integer(n *source.Node, t *schema.Type, path string) {
	if n.Kind == source.List || n.Kind == source.Map || n.Kind == source.Bool || n.Kind == source.Constraint {
		c.wrongType(n, path, "a whole number", instead(n, t, path))
		return
	}
	value, ok := plainInt(n, path)
	if !ok {
		c.notPlain(n, t, path)
		return
	}
	if t.Min != nil && value < *t.Min || t.Max != nil && value > *t.Max {
		d := diag.Diagnostic{
			Code: diag.OutOfRange, Path: path,
			Message: fmt.Sprintf("%s cannot be %s: it has to be %s", path, n.Text, interval(t, value)),
		}
		if isMode(path) {
			d.Hint = modeInstead(n.Text)
		}
		c.refuse(n, d)
	}
}

// modeInstead is what to write for the digits of a usual file mode that nothing marks as octal; empty for other digits. A
// decimal number of the same digits is no mode that anyone wants, or none at all.
func modeInstead(digits string) string {
	mode, err := strconv.ParseInt(digits, 8, 64)
	if err != nil || !slices.Contains([]int64{0o400, 0o440, 0o444, 0o500, 0o550, 0o555, 0o600, 0o640, 0o644, 0o660, 0o664, 0o666,
		0o700, 0o750, 0o755, 0o770, 0o775, 0o777}, mode) || digits[0] == '0' {
		return ""
	}
	return fmt.Sprintf("for the mode of these digits write 0%o; in JSON, CUE and Jsonnet %d", mode, mode)
}

// interval words the accepted numbers of a type to someone who wrote another one.
func interval(t *schema.Type, wrote int64) string {
	switch {
	case t.Min == nil && t.Max == nil:
		return "a whole number"
	case t.Min == nil || t.Max != nil && *t.Max >= math.MaxInt32 && wrote > *t.Max:
		return fmt.Sprintf("at most %d", *t.Max)
	case t.Max != nil && *t.Max < math.MaxInt32:
		if *t.Min == *t.Max {
			return fmt.Sprint(*t.Min)
		}
		return fmt.Sprintf("from %d to %d", *t.Min, *t.Max)
	case *t.Min == 0:
		return "0 or more"
	}
	return fmt.Sprintf("%d or more", *t.Min)
}

// notPlain words why a value is not one whole number to every YAML reader (quotes, octal, underscores, base 60, a
// duration) and offers the number that was meant. The fix is certain only where nothing but the notation changes.
func (c *checker) notPlain(n *source.Node, t *schema.Type, path string) {
	d := diag.Diagnostic{Code: diag.WrongType, Path: path}
	value, why, ok := meantNumber(n)
	switch {
	// A mode that can be read as octal is no mistake, so that this one has an 8 or 9.
	case isMode(path) && octalLooking(n.Text):
		d.Message = fmt.Sprintf("%s is a file mode in octal, and %s has other digits than 0 to 7", path, diag.Quote(n.Text))
		d.Hint = "write a mode such as 0440"
	// Only numbers beyond 64 bits are integers that cannot be read.
	case n.Kind == source.Int && !ok:
		d.Code = diag.OutOfRange
		d.Message = fmt.Sprintf("%s cannot be %s: no number of Kubernetes is so large", path, n.Text)
	// Taking the quotes off changes nothing else: a certain fix.
	case ok && n.Quoted:
		d.Message = fmt.Sprintf("%s has to be a whole number, %s is a text", path, diag.Quote(n.Text))
		d.Hint = fmt.Sprintf("write %s without quotes", value)
		d.Fix = replacement(n.Span, value, true)
	case ok:
		d.Message = fmt.Sprintf("%s has to be a plain whole number: %s %s", path, diag.Quote(n.Text), why)
		d.Hint = "write " + value
		d.Fix = replacement(n.Span, value, false)
	default:
		d.Message = fmt.Sprintf("%s has to be a whole number, %s is none", path, diag.Quote(n.Text))
		// Only fields that count seconds: elsewhere 5m may be meant for something else.
		if seconds, ok := durationSeconds(n.Text); ok && strings.HasSuffix(path, "_seconds") {
			d.Hint = "write " + seconds
			d.Fix = replacement(n.Span, seconds, true)
		} else if t.Min != nil {
			d.Hint = "write a number, " + interval(t, 0)
		}
	}
	c.refuse(n, d)
}

// durationSeconds reads a duration such as 90s, 1h30m or 2d.
func durationSeconds(text string) (string, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, ok := parseInteger(days); ok && n > 0 && n < 10_000 {
			return strconv.FormatInt(n*24*60*60, 10), true
		}
	}
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil || d <= 0 || d%time.Second != 0 {
		return "", false
	}
	return strconv.FormatInt(int64(d/time.Second), 10), true
}

// boolean takes true and false alone: YAML 1.1 also reads yes and on as booleans, YAML 1.2 reads them as texts.
func (c *checker) boolean(n *source.Node, t *schema.Type, path string) {
	if n.Kind == source.Bool {
		return
	}
	if n.Kind == source.List || n.Kind == source.Map || n.Kind == source.Constraint {
		c.wrongType(n, path, "true or false", instead(n, t, path))
		return
	}
	d := diag.Diagnostic{Code: diag.WrongType, Path: path, Hint: instead(n, t, path),
		Message: fmt.Sprintf("%s has to be true or false, not %s", path, diag.Quote(n.Text))}
	if meant, ok := meantBool[strings.ToLower(n.Text)]; ok {
		d.Hint = "write " + meant
		if n.Quoted {
			d.Hint += " without quotes"
		}
		d.Fix = replacement(n.Span, meant, true)
	}
	c.refuse(n, d)
}

// meantBool are the words for true and false of YAML 1.1 and of people, in lower case.
var meantBool = map[string]string{
	"true": "true", "yes": "true", "on": "true", "y": "true", "1": "true",
	"false": "false", "no": "false", "off": "false", "n": "false", "0": "false",
}
