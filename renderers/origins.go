package renderers

import (
	"sync"

	"berth/internal/diag"
	"berth/internal/yamlprint"
	"berth/schema"
)

// Origin says where the leaf at path of a rendered object comes from; path is in the notation of [yamlprint.Commenter].
// planPath is the place in the plan that the value was copied or computed from (spec.image, machine.node_labels …), in the
// notation of diag.Problem; reason says what the tool decided and why. Either may be empty; both are set for a value that
// the tool computed from the plan. ok is false for a path that the object does not have.
//
// Values that a patch or a base object brought lead to it (spec.patches[0].patch…, machine.base.Job…).
func Origin(o *Object, path string) (planPath, reason string, ok bool) {
	if o.origins == nil || !yamlprint.HasPath(o.Value, path) {
		return "", "", false
	}
	from, ok := o.origins.of(o.File).at(path)
	return from.plan, from.reason, ok
}

// origin is where a value of an object comes from.
type origin struct {
	plan, reason string
	follows      bool // what stands below the value has the same path below plan
}

// record says where the values of one object come from, by their path. A path speaks for all that stands below it and has
// no origin of its own.
type record map[string]origin

// at is the origin of the value at path.
func (r record) at(path string) (origin, bool) {
	for above := path; ; above = diag.Parent(above) {
		from, ok := r[above]
		if ok && from.follows {
			from.plan = below(from.plan, path, len(above))
		}
		if ok || above == "" {
			return from, ok
		}
	}
}

// below continues a place of the plan by what path says behind its first n characters.
func below(plan, path string, n int) string {
	if n == 0 && path != "" && path[0] != '[' {
		return plan + "." + path
	}
	return plan + path[n:]
}

// origins are the records of all objects of one plan. Few objects are ever asked for an origin, and a record costs more
// than the object itself: so the plan is rendered anew, and recorded, when the first question comes.
type origins struct {
	plan  *schema.Plan
	once  sync.Once
	files map[string]record
}

// of is the record of one object by its file. The first question renders the plan again; the problems that this finds
// were told before. It is safe for several goroutines.
func (o *origins) of(file string) record {
	o.once.Do(func() {
		r := newRenderer(o.plan)
		r.files = map[string]record{}
		r.render()
		o.files = r.files
	})
	return o.files[file]
}

// at is a place in the object that is being rendered. A renderer hands it down to whoever fills what stands below, and
// writes each value beside the place that it comes from:
//
//	c.WorkingDir = copied(at, "workingDir", "spec.working_dir", r.spec.WorkingDir)
//
// Where nobody asks for origins, no path is put together.
type at struct {
	record record // nil where nobody asks
	path   string
}

// in is the place at a path of plain words below a, such as spec.template.
func (a at) in(path string) at {
	if a.record == nil || a.path == "" {
		return at{a.record, path}
	}
	return at{a.record, a.path + "." + path}
}

// key is the place of an entry of the mapping at a.
func (a at) key(key string) at {
	if a.record == nil {
		return a
	}
	return at{a.record, diag.Join(a.path, key)}
}

// item is the place of the i-th item of the list at a.
func (a at) item(i int) at {
	if a.record == nil {
		return a
	}
	return at{a.record, diag.At(a.path, i)}
}

// set says where the value at a comes from.
func (a at) set(from origin) {
	if a.record != nil {
		a.record[a.path] = from
	}
}

// copied is a value that stands in the plan. What is below it has the same path below the place in the plan: one line is
// enough for a list, a mapping, or a part that the run gives in Kubernetes' own form.
func copied[T any](a at, field, plan string, value T) T {
	if a.record != nil {
		a.in(field).set(origin{plan: plan, follows: true})
	}
	return value
}

// computed is a value that the tool makes of what stands in the plan. The reason is empty where the place says it all.
func computed[T any](a at, field, plan, reason string, value T) T {
	if a.record != nil {
		a.in(field).set(origin{plan: plan, reason: reason})
	}
	return value
}

// decided is a value that the tool alone decides.
func decided[T any](a at, field, reason string, value T) T {
	return computed(a, field, "", reason, value)
}

// put sets an entry of the mapping at a, which it makes where there is none.
func put[K ~string, V any](a at, mapping *map[K]V, key K, from origin, value V) {
	if *mapping == nil {
		*mapping = map[K]V{}
	}
	(*mapping)[key] = value
	if a.record != nil {
		a.key(string(key)).set(from)
	}
}

// place is a place in the plan, for [copied] and its like, where an index or a key is part of it. Like [at], it puts no
// path together where nobody asks.
type place struct {
	asked bool
	path  string
}

// from is a place of the plan that an index or a key is added to; free of cost where nobody asks for origins.
func (a at) from(path string) place { return place{a.record != nil, path} }

// item is the place of the i-th item of the list at p.
func (p place) item(i int) place {
	if !p.asked {
		return p
	}
	return place{true, diag.At(p.path, i)}
}

// key is the place of an entry of the mapping at p; the key may hold any characters.
func (p place) key(key string) place {
	if !p.asked {
		return p
	}
	return place{true, diag.Join(p.path, key)}
}

// of is a field of p.
func (p place) of(field string) string {
	if !p.asked {
		return ""
	}
	return p.path + "." + field
}
