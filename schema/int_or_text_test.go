package schema

import (
	"encoding/json"
	"slices"
	"testing"
)

// target is a port by number or by name.
var target = Type{Kind: TextKind, Says: "a port, or the name of one", Either: []*Type{&TypePort, &TypePortName}}

func TestIntOrText(t *testing.T) {
	for text, right := range map[string]bool{
		"80": true, "http": true, "65535": true, "65536": false, "0": false, "-1": false, "080": false, "+80": false, "8.0": false, "": false, "HTTP": false,
	} {
		if target.AcceptsText(text) != right {
			t.Errorf("%q: accepted %v", text, !right)
		}
	}
	for text, want := range map[IntOrText]string{"80": "80", "http": `"http"`, "25%": `"25%"`, "-1": "-1", "080": `"080"`, "": `""`} {
		if got, _ := json.Marshal(text); string(got) != want {
			t.Errorf("%q is written as %s", text, got)
		}
	}
}

func TestIntOrTextSchema(t *testing.T) {
	shapes := text(&target)["anyOf"].([]any)
	kinds := func(s any) bool { return s.(object)["type"] == "integer" }
	if !slices.ContainsFunc(shapes, kinds) || len(shapes) != 3 {
		t.Errorf("the JSON schema of a port by number or by name is %v", shapes)
	}
}
