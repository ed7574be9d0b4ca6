package specs

import (
	"fmt"
	"strings"

	"berth/schema"
)

// ofType are the makers of the schema's named texts and numbers.
var ofType = map[string]func(*Gen) any{}

// special are the values that fit their place: by a struct's field, or by a field's name wherever it stands.
var special = map[string]func(*Gen) any{}

// likelihood is how often a field is written, in a hundred, where its struct's share does not fit.
var likelihood = map[string]int{
	"Container.after_init": 20, "Container.image": 60, "InitContainer.image": 60, "FurtherContainer.image": 60,
	"Autoscale.max": always, "JobSpec.backoff_limit_per_index": 20, "JobSpec.max_failed_indexes": 40, "JobSpec.success_policy": 15,
	"RunEnvironment.drain_seconds": 5, "RunEnvironment.launcher": 30, "JobSpec.launcher": 60, "JobSpec.num_nodes": 8,
	"MachineSettings.allow_privilege_escalation": 8, "MachineSettings.app_armor": 8, "MachineSettings.host_ipc": 8,
	"MachineSettings.host_network": 8, "MachineSettings.host_pid": 8, "MachineSettings.privileged": 8,
	"RunEnvironment.backoff_limit_per_index": 15, "RunEnvironment.max_failed_indexes": 40, "RunEnvironment.success_policy": 10,
	"RunEnvironment.load_balancer_class": 15, "RunEnvironment.load_balancer_source_ranges": 15, "RunEnvironment.matrix": 6,
}

