package compiler

import (
	"fmt"
	"math/big"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
)

// asksFor reports whether a spec has a limit above zero of a resource. Devices have their limit equal to the request,
// so that asking for the limit is enough.
func asksFor(spec *source.Node, resource string) bool {
	n := spec.Get("resources").Get(resource).Get("limits")
	if !n.Scalar() {
		return false
	}
	q, ok := quantity.Parse(n.Text)
	return ok && q.Sign() > 0
}

// perGPUPath is where a profile has its amounts for each GPU.
const perGPUPath = "spec.per_gpu"

// otherContainers are the containers of a spec beside the run's own.
func otherContainers(spec *source.Node) []*source.Node {
	var all []*source.Node
	for _, list := range []string{"init_containers", "sidecars", "containers"} {
		if n := spec.Get(list); n != nil {
			all = append(all, n.Items...)
		}
	}
	return all
}

// besides is what the containers that stay beside the run's own request of a resource, and the largest of these requests.
func besides(spec *source.Node, resource string) (sum quantity.Quantity, most *source.Node) {
	var largest quantity.Quantity
	for _, list := range []string{"sidecars", "containers"} {
		n := spec.Get(list)
		if n == nil {
			continue
		}
		for _, item := range n.Items {
			request := item.Get("resources").Get(resource).Get("requests")
			if q, ok := amountOf(request); ok {
				sum.Add(q)
				if most == nil || q.Cmp(largest) > 0 {
					most, largest = request, q
				}
			}
		}
	}
	return sum, most
}

// amountOf reads an amount; n may be nil.
func amountOf(n *source.Node) (quantity.Quantity, bool) {
	if !n.Scalar() {
		return quantity.Quantity{}, false
	}
	return quantity.Parse(n.Text)
}

// less takes an amount off another one; the text is empty where nothing is left.
func less(text string, taken quantity.Quantity) string {
	q, ok := quantity.Parse(text)
	if !ok || taken.Sign() == 0 {
		return text
	}
	if q.Sub(taken); q.Sign() <= 0 {
		return ""
	}
	return q.String()
}

// shareTaken refuses containers that leave the run's own nothing of what the profile gives for its GPUs.
func (w *written) shareTaken(request *source.Node, resource, share string, p *Profile) {
	w.refuse(request, diag.Diagnostic{
		Code: diag.ProfileBounds, Path: "resources." + resource,
		Message: fmt.Sprintf("the containers beside the run's own ask for all of the %s of %s that profile %s gives for its GPUs", share, resource, p.Name),
		Notes:   []diag.Note{{Span: head(p.PerGPU.Get(resource)), Message: "per_gpu says how much that is"}},
		Hint:    "ask for less here, or write resources: {" + resource + ": …} for the run's own container",
	})
}

// perGPU multiplies the profile's amounts by the number of GPUs, where the run says nothing. They are the share of the whole
// pod: what its other containers request comes off.
func (w *written) perGPU(spec *source.Node, p *Profile) *source.Node {
	if p == nil || p.PerGPU == nil || !asksFor(spec, "gpu") {
		return spec
	}
	count, _ := quantity.Parse(spec.Get("resources").Get("gpu").Get("limits").Text)
	whole := overlay(spec, newMap( // with the containers that the profile requires
		source.Field{Key: "sidecars", Node: p.Require.Get("sidecars")}))
	amounts := &source.Node{Kind: source.Map, Layer: source.ProfileDefault, Span: p.PerGPU.Span}
	for _, f := range p.PerGPU.Fields {
		// What the run itself asks for counts as it is.
		if have := spec.Get("resources").Get(f.Key).Get("requests"); have != nil && have.Layer >= source.RunSpec {
			continue
		}
		n := *f.Node
		n.Layer = source.ProfileDefault
		share := times(f.Node.Text, count)
		taken, most := besides(whole, f.Key)
		if n.Text = less(share, taken); n.Text == "" {
			w.shareTaken(most, f.Key, share, p)
			continue
		}
		// The path marks what was multiplied: see isMultiplied.
		one := source.Field{Key: f.Key, Span: f.Span, Node: &n}
		amounts.Fields = append(amounts.Fields, source.Field{Key: f.Key, Span: f.Span, Node: lowerAmounts(one, perGPUPath)})
	}
	return overlay(spec, newMap(source.Field{Key: "resources", Span: p.PerGPU.Span, Node: amounts}))
}

// isMultiplied reports whether an amount is what the profile gives for each of the GPUs that the run itself asks for.
func (b *bounder) isMultiplied(amount, gpus *source.Field) bool {
	return strings.HasPrefix(amount.Path, perGPUPath) && gpus != nil && gpus.Node.Layer >= source.RunSpec
}

// multiplied refuses the number of GPUs whose shares together leave a bound.
func (b *bounder) multiplied(amount *source.Node, gpus, bound *source.Field) {
	have, ok := quantity.Parse(amount.Text)
	if !ok || b.isBad(gpus.Node) {
		return
	}
	x := b.profile.breach(have, bound)
	if x == nil {
		return
	}
	each := b.profile.PerGPU.Get(bound.Key)
	d := x.of(b.words(gpus.Below("spec.resources.gpu")), gpus.Node.Text, diag.ProfileBounds)
	d.Message = fmt.Sprintf("%s %s brings %s of %s, which %s", d.Path, diag.Quote(gpus.Node.Text), amount.Text, bound.Key, x.what)
	d.Notes = append([]diag.Note{{Span: head(each), Message: fmt.Sprintf("per_gpu.%s is %s, set here", bound.Key, each.Text)}}, d.Notes...)
	d.Hint = fmt.Sprintf("write %s in the run as well: %s", bound.Key, strings.TrimPrefix(x.hint, "write "))
	if n := shares(x.at, each); x.at == bound.Node.Get("max") && n > 0 {
		d.Hint = fmt.Sprintf("ask for at most %d, or %s", n, d.Hint)
	}
	b.refuse(gpus.Node, d)
}

// times multiplies an amount by a number of devices. What is no amount, or no number of devices, is refused elsewhere.
func times(text string, count quantity.Quantity) string {
	q, ok := quantity.Parse(text)
	if !ok || !quantity.IsWhole(count) {
		return text
	}
	product := quantity.Times(q, count.Value())
	return product.String()
}

// shares is how often one amount goes into another.
func shares(whole, part *source.Node) int64 {
	a, okA := quantity.Parse(whole.Text)
	b, okB := quantity.Parse(part.Text)
	if !okA || !okB || b.Sign() <= 0 {
		return 0
	}
	q := quantity.Ratio(a, b)
	return new(big.Int).Quo(q.Num(), q.Denom()).Int64()
}
