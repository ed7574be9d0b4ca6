package rules

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"berth/internal/diag"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"
)

// good are objects that no rule has anything against, by their kinds.
var good = map[string]string{
	"Job":                     `{metadata: {name: a}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1"}]}}}}`,
	"CronJob":                 `{metadata: {name: a}, spec: {schedule: "@daily", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1"}]}}}}}}`,
	"Deployment":              `{metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: "a:1"}]}}}}`,
	"Service":                 `{metadata: {name: a}, spec: {ports: [{port: 80}]}}`,
	"PersistentVolumeClaim":   `{metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`,
	"ConfigMap":               `{metadata: {name: a}, data: {a: b}}`,
	"Secret":                  `{metadata: {name: a}}`,
	"ServiceAccount":          `{metadata: {name: a}}`,
	"HorizontalPodAutoscaler": `{metadata: {name: a}, spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}}`,
	"PodDisruptionBudget":     `{metadata: {name: a}, spec: {minAvailable: 1}}`,
	"NetworkPolicy":           `{metadata: {name: a}, spec: {podSelector: {}}}`,
	"Ingress":                 `{metadata: {name: a}, spec: {defaultBackend: {service: {name: a, port: {number: 80}}}}}`,
	"HTTPRoute":               `{metadata: {name: a}, spec: {parentRefs: [{name: g}], hostnames: [a.example.com], rules: [{backendRefs: [{name: a, port: 80}]}]}}`,
	"ResourceClaimTemplate":   `{metadata: {name: a}, spec: {spec: {devices: {requests: [{name: gpu, exactly: {deviceClassName: gpu.nvidia.com}}]}}}}`,
}

func newOf(kind string) metav1.Object {
	switch kind {
	case "Job":
		return &batchv1.Job{}
	case "CronJob":
		return &batchv1.CronJob{}
	case "Deployment":
		return &appsv1.Deployment{}
	case "Service":
		return &corev1.Service{}
	case "PersistentVolumeClaim":
		return &corev1.PersistentVolumeClaim{}
	case "ConfigMap":
		return &corev1.ConfigMap{}
	case "Secret":
		return &corev1.Secret{}
	case "ServiceAccount":
		return &corev1.ServiceAccount{}
	case "HorizontalPodAutoscaler":
		return &autoscalingv2.HorizontalPodAutoscaler{}
	case "PodDisruptionBudget":
		return &policyv1.PodDisruptionBudget{}
	case "NetworkPolicy":
		return &networkingv1.NetworkPolicy{}
	case "Ingress":
		return &networkingv1.Ingress{}
	case "HTTPRoute":
		return &gatewayv1.HTTPRoute{}
	}
	return &resourcev1.ResourceClaimTemplate{}
}

// objectOf is the good object of a kind with another one laid over it: mappings by key, all else whole.
func objectOf(t testing.TB, kind, over string) metav1.Object {
	t.Helper()
	var under, patch map[string]any
	for text, into := range map[string]*map[string]any{good[kind]: &under, over: &patch} {
		if err := yaml.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	text, err := yaml.Marshal(overlay(under, patch))
	if err != nil {
		t.Fatal(err)
	}
	object := newOf(kind)
	if err := yaml.UnmarshalStrict(text, object); err != nil {
		t.Fatal(err)
	}
	return object
}

func overlay(under, over map[string]any) map[string]any {
	for key, value := range over {
		a, both := under[key].(map[string]any)
		b, maps := value.(map[string]any)
		if both && maps {
			value = overlay(a, b)
		}
		under[key] = value
	}
	return under
}

func TestGood(t *testing.T) {
	for kind := range good {
		if problems := Check(objectOf(t, kind, "{}"), 37); len(problems) > 0 {
			t.Errorf("%s: %+v", kind, problems)
		}
	}
}

// TestCheckChangesNothing: what is judged is written afterwards.
func TestCheckChangesNothing(t *testing.T) {
	over := `{spec: {template: {spec: {containers: [{name: a, image: "a:1", env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]}]}}}}`
	object, before := objectOf(t, "Job", over), objectOf(t, "Job", over)
	Check(object, 37)
	if !reflect.DeepEqual(object, before) {
		t.Errorf("%+v became %+v", before, object)
	}
}

// TestRules refuses one wrong thing at a time, at its path.
func TestRules(t *testing.T) {
	for _, c := range wrong {
		t.Run(c.kind+" "+c.over, func(t *testing.T) {
			var paths, words []string
			for _, p := range Check(objectOf(t, c.kind, c.over), 37) {
				paths, words = append(paths, p.Path), append(words, p.Message+"; "+p.Hint)
			}
			if !slices.Equal(paths, []string{c.at}) {
				t.Fatalf("%q, not %s: %q", paths, c.at, words)
			}
			if !strings.Contains(words[0], c.says) {
				t.Errorf("%q does not say %q", words[0], c.says)
			}
		})
	}
}

// TestBounded: a mistake that an object has thousands of times is told a bounded number of times.
func TestBounded(t *testing.T) {
	service := objectOf(t, "Service", "{}").(*corev1.Service)
	for range 5500 {
		service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{Port: 80, Name: "web"})
	}
	if n := len(Check(service, 37)); n > maxProblems {
		t.Errorf("%d problems", n)
	}
}