func init() { // the makers refer to the tables
	for name, value := range map[string]func(*Gen) any{
		"DNSLabel": dnsLabel, "DNSSubdomain": subdomain, "RunName": dnsLabel, "LabelValue": labelText, "DataKey": dataKey, "ShellName": shellName,
		"EnvName": envName, "AbsolutePath": absolutePath, "RelativePath": relativePath, "ImageName": image, "Text": word, "Name": word,
		"FileMode": number(0, 0o777), "ID": number(0, 2147483647), "Port": func(g *Gen) any { return g.port() },
		"LabelKey":      func(g *Gen) any { return g.labelKey() },
		"QueueName":     queue,
		"ServiceName":   func(g *Gen) any { return g.letters(g.between(10, 63), lower, lower+number10) },
		"ManagedBy":     oneOf("acme.com/queue", "kueue.x-k8s.io/multikueue", "kubernetes.io/job-controller"),
		"PortName":      portName,
		"Capability":    capability,
		"IP":            oneOf("10.0.0.1", "2001:db8::1", "192.168.1.254"),
		"Quantity":      oneOf("1", "2Gi", "500m", "64Mi", "1k"),
		"Affinity":      affinity,
		"Toleration":    func(g *Gen) any { return toleration(g) },
		"Env":           env,
		"SecretRef":     secret,
		"Volume":        volume,
		"LabelSelector": labelSelector,
		"Probes":        probes,
		"Hook":          hook,
		"GRPC":          func(g *Gen) any { return g.rest(Object{"port": g.port()}, &schema.TypeGRPC, 40) },
		"Seccomp":       profileOf("profiles/a.json"), "AppArmor": profileOf("acme"),
		"IPFamily":     oneOf("IPv4", "IPv6"),
		"File":         file,
		"Strategy":     strategy,
		"CountOrShare": share,
	} {
		ofType[name] = value
	}
	for id, value := range map[string]func(*Gen) any{
		"resources": resources, "run_as_user": user, "run_as_group": user, "envs": listOf(1, 3, env), "secrets": listOf(1, 2, secret),
		"config_maps": configMaps, "mounts": containerMounts, "ports": ports, "tcp": func(g *Gen) any { return g.port() },
		"privileged": when(privileged, flag), "host_network": when(privileged, flag), "host_pid": when(privileged, flag), "host_ipc": when(privileged, flag),
		"allow_privilege_escalation": when(not(restricted), flag), "run_as_non_root": func(g *Gen) any { return restricted(g) || g.run["run_as_user"] == nil && g.chance(50) },
		"seccomp": when(not(restricted), profileOf("profiles/a.json")), "app_armor": when(not(restricted), profileOf("acme")),
		"se_linux": oneOf[any](Object{"level": "s0:c1,c2"}, Object{"type": "container_t", "level": "s0"}, Object{"user": "", "role": "", "level": "s0"}),
		"capabilities": func(g *Gen) any {
			return g.object([]field{{"add", 50, capabilities}, {"drop", 50, oneOf[any]([]any{"ALL"}, []any{"NET_RAW"})}})
		},
		"dns_policy": oneOf("ClusterFirst", "ClusterFirstWithHostNet", "Default"),
		"dns_config": objectOf([]field{
			{"nameservers", 60, listOf(1, 3, oneOf("10.0.0.1", "10.0.0.2", "2001:db8::1"))}, {"searches", 50, listOf(1, 3, subdomain)},
			{"options", 50, listOf(1, 2, objectOf([]field{{"name", always, oneOf("ndots", "timeout")}, {"value", 60, oneOf("2", "")}}))},
		}),
		"host_aliases": func(g *Gen) any {
			return []any{Object{"ip": pick(g, "10.0.0.1", "2001:db8::1"), "hostnames": g.list(1, 2, subdomain)}}
		},
		"topology_spread": func(g *Gen) any { return []any{g.spread()} },
		"resource_claims": when(func(g *Gen) bool { return g.project.Kubernetes >= "1.34" }, func(g *Gen) any {
			return []any{Object{"name": g.fresh("devices"), pick(g, "claim", "template"): subdomain(g)}}
		}),
		"queue":               queue,
		"queue_priority":      queue,
		"supplemental_groups": func(g *Gen) any { return []any{g.between(1, 1000), g.between(1001, 2147483647)} },
		"pod_labels":          labels, "service_labels": labels, "pod_annotations": annotations, "service_annotations": annotations, "selector": labels,
		"drain_seconds": when(hasNot("lifecycle", "termination_grace_period_seconds"), number(1, 600)),
		"lifecycle":     objectOf([]field{{"post_start", 50, hook}, {"pre_stop", 70, hook}}),
		"autoscale":     when(hasNot("replicas", "disruption"), autoscale),
		"disruption": func(g *Gen) any {
			if replicas, _ := g.run["replicas"].(int); replicas > 2 && g.chance(50) {
				return Object{"min_available": pick[any](g, 1, 2, "20%")}
			}
			return Object{"max_unavailable": pick[any](g, 1, 2, "25%", "100%")}
		},
		"progress_deadline_seconds": number(700, 7200), "min_ready_seconds": number(0, 500),
		"backoff_limit_per_index": when(indexed, number(0, 5)),
		"max_failed_indexes":      when(func(g *Gen) bool { return g.run["backoff_limit_per_index"] != nil }, number(0, 1)),
		"success_policy": when(indexed, func(g *Gen) any {
			return Object{"rules": []any{pick(g, Object{"succeededIndexes": "0"}, Object{"succeededCount": 1}, Object{"succeededIndexes": "0", "succeededCount": 1})}}
		}),
		"pod_replacement_policy": func(g *Gen) any {
			if g.run["pod_failure_policy"] != nil {
				return "Failed"
			}
			return pick(g, "Failed", "TerminatingOrFailed")
		},
		"num_nodes":                   when(hasNot("completions", "parallelism", "completion_mode", "hostname", "subdomain"), number(2, 5)),
		"launcher":                    when(has("num_nodes"), func(g *Gen) any { return g.typed(schema.TypeRunFields.Field("launcher").Type) }),
		"restart_policy":              when(hasNot("pod_failure_policy"), oneOf("Never", "OnFailure")),
		"load_balancer_class":         when(balanced, oneOf("acme.com/lb", "service.k8s.aws/nlb")),
		"load_balancer_source_ranges": when(balanced, listOf(1, 2, oneOf("10.0.0.0/8", "2001:db8::/32"))),
		"external_traffic_policy":     when(not(clusterIP), oneOf("Cluster", "Local")),
		"session_affinity":            when(func(g *Gen) bool { return g.run["headless"] != true }, oneOf("None", "ClientIP")),
		"ip_families":                 oneOf[any]([]any{"IPv4"}, []any{"IPv6"}, []any{"IPv4", "IPv6"}),
		"matrix":                      matrix, "files": files, "extra": extras,
		"app_protocol": oneOf("http", "kubernetes.io/h2c", "acme.com/x"),
		"sub_path":     subPath, "sub_path_expr": oneOf("$(POD)/x", "a"),
		"ServiceAccountToken.expiration_seconds": number(600, 86400),
		"FieldToPath.field":                      oneOf("metadata.name", "metadata.labels", "metadata.annotations", "limits.cpu", "requests.memory"),
		"VolumeItem.field":                       oneOf("metadata.name", "metadata.labels", "metadata.annotations", "limits.cpu"),
		"divisor":                                func(*Gen) any { return nil }, "container": func(*Gen) any { return nil },
		"Header.name": oneOf("X-Probe", "Host", "a"),
	} {
		special[id] = value
	}
}

