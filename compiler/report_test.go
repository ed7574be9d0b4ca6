package compiler

import (
	"fmt"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// TestRepeatedMistakesAreCounted: a document with thousands of mistakes of one kind costs no more memory than one with a
// hundred.
func TestRepeatedMistakesAreCounted(t *testing.T) {
	r := &report{}
	for i := range 5000 {
		r.add(diag.Diagnostic{Code: diag.UnknownField, Message: fmt.Sprint("mistake ", i)})
		r.add(diag.Diagnostic{Code: diag.BadName, Message: "the same", Fix: &diag.Fix{Certain: true}})
	}
	r.add(diag.Diagnostic{Code: diag.MissingField})
	count := map[diag.Code]int{}
	for _, d := range r.diags {
		count[d.Code]++
	}
	if count[diag.UnknownField] != diag.MostAlike || count[diag.BadName] != 5000 || count[diag.MissingField] != 1 {
		t.Errorf("told: %v", count)
	}
	var last diag.Diagnostic
	for _, d := range r.diags {
		if d.Code == diag.UnknownField {
			last = d
		}
	}
	if len(last.Notes) != 1 || last.Notes[0].Message != "and 4900 more of this kind" {
		t.Errorf("the last one has the notes %v", last.Notes)
	}
}

// TestAlikeItems: every item but the first of a name is one mistake, however many there are.
func TestAlikeItems(t *testing.T) {
	port := int64(31000)
	p := &schema.Plan{Name: "a", Spec: schema.RunFields{Action: schema.ActionServe, ServiceType: "NodePort"}}
	for i := range 5500 {
		p.Spec.ServicePorts = append(p.Spec.ServicePorts, schema.ServicePort{Port: int64(i + 1), Name: "http", NodePort: &port})
	}
	c := ruleContextOf(p)
	checkService(c)
	c.tellMore()
	if len(c.problems) != diag.MostAlike {
		t.Fatalf("%d problems", len(c.problems))
	}
	if last := c.problems[diag.MostAlike-1].Message; !strings.HasSuffix(last, fmt.Sprintf("and %d more of this kind", 2*5499-diag.MostAlike)) {
		t.Errorf("the last says %q", last)
	}
}

// ruleContextOf is a context in which the run itself says everything.
func ruleContextOf(p *schema.Plan) *ruleContext {
	return &ruleContext{
		plan:    p,
		present: func(string) bool { return true }, refused: func(string) bool { return false },
		layer: func(string) source.Layer { return source.RunSpec }, written: func(path string) string { return path },
	}
}
