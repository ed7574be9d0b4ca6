package importer_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/workspace"

	"go.yaml.in/yaml/v3"
)

// What is imported builds, and whatever the objects said of their pods is in what is built.
func TestImportedObjectsBuild(t *testing.T) {
	each(t, "testdata/runs/*.yaml", func(t *testing.T, path string, file *diag.File) {
		text, diags := importer.Runs(file)
		if diag.HasErrors(diags) {
			t.Fatal(diags)
		}
		built := map[string]map[string]string{}
		for _, o := range buildRuns(t, text) {
			data, _ := json.Marshal(o.Value)
			if spec := podOf(t, data); spec != nil {
				built[o.Kind+" "+o.Source] = leaves(spec)
			}
		}
		for _, object := range objectsOf(t, file.Data) {
			data, _ := json.Marshal(object)
			spec, metadata := podOf(t, data), object["metadata"].(map[string]any)
			if spec == nil {
				continue
			}
			have := built[fmt.Sprint(object["kind"], " ", metadata["name"])]
			for _, place := range slices.Sorted(maps.Keys(leaves(spec))) {
				want := leaves(spec)[place]
				if have[place] != want && !dropped(place, want) {
					t.Errorf("%s: %s is %q, and was %q", metadata["name"], place, have[place], want)
				}
			}
		}
	})
}

// dropped are the parts that an import says it leaves out, or that mean nothing.
func dropped(place, value string) bool {
	for _, known := range []string{
		".restartPolicy=OnFailure", ".restartPolicy=Always", ".dnsPolicy=ClusterFirst", ".schedulerName=default-scheduler", ".serviceAccount=trainer",
		".terminationGracePeriodSeconds=30", ".containers[*].terminationMessagePath=/dev/termination-log", ".containers[*].terminationMessagePolicy=File",
		".containers[*].env[NODE].valueFrom.fieldRef.apiVersion=v1", ".containers[*].readinessProbe.httpGet.scheme=HTTP",
		".containers[*].readinessProbe.failureThreshold=3", ".containers[*].readinessProbe.successThreshold=1", ".containers[*].readinessProbe.timeoutSeconds=1",
		".containers[*].ports[8080].protocol=TCP",
	} {
		if place+"="+value == known {
			return true
		}
	}
	// A run asks for the user and the level of the pod as a whole.
	return strings.HasPrefix(place, ".containers[*].securityContext.runAsUser") || strings.HasPrefix(place, ".securityContext.runAsNonRoot")
}

type built struct {
	Kind, Source string
	Value        any
}

func buildRuns(t *testing.T, text []byte) []built {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "runs.yaml"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	w, diags := workspace.Load(workspace.Request{Dir: dir, Paths: []string{"runs.yaml"}})
	defer w.Close()
	compiled, more := w.Compile("")
	if diags = append(diags, more...); diag.HasErrors(diags) {
		t.Fatalf("%s", result(nil, diags))
	}
	var all []built
	for _, u := range compiled.Units {
		for _, o := range u.Objects {
			all = append(all, built{o.Kind, u.Plan.Name, o.Value})
		}
	}
	return all
}

// objectsOf are the objects of a file, those of a List one by one.
func objectsOf(t *testing.T, data []byte) []map[string]any {
	var object map[string]any
	if err := yaml.Unmarshal(data, &object); err != nil {
		t.Fatal(err)
	}
	items, ok := object["items"].([]any)
	if !ok {
		return []map[string]any{object}
	}
	var all []map[string]any
	for _, item := range items {
		all = append(all, item.(map[string]any))
	}
	return all
}

// podOf is the specification of the pod in an object, nil when it has none.
func podOf(t *testing.T, object []byte) map[string]any {
	var o struct {
		Spec struct {
			Template    struct{ Spec map[string]any }
			JobTemplate struct {
				Spec struct {
					Template struct{ Spec map[string]any }
				}
			}
		}
	}
	if err := json.Unmarshal(object, &o); err != nil {
		t.Fatal(err)
	}
	if o.Spec.Template.Spec != nil {
		return o.Spec.Template.Spec
	}
	return o.Spec.JobTemplate.Spec.Template.Spec
}

// leaves are the values of a pod by place. Items of lists are told by what Kubernetes merges them by; the first container
// is called *, since Berth names it.
func leaves(pod map[string]any) map[string]string {
	found := map[string]string{}
	var walk func(place string, v any)
	walk = func(place string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if len(v) == 0 {
				found[place] = "{}"
			}
			for key, value := range v {
				walk(place+"."+key, value)
			}
		case []any:
			for i, item := range v {
				walk(place+"["+itemName(place, i, item)+"]", item)
			}
		default:
			found[place] = fmt.Sprint(v)
		}
	}
	walk("", pod)
	delete(found, ".containers[*].name")
	return found
}

func itemName(place string, i int, item any) string {
	if place == ".containers" && i == 0 {
		return "*"
	}
	if m, ok := item.(map[string]any); ok {
		for _, key := range []string{"mountPath", "containerPort", "name"} {
			if m[key] != nil {
				return fmt.Sprint(m[key])
			}
		}
	}
	return fmt.Sprint(i)
}