// queue is the name of a queue or of a priority in it, which fits a label.
func queue(g *Gen) any { return g.label(20) }

func privileged(g *Gen) bool { return g.project.Privileged }

func restricted(g *Gen) bool { return g.run["security"] == "restricted" }

func indexed(g *Gen) bool {
	return g.run["completion_mode"] == "Indexed" && g.run["completions"] != nil
}

func balanced(g *Gen) bool { return g.run["service_type"] == "LoadBalancer" }

// hasNot is true of runs that have none of the fields so far.
func hasNot(names ...string) func(*Gen) bool {
	return func(g *Gen) bool {
		for _, name := range names {
			if g.run[name] != nil {
				return false
			}
		}
		return true
	}
}

// has is true of runs that have a field so far.
func has(name string) func(*Gen) bool { return not(hasNot(name)) }

// capability is one that every level but restricted lets a container add.
func capability(g *Gen) any {
	if restricted(g) {
		return "NET_BIND_SERVICE"
	}
	return pick(g, "NET_BIND_SERVICE", "CHOWN", "SETUID", "KILL")
}

func capabilities(g *Gen) any { return []any{capability(g)} }

// profileOf is a type of profile, or the whole form.
func profileOf(file string) func(*Gen) any {
	return func(g *Gen) any {
		return pick[any](g, "RuntimeDefault", Object{"type": "RuntimeDefault"}, Object{"type": "Localhost", "localhostProfile": file})
	}
}

func portName(g *Gen) any { return strings.ToLower(g.fresh("port")) }

// ports are distinct, and their names too.
func ports(g *Gen) any {
	return g.list(1, 3, func(g *Gen) any {
		g.names["port number"]++
		p := g.object([]field{{"name", 60, portName}, {"protocol", 30, oneOf("TCP", "UDP", "SCTP")}})
		p["port"] = 20000 + 7*g.names["port number"]
		if privileged(g) && g.chance(20) {
			p["host_port"] = p["port"]
		}
		return p
	})
}

func configMaps(g *Gen) any {
	return g.list(1, 2, func(g *Gen) any {
		name := g.fresh("settings")
		if g.chance(40) {
			return name
		}
		return g.object([]field{{"name", always, oneOf(name)}, {"prefix", 50, oneOf("P_", "p.")}, {"optional", 50, flag}})
	})
}

// containerMounts are places of the run's volumes; a sub path is of those that are folders.
func containerMounts(g *Gen) any {
	var names []any
	volumes, _ := g.run["volumes"].([]any)
	for _, v := range volumes {
		names = append(names, v.(Object)["name"])
	}
	if len(names) == 0 {
		return nil
	}
	return g.list(1, 2, func(g *Gen) any {
		return g.place(Object{"volume": pick(g, names...)})
	})
}

// place is where a volume is mounted.
func (g *Gen) place(o Object) Object {
	o["mount_path"] = absolutePath(g)
	g.fill(o, []field{{"read_only", 30, flag}})
	switch g.rand.IntN(6) {
	case 0:
		o["sub_path"] = subPath(g)
	case 1:
		o["sub_path_expr"] = "$(POD)/x"
	}
	return o
}

func hook(g *Gen) any {
	switch g.rand.IntN(3) {
	case 0:
		return Object{"exec": g.list(1, 3, word)}
	case 1:
		return g.request(Object{})
	}
	return Object{"sleep_seconds": g.between(1, 30)}
}

