package workspace_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/layouts"
	"berth/internal/review"
	"berth/internal/workspace"
	"berth/schema"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew, those of an edition alone where it has none")

const editions = "../../fixtures/editions"

// controllers are those whose projects the runs of an edition are built for.
var controllers = []string{"none", "flux", "argocd"}

// edition builds the runs of the first edition for a project whose file is one of those beside them, changed. Without runs,
// the text is what refuses them.
func edition(t *testing.T, project string, all []schema.Edition, change ...string) ([]review.Run, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(editions, "1"))); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, project+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.NewReplacer(change...).Replace(string(text)))
	if err := os.WriteFile(filepath.Join(dir, "berth.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	w, diags := workspace.Load(workspace.Request{Dir: dir, Editions: all})
	defer w.Close()
	result, found := w.Compile("")
	if diags = append(diags, found...); diag.HasErrors(diags) {
		var said bytes.Buffer
		if err := diag.Print(&said, diag.Text, diags, diag.Options{}); err != nil {
			t.Fatal(err)
		}
		return nil, said.String()
	}
	stream, err := layouts.Stream(result.Objects())
	if err != nil {
		t.Fatal(err)
	}
	return w.ReviewRuns(result), string(stream)
}

// TestEditionIsFrozen holds what the first edition gives to its bytes. It is no golden file to write anew: every manifest of
// every project would be another one.
func TestEditionIsFrozen(t *testing.T) {
	for _, controller := range controllers {
		t.Run(controller, func(t *testing.T) {
			t.Parallel()
			runs, stream := edition(t, controller, nil)
			if len(runs) == 0 {
				t.Fatal(stream)
			}
			path := filepath.Join("../../golden/editions/1", controller+".yaml")
			want, err := os.ReadFile(path)
			if os.IsNotExist(err) && *update {
				want, err = []byte(stream), os.WriteFile(path, []byte(stream), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), stream); diff != "" {
				t.Errorf("edition 1 is frozen. What changes a default, or what is hashed into a name, is a new edition: a row of schema.Editions, which a project takes by `edition: 2`.\n%s", diff)
			}
		})
	}
}

// TestEditionUsesEveryDefault changes each of the edition's defaults by itself: the runs that hold it frozen have to show
// each of them.
func TestEditionUsesEveryDefault(t *testing.T) {
	t.Parallel()
	streams := func(all []schema.Edition) string {
		var text strings.Builder
		for _, controller := range controllers {
			_, stream := edition(t, controller, all)
			text.WriteString(stream)
		}
		return text.String()
	}
	now := streams(nil)
	for name, other := range otherEditions(t) {
		if streams([]schema.Edition{other}) == now {
			t.Errorf("no run of the edition shows %s", name)
		}
	}
}

// otherDefaults are values that the fields of runs could have as defaults instead, and what else is text in an edition.
var otherDefaults = map[string]string{
	"backoff_limit": "7", "replicas": "3", "security": "restricted", "enable_service_links": "true", "concurrency_policy": "Allow",
	"service_type": "NodePort", "run_policy": "template",
	"Scheme": "2", "RestartPolicy": "OnFailure", "AccessMode": "ReadWriteMany", "RouteTimeout": "15s", "UnhealthyEviction": "IfHealthyBudget",
	"HookPhase": "PreSync", "GangPort": "29400",
}

// otherEditions are the first edition with one thing changed, by the thing's name.
func otherEditions(t *testing.T) map[string]schema.Edition {
	t.Helper()
	first, others := schema.Editions[0], map[string]schema.Edition{}
	for i, d := range first.Fields {
		e := first
		e.Fields = slices.Clone(first.Fields)
		if e.Fields[i].Value = otherDefaults[d.Field]; e.Fields[i].Value == "" {
			t.Fatalf("%s has no other value here", d.Field)
		}
		others[d.Field] = e
	}
	for i := range reflect.TypeFor[schema.Edition]().NumField() {
		e := first
		name, v := reflect.TypeFor[schema.Edition]().Field(i).Name, reflect.ValueOf(&e).Elem().Field(i)
		switch v.Kind() {
		case reflect.String:
			v.SetString(otherDefaults[name])
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Int32, reflect.Int64:
			v.SetInt(v.Int() + 1)
		}
		if name == "GangBackoff" {
			e.GangBackoff.Value = "5"
		}
		if name != "Number" && name != "Fields" {
			others[name] = e
		}
	}
	return others
}

// TestEditionRaised is a second edition that is made up: what `berth diff` says of the line that raises a project to it.
func TestEditionRaised(t *testing.T) {
	second := schema.Editions[0]
	second.Number, second.Fields = 2, slices.Clone(second.Fields)
	for i := range second.Fields {
		if second.Fields[i].Field == "backoff_limit" {
			second.Fields[i].Value = "6"
		}
	}
	second.AutomountToken, second.AccessMode, second.DeviceSurge, second.RouteTimeout = true, "ReadWriteMany", 1, "60s"
	all := []schema.Edition{schema.Editions[0], second}
	for _, controller := range controllers {
		t.Run(controller, func(t *testing.T) {
			t.Parallel()
			before, _ := edition(t, controller, all)
			after, said := edition(t, controller, all, "edition: 1", "edition: 2")
			if len(before) == 0 || len(after) == 0 {
				t.Fatal(said)
			}
			report := review.Compare(before, after, review.Options{Before: "edition 1", After: "edition 2"})
			var text bytes.Buffer
			if err := review.WriteText(&text, report, false); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("../../golden/editions", fmt.Sprintf("raised-%s.txt", controller))
			if *update {
				if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEditionUnknown: an edition that this version does not have is refused, also where it has two.
func TestEditionUnknown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"berth.yaml":    "apiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec: {edition: 3}\n",
		"runs/run.yaml": "name: churn-train\naction: job\nimage: ghcr.io/acme/churn:1.4\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w, _ := workspace.Load(workspace.Request{Dir: dir, Editions: []schema.Edition{schema.Editions[0], {Number: 2}}})
	defer w.Close()
	_, diags := w.Compile("")
	if len(diags) == 0 || diags[0].Message != "there is no edition 3: this version of Berth knows up to 2" {
		t.Errorf("%v", diags)
	}
}
