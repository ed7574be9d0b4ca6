package renderers_test

import (
	"slices"
	"strings"
	"testing"

	"berth/internal/plantest"
	"berth/renderers"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// Every variable that a gang gets is one that a run may not set, or the port; and none refers to a later one.
func TestGangVariables(t *testing.T) {
	for _, launcher := range schema.TypeLauncher.Enum {
		for _, gpus := range []string{"", ", resources: {gpu: {limits: 8}}"} {
			p := plantest.Plan(t, []byte("{name: a, spec: {action: job, image: busybox, num_nodes: 2, launcher: "+launcher+gpus+"}}"))
			env := containerOf(t, p).Env
			for i, e := range env {
				if !p.Spec.Reserves(e.Name) && e.Name != schema.GangPort {
					t.Errorf("%s: a run may set %s", launcher, e.Name)
				}
				for name := range references(e.Value) {
					if !slices.ContainsFunc(env[:i], func(o corev1.EnvVar) bool { return o.Name == name }) {
						t.Errorf("%s: %s refers to %s, which comes later or never", launcher, e.Name, name)
					}
				}
			}
			ranked := slices.ContainsFunc(env, func(e corev1.EnvVar) bool { return e.Name == "RANK" })
			if want := launcher == schema.LauncherNone && gpus == ""; ranked != want {
				t.Errorf("launcher %s%s has a RANK: %t, want %t", launcher, gpus, ranked, want)
			}
		}
	}
}

func references(value string) map[string]bool {
	names := map[string]bool{}
	for _, part := range strings.Split(value, "$(")[1:] {
		name, _, _ := strings.Cut(part, ")")
		names[name] = true
	}
	return names
}

func containerOf(t *testing.T, p *schema.Plan) corev1.Container {
	t.Helper()
	objects, problems := renderers.Render(p)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, o := range objects {
		if job, ok := o.Value.(*batchv1.Job); ok {
			return job.Spec.Template.Spec.Containers[0]
		}
	}
	t.Fatal("there is no Job")
	return corev1.Container{}
}
