package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// jobNumbers judges the counts and times, all of which may be left out.
func (j *judge) jobNumbers(s *batchv1.JobSpec, at *place) {
	notNegative(j, diag.OutOfRange, s.Parallelism, at.in("parallelism"))
	notNegative(j, diag.OutOfRange, s.Completions, at.in("completions"))
	notNegative(j, diag.OutOfRange, s.ActiveDeadlineSeconds, at.in("activeDeadlineSeconds"))
	notNegative(j, diag.OutOfRange, s.BackoffLimit, at.in("backoffLimit"))
	notNegative(j, diag.OutOfRange, s.TTLSecondsAfterFinished, at.in("ttlSecondsAfterFinished"))
	notNegative(j, diag.OutOfRange, s.BackoffLimitPerIndex, at.in("backoffLimitPerIndex"))
	notNegative(j, diag.OutOfRange, s.MaxFailedIndexes, at.in("maxFailedIndexes"))
}

// maxManager is the length of the name of a Job's controller.
const maxManager = 63

// jobEnumerations judges words, and what Kubernetes writes itself: a Job's selector is made of its uid.
func (j *judge) jobEnumerations(s *batchv1.JobSpec, at *place) {
	oneOfPtr(j, diag.WrongValue, s.CompletionMode, at.in("completionMode"), batchv1.NonIndexedCompletion, batchv1.IndexedCompletion)
	oneOfPtr(j, diag.WrongValue, s.PodReplacementPolicy, at.in("podReplacementPolicy"), batchv1.TerminatingOrFailed, batchv1.Failed)
	if r := s.PodReplacementPolicy; r != nil && *r == batchv1.TerminatingOrFailed && s.PodFailurePolicy != nil {
		j.refuse(diag.WrongValue, at.in("podReplacementPolicy"), "with a podFailurePolicy, podReplacementPolicy has to be Failed", "write podReplacementPolicy: Failed, or leave it out", at.in("podFailurePolicy"))
	}
	if m := s.ManagedBy; m != nil {
		j.named(&domainPath, *m, at.in("managedBy"))
		if len(*m) > maxManager {
			j.refuse(diag.OutOfRange, at.in("managedBy"), fmt.Sprintf("managedBy is longer than %d characters", maxManager), "write a shorter name")
		}
	}
	if s.Selector != nil {
		j.excess(diag.WrongValue, at.in("selector"), "is made by Kubernetes")
	}
	if s.ManualSelector != nil && *s.ManualSelector {
		j.excess(diag.WrongValue, at.in("manualSelector"), "needs a selector, which is made by Kubernetes")
	}
}

// Limits of indexed Jobs (k8s.io/kubernetes/pkg/apis/batch/validation).
const (
	maxIndexedParallelism = 100_000
	maxFailedIndexes      = 100_000
	manyCompletions       = 100_000
	fewAtATime            = 10_000 // of many completions, with a backoff limit for each or a warning without
)

// indexed reports whether each pod of a Job has a number of its own, from 0.
func indexed(s *batchv1.JobSpec) bool {
	return s.CompletionMode != nil && *s.CompletionMode == batchv1.IndexedCompletion
}

// indexes: what counts by index needs a Job whose pods have one.
func (j *judge) indexes(s *batchv1.JobSpec, at *place) {
	if s.MaxFailedIndexes != nil && s.BackoffLimitPerIndex == nil {
		j.absent(diag.WrongValue, at.in("maxFailedIndexes"), "maxFailedIndexes counts indexes that have failed, which needs backoffLimitPerIndex", "write backoffLimitPerIndex: <number> beside it", at.in("backoffLimitPerIndex"))
	}
	if indexed(s) {
		j.indexCounts(s, at)
		return
	}
	for _, f := range []source{
		{"backoffLimitPerIndex", s.BackoffLimitPerIndex != nil}, {"maxFailedIndexes", s.MaxFailedIndexes != nil}, {"successPolicy", s.SuccessPolicy != nil},
	} {
		if f.is {
			j.absent(diag.WrongValue, at.in(f.key), f.key+" is about the indexes of pods, and these have none",
				"write completionMode: Indexed and completions: <number>, or take "+f.key+" out", at.in("completionMode"))
		}
	}
}

