package fit

import (
	"fmt"
	"slices"
	"strings"
)

// Text says the report in lines, for people: the verdict, then each machine. It ends with a line break.
func (r Report) Text() string {
	var b strings.Builder
	switch r.Verdict {
	case Unknown:
		return "unknown: the profile declares no nodes\n"
	case Fits:
		fmt.Fprintf(&b, "fits %d of %d machines\n", r.fitting(), len(r.Shapes))
	case Never:
		fmt.Fprintf(&b, "fits none of %d machines\n", len(r.Shapes))
	}
	width := 0
	for _, s := range r.Shapes {
		width = max(width, len(s.Name))
	}
	for _, s := range r.Shapes {
		s.print(&b, width)
	}
	if unjudged := r.unjudged(); len(unjudged) > 0 {
		fmt.Fprintf(&b, "  taken for granted, as the profile's nodes do not mention it: %s\n", strings.Join(unjudged, ", "))
	}
	return b.String()
}

// unjudged is what some machine says nothing of, each once, in the order in which it was found.
func (r Report) unjudged() []string {
	var all []string
	for _, s := range r.Shapes {
		for _, what := range s.Unjudged {
			if !slices.Contains(all, what) {
				all = append(all, what)
			}
		}
	}
	return all
}

// fitting is on how many of the machines the pod fits.
func (r Report) fitting() int {
	n := 0
	for _, s := range r.Shapes {
		if s.Fits() {
			n++
		}
	}
	return n
}

// print writes the lines of one machine; width is that of the column of names.
func (s Shape) print(b *strings.Builder, width int) {
	fmt.Fprintf(b, "  %-*s  %s\n", width, s.Name, s.headline())
	for _, reason := range s.Reasons[min(1, len(s.Reasons)):] {
		fmt.Fprintf(b, "  %-*s  %s\n", width, "", reason.Text)
	}
}

// headline is the first reason against the machine, or how many of the pods an empty one takes, where that can be
// known.
func (s Shape) headline() string {
	switch {
	case !s.Fits():
		return s.Reasons[0].Text
	case s.PerNode == 0:
		return "fits"
	}
	return fmt.Sprintf("fits, %d on an empty one", s.PerNode)
}
