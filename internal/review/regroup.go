package review

import "slices"

// regroup makes the sides comparable where only one of them has environments: a run without one stands for the run of its
// namespace and name in each environment, since that is the same object for a cluster. So is a run of an environment that
// has another name now. The notes say so.
func regroup(before, after []Run) (was, is []Run, notes []string) {
	had, has := environmentsOf(before), environmentsOf(after)
	switch {
	case len(before) == 0 || len(after) == 0 || !had && !has:
		return before, after, nil
	case had && has:
		was, notes := renamed(before, after)
		return was, after, notes
	case has:
		return spread(before, after), after, []string{
			"these are the first environments; each run is compared with the one of its namespace and name in each of them",
			"each environment has a folder of its own in the output: whoever applies the folder above applies all environments",
		}
	}
	return before, spread(after, before), []string{
		"there are no environments any more; each run is compared with those of its namespace and name in them",
		"the environments' folders leave the output: whoever applies one of them finds it missing, and prunes nothing",
	}
}

// environmentsOf reports whether runs are of environments.
func environmentsOf(runs []Run) bool { return len(runs) > 0 && runs[0].Environment != "" }

// spread puts runs without an environment into those in which there is a run of the same namespace and name.
func spread(runs, named []Run) []Run {
	type identity struct{ namespace, name, action string }
	in := map[identity][]string{}
	for i := range named {
		id := identity{named[i].Plan.Namespace, named[i].Plan.Name, named[i].action}
		in[id] = append(in[id], named[i].Environment)
	}
	var all []Run
	for _, r := range runs {
		environments := in[identity{r.Plan.Namespace, r.Plan.Name, r.action}]
		if len(environments) == 0 {
			all = append(all, r)
		}
		for _, environment := range environments {
			r.Environment = environment
			all = append(all, r)
		}
	}
	return all
}

// renamed puts the runs of an environment that is gone into the new one that has runs of their namespaces and names.
func renamed(before, after []Run) (was []Run, notes []string) {
	type identity struct{ namespace, name, action string }
	names, olds := map[identity]string{}, environmentNames(before)
	for i := range after {
		if !olds[after[i].Environment] {
			names[identity{after[i].Plan.Namespace, after[i].Plan.Name, after[i].action}] = after[i].Environment
		}
	}
	// An environment that is still there has not been renamed, even where another one has its runs too.
	kept := environmentNames(after)
	for _, r := range before {
		fresh := names[identity{r.Plan.Namespace, r.Plan.Name, r.action}]
		if fresh == "" || kept[r.Environment] {
			was = append(was, r)
			continue
		}
		note := "environment " + r.Environment + " is now called " + fresh + ": where both are of one cluster, the objects of the same namespace and name are the same; " +
			"apply the new folder before what applied the old one is deleted, which deletes what it still owns"
		if !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
		r.Environment = fresh
		was = append(was, r)
	}
	return was, notes
}

// environmentNames are those of the runs; "" for runs without.
func environmentNames(runs []Run) map[string]bool {
	names := map[string]bool{}
	for i := range runs {
		names[runs[i].Environment] = true
	}
	return names
}
