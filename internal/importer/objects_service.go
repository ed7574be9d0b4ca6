package importer

import (
	"fmt"

	"berth/internal/source"
)

// service takes the fields of the Deployment's Service; what remains of it is returned for a patch.
func (w *workload) service(root *source.Node, name string) dict {
	d := dictOf(root)
	w.dropServerFields(d)
	d.take("metadata", "namespace")
	if own := d.text("metadata", "name"); own != name {
		w.run.text("service_name", own)
	}
	spec, _ := d["spec"].(dict)
	if kind := spec.text("type"); kind != "ClusterIP" {
		w.run.text("service_type", kind)
	}
	if spec.text("clusterIP") == "None" {
		w.run.put("headless", encoded(true))
	}
	for _, key := range []string{"clusterIPs", "ipFamilies", "selector"} {
		delete(spec, key) // the cluster's own
	}
	for key, usual := range map[string]any{"ipFamilyPolicy": "SingleStack", "internalTrafficPolicy": "Cluster",
		"externalTrafficPolicy": "Cluster", "sessionAffinity": "None", "allocateLoadBalancerNodePorts": true} {
		if spec[key] == usual {
			delete(spec, key)
		}
	}
	w.servicePorts(spec)
	for _, key := range []string{"labels", "annotations"} {
		own, _ := d.at("metadata", key).(dict)
		for label := range own {
			if given(label) || str(w.root.Get("metadata").Get(key).Get(label)) == fmt.Sprint(own[label]) {
				delete(own, label)
			}
		}
	}
	d.prune()
	return d
}

// servicePorts takes the ports; the container's own are taken where the Service names or numbers them.
func (w *workload) servicePorts(spec dict) {
	containers, _ := w.rest.at("spec", "template", "spec", "containers").([]any)
	var container dict
	if len(containers) > 0 {
		container, _ = containers[0].(dict)
	}
	open, _ := container["ports"].([]any)
	ports, _ := spec.take("ports").([]any)
	list := sequence()
	for _, p := range ports {
		port, _ := p.(dict)
		target, named := firstOf(port["targetPort"], port["port"]), port["targetPort"]
		rest := filter(open, func(c dict) bool {
			if c["containerPort"] == target || c["name"] != nil && c["name"] == named {
				target = c["containerPort"]
				return false
			}
			return true
		})
		open = rest
		o := newObject()
		if port["name"] != nil {
			o.put("name", encoded(port["name"]))
		}
		o.put("port", encoded(port["port"])).put("target_port", encoded(target))
		if protocol := port["protocol"]; protocol != nil && protocol != "TCP" {
			o.put("protocol", encoded(protocol))
		}
		if node := port["nodePort"]; node != nil {
			o.put("node_port", encoded(node))
		}
		list.Content = append(list.Content, line(o.Node))
	}
	if container != nil {
		container["ports"] = open
	}
	w.run.put("service_ports", list)
}
