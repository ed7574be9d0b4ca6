package renderers_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"berth/internal/plantest"
	"berth/internal/yamlprint"
	"berth/renderers"
	"berth/schema"
)

// Every leaf of every object of every case has an origin, and the place that it names is in the plan.
func TestOrigins(t *testing.T) {
	for _, p := range plantest.Cases(t, "testdata/render") {
		objects, _ := renderers.Render(p)
		tree := planTree(t, p)
		for _, o := range objects {
			for _, path := range leaves(t, o.Value) {
				place, reason, ok := renderers.Origin(&o, path)
				switch {
				case !ok || place == "" && reason == "":
					t.Errorf("%s %s: no origin of %s", p.Name, o.Kind, path)
				case place != "" && !inTree(tree, place):
					t.Errorf("%s %s: %s is said to come from %s, which the plan does not have", p.Name, o.Kind, path, place)
				}
			}
		}
	}
}

// leaves are the paths of what is printed on the right of a colon or dash.
func leaves(t testing.TB, value any) []string {
	t.Helper()
	var paths []string
	if _, err := yamlprint.AppendAnnotated(nil, value, func(path string) string {
		paths = append(paths, path)
		return ""
	}); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return slices.ContainsFunc(paths, func(other string) bool {
			rest, below := strings.CutPrefix(other, path)
			return below && rest != "" && (rest[0] == '.' || rest[0] == '[')
		})
	})
}

func planTree(t testing.TB, p *schema.Plan) any {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func inTree(tree any, path string) bool {
	for path != "" {
		var key string
		switch {
		case strings.HasPrefix(path, `["`):
			key, path, _ = strings.Cut(path[2:], `"]`)
		case path[0] == '[':
			key, path, _ = strings.Cut(path[1:], "]")
			i, err := strconv.Atoi(key)
			list, _ := tree.([]any)
			if err != nil || i >= len(list) {
				return false
			}
			tree = list[i]
			continue
		default:
			path = strings.TrimPrefix(path, ".")
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			key, path = path[:end], path[end:]
		}
		object, _ := tree.(map[string]any)
		next, ok := object[key]
		if !ok {
			return false
		}
		tree = next
	}
	return true
}

// The origins that a reader would look for first, and those that take looking.
func TestOriginOf(t *testing.T) {
	everything, patched := plantest.Case(t, "testdata/render", "job-everything"), plantest.Case(t, "testdata/render", "patch")
	const container = "spec.template.spec.containers[0]."
	for _, c := range []struct {
		plan         *schema.Plan
		path, origin string
		reason       string
	}{
		{everything, container + "image", "spec.image", ""},
		{everything, container + "env[0].valueFrom.secretKeyRef.name", "spec.secrets[1].name", ""},
		{everything, container + "env[1].name", "spec.secrets[2].key", ""},
		{everything, container + "env[2].value", "spec.envs[0].value", ""},
		{everything, container + `resources.limits["nvidia.com/gpu"]`, "spec.resources.gpu.limits", ""},
		{everything, container + "resources.requests.memory", "spec.resources.mem.requests", ""},
		{everything, "spec.template.spec.nodeSelector.disktype", "spec.node_selector.disktype", ""},
		{everything, `spec.template.spec.nodeSelector["cloud.google.com/gke-accelerator"]`, `machine.node_labels["cloud.google.com/gke-accelerator"]`, ""},
		{everything, "metadata.labels.team", "labels.team", ""},
		{everything, "spec.template.spec.restartPolicy", "", "the Job's controller tries again, with a new pod and the logs of the old one"},
		{patched, "spec.backoffLimit", "spec.patches[0].patch.spec.backoffLimit", ""},
		{patched, container + "env[1].value", "spec.patches[0].patch.spec.template.spec.containers[0].env[0].value", ""},
		{patched, "spec.template.spec.dnsPolicy", "spec.patches[1].patch.spec.template.spec.dnsPolicy", ""},
		{patched, container + "env[0].value", "spec.envs[0].value", ""},
	} {
		objects, _ := renderers.Render(c.plan)
		origin, reason, ok := renderers.Origin(&objects[0], c.path)
		if !ok || origin != c.origin || reason != c.reason {
			t.Errorf("%s: %q, %q, %t; want %q, %q", c.path, origin, reason, ok, c.origin, c.reason)
		}
	}
}

// A path that leads nowhere has no origin, and is no reason to fail.
func TestOriginOfNothing(t *testing.T) {
	for _, p := range plantest.Cases(t, "testdata/render") {
		objects, _ := renderers.Render(p)
		for _, o := range objects {
			for _, path := range []string{
				"", "spec", "nothing", "spec.template.spec.containers[7].env[3].value", "spec.template.spec.containers[-1].image",
				"spec.template.spec.tolerations[x].key", "[0]", `["`, "spec.ports[9].name", "status.phase.x",
			} {
				if place, reason, ok := renderers.Origin(&o, path); ok && o.Kind != "Service" {
					t.Errorf("%s: %q comes from %q, %q", o.Kind, path, place, reason)
				}
			}
		}
	}
}
