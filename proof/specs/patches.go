package specs

// patches reach fields that Berth has no word for, with values that Kubernetes takes.
func patches(g *Gen) any {
	kind, template := "Deployment", func(spec Object) Object { return Object{"spec": Object{"template": Object{"spec": spec}}} }
	switch {
	case g.action == "job" && (scheduled(g) || policyIs("template")(g)):
		inner := template
		kind, template = "CronJob", func(spec Object) Object { return Object{"spec": Object{"jobTemplate": inner(spec)}} }
	case g.action == "job":
		kind = "Job"
	}
	spec := g.object([]field{
		{"dnsPolicy", 40, oneOf("ClusterFirst", "Default", "ClusterFirstWithHostNet")},
		{"enableServiceLinks", 40, flag},
		{"hostname", 20, dnsLabel},
		{"schedulerName", 20, dnsLabel},
		{"shareProcessNamespace", 20, flag},
		{"initContainers", 20, func(g *Gen) any {
			return []any{Object{"name": "prepare", "image": image(g), "command": []any{"true"}}}
		}},
	})
	if len(spec) == 0 {
		return nil
	}
	all := []any{Object{"target": Object{"kind": kind}, "patch": template(spec)}}
	if g.action == "serve" && g.run["service_name"] != nil {
		all = append(all, Object{
			"target": Object{"kind": "Service", "name": g.run["service_name"]},
			"patch":  Object{"spec": Object{"publishNotReadyAddresses": true}},
		})
	}
	return all
}
