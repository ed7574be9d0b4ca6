package review

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// described is a part of the schema.
type described struct {
	Required   []string                   `json:"required"`
	Properties map[string]json.RawMessage `json:"properties"`
	Enum       []string                   `json:"enum"`
}

// TestFormatIsDescribed holds the JSON Schema of a report to the types that are printed: each field stands in it, and it has no
// other. A field that is always there is a required one.
func TestFormatIsDescribed(t *testing.T) {
	var schema struct {
		described
		Defs map[string]described `json:"$defs"`
	}
	if err := json.Unmarshal(JSONSchema, &schema); err != nil {
		t.Fatal(err)
	}
	parts := map[string]any{"run": Item{}, "start": Start{}, "fact": Fact{}, "cause": Cause{}, "place": Place{}, "object": ObjectChange{}, "change": Change{},
		"refusal": Refusal{}, "total": Total{}, "demand": Demand{}, "cost": Cost{}, "span": Span{},
		"queue": QueueState{}, "queue_side": QueueSide{}, "queue_supply": QueueSupply{}, "queued_run": QueuedRun{}}
	compareWith(t, "the report", schema.described, Report{})
	for name, part := range parts {
		compareWith(t, name, schema.Defs[name], part)
		delete(schema.Defs, name)
	}
	for name := range schema.Defs {
		t.Errorf("the schema describes %s, which no report has", name)
	}
}

func compareWith(t *testing.T, name string, said described, part any) {
	t.Helper()
	var fields, always []string
	for i := range reflect.TypeOf(part).NumField() {
		f := reflect.TypeOf(part).Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || tag == "-" {
			continue
		}
		fields = append(fields, tag)
		if options != "omitempty" {
			always = append(always, tag)
		}
	}
	var known []string
	for key := range said.Properties {
		known = append(known, key)
	}
	slices.Sort(known)
	slices.Sort(fields)
	if diff := cmp.Diff(fields, known); diff != "" {
		t.Errorf("%s (-printed +described):\n%s", name, diff)
	}
	slices.Sort(said.Required)
	slices.Sort(always)
	if diff := cmp.Diff(always, said.Required); diff != "" {
		t.Errorf("%s (-always there +required):\n%s", name, diff)
	}
}

// TestActionsAreDescribed: the schema lists the word of each verdict, and every verdict has one of its own.
func TestActionsAreDescribed(t *testing.T) {
	var schema struct {
		Defs struct {
			Run struct {
				Properties struct{ Action described }
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(JSONSchema, &schema); err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, v := range verdicts {
		words = append(words, string(v.action))
	}
	if diff := cmp.Diff(words, schema.Defs.Run.Properties.Action.Enum); diff != "" {
		t.Errorf("(-printed +described):\n%s", diff)
	}
	slices.Sort(words)
	if len(slices.Compact(words)) != len(verdicts) || slices.Contains(words, "") {
		t.Errorf("two verdicts have one word, or one has none: %q", words)
	}
}
