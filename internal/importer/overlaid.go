package importer

import (
	"cmp"
	"fmt"
	"slices"

	"berth/internal/diag"

	"go.yaml.in/yaml/v3"
)

// overlaid is one run that is there in every environment.
type overlaid struct {
	run     object
	members []*workload // by environment
	// coarse says that what the environments say differently stands in them as a whole.
	coarse bool
	alone  []string // what is said of each member where it is built by itself
}

// unite makes one run of what the overlays have in common, with what each of them says otherwise under `environments`. Each is
// tried by itself first, and then in the run that is there for all: nothing may come of that.
func (b *batch) unite() {
	if len(b.environments) == 0 {
		return
	}
	for _, e := range b.environments {
		e.join()
	}
	b.matchOverlays()
	for range maxTries {
		b.agree()
		for _, e := range b.environments {
			e.prove()
		}
		if !b.agree() {
			break
		}
	}
	for _, f := range b.overlaid {
		for _, w := range f.members {
			f.alone = append(f.alone, told(w.verdicts))
		}
	}
	b.proveOverlaid()
}

// matchOverlays puts the workloads of one kind and name together; what is not in every environment stays outside.
func (b *batch) matchOverlays() {
	of := map[string]*overlaid{}
	var order []string
	for i, e := range b.environments {
		seen := map[string]int{}
		for _, w := range e.workloads {
			key := w.kind + " " + w.name
			seen[key]++
			key += fmt.Sprint(" ", seen[key])
			if of[key] == nil {
				of[key], order = &overlaid{members: make([]*workload, len(b.environments))}, append(order, key)
			}
			of[key].members[i] = w
		}
	}
	for _, key := range order {
		if f := of[key]; f.complete(b.environments) {
			b.overlaid = append(b.overlaid, f)
		}
	}
}

// complete reports whether the workload is there in every environment, and leaves it outside where it is not.
func (f *overlaid) complete(all []*environment) bool {
	var has, lacks []string
	for i, w := range f.members {
		if w == nil {
			lacks = append(lacks, all[i].name)
		} else {
			has = append(has, all[i].name)
		}
	}
	for _, w := range f.members {
		if w != nil && len(lacks) > 0 {
			w.refused = fmt.Sprintf("it is in %s, and not in %s: a run is there in every environment of its project. "+
				"Import it by itself, into a project of its own: kustomize build OVERLAY | berth import -", diag.AllOf(has), diag.AllOf(lacks))
		}
	}
	return len(lacks) == 0
}

// agree makes the members of a family say the same things in words of the run: what is one of its words in some environments
// is brought as it is in all. It reports whether something changed.
func (b *batch) agree() bool {
	changed := false
	for _, f := range b.overlaid {
		f.refuseTogether()
		for _, kind := range []string{kindService, kindAutoscaler, kindBudget} {
			has := func(w *workload) bool { return w.own[kind] != nil }
			if !slices.ContainsFunc(f.members, has) || !slices.ContainsFunc(f.members, func(w *workload) bool { return !has(w) }) {
				continue
			}
			for _, w := range f.members {
				if o := w.own[kind]; o != nil && kind == kindService { // which decides the action
					w.extra = append(w.extra, o)
					delete(w.own, kind)
					changed = true
				}
			}
		}
		powerful := slices.ContainsFunc(f.members, func(w *workload) bool { return w.powerful })
		for _, w := range f.members {
			changed = changed || w.powerful != powerful
			w.powerful = powerful
		}
	}
	return changed
}

// refuseTogether leaves a run outside of every environment where it is outside of one.
func (f *overlaid) refuseTogether() {
	i := slices.IndexFunc(f.members, func(w *workload) bool { return w.refused != "" })
	for _, w := range f.members {
		if i >= 0 && w.refused == "" {
			w.refused, w.code = f.members[i].refused, f.members[i].code
		}
	}
}

// isRefused reports whether the overlays could not be joined; the reason stands at the first of them.
func (f *overlaid) isRefused() bool { return f.members[0].refused != "" }

// proveOverlaid builds the runs for each of their environments, and compares. One that says something else than its overlays
// by themselves is tried with what differs as a whole, and left outside in the end.
func (b *batch) proveOverlaid() {
	for range maxTries {
		var in []*overlaid
		var runs []object
		for _, f := range b.overlaid {
			if f.isRefused() {
				continue
			}
			if f.run = f.united(b.environmentNames()); b.shares != nil {
				b.shares(f.run)
			}
			for _, w := range f.members {
				b.need = b.need.with(w.need)
			}
			in, runs = append(in, f), append(runs, f.run)
		}
		if len(in) == 0 || !b.judgeOverlaid(in, runs) {
			return
		}
	}
}

// judgeOverlaid builds runs for every environment, and reports whether one has to be tried again.
func (b *batch) judgeOverlaid(all []*overlaid, runs []object) (again bool) {
	base := b.build(runs, "")
	for i, e := range b.environments {
		for k, p := range b.build(runs, e.name) {
			all[k].members[i].proven = p
		}
	}
	for k, f := range all {
		again = f.judge(base[k]) || again
	}
	return again
}

// judge compares what is built for each environment with what its overlay gave, and reports whether the run has to be tried
// again.
func (f *overlaid) judge(base proven) (again bool) {
	good := base.unit != nil
	var why []diag.Diagnostic
	for i, w := range f.members {
		if w.proven.unit == nil {
			good, why = false, append(why, w.proven.why...)
			continue
		}
		w.judge()
		good = good && told(w.verdicts) == f.alone[i]
	}
	switch {
	case good:
		return false
	case !f.coarse:
		f.coarse = true
		return true
	}
	why = append(why, base.why...)
	for _, w := range f.members {
		w.refused = "what its overlays say is not said of one run"
		if len(why) > 0 {
			w.refused, w.code = cmp.Or(why[0].Path, "the run")+": "+why[0].Message, string(why[0].Code)
		}
	}
	return true
}

// told is all that is said of objects, but for the hashes and names that come of a run's surroundings.
func told(verdicts []Taken) string {
	var all []string
	for _, t := range verdicts {
		all = append(all, t.Refused)
		for _, d := range t.Differences {
			if lastKey(d.Path) != "app.kubernetes.io/part-of" && d.Path != "metadata.name" {
				all = append(all, fmt.Sprint(t.Kind, t.Name, d.Class, d.Path, d.New))
			}
		}
	}
	return fmt.Sprint(all)
}

// printed are the runs that come out: those that stand alone, and those of all environments.
func (b *batch) printed() []*overlaid {
	var all []*overlaid
	for _, w := range b.workloads {
		if w.refused == "" {
			all = append(all, &overlaid{run: w.run, members: []*workload{w}})
		}
	}
	for _, f := range b.overlaid {
		if !f.isRefused() {
			all = append(all, f)
		}
	}
	return all
}

// united is the run with what each environment says otherwise.
func (f *overlaid) united(names []string) object {
	runs := make([]*yaml.Node, len(f.members))
	for i, w := range f.members {
		runs[i] = w.run.Node
	}
	d := divider{coarse: f.coarse, fixed: f.members[0].powerful}
	base, changes := d.maps(runs)
	run, environments := object{base}, newObject()
	for i, c := range changes {
		environments.put(names[i], c)
	}
	return run.put("environments", environments.Node)
}
