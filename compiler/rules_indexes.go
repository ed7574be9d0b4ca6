package compiler

import (
	"fmt"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

// What Kubernetes allows an indexed Job whose indexes fail for themselves
// (k8s.io/kubernetes/pkg/apis/batch/validation).
const (
	manyCompletions = 100_000
	maxWithMany     = 10_000
	maxSuccessRules = 20
	maxIndexesText  = 64 * 1024
)

// successRules is the list in the plan.
const successRules = "spec.success_policy.rules"

// indexedOnly are the fields that speak of indexes.
var indexedOnly = []string{"backoff_limit_per_index", "max_failed_indexes", "success_policy"}

// checkIndexFields: what speaks of indexes needs pods that have one.
func checkIndexFields(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionJob {
		return
	}
	if !s.Indexed() && !(s.CompletionMode == "" && c.present("spec.completion_mode")) {
		for _, field := range indexedOnly {
			if path := "spec." + field; c.present(path) && c.own(path) {
				c.add(diag.Problem{
					Code: diag.WrongValue, Path: path, AtKey: true,
					Message: field + " is about the indexes of pods, and these have none",
					Hint:    "write completion_mode: Indexed and completions: <number>, or remove " + field,
				})
			}
		}
		return
	}
	c.failedIndexes(s)
	c.manyIndexes(s)
	if count, field := s.Indexes(); s.SuccessPolicy != nil && count != nil {
		c.successPolicy(s.SuccessPolicy, *count, field)
	}
}

// failedIndexes holds max_failed_indexes against the number of indexes, and against backoff_limit_per_index, without
// which no index fails by itself.
func (c *ruleContext) failedIndexes(s *schema.RunFields) {
	if s.MaxFailedIndexes == nil {
		return
	}
	const path = "spec.max_failed_indexes"
	count, field := s.Indexes()
	switch n := *s.MaxFailedIndexes; {
	case s.BackoffLimitPerIndex == nil && c.lacks("spec", "backoff_limit_per_index"):
		c.add(diag.Problem{
			Code: diag.MissingField, Path: path, Message: "max_failed_indexes counts indexes that have failed, which is said by backoff_limit_per_index",
			Hint: "write backoff_limit_per_index: <number> beside it",
		})
	case count != nil && n > *count:
		c.conflict(diag.Problem{
			Code: diag.OutOfRange, Path: path, Message: fmt.Sprintf("%d indexes cannot fail, since there are %d", n, *count),
			Hint: fmt.Sprintf("write %d or less", *count),
		}, field)
	}
}

// manyIndexes: above 100 000 completions, with a limit for each index, Kubernetes bounds the rest more tightly.
func (c *ruleContext) manyIndexes(s *schema.RunFields) {
	count, field := s.Indexes()
	atATime, parallel := s.AtATime()
	if !moreThan(count, manyCompletions) || s.BackoffLimitPerIndex == nil {
		return
	}
	why := fmt.Sprintf("with backoff_limit_per_index and more than %d indexes", manyCompletions)
	related := []diag.RelatedPath{{Path: field, Message: words(field) + " stands here"}}
	switch {
	case s.MaxFailedIndexes == nil && c.lacks("spec", "max_failed_indexes"):
		c.add(diag.Problem{Code: diag.MissingField, Path: "spec.backoff_limit_per_index", Message: "max_failed_indexes is missing: Kubernetes demands it " + why,
			Hint: fmt.Sprintf("write max_failed_indexes: <number>, at most %d", maxWithMany), Related: related})
	case moreThan(s.MaxFailedIndexes, maxWithMany):
		c.add(diag.Problem{Code: diag.OutOfRange, Path: "spec.max_failed_indexes", Message: fmt.Sprintf("%s at most %d indexes may fail", why, maxWithMany),
			Hint: fmt.Sprintf("write %d or less", maxWithMany), Related: related})
	}
	if moreThan(atATime, maxWithMany) {
		c.add(diag.Problem{Code: diag.OutOfRange, Path: parallel, Message: fmt.Sprintf("%s at most %d pods run at a time", why, maxWithMany),
			Hint: fmt.Sprintf("write %d or less", maxWithMany), Related: related})
	}
}

// successPolicy holds a success policy against validateSuccessPolicy of the API server.
func (c *ruleContext) successPolicy(policy *schema.SuccessPolicy, completions int64, field string) {
	switch n := len(policy.Rules); {
	case n == 0 && !c.refused("spec.success_policy"):
		c.wrongValue(successRules, "a success policy without a rule says nothing", "write a rule, such as {succeededIndexes: \"0\"}")
	case n > maxSuccessRules:
		c.wrongValue(successRules, fmt.Sprintf("a success policy has at most %d rules, and this has %d", maxSuccessRules, n), "join rules")
	}
	for i := range policy.Rules {
		if path := diag.At(successRules, i); !c.refused(path) {
			c.successRule(&policy.Rules[i], path, completions, field)
		}
	}
}

// successRule checks one rule: which indexes have to succeed, how many of them, or both. Field is where the number of
// completions stands, for the note.
func (c *ruleContext) successRule(r *schema.SuccessPolicyRule, path string, completions int64, field string) {
	named := c.present(path + ".succeededIndexes")
	if !named && r.SucceededCount == nil {
		c.wrongValue(path, "the rule does not say which indexes have to succeed, nor how many", "write succeededIndexes, succeededCount, or both")
		return
	}
	total, at := completions, field
	if named {
		n, wrong := indexes(r.SucceededIndexes, completions, words(field))
		if wrong != "" {
			c.wrongValue(path+".succeededIndexes", wrong, fmt.Sprintf("write ascending numbers and ranges below %d, such as \"0,2-4\"", completions))
			return
		}
		total, at = n, path+".succeededIndexes"
	}
	if moreThan(r.SucceededCount, total) {
		c.conflict(diag.Problem{
			Code: diag.OutOfRange, Path: path + ".succeededCount", Message: fmt.Sprintf("%d indexes cannot succeed, since %s gives %d", *r.SucceededCount, lastWord(at), total),
			Hint: fmt.Sprintf("write %d or less", total),
		}, at)
	}
}

// lastWord is the last part of a path.
func lastWord(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// indexes counts the indexes of a text such as 0,2-4, as validateIndexesFormat of the API server reads it, or says what is
// wrong with it.
func indexes(text string, completions int64, field string) (total int64, wrong string) {
	if text == "" {
		return 0, ""
	}
	if len(text) > maxIndexesText {
		return 0, fmt.Sprintf("succeededIndexes has at most %d characters", maxIndexesText)
	}
	// Indexes ascend over the whole text, ranges included, so that none can stand twice.
	last := int64(-1)
	for part := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(part, "-")
		from, errFrom := strconv.ParseInt(low, 10, 32)
		to, errTo := from, error(nil)
		if isRange {
			to, errTo = strconv.ParseInt(high, 10, 32)
		}
		switch {
		case errFrom != nil || errTo != nil || from < 0 || isRange && to <= from:
			return 0, fmt.Sprintf("%s is neither an index nor a range of them", diag.Quote(part))
		case from <= last:
			return 0, fmt.Sprintf("%s comes after %d: indexes stand in ascending order, each once", diag.Quote(part), last)
		case to >= completions:
			return 0, fmt.Sprintf("there is no index %d: %s is %d", to, field, completions)
		}
		total, last = total+to-from+1, to
	}
	return total, ""
}

// checkJobPolicies: a failed pod is judged only where it is not started again in place, and a queue alone suspends what
// it lets start.
func checkJobPolicies(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionJob {
		return
	}
	if s.RestartPolicy == "OnFailure" && s.PodFailurePolicy != nil {
		c.conflict(diag.Problem{
			Code: diag.WrongValue, Path: "spec.restart_policy",
			Message: "restart_policy OnFailure starts a container again before pod_failure_policy can look at it",
			Hint:    "write restart_policy: Never, or remove pod_failure_policy",
		}, "spec.pod_failure_policy")
	}
	if s.PodReplacementPolicy == "TerminatingOrFailed" && s.PodFailurePolicy != nil {
		c.conflict(diag.Problem{
			Code: diag.WrongValue, Path: "spec.pod_replacement_policy",
			Message: "pod_failure_policy can judge a pod only once it has ended, and pod_replacement_policy TerminatingOrFailed replaces it before",
			Hint:    "write pod_replacement_policy: Failed, or leave it out",
		}, "spec.pod_failure_policy")
	}
	if s.Suspend != nil && s.Queue != "" && s.Schedule == "" && s.RunPolicy != schema.RunPolicyTemplate {
		c.conflict(diag.Problem{
			Code: diag.RunPolicy, Path: "spec.suspend",
			Message: "suspend is how a queue holds a Job back and lets it start, and queue " + s.Queue + " does that here",
			Hint:    "remove suspend; a run that is to wait for a person belongs in no queue",
		}, "spec.queue")
	}
	if s.ManagedBy != "" {
		c.since("spec.managed_by", "managed_by", managedByVersion)
	}
}

// managedByVersion is the first Kubernetes minor version that has JobSpec.managedBy without a feature gate.
const managedByVersion = 32

// since refuses a field of the run for which the target is too old.
func (c *ruleContext) since(path, what string, version int) {
	have := minor(c.plan.Target.Kubernetes)
	if have == 0 || have >= version {
		return
	}
	c.add(diag.Problem{
		Code: diag.KubernetesOld, Path: path,
		Message: fmt.Sprintf("%s needs Kubernetes 1.%d, and the target is %s", what, version, c.plan.Target.Kubernetes),
		Hint:    "raise kubernetes in the project, or take it out",
		Related: []diag.RelatedPath{diag.Setting("kubernetes")},
	})
}
