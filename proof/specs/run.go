package specs

import "berth/schema"

// Actions are those of a run.
var actions = []string{"job", "deploy", "serve"}

// Run makes one run in its full form, under a name of its own.
func (g *Gen) Run(name string) Object {
	g.names, g.name = map[string]int{}, name
	g.action = pick(g, actions...)
	spec := Object{"action": g.action}
	g.run = spec
	g.fill(spec, []field{{"container_name", seldom, dnsLabel}})
	g.fill(spec, machineFields)
	g.fill(spec, podFields)
	switch g.action {
	case "job":
		g.fill(spec, jobFields)
	default:
		g.fill(spec, replicaFields)
	}
	if g.action == "serve" {
		g.fill(spec, serveFields)
	}
	g.rest(spec, g.actionType(), seldom)
	g.fill(spec, []field{
		{"environments", 30, environments},
		{"patches", 12, patches},
	})
	metadata := g.object([]field{
		{"namespace", 20, namespace},
		{"labels", 20, labels},
		{"annotations", 20, annotations},
	})
	metadata["name"] = name
	return Object{"apiVersion": "berth/v1", "kind": "Run", "metadata": metadata, "spec": spec}
}

// seldom is how often a run has a field that no table knows, in a hundred.
const seldom = 5

// namespace is any, unless the project's own is the only one in which its runs may do what they do.
func namespace(g *Gen) any {
	if g.project.Privileged {
		return nil
	}
	return g.label(63)
}

// podFields are the fields of every action beside the machine's.
var podFields = []field{
	{"image", always, image},
	{"command", 50, listOf(1, 4, text)},
	{"args", 50, listOf(1, 4, text)},
	{"working_dir", 20, absolutePath},
	{"profile", 50, profileName},
	{"resources", 10, when(hasProfile, gpuChoice)},
	{"probes", 20, probes},
	{"termination_grace_period_seconds", 10, number(0, 3600)},
}

func probes(g *Gen) any {
	return g.object([]field{
		{"readiness", 60, func(g *Gen) any { return g.probe(true) }},
		{"liveness", 40, func(g *Gen) any { return g.graceful(g.probe(false)) }},
		{"startup", 30, func(g *Gen) any {
			p := g.graceful(g.probe(false))
			if p["failure_threshold"] == nil && g.chance(40) {
				p["within_seconds"] = g.between(300, 1200)
			}
			return p
		}},
	})
}

// graceful is a check that may end the container.
func (g *Gen) graceful(probe Object) Object {
	g.fill(probe, []field{{"termination_grace_period_seconds", 20, number(1, 300)}})
	return probe
}

// probe is one check; only a readiness probe may ask for several successes.
func (g *Gen) probe(readiness bool) Object {
	p := g.object([]field{
		{"initial_delay_seconds", 30, number(0, 300)},
		{"period_seconds", 30, number(1, 300)},
		{"timeout_seconds", 30, number(1, 300)},
		{"failure_threshold", 30, number(1, 100)},
		{"success_threshold", 30, func(g *Gen) any {
			if readiness {
				return g.between(1, 10)
			}
			return 1
		}},
	})
	switch g.rand.IntN(4) {
	case 0:
		g.request(p)
	case 1:
		p["tcp"] = g.port()
	case 2:
		p["grpc"] = g.object([]field{{"port", always, number(1, 65535)}, {"service", 40, text}})
	default:
		p["exec"] = g.list(1, 3, word)
	}
	return p
}

func (g *Gen) port() int { return g.between(1, 65535) }

// jobFields stand in an order in which each knows those that it depends on.
var jobFields = []field{
	{"schedule", 35, schedule},
	{"time_zone", 40, when(scheduled, oneOf("Europe/Rome", "UTC", "Etc/UTC", "America/Argentina/Buenos_Aires", "Asia/Kolkata"))},
	{"concurrency_policy", 40, when(scheduled, oneOf("Allow", "Forbid", "Replace"))},
	{"starting_deadline_seconds", 30, when(scheduled, number(0, 86400))},
	{"successful_history", 30, when(scheduled, number(0, 10))},
	{"failed_history", 30, when(scheduled, number(0, 10))},
	{"suspend", 30, when(scheduled, flag)},
	{"run_policy", 40, when(not(scheduled), runPolicy)},
	{"hook_phase", 80, when(policyIs("hook"), oneOf("PreSync", "Sync", "PostSync"))},
	{"rerun", 20, when(not(mayExpire), number(0, 9))},
	{"backoff_limit", 40, number(0, 1000)},
	{"active_deadline_seconds", 30, number(1, 864000)},
	{"ttl_seconds_after_finished", 30, when(mayExpire, number(0, 864000))},
	{"completion_mode", 30, oneOf("NonIndexed", "Indexed")},
	{"completions", 100, completions},
	{"parallelism", 30, number(0, 1000)},
	{"pod_failure_policy", 20, podFailurePolicy},
	{"expected_minutes", 10, number(1, 10000)},
}

func scheduled(g *Gen) bool { return g.run["schedule"] != nil }

func not(is func(*Gen) bool) func(*Gen) bool { return func(g *Gen) bool { return !is(g) } }

func policyIs(policy string) func(*Gen) bool {
	return func(g *Gen) bool { return g.run["run_policy"] == policy }
}

