package specs

// affinity writes Kubernetes' own shape, every part of it.
func affinity(g *Gen) any {
	o := g.object([]field{
		{"nodeAffinity", 60, objectOf([]field{
			{"requiredDuringSchedulingIgnoredDuringExecution", 60, objectOf([]field{
				{"nodeSelectorTerms", always, listOf(1, 3, nodeTerm)},
			})},
			{"preferredDuringSchedulingIgnoredDuringExecution", 60, listOf(1, 2, objectOf([]field{
				{"weight", always, number(1, 100)}, {"preference", always, nodeTerm},
			}))},
		})},
		{"podAffinity", 40, objectOf(podRules)},
		{"podAntiAffinity", 40, objectOf(podRules)},
	})
	return o
}

func nodeTerm(g *Gen) any {
	if g.chance(15) {
		return Object{"matchFields": []any{Object{
			"key": "metadata.name", "operator": pick(g, "In", "NotIn"), "values": []any{g.label(63)},
		}}}
	}
	return Object{"matchExpressions": g.list(1, 3, nodeRequirement)}
}

func nodeRequirement(g *Gen) any {
	r := Object{"key": g.labelKey(), "operator": pick(g, "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")}
	switch r["operator"] {
	case "In", "NotIn":
		r["values"] = g.list(1, 3, labelText)
	case "Gt", "Lt":
		r["values"] = []any{digits(g.between(0, 1000))}
	}
	return r
}

var podRules = []field{
	{"requiredDuringSchedulingIgnoredDuringExecution", 60, listOf(1, 2, podTerm)},
	{"preferredDuringSchedulingIgnoredDuringExecution", 60, listOf(1, 2, objectOf([]field{
		{"weight", always, number(1, 100)}, {"podAffinityTerm", always, podTerm},
	}))},
}

// podTerm keeps the keys of the two match lists apart, and out of the selector.
func podTerm(g *Gen) any {
	return g.object([]field{
		{"labelSelector", always, labelSelector},
		{"namespaces", 30, listOf(1, 2, dnsLabel)},
		{"namespaceSelector", 30, labelSelector},
		{"topologyKey", always, oneOf("kubernetes.io/hostname", "topology.kubernetes.io/zone", "acme.com/rack")},
		{"matchLabelKeys", 15, func(*Gen) any { return []any{"in.example.com/key"} }},
		{"mismatchLabelKeys", 15, func(*Gen) any { return []any{"out.example.com/key"} }},
	})
}

func labelSelector(g *Gen) any {
	return g.object([]field{
		{"matchLabels", 60, labels},
		{"matchExpressions", 40, listOf(1, 2, func(g *Gen) any {
			r := Object{"key": g.labelKey(), "operator": pick(g, "In", "NotIn", "Exists", "DoesNotExist")}
			if r["operator"] == "In" || r["operator"] == "NotIn" {
				r["values"] = g.list(1, 3, labelText)
			}
			return r
		})},
	})
}
