package compiler

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// ruleCase is a plan that one rule refuses at a path, or with an empty path accepts.
type ruleCase struct {
	name    string
	change  func(p *schema.Plan)
	at      string
	code    diag.Code
	says    string // words of the message or the hint
	key     bool   // the field itself is the mistake
	warning bool
	replace string

	profile *Profile
	project *Project
	layers  map[string]source.Layer // of the values that are not the run's
	refused string                  // a map with a refused field
}

func ptr[T any](v T) *T { return &v }

// planOf is a plan that no rule has anything against, with changes.
func planOf(action string, change func(*schema.Plan)) *schema.Plan {
	p := &schema.Plan{Name: "churn", Namespace: "ml", Target: schema.Target{GitOps: "none", Kubernetes: "1.37"}}
	p.Spec.Action, p.Spec.Image = action, "ghcr.io/acme/churn:1.4"
	if action == "serve" {
		p.Spec.ServicePorts = []schema.ServicePort{{Port: 80}}
		p.Spec.Probes = &schema.Probes{Readiness: &schema.Probe{TCP: "80"}}
	}
	if change != nil {
		change(p)
	}
	return p
}

// contextOf makes a context in which everything that the plan has is the run's own, but for the layers given.
func contextOf(t testing.TB, p *schema.Plan, c ruleCase) *ruleContext {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	docs, diags := source.Load(&diag.File{Name: "plan.json", Data: text}, source.Options{Layer: source.RunSpec})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	present := func(path string) bool { return stands(tree, diag.Split(path)) }
	return &ruleContext{
		plan: p, tree: docs[0].Root, project: c.project, profile: c.profile, present: present, written: func(path string) string { return path },
		refused: func(path string) bool { return c.refused != "" && path == c.refused },
		layer: func(path string) source.Layer {
			if l, ok := c.layers[path]; ok {
				return l
			}
			if present(path) {
				return source.RunSpec
			}
			return source.ToolDefault
		},
	}
}

func stands(tree any, parts []string) bool {
	for _, part := range parts {
		switch t := tree.(type) {
		case map[string]any:
			next, ok := t[part]
			if !ok {
				return false
			}
			tree = next
		case []any:
			i := diag.Index(part)
			if i < 0 || i >= len(t) {
				return false
			}
			tree = t[i]
		default:
			return false
		}
	}
	return true
}

func runCases(t *testing.T, action string, cases []ruleCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ctx := contextOf(t, planOf(action, c.change), c)
			checkRules(ctx)
			if c.at == "" {
				if len(ctx.problems) > 0 {
					t.Fatalf("refused: %+v", ctx.problems)
				}
				return
			}
			if len(ctx.problems) != 1 {
				t.Fatalf("%d problems, not one: %+v", len(ctx.problems), ctx.problems)
			}
			check(t, c, ctx.problems[0])
		})
	}
}

func check(t *testing.T, c ruleCase, p diag.Problem) {
	t.Helper()
	if p.Path != c.at || p.Code != c.code || p.AtKey != c.key || (p.Severity == diag.Warning) != c.warning {
		t.Errorf("got %s at %s (key %v, %v), want %s at %s (key %v, warning %v)", p.Code, p.Path, p.AtKey, p.Severity, c.code, c.at, c.key, c.warning)
	}
	if text := p.Message + "; " + p.Hint; !strings.Contains(text, c.says) {
		t.Errorf("%q does not say %q", text, c.says)
	}
	if c.replace != "" && p.Replace != c.replace {
		t.Errorf("replacement %q, want %q", p.Replace, c.replace)
	}
	if p.Hint == "" || strings.HasSuffix(p.Message, ".") {
		t.Errorf("%q needs a way out and no full stop", p.Message)
	}
}

func TestPlainPlansPass(t *testing.T) {
	for _, action := range []string{"job", "deploy", "serve"} {
		runCases(t, action, []ruleCase{{name: action}})
	}
}

// A plan full of right values costs a rule nothing that a second run of a large project would feel.
func TestRulesAllocateLittle(t *testing.T) {
	p := planOf("job", func(p *schema.Plan) {
		p.Spec.Envs = []schema.Env{{Name: "A", Value: ptr("b")}, {Name: "POD", Field: "metadata.name"}}
		p.Spec.Tolerations = []schema.Toleration{{Key: "gpu", Operator: "Exists", Effect: "NoSchedule"}}
		p.Spec.Volumes = []schema.Volume{{Name: "v", VolumeType: "config_map", MountPath: "/v", Spec: schema.VolumeSpec{Name: "c"}}}
	})
	ctx := contextOf(t, p, ruleCase{})
	ctx.present = func(string) bool { return false }
	if n := testing.AllocsPerRun(100, func() { checkRules(ctx) }); n > 12 {
		t.Errorf("%v allocations", n)
	}
}

func TestRulesNeverRepeatSecrets(t *testing.T) {
	const secret = "ghp_x7Kq2mV9tRb4Zs1WcP8eYh3LdN6uJf0GaTiB"
	for name, change := range map[string]func(*schema.Plan){
		"env":        func(p *schema.Plan) { p.Spec.Envs = []schema.Env{{Name: "A", Value: ptr(secret)}} },
		"arg":        func(p *schema.Plan) { p.Spec.Args = []string{"--token", secret} },
		"command":    func(p *schema.Plan) { p.Spec.Command = []string{"login " + secret} },
		"annotation": func(p *schema.Plan) { p.Annotations = map[string]string{"a": secret} },
		"label":      func(p *schema.Plan) { p.Labels = map[string]string{"a": secret} },
		"key":        func(p *schema.Plan) { p.Annotations = map[string]string{secret: "a"} },
		"directory":  func(p *schema.Plan) { p.Spec.WorkingDir = "/" + secret },
		"toleration": func(p *schema.Plan) { p.Spec.Tolerations = []schema.Toleration{{Key: "a", Value: secret}} },
		"patch": func(p *schema.Plan) {
			p.Spec.Patches = []schema.Patch{{Patch: map[string]any{"spec": []any{map[string]any{"token": secret}}}}}
		},
	} {
		ctx := contextOf(t, planOf("job", change), ruleCase{})
		checkRules(ctx)
		if !slices.ContainsFunc(ctx.problems, func(p diag.Problem) bool { return p.Code == diag.Credential }) {
			t.Errorf("%s: accepted", name)
		}
		for _, p := range ctx.problems { // a path that ends in such a key is concealed when it is printed
			if strings.Contains(p.Message+p.Hint, secret[4:16]) {
				t.Errorf("%s: the secret is in %+v", name, p)
			}
		}
	}
}
