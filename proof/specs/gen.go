// Package specs makes random projects: runs, profiles and environments that reach every field of the schema. They are
// meant to be accepted, at the edges of what is accepted; what the compiler refuses all the same is left out by the
// caller, who has its reasons to look at.
package specs

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Object is one mapping of a document, ready for a JSON or YAML printer.
type Object = map[string]any

// Gen makes documents from a seed: the same seed makes the same documents.
type Gen struct {
	rand *rand.Rand

	// What the fields written so far mean for those to come; each run starts anew.
	run     Object // the spec in the making
	name    string // of the run, and of its container
	action  string
	names   map[string]int // how many names of a kind are taken
	project *Project
}

// New makes a generator. part tells the generators of one seed apart.
func New(seed, part uint64) *Gen {
	return &Gen{rand: rand.New(rand.NewPCG(seed, part)), project: &Project{Kubernetes: newest}}
}

// field is one row of a table: a name of the schema, how often it is written, and its value. A value of nil leaves the
// field out.
type field struct {
	name  string
	odds  int // in a hundred
	value func(*Gen) any
}

const always = 100

// object writes the fields of a table, in its order: a value may look at what stands before it.
func (g *Gen) object(fields []field) Object {
	o := Object{}
	g.fill(o, fields)
	return o
}

func (g *Gen) fill(o Object, fields []field) {
	for _, f := range fields {
		if !g.chance(f.odds) {
			continue
		}
		if v := f.value(g); v != nil {
			o[f.name] = v
		}
	}
}

func (g *Gen) chance(percent int) bool { return g.rand.IntN(100) < percent }

// IntN is a number from 0 to below n.
func (g *Gen) IntN(n int) int { return g.rand.IntN(n) }

// between is a number from low to high, often one of the two.
func (g *Gen) between(low, high int) int {
	switch g.rand.IntN(6) {
	case 0:
		return low
	case 1:
		return high
	}
	return low + g.rand.IntN(high-low+1)
}

func pick[T any](g *Gen, from ...T) T { return from[g.rand.IntN(len(from))] }

// list is low to high items, or nil for none.
func (g *Gen) list(low, high int, item func(*Gen) any) any {
	var items []any
	for range g.between(low, high) {
		if v := item(g); v != nil {
			items = append(items, v)
		}
	}
	if items == nil {
		return nil
	}
	return items
}

// The makers of values, for the tables.

func oneOf[T any](from ...T) func(*Gen) any {
	return func(g *Gen) any { return pick(g, from...) }
}

func number(low, high int) func(*Gen) any {
	return func(g *Gen) any { return g.between(low, high) }
}

func listOf(low, high int, item func(*Gen) any) func(*Gen) any {
	return func(g *Gen) any { return g.list(low, high, item) }
}

func objectOf(fields []field) func(*Gen) any {
	return func(g *Gen) any { return g.object(fields) }
}

// when writes a value only where the run so far allows it.
func when(allowed func(*Gen) bool, value func(*Gen) any) func(*Gen) any {
	return func(g *Gen) any {
		if !allowed(g) {
			return nil
		}
		return value(g)
	}
}

func flag(g *Gen) any { return g.chance(50) }

// fresh is a name that the run has not used yet.
func (g *Gen) fresh(prefix string) string {
	g.names[prefix]++
	return prefix + "-" + digits(g.names[prefix])
}

func sortedKeys(o Object) []string { return slices.Sorted(maps.Keys(o)) }
