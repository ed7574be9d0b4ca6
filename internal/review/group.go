package review

import (
	"fmt"
	"slices"
	"strings"
)

// group are the runs of which a review says the same: a change of a profile reaches hundreds of runs, and is read once.
type group struct {
	Item     // the first of them
	Names    []string
	Commands []string
}

// groups puts together what is alike, in the order of the first of each.
func groups(items []Item) []*group {
	var all []*group
	known := map[string]*group{}
	for _, item := range items {
		key := item.statement()
		g := known[key]
		if g == nil {
			g = &group{Item: item}
			known[key] = g
			all = append(all, g)
		}
		g.Names = append(g.Names, title(item))
		if item.Command != "" {
			g.Commands = append(g.Commands, item.Command)
		}
	}
	return all
}

// statement is all that a review says of a run but who it is and what its objects are called.
func (i Item) statement() string {
	i.Environment, i.Namespace, i.Name, i.RunAction, i.Command = "", "", "", "", ""
	i.Objects = slices.Clone(i.Objects)
	for k := range i.Objects {
		o := &i.Objects[k]
		o.Before, o.After = also(o.Before != "", "one"), also(o.After != "", "one")
	}
	return compact(i)
}

// Title is the name of the run, or how many there are.
func (g *group) Title() string {
	if g.Many() {
		return fmt.Sprintf("%d runs", len(g.Names))
	}
	return g.Names[0]
}

// Few reports whether the runs can be named in a line.
func (g *group) Few() bool { return len(g.Names) <= 3 }

// Heading names the runs where they are few, and else says how many there are.
func (g *group) Heading() string {
	if g.Few() {
		return strings.Join(g.Names, ", ")
	}
	return g.Title()
}

// Many reports whether there is more than one run.
func (g *group) Many() bool { return len(g.Names) > 1 }

// Ends says what the commands end.
func (g *group) Ends() string {
	if g.Many() {
		return "end the old ones with"
	}
	return "end the old one with"
}

// Of is what an object's change is called: by the object's names, or by its kind for many runs.
func (g *group) Of(o ObjectChange) string {
	if g.Many() {
		return ""
	}
	return objectNames(o)
}
