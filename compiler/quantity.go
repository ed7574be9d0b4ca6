package compiler

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"
)

// A quantity is an amount in Kubernetes' notation, exact. Nearly every amount is a number of thousandths, which is quick
// to read and compare; what is finer or larger is held as a fraction.
type quantity struct {
	thousandths int64
	fraction    *big.Rat // nil where the thousandths say it
	text        string
}

// suffixes are Kubernetes' own (k8s.io/apimachinery/pkg/api/resource), in thousandths.
var suffixes = map[string]*big.Int{
	"m": decimal(0), "": decimal(3), "k": decimal(6), "M": decimal(9), "G": decimal(12), "T": decimal(15), "P": decimal(18), "E": decimal(21),
	"Ki": binary(10), "Mi": binary(20), "Gi": binary(30), "Ti": binary(40), "Pi": binary(50), "Ei": binary(60),
}

func decimal(zeros int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(zeros), nil) }

func binary(bits uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1000), bits) }

// one is the amount 1.
var one = quantity{thousandths: 1000}

// parseQuantity reads an amount; the schema has accepted its text.
func parseQuantity(text string) (quantity, bool) {
	q := quantity{text: text}
	end := strings.LastIndexAny(text, "0123456789.") + 1
	digits, suffix := text[:end], text[end:]
	if e := strings.IndexAny(text, "eE"); e > 0 && e < len(text)-1 && !strings.HasSuffix(text, "i") {
		digits, suffix = text, ""
		if len(text)-e > 4 {
			return q, false // an exponent beyond anything Kubernetes takes
		}
	}
	factor, ok := suffixes[suffix]
	if !ok {
		return q, false
	}
	if n, err := strconv.ParseUint(digits, 10, 63); err == nil && factor.IsInt64() && int64(n) <= math.MaxInt64/factor.Int64() {
		q.thousandths = int64(n) * factor.Int64()
		return q, true
	}
	n, ok := new(big.Rat).SetString(digits)
	if !ok {
		return q, false
	}
	q.fraction = n.Mul(n, new(big.Rat).SetFrac(factor, suffixes[""]))
	return q, true
}

// rat is the amount as a fraction.
func (q quantity) rat() *big.Rat {
	if q.fraction != nil {
		return q.fraction
	}
	return big.NewRat(q.thousandths, 1000)
}

func (q quantity) cmp(other quantity) int {
	if q.fraction == nil && other.fraction == nil {
		return cmp.Compare(q.thousandths, other.thousandths)
	}
	return q.rat().Cmp(other.rat())
}

func (q quantity) isWhole() bool {
	if q.fraction == nil {
		return q.thousandths%1000 == 0
	}
	return q.fraction.IsInt()
}

func (q quantity) sign() int { return q.cmp(quantity{}) }

// slip matches a number with a unit that Kubernetes does not know, in the ways people write them.
var slip = regexp.MustCompile(`^\s*([+-]?[0-9]*\.?[0-9]+)\s*([A-Za-z]*)\s*$`)

// units maps the lower-case spellings of a unit to what was probably meant: the binary unit first, then the decimal one.
var units = map[string][]string{
	"k": {"Ki", "k"}, "kb": {"Ki", "k"}, "kib": {"Ki"}, "ki": {"Ki"},
	"mb": {"Mi", "M"}, "mib": {"Mi"}, "mi": {"Mi"},
	"g": {"Gi", "G"}, "gb": {"Gi", "G"}, "gib": {"Gi"}, "gi": {"Gi"},
	"t": {"Ti", "T"}, "tb": {"Ti", "T"}, "tib": {"Ti"}, "ti": {"Ti"},
	"pb": {"Pi", "P"}, "pib": {"Pi"}, "b": {""}, "core": {""}, "cores": {""}, "cpu": {""}, "cpus": {""}, "vcpu": {""}, "vcpus": {""}, "": {""},
	"m": {"m"}, "millicores": {"m"}, "mcpu": {"m"}, "byte": {""}, "bytes": {""},
}

