package workspace

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
)

// testSuffix ends the name of a file with the tests of the policy beside it: limits_test.cue tests limits.cue.
const testSuffix = "_test.cue"

// isPolicyTest reports whether a file holds tests of policies, and is no policy itself.
func isPolicyTest(path string) bool { return strings.HasSuffix(path, testSuffix) }

// TestPolicies holds every policy to its tests: the runs under `pass` have to pass it, and those under `fail` may not. It
// counts the tests by the name of the policy's file, and tells of those that fail.
func (w *Workspace) TestPolicies() (counts map[string]int, diags []diag.Diagnostic) {
	counts = map[string]int{}
	for _, p := range w.policyTests {
		file, found := source.Read(p.path, p.name)
		if diags = append(diags, found...); file == nil {
			continue
		}
		tested := strings.TrimSuffix(p.name, testSuffix) + ".cue"
		i := slices.IndexFunc(w.Policies, func(p *compiler.Policy) bool { return p.File.Name == tested })
		if i < 0 {
			if !w.wrongPolicies[tested] {
				diags = append(diags, diag.Diagnostic{Code: diag.Policy, Span: diag.Span{File: file}, Message: fmt.Sprintf("there is no policy %s for these tests", diag.Quote(tested)),
					Hint: fmt.Sprintf("call the file after the policy that it tests: limits%s tests limits.cue", testSuffix)})
			}
			continue
		}
		docs, found := source.Load(file, source.Options{Path: p.path, Root: w.Project.Dir, Evaluator: w.Evaluator, Layer: source.RunSpec})
		diags = append(diags, found...)
		for _, doc := range docs {
			t := policyTests{w: w, policy: w.Policies[i], doc: doc}
			counts[tested] += t.run()
			diags = append(diags, t.diags...)
		}
	}
	return counts, diag.Sort(diags)
}

// policyTests are the tests of one policy.
type policyTests struct {
	w      *Workspace
	policy *compiler.Policy
	doc    source.Document
	diags  []diag.Diagnostic
}

// run runs each named test of a file and gives their number. A file without tests is a mistake: it would pass whatever
// the policy says.
func (t *policyTests) run() (count int) {
	for _, group := range t.doc.Root.Fields {
		if group.Key != "pass" && group.Key != "fail" || group.Node.Kind != source.Map {
			t.say(group.Span, "tests of a policy stand under pass and fail, each with a name", `write pass: "a small job": {action: "job", image: …}`)
			continue
		}
		for _, test := range group.Node.Fields {
			count++
			t.one(test, group.Key == "pass", count)
		}
	}
	if len(t.doc.Root.Fields) == 0 {
		t.say(diag.Span{File: t.doc.File}, "this file holds no test", `write pass: "a small job": {action: "job", image: …}`)
	}
	return count
}

// say reports a mistake of a test's file.
func (t *policyTests) say(span diag.Span, message, hint string) {
	t.diags = append(t.diags, diag.Diagnostic{Code: diag.Policy, Span: span, Message: message, Hint: hint})
}

// one holds the policy to one test.
func (t *policyTests) one(test source.Field, pass bool, n int) {
	found := t.compile(test, n)
	ofPolicy := func(d diag.Diagnostic) bool { return d.Code == diag.Policy }
	others := slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return ofPolicy(d) || d.Severity != diag.Error })
	breach := slices.IndexFunc(found, ofPolicy)
	switch {
	case len(others) > 0: // no run at all, of which a policy proves nothing
		t.diags = append(t.diags, others...)
	case pass && breach >= 0:
		d := found[breach]
		d.Severity = diag.Error
		d.Message = fmt.Sprintf("%s has to pass %s, and does not: %s", diag.Quote(test.Key), filepath.Base(t.policy.File.Name), d.Message)
		d.Hint = "mend the test or the policy"
		t.diags = append(t.diags, d)
	case !pass && breach < 0:
		t.say(test.Span, fmt.Sprintf("%s has to be refused by %s, and passes", diag.Quote(test.Key), filepath.Base(t.policy.File.Name)), "mend the test or the policy")
	}
}

// compile compiles the run of a test, and asks its policy alone.
func (t *policyTests) compile(test source.Field, n int) []diag.Diagnostic {
	root := *test.Node
	if root.Kind == source.Map && root.Get("name") == nil && root.Get("metadata") == nil {
		name := &source.Node{Kind: source.String, Text: fmt.Sprintf("test-%d", n), Layer: source.RunSpec, Span: test.Span}
		root.Fields = append([]source.Field{{Key: "name", Span: test.Span, Node: name}}, root.Fields...)
	}
	one := *t.w
	one.Policies = []*compiler.Policy{t.policy}
	one.Runs = []source.Document{{File: t.doc.File, Index: n, Root: &root}}
	_, diags := one.compile(one.Options(""), func(*Unit, bool) {})
	return diags
}