// request is an HTTP request.
func (g *Gen) request(o Object) Object {
	o["http"], o["port"] = "/"+pick(g, "", "healthz", "a?b=c", "x y"), g.port()
	g.fill(o, []field{
		{"scheme", 20, oneOf("HTTP", "HTTPS")}, {"host", 10, when(not(restricted), oneOf("10.0.0.1", "a.example.com"))},
		{"headers", 20, oneOf[any](Object{"X-A": "b"}, []any{Object{"name": "X-A", "value": "b"}, Object{"name": "X-A", "value": ""}})},
	})
	return o
}

// share is a number of pods, or a part of them.
func share(g *Gen) any { return pick[any](g, 0, 1, 2, "0%", "25%", "100%") }

func strategy(g *Gen) any {
	if g.chance(50) {
		return pick(g, "rolling", "recreate")
	}
	o := g.object([]field{{"max_surge", 60, oneOf[any](1, 2, "25%", "150%")}, {"max_unavailable", 50, share}})
	if len(o) == 0 || g.chance(50) {
		o["type"] = "rolling"
	}
	return o
}

func autoscale(g *Gen) any {
	least := g.between(1, 5)
	o := Object{"max": least + g.between(0, 20)}
	g.fill(o, []field{
		{"min", 60, oneOf(least)},
		{"memory", 20, oneOf("1Gi")},
		{"metrics", always, func(g *Gen) any {
			return []any{Object{"type": "External", "external": Object{
				"metric": Object{"name": "queue"}, "target": Object{"type": "AverageValue", "averageValue": "30"},
			}}}
		}},
		{"behavior", 30, func(g *Gen) any { return Object{"scaleDown": Object{"stabilizationWindowSeconds": g.between(0, 3600)}} }},
	})
	if requests(g, "cpu") && g.chance(60) {
		o["cpu"] = g.between(1, 200)
	}
	return o
}

// requests reports whether the run says how much of a resource it asks for.
func requests(g *Gen, name string) bool {
	r, _ := g.run["resources"].(Object)
	amount, isObject := r[name].(Object)
	return r[name] != nil && (!isObject || amount["requests"] != nil)
}

func file(g *Gen) any {
	switch {
	case g.chance(40):
		return g.text()
	case g.chance(30):
		return g.object([]field{{"from", always, oneOf(FileOfProject)}, {"mode", 50, number(0, 0o777)}})
	}
	return g.object([]field{{"text", always, text}, {"mode", 50, number(0, 0o777)}})
}

// FileOfProject is a file that every project has, for runs to take.
const FileOfProject = "conf/common.ini"

func files(g *Gen) any {
	return g.mapping(func() (string, any) { return "/etc/acme/" + g.fresh("conf") + pick(g, "", ".yaml", "/a b"), file(g) })
}

// matrix has few combinations: each is a run of its own.
func matrix(g *Gen) any {
	if g.run["schedule"] != nil && g.chance(50) {
		return nil
	}
	o := Object{"LR": []any{"0.1", fmt.Sprint(g.between(1, 9))}}
	g.fill(o, []field{{"SEED", 50, func(*Gen) any { return []any{1, 2} }}})
	if g.chance(20) {
		o["exclude"] = []any{Object{"LR": "0.1"}}
	}
	return o
}

// spread says how the pods are spread.
func (g *Gen) spread() Object {
	o := g.object([]field{
		{"maxSkew", always, number(1, 5)}, {"topologyKey", always, oneOf("topology.kubernetes.io/zone", "kubernetes.io/hostname")},
		{"whenUnsatisfiable", always, oneOf("DoNotSchedule", "ScheduleAnyway")}, {"labelSelector", 40, labelSelector},
		{"nodeAffinityPolicy", 30, oneOf("Honor", "Ignore")}, {"nodeTaintsPolicy", 30, oneOf("Honor", "Ignore")},
		{"matchLabelKeys", 20, func(*Gen) any { return []any{"acme.com/key"} }},
	})
	if o["whenUnsatisfiable"] == "DoNotSchedule" && g.chance(40) {
		o["minDomains"] = g.between(1, 5)
	}
	return o
}
