package importer

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// isOwn reports whether a Service is as a run's own would be: found by the Deployment's selector, with ports that
// its containers declare.
func (w *workload) isOwnService(s *kubeObject) bool {
	spec := s.value.sub("spec")
	kind := firstOf(spec["type"], "ClusterIP")
	own := textsOf(w.value.sub("spec").sub("selector").sub("matchLabels"))
	return w.kind == kindDeployment && kind != "ExternalName" && len(spec.list("ports")) > 0 &&
		w.value.sub("spec").sub("selector")["matchExpressions"] == nil && maps.Equal(own, textsOf(spec.sub("selector"))) &&
		(w.opts.BerthDefaults || w.listens(spec.list("ports")))
}

// listens reports whether a container declares each port that a Service leads to. A run's own Service would declare those
// that none does.
func (w *workload) listens(ports []any) bool {
	pod := w.value.sub("spec").sub("template").sub("spec")
	var open []dict
	for _, c := range allContainers(pod) {
		for _, p := range c.list("ports") {
			d, _ := p.(dict)
			open = append(open, d)
		}
	}
	return !slices.ContainsFunc(ports, func(p any) bool {
		port, _ := p.(dict)
		target := firstOf(port["targetPort"], port["port"])
		if target == 0 || target == "" {
			target = port["port"]
		}
		return !slices.ContainsFunc(open, func(d dict) bool { return d["containerPort"] == target || d["name"] == target })
	})
}

// service takes the fields of the run's own Service; what remains of them is left for a patch.
func (w *workload) service(s *kubeObject) {
	rest := cloned(s.value).(dict)
	spec := rest.sub("spec")
	delete(spec, "selector")
	meta := rest.sub("metadata")
	if own := meta.text("name"); own != w.name {
		w.run.text("service_name", own)
	}
	if kind := spec.text("type"); kind != "ClusterIP" {
		w.run.text("service_type", kind)
	}
	if spec["clusterIP"] == "None" {
		delete(spec, "clusterIP")
		w.run.put("headless", encoded(true))
	}
	w.servicePorts(spec)
	w.siblingMetadata(s, meta, "service_labels", "service_annotations")
	w.traffic(spec)
	w.keepRest(kindService, rest)
}

// traffic takes how the Service is reached.
func (w *workload) traffic(spec dict) {
	for key, usual := range map[string]any{"internalTrafficPolicy": "Cluster", "externalTrafficPolicy": "Cluster",
		"sessionAffinity": "None", "allocateLoadBalancerNodePorts": true, "publishNotReadyAddresses": false} {
		if spec[key] == usual {
			delete(spec, key)
		}
	}
	move(w.run, spec, [2]string{"loadBalancerClass", "load_balancer_class"}, [2]string{"loadBalancerSourceRanges", "load_balancer_source_ranges"},
		[2]string{"externalTrafficPolicy", "external_traffic_policy"}, [2]string{"internalTrafficPolicy", "internal_traffic_policy"},
		[2]string{"sessionAffinity", "session_affinity"}, [2]string{"ipFamilies", "ip_families"})
}

// siblingMetadata takes the labels and annotations of an object beside the workload: what stands on the run stands on it as
// well. What has no word remains, and so does what is meant for a controller.
func (w *workload) siblingMetadata(o *kubeObject, meta dict, words ...string) {
	delete(meta, "namespace")
	for i, field := range []string{"labels", "annotations"} {
		all := textsOf(meta.sub(field))
		delete(all, labelManagedBy)
		common := w.run.get(field)
		own, rest := map[string]string{}, dict{}
		for key, value := range all {
			switch said := (object{orNone(common)}).get(key); {
			case said != nil && said.Value == value:
			case len(words) == 0 || isControlled(key):
				rest[key] = value
			default:
				own[key] = value
			}
		}
		if delete(meta, field); len(rest) > 0 {
			meta[field] = rest
		}
		if len(words) > 0 {
			w.run.put(words[i], mapping(own))
		}
	}
}

// orNone is a node that can be asked for its fields even where there is none: it is then empty.
func orNone(n *yaml.Node) *yaml.Node {
	if n == nil {
		return &yaml.Node{}
	}
	return n
}

// servicePorts takes the ports.
func (w *workload) servicePorts(spec dict) {
	list := sequence()
	spec.keep("ports", func(p dict) bool {
		o := newObject()
		move(o, p, [2]string{"name", "name"})
		o.put("port", encoded(p["port"]))
		if target := p.take("targetPort"); target != p["port"] && target != 0 && target != "" {
			o.put("target_port", encoded(target))
		}
		if protocol := p["protocol"]; protocol != "TCP" {
			o.put("protocol", encoded(protocol))
		}
		if p["nodePort"] == 0 {
			delete(p, "nodePort")
		}
		move(o, p, [2]string{"appProtocol", "app_protocol"}, [2]string{"nodePort", "node_port"})
		list.Content = append(list.Content, line(o.Node))
		return left(p, "port", "protocol")
	})
	w.run.put("service_ports", list)
}

// keepRest remembers what is left of an object that became words of the run, for a patch.
func (w *workload) keepRest(kind string, rest dict) {
	for _, key := range []string{"apiVersion", "kind"} {
		delete(rest, key)
	}
	rest.prune()
	if w.siblings == nil {
		w.siblings = map[string]dict{}
	}
	w.siblings[kind] = rest
}

// isControlled reports whether a key is of those that a controller obeys. The prefix alone is no key.
func isControlled(key string) bool {
	return slices.ContainsFunc(controlled, func(prefix string) bool { return len(key) > len(prefix) && key[:len(prefix)] == prefix })
}
