package workspace

import (
	"fmt"

	"berth/internal/diag"
	"berth/renderers"
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
				tell(u, sameObject(first, u, &o))
				break
			}
			objects[object] = u
		}
	}
}

// sameObject says that two runs make one object, at the second of them. Where the second is not a run but an object of
// the project's own, the way out is another one: rename the object.
func sameObject(first, second *Unit, o *renderers.Object) diag.Diagnostic {
	p := diag.Problem{Code: diag.DuplicateRun, Path: "name",
		Message: fmt.Sprintf("this run and %s in %s both make a %s named %s", diag.Quote(first.Plan.Name), first.Doc.File.Name, o.Kind, diag.Quote(o.Name)),
		Hint:    "rename one of the runs, or what its object is called after"}
	if second.Plan.OfProject {
		p.Path, p.Hint = o.NamePath(), "give this one another name, or remove it"
		p.Message = fmt.Sprintf("run %s in %s makes a %s named %s already", first.Plan.Name, first.Doc.File.Name, o.Kind, diag.Quote(o.Name))
	}
	d := second.Locate(p)
	return noted(d, first)
}

// noted adds the place of the other run as a note, so that an editor can go there.
func noted(d diag.Diagnostic, first *Unit) diag.Diagnostic {
	place := first.Locate(diag.Problem{Path: "name"}).Span
	d.Notes = append(d.Notes, diag.Note{Span: place, Message: "the other one stands here"})
	return d
}
