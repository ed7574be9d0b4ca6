package review

import (
	"fmt"
	"slices"

	"berth/renderers"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// objectNotes says what becomes of data, and of those who call a Service.
func (p *pair) objectNotes(objects []ObjectChange) []string {
	var notes []string
	for _, c := range objects {
		switch left := c.removal(); {
		case left == renderers.Kept && c.After == "":
			notes = append(notes, "the claim "+c.Before+" stays with its data until someone deletes it")
		case left == renderers.Kept && c.Before == "" && p.old != nil:
			notes = append(notes, "the claim "+c.After+" is new and empty"+otherClaim(objects), oldData)
		case left == renderers.Kept && c.Before == "" && !slices.Contains(notes, oldData):
			notes = append(notes, oldData)
		case left == renderers.Kept && c.grows():
			notes = append(notes, "a claim grows only when it is bound and its storage class lets it, which `kubectl get pvc -A` shows; else it is refused"+p.consequence())
		case left == renderers.Left && c.Before != "" && c.Before != c.After:
			notes = append(notes, "the "+c.Kind+" "+c.Before+" stays until someone deletes it, since pods of before read it")
		case left == renderers.WithJob && c.Kind == "Service" && c.After == "" && p.new != nil && p.old.stays(c.old):
			notes = append(notes, "the Service "+c.Before+" stays, since the pods of the old Job find one another by it")
		case c.Kind == "Service" && c.Before != "" && c.After != "":
			notes = append(notes, p.callers(&c)...)
		}
	}
	return notes
}

// oldData says of a new claim that it may be an old one: nothing deletes claims.
const oldData = "where the cluster has this claim from an earlier commit, the run goes on with its data"

// grows reports whether a claim asks for more storage.
func (c *ObjectChange) grows() bool {
	return slices.ContainsFunc(c.Fields, func(f Change) bool {
		return f.Path == "spec.resources.requests."+string(corev1.ResourceStorage) && f.Before != nil && c.refusal(f.Path).Reason == ""
	})
}

// otherClaim says how a run goes on with the data of a claim that it gives up.
func otherClaim(objects []ObjectChange) string {
	for _, c := range objects {
		if c.removal() == renderers.Kept && c.After == "" {
			return "; with claim_name: " + c.Before + " in place of size the run goes on with the old data"
		}
	}
	return ""
}

// callers says what those who call a Service have to change.
func (p *pair) callers(c *ObjectChange) []string {
	if c.Before != c.After {
		if p.old.stays(c.old) {
			return []string{"the Service " + c.Before + " stays until someone deletes it"}
		}
		return []string{controller(p.old) + " deletes the Service " + c.Before + "; whoever calls it has to call " + c.After}
	}
	was, okWas := c.old.Value.(*corev1.Service)
	is, okIs := c.new.Value.(*corev1.Service)
	var notes []string
	for i := 0; okWas && okIs && i < len(was.Spec.Ports); i++ {
		port := was.Spec.Ports[i].Port
		open := func(other corev1.ServicePort) bool { return other.Port == port }
		if !slices.ContainsFunc(is.Spec.Ports, open) {
			notes = append(notes, fmt.Sprintf("whoever calls the Service %s at port %d has to call another one", c.After, port))
		}
	}
	return notes
}

// handovers says what to mind when another controller applies the output from now on, or to another cluster.
func handovers(all []pair) []string {
	var notes []string
	for _, p := range all {
		note := ""
		switch {
		case p.old == nil || p.new == nil:
		case p.old.Plan.Target.GitOps == p.new.Plan.Target.GitOps:
			note = clusters(p.old, p.new)
		case p.old.Plan.Target.GitOps == schema.GitOpsFlux:
			note = "Flux no longer applies the output: a Kustomization with prune: true deletes all that it applied when it is deleted"
		case p.old.Plan.Target.GitOps == schema.GitOpsArgoCD:
			note = "Argo CD no longer applies the output: an Application deletes all that it applied when it is deleted, unless without cascade"
		}
		if note != "" && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes
}

// clusters says it where the Application of an environment deploys to another cluster from now on: Argo CD applies all of it
// there, and no longer looks at the one of before.
func clusters(old, new *Run) string {
	from, to := old.Plan.Target.Cluster, new.Plan.Target.Cluster
	if from == to || from == "" || to == "" {
		return ""
	}
	of, all := "the Application", "all runs"
	if new.Environment != "" {
		of, all = of+" of "+new.Environment, all+" of "+new.Environment
	}
	return of + " deploys to the cluster " + to + " instead of " + from + ": " + all + " start there anew, with claims of their own, and what runs in " +
		"the old cluster keeps running until someone deletes it; the verdicts are those of a cluster that stays"
}

// raised says that the project takes another edition of the output: what changes by it stands in no run.
func raised(all []pair) []string {
	for _, p := range all {
		if p.old == nil || p.new == nil {
			continue
		}
		was, is := p.old.Plan.InEdition().Number, p.new.Plan.InEdition().Number
		if was != is {
			return []string{fmt.Sprintf("the output is of edition %d instead of %d, whose defaults are other ones: a run that is to stay as it was says the old value itself", is, was)}
		}
	}
	return nil
}