// TestUnknownKind: an object that there are no rules for is not taken for a right one.
func TestUnknownKind(t *testing.T) {
	if len(Check(&corev1.Node{}, 37)) == 0 {
		t.Error("a Node passed")
	}
}

// TestEveryRuleIsShown: a rule that no case of this test shows may do anything.
func TestEveryRuleIsShown(t *testing.T) {
	if n := rows(); len(wrong) < n {
		t.Errorf("%d cases for %d rules", len(wrong), n)
	}
}

func rows() (n int) {
	for _, table := range []any{objectRules, podRules, containerRules, jobRules, cronJobRules, deploymentRules, serviceRules, claimRules} {
		n += reflect.ValueOf(table).Len()
	}
	return n
}

// TestReferences warns of a `$(NAME)` that stays as it is, and of none that does not.
func TestReferences(t *testing.T) {
	for _, c := range []struct{ fields, at string }{
		{`env: [{name: A, value: $(B)}, {name: B, value: b}]`, containerAt + ".env[0].value"},
		{`env: [{name: A, value: $(A)}]`, containerAt + ".env[0].value"},
		{`env: [{name: A, value: $$$(B)}]`, containerAt + ".env[0].value"},
		{`command: [a, $(A)]`, containerAt + ".command[1]"},
		{`args: [$(A_PORT)], env: [{name: B, value: b}]`, ""},
		{`env: [{name: B, value: b}, {name: A, value: "$(B)$$(C)$(unclosed$"}], args: ["$(B) $(date) $(cat A)"]`, ""},
		{`env: [{name: A, value: $(B)}], envFrom: [{secretRef: {name: b}}]`, ""},
		{`args: [$(KUBERNETES_PORT)]`, ""},
	} {
		var paths []string
		over := `{spec: {template: {spec: {containers: [{name: a, image: "a:1", ` + c.fields + `}]}}}}`
		for _, p := range Check(objectOf(t, "Job", over), 37) {
			if p.Severity != diag.Warning {
				t.Errorf("%s: refused: %s", c.fields, p.Message)
			}
			paths = append(paths, p.Path)
		}
		if strings.Join(paths, " ") != c.at {
			t.Errorf("%s: warned at %q, wanted %q", c.fields, paths, c.at)
		}
	}
}

// TestWarningsHideNoMistake: however much there is to warn of, what is wrong is told.
func TestWarningsHideNoMistake(t *testing.T) {
	job := objectOf(t, "Job", "{}").(*batchv1.Job)
	c := &job.Spec.Template.Spec.Containers[0]
	for range 2 * maxProblems {
		c.Args = append(c.Args, "$(A)")
	}
	if n := len(Check(job, 37)); n != maxProblems {
		t.Errorf("%d warnings", n)
	}
	job.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyAlways
	if problems := Check(job, 37); len(problems) != 1 || problems[0].Severity != diag.Error {
		t.Errorf("%+v", problems)
	}
}

// TestObjectsStayAsTheyAre: judging an object leaves it as it was, down to what an amount remembers of its text.
func TestObjectsStayAsTheyAre(t *testing.T) {
	over := `{spec: {template: {spec: {containers: [{name: a, image: "a:1", env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]}]}}}}`
	job := objectOf(t, "Job", over).(*batchv1.Job)
	before := job.DeepCopy()
	if Check(job, 37); !reflect.DeepEqual(before, job) {
		t.Error("the object is another one now")
	}
}
