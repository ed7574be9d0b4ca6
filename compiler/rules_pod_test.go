package compiler

import (
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

func TestSecurityRules(t *testing.T) {
	restricted := func(user int64) func(*schema.Plan) {
		return func(p *schema.Plan) { p.Spec.Security, p.Spec.RunAsUser = "restricted", &user }
	}
	level := func(p *schema.Plan) { p.Target.PodSecurity, p.Spec.Security = "restricted", "baseline" }
	runCases(t, "job", []ruleCase{
		{name: "a user", change: restricted(1000)},
		{name: "root", change: restricted(0), at: "spec.run_as_user", code: diag.Security, says: "restricted"},
		{name: "root, by the profile", change: restricted(0), at: "spec.security", code: diag.Security, layers: map[string]source.Layer{"spec.run_as_user": source.ProfileDefault}},
		{name: "root's group", change: all(restricted(1), func(p *schema.Plan) { p.Spec.RunAsGroup = ptr(int64(0)) })},
		{name: "nobody", change: func(p *schema.Plan) { p.Spec.Security = "restricted" }, at: "spec.security", code: diag.Security, says: "run_as_user"},
		{name: "the image's user", change: func(p *schema.Plan) { p.Spec.Security, p.Spec.ImageUser = "restricted", "numeric" }},
		{name: "root under baseline", change: func(p *schema.Plan) { p.Spec.Security, p.Spec.RunAsUser = "baseline", ptr(int64(0)) }},
		{name: "a stricter namespace", change: level, at: "spec.security", code: diag.Security, says: "namespace ml", replace: "restricted"},
	})
}

func TestServiceRules(t *testing.T) {
	ports := func(kind string, ports ...schema.ServicePort) func(*schema.Plan) {
		return func(p *schema.Plan) { p.Spec.ServiceType, p.Spec.ServicePorts = kind, ports }
	}
	node := ptr(int64(30080))
	runCases(t, "serve", []ruleCase{
		{name: "node port", change: ports("NodePort", schema.ServicePort{Port: 80, NodePort: node})},
		{name: "node port inside", change: ports("ClusterIP", schema.ServicePort{Port: 80, NodePort: node}), at: "spec.service_ports[0].node_port", code: diag.Service, key: true, says: "NodePort"},
		{name: "two names", change: ports("", schema.ServicePort{Port: 80, Name: "http"}, schema.ServicePort{Port: 81, Name: "http"}), at: "spec.service_ports[1].name", code: diag.Duplicate, says: "http"},
		{name: "two node ports", change: ports("NodePort", schema.ServicePort{Port: 80, NodePort: node}, schema.ServicePort{Port: 81, NodePort: node}), at: "spec.service_ports[1].node_port", code: diag.Duplicate, says: "30080"},
		{name: "a node port by protocol", change: ports("NodePort", schema.ServicePort{Port: 80, NodePort: node}, schema.ServicePort{Port: 80, Protocol: "UDP", NodePort: node})},
		{name: "no ports", change: func(p *schema.Plan) { p.Spec.ServicePorts = nil }, at: "spec.service_ports", code: diag.MissingField, says: "at least one"},
		{name: "empty ports", change: func(p *schema.Plan) { p.Spec.ServicePorts = []schema.ServicePort{} }, at: "spec.service_ports", code: diag.Service, says: "at least one"},
		{name: "headless", change: func(p *schema.Plan) { p.Spec.Headless = ptr(true) }},
		{name: "headless outside", change: func(p *schema.Plan) { p.Spec.Headless, p.Spec.ServiceType = ptr(true), "LoadBalancer" }, at: "spec.headless", code: diag.Service, says: "ClusterIP"},
		{name: "a digit first", change: func(p *schema.Plan) { p.Name = "3d" }, at: "name", code: diag.Service, says: "service_name"},
		{name: "a digit first, named", change: func(p *schema.Plan) { p.Name, p.Spec.ServiceName = "3d", "threed" }},
	})
	runCases(t, "job", []ruleCase{{name: "a digit first", change: func(p *schema.Plan) { p.Name = "3d" }}})
}

func TestProbeRules(t *testing.T) {
	ready := func(probe schema.Probe) func(*schema.Plan) {
		return func(p *schema.Plan) { p.Spec.Probes = &schema.Probes{Readiness: &probe} }
	}
	live := func(probe schema.Probe) func(*schema.Plan) {
		return func(p *schema.Plan) { p.Spec.Probes = &schema.Probes{Liveness: &probe} }
	}
	port, two := schema.IntOrText("80"), ptr(int64(2))
	const at = "spec.probes.readiness"
	runCases(t, "serve", []ruleCase{
		{name: "http", change: ready(schema.Probe{HTTP: "/", Port: port, SuccessThreshold: two})},
		{name: "http without port", change: ready(schema.Probe{HTTP: "/"}), at: at, code: diag.MissingField, says: "port"},
		{name: "tcp with port", change: ready(schema.Probe{TCP: port, Port: port}), at: at + ".port", code: diag.Probe, key: true, says: "http"},
		{name: "nothing", change: ready(schema.Probe{}), at: at, code: diag.Probe, says: "exec"},
		{name: "nothing, beside a misspelt field", change: ready(schema.Probe{}), refused: at},
		{name: "two ways", change: ready(schema.Probe{HTTP: "/", Port: port, TCP: port}), at: at + ".tcp", code: diag.Probe, key: true, says: "2 ways"},
		{name: "two successes", change: live(schema.Probe{TCP: port, SuccessThreshold: two}), at: "spec.probes.liveness.success_threshold", code: diag.Probe, says: "1", replace: "1"},
	})
}

func TestMetadataRules(t *testing.T) {
	label := func(key string) func(*schema.Plan) {
		return func(p *schema.Plan) { p.Labels = map[string]string{key: "x"} }
	}
	runCases(t, "job", []ruleCase{
		{name: "a version", change: label("app.kubernetes.io/version")},
		{name: "the component", change: label("app.kubernetes.io/component")},
		{name: "Berth's", change: label("app.kubernetes.io/managed-by"), at: `labels["app.kubernetes.io/managed-by"]`, code: diag.BadName, key: true, says: "Berth"},
		{name: "Kueue's", change: label("kueue.x-k8s.io/queue-name"), at: `labels["kueue.x-k8s.io/queue-name"]`, code: diag.BadName, key: true, says: "queue"},
		{name: "Flux'", change: func(p *schema.Plan) { p.Annotations = map[string]string{"kustomize.toolkit.fluxcd.io/force": "x"} },
			at: `annotations["kustomize.toolkit.fluxcd.io/force"]`, code: diag.BadName, key: true, says: "Flux"},
		{name: "too much", change: func(p *schema.Plan) { p.Annotations = map[string]string{"a": strings.Repeat("x", maxAnnotations)} }, at: "annotations", code: diag.OutOfRange, says: "262144"},
	})
}

func TestProfileRules(t *testing.T) {
	profile := func(s schema.ProfileFields) *Profile { return &Profile{Name: "a100", Spec: s} }
	old := func(p *schema.Plan) { p.Target.Kubernetes = "1.33" }
	newer := profile(schema.ProfileFields{Requires: &schema.Requires{Kubernetes: ">=1.34"}})
	backend := func(name string) func(*schema.Plan) {
		return machine(schema.Machine{Profile: "a100", Accelerator: &schema.Accelerator{Backend: name}})
	}
	selects := func(p *schema.Plan) { p.Spec.NodeSelector = map[string]string{"zone": "c"} }
	class := func(p *schema.Plan) { p.Spec.PriorityClass = "hihg" }
	classes := &Project{Spec: schema.ProjectSpec{PriorityClasses: []string{"high", "low"}}}
	runCases(t, "job", []ruleCase{
		{name: "new enough", profile: newer},
		{name: "too old", change: old, profile: newer, at: "spec.profile", code: diag.KubernetesOld, says: "1.34"},
		{name: "another namespace", profile: profile(schema.ProfileFields{AllowedIn: &schema.AllowedIn{Namespaces: []string{"a", "b"}}}), at: "spec.profile", code: diag.ProfileBounds, says: "a or b"},
		{name: "this namespace", profile: profile(schema.ProfileFields{AllowedIn: &schema.AllowedIn{Namespaces: []string{"ml"}, Actions: []string{"job"}}})},
		{name: "another action", profile: profile(schema.ProfileFields{AllowedIn: &schema.AllowedIn{Actions: []string{"serve"}}}), at: "spec.profile", code: diag.ProfileBounds, says: "serve"},
		{name: "deprecated", profile: profile(schema.ProfileFields{Deprecated: &schema.Deprecated{Reason: "sold", Use: "h100"}}), at: "spec.profile", code: diag.ProfileDeprecated, warning: true, says: "h100", replace: "h100"},
		{name: "claims", change: backend("dra_claim")},
		{name: "claims too early", change: all(old, backend("dra_claim")), at: "spec.profile", code: diag.KubernetesOld, says: "1.34"},
		{name: "claims by the scheduler too early", change: all(old, backend("dra_extended")), at: "spec.profile", code: diag.KubernetesOld, says: "1.36"},
		{name: "other machines", change: all(selects, machine(schema.Machine{Profile: "a100", NodeLabels: map[string][]string{"zone": {"a", "b"}}})), at: "spec.node_selector.zone", code: diag.ProfileConflict, says: "a or b"},
		{name: "its machines", change: all(selects, machine(schema.Machine{Profile: "a100", NodeLabels: map[string][]string{"zone": {"c", "b"}}}))},
		{name: "unknown class", change: class, project: classes, at: "spec.priority_class", code: diag.WrongValue, says: "high", replace: "high"},
		{name: "undeclared classes", change: class, project: &Project{}},
	})
}
