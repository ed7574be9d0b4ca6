package workspace

import (
	"fmt"

	"berth/internal/diag"
)

// collisions refuses two objects that the cluster could not hold both: the later one would overwrite the earlier.
func collisions(units []Unit, tell func(*Unit, ...diag.Diagnostic)) {
	type id struct{ kind, namespace, name string }
	objects := map[id]*Unit{}
	for i := range units {
		u := &units[i]
		for _, o := range u.Objects {
			object := id{o.Kind, o.Namespace, o.Name}
			if first := objects[object]; first != nil && first != u {
				tell(u, sameObject(first, u, o.Kind, o.Name))
				break
			}
			objects[object] = u
		}
	}
}

func sameObject(first, second *Unit, kind, name string) diag.Diagnostic {
	d := second.Locate(diag.Problem{Code: diag.DuplicateRun, Path: "name",
		Message: fmt.Sprintf("this run and %s in %s both make a %s named %s", diag.Quote(first.Plan.Name), first.Doc.File.Name, kind, diag.Quote(name)),
		Hint:    "rename one of the runs, or what its object is called after"})
	return noted(d, first)
}

func noted(d diag.Diagnostic, first *Unit) diag.Diagnostic {
	place := first.Locate(diag.Problem{Path: "name"}).Span
	d.Notes = append(d.Notes, diag.Note{Span: place, Message: "the other one stands here"})
	return d
}
