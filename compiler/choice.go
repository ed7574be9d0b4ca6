package compiler

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
	"berth/schema"
)

// gpuChoice is what a run says of its GPUs where it leaves their number to the profile: `A100:80GB:1..8`.
// Low and high are whole numbers of devices, both included; they are equal where the choice is of one number.
type gpuChoice struct {
	model     string // as plainModel has it; empty for any
	gigabytes int64  // of one device; 0 for any
	low, high int64
}

// modelAndMemory matches a device with its memory: A100:80GB, and A100-80GB, as other systems write it.
var modelAndMemory = regexp.MustCompile(`^(.+)[-_ :]([0-9]{1,4})[gG][iI]?[bB]?$`)

// parseChoice reads a text that the schema has accepted.
func parseChoice(text string) gpuChoice {
	device, count := splitChoice(text)
	var g gpuChoice
	if m := modelAndMemory.FindStringSubmatch(device); m != nil {
		device, g.gigabytes = m[1], wholeNumber(m[2])
	}
	g.model = plainModel(device)
	low, high, isRange := strings.Cut(count, "..")
	if !isRange {
		high = low
	}
	g.low, g.high = wholeNumber(low), wholeNumber(high)
	return g
}

// splitChoice parts the device from the count; there may be no device.
func splitChoice(text string) (device, count string) {
	end := strings.LastIndex(text, ":")
	return text[:max(end, 0)], text[end+1:]
}

// wholeNumber reads digits that a pattern has accepted; texts that are none give 0.
func wholeNumber(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64) // the schema has accepted the digits, and there are few
	return n
}

// plainModel is a model without what people write in several ways: capitals, spaces and dashes.
func plainModel(model string) string {
	return strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.ToLower(model))
}

// means reports whether the choice takes an accelerator for the one that it wants.
func (g gpuChoice) means(a *schema.Accelerator) bool {
	return a != nil && (g.model == "" || isModel(a, g.model)) && (g.gigabytes == 0 || hasMemory(a, g.gigabytes))
}

// isModel: a vendor's product names the model among other words, as in NVIDIA-A100-SXM4-40GB.
func isModel(a *schema.Accelerator, model string) bool {
	if model == plainModel(a.Model) {
		return true
	}
	words := nameWords(a.Product)
	for i := range words {
		for end := i + 1; end <= len(words); end++ {
			if strings.Join(words[i:end], "") == model {
				return strings.ContainsAny(model, "0123456789") // not the vendor alone
			}
		}
	}
	return false
}

// hasMemory compares an accelerator's memory with what its vendor says: a vendor's gigabyte is 10^9 bytes or 2^30.
func hasMemory(a *schema.Accelerator, gigabytes int64) bool {
	have, ok := quantity.Parse(a.Memory)
	return ok && have.CmpInt64((gigabytes-1)*1e9) > 0 && have.CmpInt64((gigabytes+1)<<30) < 0
}

// isChoice reports whether a text is a choice of GPUs and no amount.
func isChoice(n *source.Node) bool {
	return n.Kind == source.String && !schema.TypeQuantity.AcceptsText(n.Text) && schema.TypeGPUChoice.AcceptsText(n.Text)
}

// choices refuses a choice where none can be: of other resources, beside a number, backwards, and in a profile, which is
// what a run chooses from.
func (c *checker) choices(resources *source.Node, path string) {
	for _, f := range resources.Fields {
		choice := f.Node.Field("choice")
		if choice == nil || !choice.Node.Scalar() || !schema.TypeGPUChoice.AcceptsText(choice.Node.Text) {
			continue
		}
		d := diag.Diagnostic{Code: diag.Resources, Path: choice.Below(f.Below(path))}
		device, _ := splitChoice(choice.Node.Text)
		g := parseChoice(choice.Node.Text)
		switch {
		case f.Key != "gpu":
			d.Message = fmt.Sprintf("%s is not for gpu, and no other resource has a choice", d.Path)
			d.Hint = "write requests and limits"
		case f.Node.Get("requests") != nil || f.Node.Get("limits") != nil:
			d.Message = d.Path + " stands beside a number, and only one of them can hold"
			d.Hint = "keep the choice or the number"
		// Only a profile's document is read with constraints allowed.
		case c.constraints:
			d.Message = fmt.Sprintf("%s %s is a choice, and a profile is what a run chooses from", d.Path, diag.Quote(choice.Node.Text))
			d.Hint = "write one number here, and what a run may ask for under bounds: {gpu: {min: …, max: …}}"
		case g.low > g.high:
			meant := fmt.Sprintf("%d..%d", g.high, g.low)
			if device != "" {
				meant = device + ":" + meant
			}
			d.Message = fmt.Sprintf("no number lies in %s %s", d.Path, diag.Quote(choice.Node.Text))
			d.Hint, d.Fix = "write "+meant, replacement(choice.Node.Span, meant, true)
		default:
			continue
		}
		c.refuse(choice.Node, d)
	}
}

// noChoice refuses a choice in a container beside the run's own: the profile's GPUs are the run's.
func (c *checker) noChoice(resources *source.Node, path string) {
	for _, f := range resources.Fields {
		if choice := f.Node.Field("choice"); choice != nil {
			at := choice.Below(f.Below(path))
			c.refuse(choice.Node, diag.Diagnostic{Code: diag.Resources, Path: at,
				Message: fmt.Sprintf("%s is a choice, which the run's own container alone has", at),
				Hint:    "write how many of them this container needs"})
		}
	}
}

// Choices as people write them elsewhere: with another sign between the numbers, with a part of a GPU, and without an end.
var (
	otherRange = regexp.MustCompile(`^([A-Za-z][-A-Za-z0-9 _.:]*:)?([0-9]{1,3}) *(?:-|–|\.\.+|to) *([1-9][0-9]{0,2})$`)
	fractionOf = regexp.MustCompile(`^[A-Za-z][-A-Za-z0-9 _.:]*:[0-9]*\.[0-9]+$`)
	openRange  = regexp.MustCompile(`^([A-Za-z][-A-Za-z0-9 _.:]*:)?([1-9][0-9]{0,2}) *(?:\+|-|\.\.+)$`)
)

// choiceInstead is the way to a choice for a text that may have been meant as one, empty for others.
func choiceInstead(text string) string {
	if schema.TypeGPUChoice.AcceptsText(text) {
		return "a choice stands right after gpu, for requests and limits alike: write gpu: " + text
	}
	if m := otherRange.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("for a range write gpu: %s%d..%s", m[1], max(1, wholeNumber(m[2])), m[3])
	}
	if fractionOf.MatchString(text) {
		return wholeDevices
	}
	if m := openRange.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("a range needs both ends: write gpu: %s%s..%d", m[1], m[2], max(8, wholeNumber(m[2])))
	}
	return ""
}

// rangeOf reads {min, max} as a range of GPUs, empty for what is none.
func rangeOf(n *source.Node) string {
	low, high := n.Get("min"), n.Get("max")
	if !low.Scalar() || !high.Scalar() || !schema.TypeGPUChoice.AcceptsText(low.Text+".."+high.Text) {
		return ""
	}
	return low.Text + ".." + high.Text
}
