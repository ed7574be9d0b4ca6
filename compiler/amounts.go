package compiler

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
)

// one is the amount 1.
var one = quantity.Of(1)

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

// badQuantity is the refusal of a text that is no quantity at all. Where its unit is one that people write for another
// (GB, core), the hint gives what it stands for; a fix is offered only where it can be a single one.
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
	// The sign is matched as well, so that it can be named as the mistake.
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
	q, parsed := quantity.Parse(text)
	if !parsed || !quantity.IsCounted(q) {
		return "is more than Kubernetes can count", "write a smaller amount", false
	}
	// Kubernetes takes 2Gi of CPU, for 2147483648 cores.
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
	// Fractions of a core are fine, and what counts devices is held to whole numbers by its own rule.
	if resource == "cpu" || countable(resource) || quantity.IsWhole(q) {
		return "", "", true
	}
	if q.Cmp(one) < 0 {
		return "is less than one byte", "write a unit: Mi or Gi", false
	}
	return "is not a whole number of bytes", "write " + wholeBytes(q), false
}

// wholeBytes is the next amount that is a whole number of bytes, in the largest binary unit that has a hundred of them.
func wholeBytes(q quantity.Quantity) string {
	bytes := q.Value() // rounded up
	unit := int64(1)
	for bytes/unit >= 100<<10 {
		unit <<= 10
	}
	return quantity.Bytes((bytes + unit - 1) / unit * unit)
}

// countable reports whether a resource is counted in whole devices: Kubernetes calls it extended.
func countable(resource string) bool {
	return resource == "gpu" || strings.Contains(resource, "/")
}

// unsharable reports whether the request of a resource has to equal its limit: extended resources and huge pages.
func unsharable(resource string) bool {
	return countable(resource) || strings.HasPrefix(resource, "hugepages-")
}
