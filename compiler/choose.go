package compiler

import (
	"fmt"
	"strconv"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
)

// chooser finds the number of GPUs that a run leaves to its profile.
type chooser struct {
	*compilation
	*report
	gpuChoice
	node    *source.Node // the choice
	path    string       // as its author knows it
	profile *Profile
	unmet   map[string]*breach // what of the profile's own CUE refuses a number
}

// choose gives a choice of GPUs its number: the one of the weaker layers where the choice has it, else the least that
// the profile allows. The choice stays beside it, for those who ask why.
func (c *compilation) choose(w *written, spec *source.Node, p *Profile) *source.Node {
	gpu := spec.Get("resources").Field("gpu")
	if gpu == nil {
		return spec
	}
	choice, before := gpu.Node.Field("choice"), gpu.Node.Get("limits")
	if choice == nil || !choice.Node.Scalar() {
		return spec
	}
	// A stronger layer says a number, such as an environment: it wins, and the choice is kept as what it has beaten.
	if before != nil && before.Layer > choice.Node.Layer {
		return withGPUs(spec, mapFields(gpu.Node, func(f source.Field) *source.Node { return beating(f.Node, choice.Node) }))
	}
	if p == nil && spec.Get("profile") != nil {
		w.mark(choice.Node) // what is wrong with the profile is said
	}
	if w.isBad(choice.Node) {
		return spec
	}
	ch := chooser{compilation: c, report: w.report, gpuChoice: parseChoice(choice.Node.Text), node: choice.Node,
		path: w.env.path(choice.Below(gpu.Below("spec.resources"))), profile: p}
	count := ch.count(before)
	if count == 0 {
		return spec
	}
	number := *choice.Node
	number.Kind, number.Text, number.Beat = source.Int, strconv.FormatInt(count, 10), before
	winner := &number
	if lost := choice.Node.Beat; lost.Scalar() {
		winner = beating(winner, lost)
	}
	requests := source.Field{Key: "requests", Span: choice.Span, Node: winner, Path: choice.Path}
	limits := requests
	limits.Key = "limits"
	return withGPUs(spec, newMap(requests, limits, *choice))
}

// withGPUs replaces what a spec says of gpu.
func withGPUs(spec, gpu *source.Node) *source.Node {
	return mapFields(spec, func(f source.Field) *source.Node {
		if f.Key != "resources" {
			return f.Node
		}
		return mapFields(f.Node, func(r source.Field) *source.Node {
			if r.Key == "gpu" {
				return gpu
			}
			return r.Node
		})
	})
}

// beating is a number that has beaten a choice of a weaker layer as well.
func beating(number, choice *source.Node) *source.Node {
	if number.Layer <= choice.Layer {
		return number // the choice itself
	}
	winner := *number
	winner.Of = number
	if next := number.Beat; next != nil && next.Layer > choice.Layer {
		winner.Beat = beating(next, choice)
		return &winner
	}
	loser := *choice
	loser.Beat = number.Beat
	winner.Beat = &loser
	return &winner
}

// count is the number, 0 where there is none, which it has said then.
func (c *chooser) count(before *source.Node) int64 {
	if !c.hasDevice() {
		return 0
	}
	c.judge()
	var least int64
	var nearest *breach
	furthest := -1
	for n := c.low; n <= c.high; n++ {
		at, x := c.hurdle(n)
		switch {
		case x == nil && before.Scalar() && before.Text == strconv.FormatInt(n, 10):
			return n
		case x == nil && least == 0:
			least = n
		// Where no number is allowed, the one that came furthest says best why.
		case x != nil && at > furthest:
			nearest, furthest = x, at
		}
	}
	if least == 0 {
		c.refuse(c.node, nearest.of(c.path, c.node.Text, diag.ProfileBounds))
	}
	return least
}

// hurdle is the first part of the profile that refuses a number, and how far the number came.
func (c *chooser) hurdle(n int64) (int, *breach) {
	q, text := quantity.Of(n), strconv.FormatInt(n, 10)
	if bound := c.profile.bound("gpu"); bound != nil {
		if x := c.profile.breach(q, bound); x != nil {
			return 0, x
		}
	}
	if x := c.unmet[text]; x != nil {
		return 1, x
	}
	required := c.profile.Require.Get("resources").Get("gpu").Get("limits")
	if required.Scalar() && !sameText(required.Text, text, "limits") {
		return 2, &breach{required, "is not what profile " + c.profile.Name + " requires", "the profile requires " + required.Text, "leave gpu out, or choose another profile"}
	}
	if most, name := c.profile.mostDevices(); most != nil {
		if has, ok := quantity.Parse(most.Text); ok && q.Cmp(has) > 0 {
			return 3, &breach{most, "is more than any machine of profile " + c.profile.Name + " has", name + " has the most: " + most.Text, "write " + most.Text + " or less, or choose another profile"}
		}
	}
	return 4, nil
}