// indexCounts judges an indexed Job. Its status lists which numbers have failed or succeeded, and must stay small: so
// with very many completions fewer pods may run or fail at a time (ValidateJobSpec).
func (j *judge) indexCounts(s *batchv1.JobSpec, at *place) {
	if s.Completions == nil {
		j.absent(diag.MissingField, at.in("completions"), "completionMode Indexed needs completions: how many numbers there are", "write completions: <number>", at.in("completionMode"))
		return
	}
	// Parallelism that is left out is 1.
	completions, parallelism := *s.Completions, int32(1)
	if s.Parallelism != nil {
		parallelism = *s.Parallelism
	}
	if parallelism > maxIndexedParallelism {
		j.refuse(diag.OutOfRange, at.in("parallelism"), fmt.Sprintf("an indexed job runs at most %d pods at a time", maxIndexedParallelism), "write a smaller number")
	}
	if m := s.MaxFailedIndexes; m != nil {
		if *m > completions {
			j.refuse(diag.OutOfRange, at.in("maxFailedIndexes"), fmt.Sprintf("%d indexes cannot fail, since completions is %d", *m, completions), fmt.Sprintf("write %d or less", completions), at.in("completions"))
		}
		if *m > maxFailedIndexes {
			j.refuse(diag.OutOfRange, at.in("maxFailedIndexes"), fmt.Sprintf("maxFailedIndexes is above %d", maxFailedIndexes), "write a smaller number")
		}
	}
	// Beyond this many, the bounds are tighter.
	if completions <= manyCompletions {
		return
	}
	if parallelism > fewAtATime {
		j.refuse(diag.OutOfRange, at.in("parallelism"), fmt.Sprintf("of more than %d indexes at most %d pods run at a time", manyCompletions, fewAtATime),
			fmt.Sprintf("write %d or less", fewAtATime), at.in("completions"))
	}
	if s.BackoffLimitPerIndex != nil && (s.MaxFailedIndexes == nil || *s.MaxFailedIndexes > fewAtATime) {
		j.refuse(diag.OutOfRange, at.in("maxFailedIndexes"), fmt.Sprintf("of more than %d indexes with backoffLimitPerIndex at most %d may fail, and maxFailedIndexes has to say how many", manyCompletions, fewAtATime),
			fmt.Sprintf("write maxFailedIndexes: <number>, at most %d", fewAtATime), at.in("backoffLimitPerIndex"))
	}
}

// indexedName: the pods of an indexed Job are named by their number, as host names.
func (j *judge) indexedName(job *batchv1.Job, at *place) {
	if s := &job.Spec; indexed(s) && s.Completions != nil && *s.Completions > 0 && job.Name != "" {
		host := job.Name + "-" + strconv.Itoa(int(*s.Completions)-1)
		if !dnsLabel.quick(host) && len(dnsLabel.faults(host)) > 0 {
			j.refuse(diag.NamesTooLong, at.in("completions"), fmt.Sprintf("the last pod of the job would have the host name %s, which is none", diag.Quote(host)),
				"write a shorter name, of lower-case letters, digits and '-'")
		}
	}
}

// jobRestarts: a Job's pods end.
func (j *judge) jobRestarts(s *batchv1.JobSpec, at *place) {
	here, policy := at.in("template").in("spec").in("restartPolicy"), s.Template.Spec.RestartPolicy
	switch {
	case policy == "" || policy == corev1.RestartPolicyAlways:
		if policy == "" {
			policy = corev1.RestartPolicyAlways
		}
		j.absent(diag.WrongValue, here, fmt.Sprintf("the pods of a Job cannot have restartPolicy %s", policy), "write Never or OnFailure")
	case s.PodFailurePolicy != nil && policy != corev1.RestartPolicyNever:
		j.absent(diag.WrongValue, here, "a pod failure policy needs restartPolicy: Never", "take restartPolicy out: it is Never", at.in("podFailurePolicy"))
	}
}

// Limits of a pod failure policy (k8s.io/kubernetes/pkg/apis/batch/validation).
const (
	maxFailureRules      = 20
	maxFailureConditions = 20
	maxExitCodes         = 255
)

