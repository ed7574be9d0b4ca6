package importer

import (
	"fmt"
	"slices"
)

// pod takes the fields of the pod and of its containers. The first container is the run's own.
func (w *workload) pod() {
	pod := w.template().sub("spec")
	containers := pod.list("containers")
	if len(containers) == 0 {
		return
	}
	first, _ := containers[0].(dict)
	main := &container{workload: w, from: first, to: w.run, main: true}
	level := w.level(pod)
	if name, ok := first["name"].(string); ok && name != w.run.get("name").Value {
		w.run.text("container_name", name)
	}
	main.program()
	main.fields()
	main.volumes(pod)
	w.placement(pod)
	w.network(pod)
	w.podSecurity(pod, level)
	main.security()
	w.account(pod, w.value.at(podPath[w.kind]...).(dict).sub("spec"))
	w.others(pod)
	w.podDefaults(pod)
}

// placement takes what says where the pod runs.
func (w *workload) placement(pod dict) {
	move(w.run, pod, [2]string{"nodeSelector", "node_selector"}, [2]string{"tolerations", "tolerations"}, [2]string{"affinity", "affinity"},
		[2]string{"topologySpreadConstraints", "topology_spread"}, [2]string{"runtimeClassName", "runtime_class"},
		[2]string{"priorityClassName", "priority_class"})
	if pod["schedulerName"] == "default-scheduler" {
		delete(pod, "schedulerName")
	}
	move(w.run, pod, [2]string{"schedulerName", "scheduler_name"})
}

// network takes how the pod is called and how it finds others.
func (w *workload) network(pod dict) {
	for _, f := range [][2]string{{"hostNetwork", "host_network"}, {"hostPID", "host_pid"}, {"hostIPC", "host_ipc"}} {
		if pod[f[0]] == false {
			delete(pod, f[0])
		}
		move(w.run, pod, f)
	}
	move(w.run, pod, [2]string{"hostname", "hostname"}, [2]string{"subdomain", "subdomain"})
	policy := orElse(pod.text("dnsPolicy"), "ClusterFirst")
	if onNode := w.run.get("host_network") != nil; policy != "ClusterFirst" && !(onNode && policy == "ClusterFirstWithHostNet") || policy == "ClusterFirst" && onNode {
		w.run.text("dns_policy", policy)
	}
	move(w.run, pod, [2]string{"dnsConfig", "dns_config"}, [2]string{"hostAliases", "host_aliases"})
}

// account takes whose rights the pod has. Where a run's silence means something else than Kubernetes', it is said.
func (w *workload) account(pod, written dict) {
	name := orElse(pod.text("serviceAccountName"), pod.text("serviceAccount"))
	delete(pod, "serviceAccount") // the same under its old name
	if name == "" && hasToken(written) {
		name = "default" // whose token it is, where nobody says another
	}
	w.run.text("service_account", name)
	switch token := pod.take("automountServiceAccountToken"); {
	case token == false && name == "", token == true && name != "":
	case token != nil:
		w.run.put("automount_token", encoded(token))
	case name == "" && !w.opts.BerthDefaults:
		w.run.put("automount_token", encoded(true))
	}
	switch links := pod.take("enableServiceLinks"); {
	case links == true, links == nil && !w.opts.BerthDefaults:
		w.run.put("enable_service_links", encoded(true))
	}
	names := sequence()
	for _, s := range pod.list("imagePullSecrets") {
		if d, ok := s.(dict); ok {
			names.Content = append(names.Content, plain(fmt.Sprint(d["name"])))
		}
	}
	delete(pod, "imagePullSecrets")
	w.run.put("image_pull_secrets", line(names))
}

// podDefaults takes what else the pod says, where it is not what Kubernetes means by silence.
func (w *workload) podDefaults(pod dict) {
	if grace := pod.take("terminationGracePeriodSeconds"); grace != nil && grace != 30 {
		w.run.put("termination_grace_period_seconds", encoded(grace))
	}
	policy := pod.text("restartPolicy")
	if w.kind != kindDeployment && policy != "Never" {
		w.run.text("restart_policy", policy)
	}
}

// hasToken reports whether a volume of the original pod holds a token of its ServiceAccount.
func hasToken(pod dict) bool {
	return slices.ContainsFunc(pod.list("volumes"), func(v any) bool {
		d, _ := v.(dict)
		return slices.ContainsFunc(d.sub("projected").list("sources"), func(s any) bool {
			source, _ := s.(dict)
			return source["serviceAccountToken"] != nil
		})
	})
}