// judge asks CUE which numbers the rules of the profile take.
func (c *chooser) judge() {
	var rules []source.Field
	if bound := c.profile.bound("gpu"); bound != nil {
		rules = boundRules(bound)
	}
	if required := c.profile.Require.Get("resources").Get("gpu").Get("limits"); required != nil && required.Kind == source.Constraint {
		rules = append(rules, source.Field{Key: "require.resources.gpu", Node: required})
	}
	var found []open
	for _, rule := range rules {
		for n := c.low; n <= c.high; n++ {
			number := &source.Node{Kind: source.Int, Text: strconv.FormatInt(n, 10)}
			found = append(found, open{rule: rule.Node, value: number, name: rule.Key})
		}
	}
	if len(found) == 0 || c.Evaluator == nil {
		return
	}
	c.unmet = map[string]*breach{}
	// All numbers are asked about in one request.
	met, _ := c.meet(found) // what is wrong with a rule itself is said where the number is held against it
	for i, o := range found {
		if !met[i] {
			c.unmet[o.value.Text] = c.profile.unmet(o.rule, o.name)
		}
	}
}

// mostDevices is the largest number of its accelerators that a machine of the profile has, and the machine's name.
func (p *Profile) mostDevices() (most *source.Node, name string) {
	nodes := p.Tree.Get("nodes")
	if nodes == nil {
		return nil, ""
	}
	var largest quantity.Quantity
	for _, n := range nodes.Items {
		has := n.Get("allocatable").Get(p.resource())
		if !has.Scalar() || !n.Get("name").Scalar() {
			continue
		}
		if q, ok := quantity.Parse(has.Text); ok && q.Cmp(largest) > 0 {
			most, name, largest = has, n.Get("name").Text, q
		}
	}
	return most, name
}

// hasDevice refuses a choice without a profile that has the device.
func (c *chooser) hasDevice() bool {
	d := diag.Diagnostic{Code: diag.Resources, Path: c.path}
	said := fmt.Sprintf("%s %s", c.path, diag.Quote(c.node.Text))
	switch p := c.profile; {
	case p == nil:
		d.Message = said + " leaves the number to a profile, and the run names none"
	case p.Spec.Accelerator == nil:
		d.Message = fmt.Sprintf("%s leaves the number to the profile, and %s has no accelerator", said, p.Name)
		d.Notes = []diag.Note{{Span: head(p.Tree), Message: "profile " + p.Name + " stands here"}}
	case !c.means(p.Spec.Accelerator):
		at, what := c.difference()
		d.Code = diag.ProfileConflict
		d.Message = fmt.Sprintf("%s asks for another accelerator than profile %s has", said, p.Name)
		d.Notes = []diag.Note{{Span: head(at), Message: what}}
	default:
		return true
	}
	d.Hint = c.otherProfile()
	c.refuse(c.node, d)
	return false
}

// difference is the part of the profile's accelerator that the choice does not take.
func (c *chooser) difference() (at *source.Node, what string) {
	accelerator := c.profile.Tree.Get("accelerator")
	model, product, memory := accelerator.Get("model"), accelerator.Get("product"), accelerator.Get("memory")
	withoutMemory := c.gpuChoice
	withoutMemory.gigabytes = 0
	switch modelFits := withoutMemory.means(c.profile.Spec.Accelerator); {
	case !modelFits && model != nil:
		return model, "accelerator.model is " + model.Text + ", set here"
	case !modelFits && product != nil:
		return product, "accelerator.product is " + product.Text + ", set here"
	case !modelFits:
		return accelerator, "the profile's accelerator names no model"
	case memory != nil:
		return memory, "accelerator.memory is " + memory.Text + ", set here"
	}
	return accelerator, "the profile's accelerator says nothing of its memory"
}

// otherProfile is the way to a device that the run's profile has not: up to three profiles that have it, parts of one
// only where nothing has it whole.
func (c *chooser) otherProfile() string {
	if c.model == "" && c.gigabytes == 0 {
		return "write one number, or choose a profile with an accelerator; `berth profiles` lists them"
	}
	// The catalog resolves profiles as they are asked for, and other runs are compiled meanwhile.
	c.mu.Lock()
	defer c.mu.Unlock()
	var whole, parts []string
	for _, name := range c.catalog.all() {
		p, _, ok := c.catalog.resolve(name)
		if !ok || p.Spec.Deprecated != nil || !c.means(p.Spec.Accelerator) {
			continue
		}
		if s := p.Spec.Accelerator.Sharing; s == "" || s == "exclusive" {
			whole = append(whole, name)
		} else {
			parts = append(parts, name)
		}
	}
	// A part of a device is offered only where none is whole: it has less memory than the author counts on.
	if len(whole) == 0 {
		whole = parts
	}
	switch {
	case len(whole) == 0:
		return "no profile has it; `berth profiles` lists what there is"
	case c.profile == nil:
		return "write profile: " + diag.OneOf(whole[:min(3, len(whole))])
	}
	return "write profile: " + diag.OneOf(whole[:min(3, len(whole))]) + ", or leave the model out"
}
