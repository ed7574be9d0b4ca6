package plain

import "maps"

var podFields = fields{
	"node_selector": "nodeSelector", "tolerations": "tolerations", "affinity": "affinity", "runtime_class": "runtimeClassName",
	"priority_class": "priorityClassName", "service_account": "serviceAccountName",
	"automount_token": "automountServiceAccountToken", "termination_grace_period_seconds": "terminationGracePeriodSeconds",
	"scheduler_name": "schedulerName", "hostname": "hostname", "subdomain": "subdomain", "enable_service_links": "enableServiceLinks",
	"host_network": "hostNetwork", "host_pid": "hostPID", "host_ipc": "hostIPC", "dns_policy": "dnsPolicy", "dns_config": "dnsConfig",
	"host_aliases": "hostAliases",
}

var containerFields = fields{
	"image": "image", "command": "command", "args": "args", "working_dir": "workingDir", "image_pull_policy": "imagePullPolicy",
}

var podSecurityFields = fields{
	"run_as_user": "runAsUser", "run_as_group": "runAsGroup", "fs_group": "fsGroup", "run_as_non_root": "runAsNonRoot",
	"supplemental_groups": "supplementalGroups", "fs_group_change_policy": "fsGroupChangePolicy", "se_linux": "seLinuxOptions",
}

// ownSecurityFields are those that every container says for itself, securityFields those that another container than the
// run's own does too.
var (
	ownSecurityFields = fields{
		"read_only_root_filesystem": "readOnlyRootFilesystem", "capabilities": "capabilities", "privileged": "privileged",
		"allow_privilege_escalation": "allowPrivilegeEscalation",
	}
	securityFields = fields{"run_as_user": "runAsUser", "run_as_group": "runAsGroup", "run_as_non_root": "runAsNonRoot", "se_linux": "seLinuxOptions"}
)

func podSpec(name any, spec object) object {
	pod := podFields.copy(spec, object{"securityContext": profiles(spec, podSecurityFields.copy(spec, object{}))})
	if spec["host_network"] == true && spec["dns_policy"] == nil {
		pod["dnsPolicy"] = "ClusterFirstWithHostNet"
	}
	if drain, ok := spec["drain_seconds"].(int); ok && spec["termination_grace_period_seconds"] == nil {
		pod["terminationGracePeriodSeconds"] = drain + 30
	}
	if pulls, ok := spec["image_pull_secrets"]; ok {
		pod["imagePullSecrets"] = items(pulls, func(p any) any { return object{"name": p} })
	}
	if v := volumes(name, spec); v != nil {
		pod["volumes"] = v
	}
	if s, ok := spec["topology_spread"]; ok {
		pod["topologySpreadConstraints"] = each(s, func(c object) object {
			if c["labelSelector"] == nil {
				c = fields{}.all(c, object{"labelSelector": object{"matchLabels": object{"run": name}}}, "labelSelector")
			}
			return c
		})
	}
	if c, ok := spec["resource_claims"]; ok {
		pod["resourceClaims"] = each(c, func(c object) object {
			return fields{"claim": "resourceClaimName", "template": "resourceClaimTemplateName"}.all(c, object{})
		})
	}
	pod["containers"] = []any{mainContainer(name, spec)}
	further(pod, "containers", spec["containers"], spec, object{})
	further(pod, "initContainers", spec["sidecars"], spec, object{"restartPolicy": "Always"})
	further(pod, "initContainers", spec["init_containers"], spec, object{})
	return pod
}

// further adds containers to a list of the pod.
func further(pod object, field string, said any, spec, also object) {
	if said == nil {
		return
	}
	if !isList(said) {
		pod[field] = said
		return
	}
	added := each(said, func(c object) object {
		o := container(fields{}.all(c, object{}, "name", "after_init"), c["name"])
		if o["image"] == nil {
			o["image"] = spec["image"]
		}
		maps.Copy(o, also)
		o["securityContext"] = profiles(c, securityFields.copy(c, o["securityContext"].(object)))
		if m, ok := c["mounts"]; ok {
			o["volumeMounts"] = each(m, func(m object) object { return mountFields.all(m, object{}, "volume_type", "spec") })
		}
		return o
	})
	pod[field] = append(list(pod[field]), list(added)...)
}

