package workspace_test

import (
	"reflect"
	"testing"
)

// Printing leaves the workspace whole: it prints the same again, and compiles to values after that.
func TestPrintTwice(t *testing.T) {
	dir := folder(t, "-- berth.yaml --\napiVersion: berth/v1\nkind: Project\nmetadata: {name: p}\nspec:\n  gitops: none\n  environments: {dev: {}, prod: {}}\n"+
		"-- runs/a.yaml --\nname: a\naction: job\nimage: \"busybox:1.0\"\nenvironments:\n  prod: {image: \"busybox:1\"}\n"+
		"-- runs/b.yaml --\nname: b\naction: deploy\nimage: \"nginx:1\"\n")
	w, diags := load(t, dir)
	texts := func() []string {
		results, found := w.Print([]string{"dev", "prod"})
		if diags = append(diags, found...); len(diags) > 0 {
			t.Fatal(diags)
		}
		var all []string
		for _, result := range results {
			for _, o := range result.Objects() {
				all = append(all, string(o.Text))
			}
		}
		return all
	}
	first := texts()
	if again := texts(); len(first) != 4 || !reflect.DeepEqual(first, again) {
		t.Errorf("printed at first %q, and then %q", first, again)
	}
	results, found := w.CompileAll([]string{"prod"})
	if len(found) > 0 || len(results[0].Units) != 2 || results[0].Units[0].Objects[0].Value == nil {
		t.Errorf("after printing, the runs compile to %v, %v", results, found)
	}
}