// failurePolicy judges what becomes of a Job when a pod of it fails, by the first rule that matches.
func (j *judge) failurePolicy(s *batchv1.JobSpec, at *place) {
	if s.PodFailurePolicy == nil {
		return
	}
	list := at.in("podFailurePolicy").in("rules")
	if n := len(s.PodFailurePolicy.Rules); n > maxFailureRules {
		j.refuse(diag.WrongValue, list, fmt.Sprintf("a pod failure policy has at most %d rules, and this has %d", maxFailureRules, n), "join rules of one action")
	}
	for i := range s.PodFailurePolicy.Rules {
		j.failureRule(s, &s.PodFailurePolicy.Rules[i], list.item(i))
	}
}

// failureRule: a rule looks at exit codes or at conditions of the pod. The action that ends one number needs a Job that
// counts failures by number.
func (j *judge) failureRule(s *batchv1.JobSpec, r *batchv1.PodFailurePolicyRule, at *place) {
	oneOfPtr(j, diag.WrongValue, &r.Action, at.in("action"), batchv1.PodFailurePolicyActionFailJob, batchv1.PodFailurePolicyActionFailIndex,
		batchv1.PodFailurePolicyActionIgnore, batchv1.PodFailurePolicyActionCount)
	codes, conditions := r.OnExitCodes != nil, len(r.OnPodConditions) > 0
	switch {
	// The first mistake is told; the parts of the rule are judged in any case.
	case r.Action == batchv1.PodFailurePolicyActionFailIndex && s.BackoffLimitPerIndex == nil:
		j.absent(diag.WrongValue, at.in("action"), "FailIndex needs a limit of retries for each index", "write backoffLimitPerIndex: <number>, or FailJob, Ignore or Count here")
	case codes && conditions:
		j.refuse(diag.WrongValue, at, "a rule looks at onExitCodes or at onPodConditions, never at both", "write two rules")
	case !codes && !conditions:
		j.absent(diag.WrongValue, at, "the rule does not say which failure it is about", "write onExitCodes or onPodConditions")
	}
	if codes {
		j.exitCodes(s, r.OnExitCodes, at.in("onExitCodes"))
	}
	if n := len(r.OnPodConditions); n > maxFailureConditions {
		j.refuse(diag.WrongValue, at.in("onPodConditions"), fmt.Sprintf("a rule has at most %d conditions, and this has %d", maxFailureConditions, n), "write two rules")
	}
	for i := range r.OnPodConditions {
		condition, here := &r.OnPodConditions[i], at.in("onPodConditions").item(i)
		// The type of a condition has the form of a qualified name.
		if len(qualified.faults(string(condition.Type))) > 0 {
			j.refuse(diag.WrongValue, here.in("type"), fmt.Sprintf("%s cannot be the type of a pod's condition", diag.Quote(string(condition.Type))), "write one such as DisruptionTarget")
		}
		oneOfPtr(j, diag.WrongValue, &condition.Status, here.in("status"), corev1.ConditionTrue, corev1.ConditionFalse, corev1.ConditionUnknown)
	}
}

// exitCodes judges the codes that a rule is about: in ascending order, as the server wants them, and 0 is none that a
// failure has. A container that is named has to be one of the template, which is found from the spec, four places
// above.
func (j *judge) exitCodes(s *batchv1.JobSpec, c *batchv1.PodFailurePolicyOnExitCodesRequirement, at *place) {
	oneOfPtr(j, diag.WrongValue, &c.Operator, at.in("operator"), batchv1.PodFailurePolicyOnExitCodesOpIn, batchv1.PodFailurePolicyOnExitCodesOpNotIn)
	p := &pod{PodSpec: &s.Template.Spec, at: at.above.above.above.above.in("template").in("spec")}
	if n := c.ContainerName; n != nil && !p.hasContainer(*n) {
		j.noContainer(p, *n, at.in("containerName"))
	}
	values := at.in("values")
	switch n := len(c.Values); {
	case n == 0:
		j.absent(diag.WrongValue, values, "values names no exit code", "write the exit codes, such as [1, 42]", at)
	case n > maxExitCodes:
		j.refuse(diag.WrongValue, values, fmt.Sprintf("a rule has at most %d exit codes, and this has %d", maxExitCodes, n), "leave out those that cannot happen")
	// NotIn may name 0: a pod that ends with it has not failed, and is never looked at.
	case c.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn && slices.Contains(c.Values, 0):
		j.refuse(diag.WrongValue, values.item(slices.Index(c.Values, 0)), "exit code 0 is no failure", "remove it")
	case !ascending(c.Values):
		j.refuse(diag.WrongValue, values, "exit codes have to be in ascending order, each once", "write "+listOfNumbers(c.Values))
	}
}

