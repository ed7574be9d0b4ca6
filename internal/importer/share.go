package importer

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// least is how many runs have to agree before what they say is the project's.
const least = 3

// sharedFields are what a project may say for its runs, with those that are concerned. A field is moved only where every one
// of them says it, so that the project's word reaches nobody who said nothing.
var sharedFields = []struct {
	field    string
	concerns func(*workload) bool
}{
	{"image_pull_policy", anyRun}, {"image_pull_secrets", anyRun}, {"allow_privilege_escalation", anyRun}, {"automount_token", anyRun},
	{"enable_service_links", anyRun}, {"security", anyRun}, {"priority_class", anyRun}, {"queue", isJob}, {"restart_policy", isJob},
	{"backoff_limit", isJob}, {"concurrency_policy", func(w *workload) bool { return w.kind == kindCronJob }},
	{"revision_history_limit", func(w *workload) bool { return w.kind == kindDeployment }},
}

// anyRun and isJob are the runs that a default of the project can be for.
func anyRun(*workload) bool { return true }

func isJob(w *workload) bool { return w.kind != kindDeployment }

// share moves into the project what most of its runs say, and tries the runs again.
func (b *batch) share() {
	namespace, defaults := b.mostly("namespace", anyRun), newObject()
	var moved []string
	if namespace != nil {
		b.shared.put("namespace", namespace)
		moved = append(moved, "namespace")
	}
	for _, f := range sharedFields {
		if value := b.mostly(f.field, f.concerns); value != nil {
			defaults.put(f.field, value)
			moved = append(moved, f.field)
		}
	}
	b.shared.put("defaults", defaults.Node)
	if len(b.environments) > 0 && namespace == nil {
		b.namespaces = b.oneNamespace()
	}
	if len(b.shared.Content) == 0 && b.namespaces == nil {
		return
	}
	// What the reports say tells whether a shared field changed a run.
	before := b.differences()
	b.shares = func(run object) {
		b.withoutNamespaces(run)
		for _, field := range moved {
			said := (object{orNone(b.shared.get("defaults"))}).get(field)
			if field == "namespace" {
				said = namespace
			}
			if own := run.get(field); own != nil && sameNode(own, said) {
				run.set(field, nil)
			}
		}
	}
	if b.proveAll(); b.differences() != before { // what is shared may change nothing
		b.shared, b.shares, b.namespaces = newObject(), nil, nil
		b.proveAll()
	}
}

// proveAll builds all runs in memory and compares them with what was read.
func (b *batch) proveAll() {
	b.prove()
	b.proveOverlaid()
}

// withoutNamespaces takes out of a run's environments the namespaces that the project says.
func (b *batch) withoutNamespaces(run object) {
	environments := run.get("environments")
	if b.namespaces == nil || environments == nil {
		return
	}
	for i := len(environments.Content) - 2; i >= 0; i -= 2 {
		own := object{environments.Content[i+1]}
		if own.set("namespace", nil); len(own.Content) == 0 {
			environments.Content = slices.Delete(environments.Content, i, i+2)
		}
	}
	if len(environments.Content) == 0 {
		run.set("environments", nil)
	}
}

// mostly is the value of a field that the most runs say; nil where fewer than three do, or one that is concerned says
// nothing.
func (b *batch) mostly(field string, concerns func(*workload) bool) *yaml.Node {
	var values []*yaml.Node
	for _, p := range b.printed() {
		if !concerns(p.members[0]) {
			continue
		}
		value := p.run.get(field)
		if value == nil {
			return nil
		}
		values = append(values, value)
	}
	var best *yaml.Node
	most := least - 1
	for _, v := range values {
		n := len(slices.DeleteFunc(slices.Clone(values), func(other *yaml.Node) bool { return !sameNode(v, other) }))
		if n > most {
			best, most = v, n
		}
	}
	return best
}

// differences are all that the workloads' reports name.
func (b *batch) differences() string {
	var all []string
	for _, w := range b.everyWorkload() {
		all = append(all, w.refused, told(w.verdicts))
	}
	return fmt.Sprint(all)
}

// oneNamespace are the namespaces of the environments, where every run has the same; nil where not.
func (b *batch) oneNamespace() map[string]string {
	namespaces := map[string]string{}
	for _, p := range b.printed() {
		if len(p.members) != len(b.environments) {
			return nil
		}
		for i, e := range b.environments {
			have, said := namespaces[e.name]
			if own := p.members[i].namespace; own == "" || said && have != own {
				return nil
			} else {
				namespaces[e.name] = own
			}
		}
	}
	return namespaces
}
