package rules

import (
	"fmt"
	"slices"
	"strconv"

	"berth/internal/diag"

	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
)

// The rules of JobSet (sigs.k8s.io/jobset, pkg/webhooks and the CRD).

// jobSetJobs judges the Jobs of a set as the API server will when the controller makes them.
func (j *judge) jobSetJobs(set *jobset.JobSet, at *place) {
	list := at.in("replicatedJobs")
	for i := range set.Spec.ReplicatedJobs {
		r, here := &set.Spec.ReplicatedJobs[i], list.item(i)
		notNegative(j, diag.OutOfRange, &r.Replicas, here.in("replicas"))
		if len(r.DependsOn) > 0 && i == 0 {
			j.excess(diag.WrongValue, here.in("dependsOn"), "needs a job before it, and this is the first")
		}
		j.templateMeta(&r.Template.ObjectMeta, here.in("template").in("metadata"))
		j.job(&r.Template.Spec, here.in("template").in("spec"))
	}
	for i, first := range alike(set.Spec.ReplicatedJobs, func(r *jobset.ReplicatedJob) string { return r.Name }) {
		j.twice("replicated job "+diag.Quote(set.Spec.ReplicatedJobs[i].Name), list.item(first).in("name"), list.item(i).in("name"))
	}
}

// randomSuffix is what Kubernetes appends to the name of an indexed Job's pod.
const randomSuffix = "-abcde"

// jobSetNames: Jobs and pods are called after the set, and their names are host names that begin with a letter.
func (j *judge) jobSetNames(set *jobset.JobSet, at *place) {
	for i := range set.Spec.ReplicatedJobs {
		r, here := &set.Spec.ReplicatedJobs[i], at.in("replicatedJobs").item(i).in("name")
		name := set.Name + "-" + r.Name + "-" + strconv.Itoa(int(max(r.Replicas, 1))-1)
		if s := &r.Template.Spec; indexed(s) && s.Completions != nil && *s.Completions > 0 {
			name += "-" + strconv.Itoa(int(*s.Completions)-1) + randomSuffix
		}
		if !oldServiceName.quick(name) && len(oldServiceName.faults(name)) > 0 {
			j.refuse(diag.NamesTooLong, here, fmt.Sprintf("the last pod would be called %s, which cannot be the name of a pod of a JobSet", diag.Quote(name)),
				"write a shorter name, a letter first")
		}
		j.optional(&oldServiceName, r.GroupName, at.in("replicatedJobs").item(i).in("groupName"))
	}
}

// jobSetPolicies: what is behind a feature gate that is off is refused.
func (j *judge) jobSetPolicies(set *jobset.JobSet, at *place) {
	if m := set.Spec.ManagedBy; m != nil {
		j.named(&domainPath, *m, at.in("managedBy"))
		if len(*m) > maxManager {
			j.refuse(diag.OutOfRange, at.in("managedBy"), fmt.Sprintf("managedBy is longer than %d characters", maxManager), "write a shorter name")
		}
	}
	if n := set.Spec.Network; n != nil {
		j.optional(&oldServiceName, n.Subdomain, at.in("network").in("subdomain"))
	}
	// Without a policy, one Job that fails fails the set.
	policy, here := set.Spec.FailurePolicy, at.in("failurePolicy")
	if policy == nil {
		return
	}
	notNegative(j, diag.OutOfRange, &policy.MaxRestarts, here.in("maxRestarts"))
	oneOf(j, diag.WrongValue, policy.RestartStrategy, here.in("restartStrategy"), jobset.Recreate, jobset.BlockingRecreate)
	for i := range policy.Rules {
		rule, at := &policy.Rules[i], here.in("rules").item(i)
		oneOf(j, diag.WrongValue, rule.Action, at.in("action"), jobset.FailJobSet, jobset.RestartJobSet, jobset.RestartJobSetAndIgnoreMaxRestarts)
		for k, target := range rule.TargetReplicatedJobs {
			if !slices.ContainsFunc(set.Spec.ReplicatedJobs, func(r jobset.ReplicatedJob) bool { return r.Name == target }) {
				j.refuse(diag.WrongValue, at.in("targetReplicatedJobs").item(k), "the set has no replicated job "+diag.Quote(target), "write the name of one")
			}
		}
	}
}

// jobSetClaims: claims that a set makes go with it unless it says otherwise, and their data with them.
func (j *judge) jobSetClaims(set *jobset.JobSet, at *place) {
	for i := range set.Spec.VolumeClaimPolicies {
		p, here := &set.Spec.VolumeClaimPolicies[i], at.in("volumeClaimPolicies").item(i)
		if p.RetentionPolicy == nil || p.RetentionPolicy.WhenDeleted == nil || *p.RetentionPolicy.WhenDeleted != jobset.RetentionPolicyRetain {
			j.absent(diag.Volume, here.in("retentionPolicy"), "the claims of a JobSet are deleted with it, and their data with them, unless retentionPolicy keeps them",
				"write retentionPolicy: {whenDeleted: Retain}, or a volume of the run", here)
		}
	}
}