// longestQuantity is how long a text may be that a hint repeats.
const longestQuantity = 64

func badQuantity(text string, span diag.Span, path string) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: diag.BadQuantity, Span: span, Path: path,
		Message: fmt.Sprintf("%s %s is not an amount that Kubernetes knows", path, diag.Quote(text)),
		Hint:    amountHint(text, path),
	}
	if text == "" {
		d.Message = path + " is empty"
		return d
	}
	m := slip.FindStringSubmatch(withPoint(text))
	if m == nil || len(text) > longestQuantity {
		return d
	}
	if strings.HasPrefix(m[1], "-") {
		d.Message = fmt.Sprintf("%s cannot be negative, and %s is", path, diag.Quote(text))
		d.Hint = "write 0 or a positive amount"
		return d
	}
	meant, ok := units[strings.ToLower(m[2])]
	if !ok {
		return d
	}
	choices := make([]string, len(meant))
	for i, unit := range meant {
		choices[i] = m[1] + unit
	}
	d.Hint = "write " + diag.OneOf(choices)
	if strings.ContainsAny(text, " \t") && len(choices) == 1 {
		d.Hint += ", without a space"
	}
	d.Fix = replacement(span, choices[0], len(choices) == 1 && !strings.Contains(text, ",")) // a comma may mean two things
	return d
}

// amountHint says how the amount of a resource is written.
func amountHint(text, path string) string {
	steps := diag.Split(path)
	switch {
	case contains(steps, "cpu"):
		return "write a number of cores such as 2 or 0.5, or of thousandths such as 500m"
	case slices.ContainsFunc(steps, countable):
		return cmp.Or(choiceInstead(text), "write how many; which one it is, the profile says")
	}
	return "write a number and a unit, such as 64Gi or 64G"
}

// withPoint turns a comma into what it means: the decimal point, or nothing where it parts off thousands.
func withPoint(text string) string {
	before, after, ok := strings.Cut(text, ",")
	digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
	switch {
	case !ok || digits == 0:
		return text
	case digits == 3 && before != "0":
		return before + after
	}
	return before + "." + after
}

// checkAmount refuses amounts that Kubernetes takes and nobody means: thousandths of a byte.
func checkAmount(resource, text string) (message, hint string, ok bool) {
	q, parsed := parseQuantity(text)
	if !parsed {
		return "is more than Kubernetes can count", "", false
	}
	if unit := text[strings.LastIndexAny(text, "0123456789.")+1:]; resource == "cpu" && unit != "" && unit != "m" && unit != "k" {
		return "is an amount of memory, and CPU is counted in cores", "write a number of cores such as 4, or of thousandths such as 500m", false
	}
	if resource != "cpu" && strings.HasSuffix(text, "m") {
		n := strings.TrimSuffix(text, "m")
		if countable(resource) {
			return "means thousandths of a device", wholeDevices, false
		}
		return "means thousandths of a byte", fmt.Sprintf("write %sMi or %sM", n, n), false
	}
	if resource != "cpu" && !countable(resource) && !q.isWhole() && q.cmp(one) < 0 {
		return "is less than one byte", "write a unit: Mi or Gi", false
	}
	return "", "", true
}

// countable reports whether a resource is counted in whole devices: Kubernetes calls it extended.
func countable(resource string) bool {
	return resource == "gpu" || strings.Contains(resource, "/")
}

// unsharable reports whether the request of a resource has to equal its limit: extended resources and huge pages.
func unsharable(resource string) bool {
	return countable(resource) || strings.HasPrefix(resource, "hugepages-")
}

// times multiplies an amount by a count, in the amount's own unit.
func times(text string, count quantity) string {
	end := strings.LastIndexAny(text, "0123456789.") + 1
	n, ok := new(big.Rat).SetString(text[:end])
	if !ok {
		return text
	}
	n.Mul(n, count.rat())
	if n.IsInt() {
		return n.Num().String() + text[end:]
	}
	return strings.TrimRight(n.FloatString(3), "0") + text[end:]
}
