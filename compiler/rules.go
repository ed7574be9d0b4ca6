package compiler

import (
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// ruleContext is what the rules between fields see of one run: the resolved plan, and for each of its values who decided
// it. Values that were refused before are missing in the plan.
type ruleContext struct {
	plan    *schema.Plan
	tree    *source.Node // of the plan's shape
	project *Project     // nil without a project
	profile *Profile     // nil without a profile
	faulty  bool         // something was refused already
	meant   *meant       // what the project says is no credential
	// present reports whether the merged tree has a value at a path of the plan, even a refused one, so that no rule
	// misses a field that somebody wrote.
	present func(path string) bool
	// refused reports whether the map at a path of the plan has a field that was refused, perhaps the one that a rule
	// would miss.
	refused func(path string) bool
	// layer says who decided the value at a path of the plan.
	layer func(path string) source.Layer
	// written is a path of the plan as the value's author knows it.
	written    func(path string) string
	problems   []diag.Problem
	containers []schema.PodContainer // see pod
	alike      map[diag.Code]int     // how many there were
}

// pod is the containers of the plan's pod.
func (c *ruleContext) pod() []schema.PodContainer {
	if c.containers == nil {
		c.containers = c.plan.Containers()
	}
	return c.containers
}

// rules are all checks of a plan. They are independent of one another and report in any order.
var rules = []func(*ruleContext){
	checkResources, checkAccelerator,
	checkContainers, checkServedPorts, checkResourceClaims, checkLifecycle, checkDrain,
	checkMounts, checkVolumes, checkShm, checkMemoryVolumes, checkExclusiveClaims,
	checkCronFields, checkRunPolicy, checkTimeToLive, checkRerun,
	checkStrategy, checkAutoscale, checkDisruption, checkRoute,
	checkGang, checkGroup, checkGangVariables, checkIndexed, checkJobPolicies,
	checkEnvs, checkSecrets, checkPullSecrets, checkVariables, checkCredentials,
	checkSecurity, checkNonRoot, checkEscalation, checkService, checkServiceName, checkProbes,
	checkTogether, checkNodeContradictions,
	checkPatches, checkMetadata, checkProfileUse, checkBackend, checkDeviceClaim, checkNodeLabels, checkPriorityClass,
}

// lints warn of what Kubernetes takes and may not be meant. They speak of runs that are right otherwise.
var lints = []func(*ruleContext){lintToleration, lintEveryTaint, lintMemoryVolumes, lintModes, lintPriority, lintFurther, lintGang,
	lintSchedule, lintReplace, lintVisible, lintNoGPU, lintSelector, lintClaimOwner, lintTag, lintKeys, lintReadiness, lintRollout,
}

// checkRules holds a plan against all rules and leaves what it finds in the context.
func checkRules(c *ruleContext) {
	for _, rule := range rules {
		rule(c)
	}
	c.tellMore()
	// Beside an error a warning is noise, and it may only follow from what is missing.
	if c.faulty || slices.ContainsFunc(c.problems, func(p diag.Problem) bool { return p.Severity == diag.Error }) {
		return
	}
	for _, lint := range lints {
		lint(c)
	}
}

// add takes a problem, unless there were a hundred of its code: then it is counted.
func (c *ruleContext) add(p diag.Problem) {
	if c.alike == nil {
		c.alike = map[diag.Code]int{}
	}
	if c.alike[p.Code]++; c.alike[p.Code] <= diag.MostAlike {
		c.problems = append(c.problems, p)
	}
}

// tellMore says at the last problem of a code how many more there were.
func (c *ruleContext) tellMore() {
	for i, p := range slices.Backward(c.problems) {
		if more := c.alike[p.Code] - diag.MostAlike; more > 0 {
			c.problems[i].Message += ", " + diag.More(more)
			delete(c.alike, p.Code)
		}
	}
}

// addTo adds a problem of a list's item, unless the item has a field that was refused: that is the mistake then.
func (c *ruleContext) addTo(list string, i int, p diag.Problem) {
	if !c.refused(diag.At(list, i)) {
		c.add(p)
	}
}

// lacks reports whether a map of the plan is without a field, and has none that was refused and may have been meant for
// it.
func (c *ruleContext) lacks(path, field string) bool {
	return !c.present(diag.Join(path, field)) && !c.refused(path)
}

// own reports whether the run itself says the value, in its specification or in its part for the environment.
func (c *ruleContext) own(path string) bool {
	layer := c.layer(path)
	return layer == source.RunSpec || layer == source.RunEnvironment
}

// conflict reports a contradiction between the problem's field and another one: at the problem's own, unless the run
// itself says the other one alone.
func (c *ruleContext) conflict(p diag.Problem, other string) {
	if !c.own(p.Path) && c.own(other) {
		p.Path, other = other, p.Path
		p.Replace, p.AtKey = "", false
	}
	// A default of the tool stands in no file that could be shown.
	if c.layer(other) != source.ToolDefault {
		p.Related = append(p.Related, diag.RelatedPath{Path: other, Message: c.words(other) + " stands here"})
	}
	c.add(p)
}

// twice reports the second of two items that may not be alike, or the first where the run wrote that one alone.
func (c *ruleContext) twice(first, second, message, hint string) {
	if !c.own(second) && c.own(first) {
		first, second = second, first
	}
	c.add(diag.Problem{
		Code: diag.Duplicate, Path: second, Message: message, Hint: hint,
		Related: []diag.RelatedPath{{Path: first, Message: "the other stands here"}},
	})
}

// words is a path of the plan as a user of either form of run would say it.
func words(path string) string { return strings.TrimPrefix(path, "spec.") }

// words is words of a path under which several shapes may be written.
func (c *ruleContext) words(path string) string { return words(c.written(path)) }

// item is the path of a field of a list's item: spec.volumes[1].mount_path.
func item(list string, i int, field string) string {
	return diag.Join(diag.At(list, i), field)
}

// minor is the number of a Kubernetes minor version: 34 of 1.34, 0 of what is none.
func minor(version string) int {
	n := 0
	for _, r := range strings.TrimPrefix(version, "1.") {
		if r < '0' || r > '9' || n > 1000 {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// isTrue reports whether a field is set to true; unset is not.
func isTrue(b *bool) bool { return b != nil && *b }

// moreThan reports whether a number is set and above a limit.
func moreThan(n *int64, limit int64) bool { return n != nil && *n > limit }
