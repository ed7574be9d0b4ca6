package rules

import "berth/internal/diag"

// place is a field of an object: the place above it, and a key or an index below that one. It becomes text only where
// something is wrong: most objects are right, and judging them must cost next to nothing.
type place struct {
	above *place
	key   string // which may be empty: a user may write anything
	index int    // of an item; noIndex for a key
}

// noIndex marks a place that is a key: 0 is the index of the first item.
const noIndex = -1

// in is the field below p; any text is taken as a key.
func (p *place) in(key string) *place { return &place{above: p, key: key, index: noIndex} }

// item is the i-th item of the list at p, from 0.
func (p *place) item(i int) *place { return &place{above: p, index: i} }

// path is the place in the notation of diag.Problem.
func (p *place) path() string {
	switch {
	case p.above == nil:
		return ""
	case p.index != noIndex:
		return diag.At(p.above.path(), p.index)
	}
	return diag.Join(p.above.path(), p.key)
}

// name is the place for a sentence: its own key, with the index behind it.
func (p *place) name() string {
	switch {
	case p.above == nil:
		return "the object"
	case p.index != noIndex:
		return diag.At(p.above.name(), p.index)
	case !diag.PlainKey(p.key):
		return diag.Quote(p.key)
	}
	return p.key
}