// mayExpire is true of Jobs that no tree keeps.
func mayExpire(g *Gen) bool { return scheduled(g) || policyIs("hook")(g) || policyIs("template")(g) }

func runPolicy(g *Gen) any {
	policies := []string{"once", "replace", "recreate", "template"}
	if g.project.GitOps == "argocd" {
		policies = append(policies, "hook")
	}
	return pick(g, policies...)
}

func schedule(g *Gen) any {
	return pick(g, "0 0 * * *", "*/5 * * * *", "30 2 * * 1-5", "0 0 1,15 * *", "0 0 29 2 *", "59 23 31 12 *", "0 6-18/2 * * MON-FRI",
		"@daily", "@hourly", "@weekly", "@monthly", "@yearly", "@midnight", "@annually", "@every 1h30m", "0 0 * JAN-MAR ?")
}

func completions(g *Gen) any {
	if g.run["completion_mode"] != "Indexed" && g.chance(70) {
		return nil
	}
	return g.between(1, 2000)
}

func podFailurePolicy(g *Gen) any {
	return Object{"rules": g.list(1, 4, func(g *Gen) any {
		rule := Object{"action": pick(g, "FailJob", "Ignore", "Count")}
		if g.chance(50) {
			rule["onExitCodes"] = g.object(onExitCodes)
		} else {
			rule["onPodConditions"] = g.list(1, 3, objectOf([]field{
				{"type", always, oneOf("DisruptionTarget", "acme.com/Broken", "ConfigIssue")},
				{"status", 60, oneOf("True", "False", "Unknown")},
			}))
		}
		return rule
	})}
}

var onExitCodes = []field{
	{"containerName", 20, func(g *Gen) any { return g.name }},
	{"operator", always, oneOf("In", "NotIn")},
	{"values", always, func(g *Gen) any {
		code := g.between(1, 5)
		var codes []any
		for range g.between(1, 8) {
			codes = append(codes, code)
			code += g.between(1, 30)
		}
		return codes
	}},
}

var replicaFields = []field{
	{"replicas", 50, number(0, 100)},
	{"strategy", 40, strategy},
}

var serveFields = []field{
	{"service_type", 50, oneOf("ClusterIP", "NodePort", "LoadBalancer")},
	{"headless", 25, when(clusterIP, flag)},
	{"service_ports", always, servicePorts},
	{"service_name", 30, func(g *Gen) any { return g.letters(g.between(10, 63), lower, lower+number10) }},
}

func clusterIP(g *Gen) bool {
	return g.run["service_type"] == nil || g.run["service_type"] == "ClusterIP"
}

func servicePorts(g *Gen) any {
	used := map[[2]any]bool{}
	return g.list(1, 4, func(g *Gen) any {
		p := g.object([]field{
			{"port", always, number(1, 65535)},
			{"target_port", 50, number(1, 65535)},
			{"name", 50, func(g *Gen) any { return g.fresh(pick(g, "p", "grpc-web", "1x")) }},
			{"protocol", 40, oneOf("TCP", "UDP", "SCTP")},
			{"app_protocol", 15, oneOf("http", "kubernetes.io/h2c", "acme.com/x")},
			{"node_port", 40, when(not(clusterIP), func(g *Gen) any { g.names["node"]++; return 29999 + 37*g.names["node"] })},
		})
		id := [2]any{p["port"], p["protocol"]}
		if id[1] == nil {
			id[1] = "TCP"
		}
		if used[id] {
			return nil
		}
		used[id] = true
		return p
	})
}

// environments changes the run for some of the project's environments.
func environments(g *Gen) any {
	if len(g.project.Environments) == 0 {
		return nil
	}
	o := Object{}
	for _, name := range g.project.Environments {
		if g.chance(50) {
			o[name] = g.environment()
		}
	}
	return o
}

// environment writes a few fields again; what the run has not is added, what it has is replaced.
func (g *Gen) environment() Object {
	base := g.run
	defer func() { g.run = base }()
	e := Object{}
	g.run = merged(base, e)
	g.fill(e, g.some(machineFields, fewer))
	g.fill(e, g.some(podFields, fewer))
	switch g.action {
	case "job":
		g.fill(e, g.some(jobFields, fewer))
		g.fill(e, []field{{"hook_phase", 30, when(policyIs("hook"), oneOf("PreSync", "Sync", "PostSync"))}})
	case "serve":
		g.fill(e, g.some(serveFields, fewer))
		fallthrough
	default:
		g.fill(e, g.some(replicaFields, fewer))
	}
	g.rest(e, &schema.TypeRunEnvironment, 3)
	for name := range e {
		if t := g.actionType(); t.Field(name) == nil {
			delete(e, name) // of another action
		}
	}
	g.fill(e, []field{
		{"namespace", 20, namespace}, {"labels", 20, labels}, {"annotations", 20, annotations}, {"patches", 5, patches},
	})
	return e
}

// The shares of a table's fields, in a hundred.
const fewer, more = 6, 15

// some are a share of the fields, whatever their own odds.
func (g *Gen) some(fields []field, share int) []field {
	var chosen []field
	for _, f := range fields {
		if g.chance(share) {
			chosen = append(chosen, field{f.name, always, f.value})
		}
	}
	return chosen
}

func merged(base, over Object) Object {
	o := Object{}
	for k, v := range base {
		o[k] = v
	}
	for k, v := range over {
		o[k] = v
	}
	return o
}