// profiles are the seccomp and AppArmor profiles, each by its type or in the whole form.
func profiles(from, to object) object {
	for field, theirs := range (fields{"seccomp": "seccompProfile", "app_armor": "appArmorProfile"}) {
		switch v := from[field].(type) {
		case nil:
		case string:
			to[theirs] = object{"type": v}
		default:
			to[theirs] = v
		}
	}
	return to
}

func mainName(name any, spec object) any {
	if said, ok := spec["container_name"]; ok {
		return said
	}
	return name
}

// mainContainer is the run's own.
func mainContainer(name any, spec object) object {
	c := container(spec, mainName(name, spec))
	if m := mounts(spec); m != nil {
		c["volumeMounts"] = m
	}
	if drain, ok := spec["drain_seconds"]; ok {
		c["lifecycle"] = object{"preStop": object{"sleep": object{"seconds": drain}}}
	}
	if claims := list(spec["resource_claims"]); claims != nil {
		r, _ := c["resources"].(object)
		if r == nil {
			r = object{}
		}
		r["claims"] = each(claims, func(o object) object { return object{"name": o["name"]} })
		c["resources"] = r
	}
	return c
}

// container is what every container has.
func container(spec object, name any) object {
	c := containerFields.copy(spec, object{"name": name})
	if r, ok := spec["resources"]; ok {
		c["resources"] = resources(r)
	}
	if p, ok := spec["ports"]; ok {
		c["ports"] = each(p, func(p object) object {
			return fields{"port": "containerPort", "host_port": "hostPort", "name": "name", "protocol": "protocol"}.all(p, object{})
		})
	}
	c["securityContext"] = ownSecurityFields.copy(spec, object{})
	if envs, ok := spec["envs"]; ok {
		c["env"] = each(envs, variable)
	}
	addConfigMaps(c, spec["config_maps"])
	addSecrets(c, spec["secrets"])
	if l, ok := spec["lifecycle"]; ok {
		c["lifecycle"] = l
		if o, ok := l.(object); ok {
			c["lifecycle"] = lifecycle(o)
		}
	}
	probes, ok := spec["probes"].(object)
	if !ok && spec["probes"] != nil {
		c["probes"] = spec["probes"] // no such field: refused, as it should be
	}
	for name, p := range probes {
		c[name+"Probe"] = p
		if o, ok := p.(object); ok {
			c[name+"Probe"] = probe(o)
		}
	}
	return c
}

func lifecycle(l object) object {
	o := object{}
	for field, v := range l {
		theirs := field
		switch field {
		case "post_start":
			theirs = "postStart"
		case "pre_stop":
			theirs = "preStop"
		}
		o[theirs] = v
		if h, ok := v.(object); ok {
			o[theirs] = handler(h, object{})
		}
	}
	return o
}

var probeFields = fields{
	"initial_delay_seconds": "initialDelaySeconds", "period_seconds": "periodSeconds", "timeout_seconds": "timeoutSeconds",
	"failure_threshold": "failureThreshold", "success_threshold": "successThreshold",
	"termination_grace_period_seconds": "terminationGracePeriodSeconds",
}

var handlerFields = []string{"http", "port", "scheme", "host", "headers", "tcp", "grpc", "exec", "sleep_seconds"}

func probe(p object) object {
	o := probeFields.all(p, object{}, append(handlerFields, "within_seconds")...)
	if within, ok := p["within_seconds"]; ok {
		o["failureThreshold"] = within // any number will do, and what is none is refused as such
	}
	return handler(p, o)
}

// handler is what a probe or a hook does.
func handler(p, o object) object {
	if path, ok := p["http"]; ok {
		get := fields{"port": "port", "scheme": "scheme", "host": "host"}.copy(p, object{"path": path})
		switch h := p["headers"].(type) {
		case nil:
		case object:
			var all []any
			for name, value := range h {
				all = append(all, object{"name": name, "value": value})
			}
			get["httpHeaders"] = all
		default:
			get["httpHeaders"] = h
		}
		o["httpGet"] = get
	}
	if port, ok := p["tcp"]; ok {
		o["tcpSocket"] = object{"port": port}
	}
	if command, ok := p["exec"]; ok {
		o["exec"] = object{"command": command}
	}
	if grpc, ok := p["grpc"]; ok {
		o["grpc"] = grpc
	}
	if seconds, ok := p["sleep_seconds"]; ok {
		o["sleep"] = object{"seconds": seconds}
	}
	return o
}