// ascending reports whether each value is above the one before.
func ascending(values []int32) bool {
	for i := 1; i < len(values); i++ {
		if values[i] <= values[i-1] {
			return false
		}
	}
	return true
}

// listOfNumbers writes numbers in order as every format has them: [1, 2].
func listOfNumbers(values []int32) string {
	sorted := slices.Compact(slices.Sorted(slices.Values(values)))
	words := make([]string, len(sorted))
	for i, v := range sorted {
		words[i] = strconv.Itoa(int(v))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// Limits of a success policy.
const (
	maxSuccessRules   = 20
	maxSuccessIndexes = 64 << 10 // characters
)

// successPolicy judges when a Job counts as done before all of its pods are. Of a Job that is not indexed, or lacks its
// completions, indexes tells what is wrong.
func (j *judge) successPolicy(s *batchv1.JobSpec, at *place) {
	if s.SuccessPolicy == nil || !indexed(s) || s.Completions == nil {
		return
	}
	list := at.in("successPolicy").in("rules")
	if len(s.SuccessPolicy.Rules) == 0 {
		j.absent(diag.WrongValue, list, "a success policy without a rule says nothing", "write a rule, such as {succeededIndexes: \"0\"}", at.in("successPolicy"))
	}
	j.atMost(diag.WrongValue, len(s.SuccessPolicy.Rules), maxSuccessRules, list)
	for i := range s.SuccessPolicy.Rules {
		r, here := &s.SuccessPolicy.Rules[i], list.item(i)
		if r.SucceededCount == nil && r.SucceededIndexes == nil {
			j.absent(diag.WrongValue, here, "the rule says neither which indexes have to succeed nor how many", "write succeededIndexes, succeededCount, or both")
		}
		// A rule that names indexes is about these pods alone, and its count cannot be higher.
		most := int64(*s.Completions)
		if r.SucceededIndexes != nil {
			most = j.successIndexes(*r.SucceededIndexes, most, here.in("succeededIndexes"))
		}
		if n := r.SucceededCount; n != nil && (*n < 0 || int64(*n) > most) {
			j.refuse(diag.WrongValue, here.in("succeededCount"), fmt.Sprintf("%d indexes cannot succeed: the rule is about %d", *n, most),
				fmt.Sprintf("write %d or less", most), at.in("completions"))
		}
	}
}

// successIndexes counts indexes such as 0,2-4, which are in ascending order and below the number of completions.
func (j *judge) successIndexes(text string, completions int64, at *place) (count int64) {
	if len(text) > maxSuccessIndexes {
		j.refuse(diag.WrongValue, at, fmt.Sprintf("succeededIndexes has more than %d characters", maxSuccessIndexes), "write ranges such as 0-99")
		return completions
	}
	if text == "" {
		return 0
	}
	// Indexes come in ascending order and do not overlap, so that each one has to lie above the last.
	last := int64(-1)
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		low, err := strconv.ParseInt(from, 10, 32)
		high := low
		if isRange && err == nil {
			high, err = strconv.ParseInt(to, 10, 32)
		}
		if err != nil || low <= last || high < low || isRange && high == low || high >= completions || completions > math.MaxInt32 {
			j.refuse(diag.WrongValue, at, fmt.Sprintf("%s is no list of indexes below %d", diag.Quote(text), completions), "write indexes in ascending order, such as 0,2-4", at.above)
			return completions
		}
		count, last = count+high-low+1, high
	}
	return count
}
