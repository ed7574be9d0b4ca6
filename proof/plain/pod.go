package plain

var podFields = fields{
	"node_selector": "nodeSelector", "tolerations": "tolerations", "affinity": "affinity", "runtime_class": "runtimeClassName",
	"priority_class": "priorityClassName", "service_account": "serviceAccountName",
	"automount_token": "automountServiceAccountToken", "termination_grace_period_seconds": "terminationGracePeriodSeconds",
}

var containerFields = fields{
	"image": "image", "command": "command", "args": "args", "working_dir": "workingDir", "image_pull_policy": "imagePullPolicy",
}

var securityFields = fields{"run_as_user": "runAsUser", "run_as_group": "runAsGroup", "fs_group": "fsGroup"}

func podSpec(name any, spec object) object {
	pod := podFields.copy(spec, object{"securityContext": securityFields.copy(spec, object{})})
	if pulls, ok := spec["image_pull_secrets"]; ok {
		pod["imagePullSecrets"] = items(pulls, func(p any) any { return object{"name": p} })
	}
	if v := volumes(name, spec); v != nil {
		pod["volumes"] = v
	}
	pod["containers"] = []any{container(name, spec)}
	return pod
}

func container(name any, spec object) object {
	c := containerFields.copy(spec, object{"name": name})
	if r, ok := spec["resources"]; ok {
		c["resources"] = resources(r)
	}
	if m := mounts(spec); m != nil {
		c["volumeMounts"] = m
	}
	if envs, ok := spec["envs"]; ok {
		c["env"] = each(envs, variable)
	}
	addSecrets(c, spec["secrets"])
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

var probeFields = fields{
	"initial_delay_seconds": "initialDelaySeconds", "period_seconds": "periodSeconds", "timeout_seconds": "timeoutSeconds",
	"failure_threshold": "failureThreshold", "success_threshold": "successThreshold",
}

func probe(p object) object {
	o := probeFields.all(p, object{}, "http", "port", "tcp", "exec")
	if path, ok := p["http"]; ok {
		o["httpGet"] = object{"path": path, "port": p["port"]}
	}
	if port, ok := p["tcp"]; ok {
		o["tcpSocket"] = object{"port": port}
	}
	if command, ok := p["exec"]; ok {
		o["exec"] = object{"command": command}
	}
	return o
}

// resourceNames are Berth's short names.
var resourceNames = map[string]string{"mem": "memory", "disk": "ephemeral-storage", "gpu": "nvidia.com/gpu"}

func resourceName(name string) string {
	if theirs, ok := resourceNames[name]; ok {
		return theirs
	}
	return name
}

// resources reads the seed's shape, scalars and Kubernetes' own shape.
func resources(r any) any {
	byName, ok := r.(object)
	if !ok {
		return r
	}
	requests, limits := object{}, object{}
	set := func(list object, name string, form object, side string) {
		if v, ok := form[side]; ok {
			list[resourceName(name)] = v
		}
	}
	for name, form := range byName {
		switch f := form.(type) {
		case object:
			if name == "requests" || name == "limits" {
				for inner, v := range f {
					map[string]object{"requests": requests, "limits": limits}[name][resourceName(inner)] = v
				}
				continue
			}
			set(requests, name, f, "requests")
			set(limits, name, f, "limits")
		default:
			requests[resourceName(name)] = form
		}
	}
	for name, v := range requests { // what cannot be overcommitted needs a limit
		if _, ok := limits[name]; !ok && name != "cpu" && name != "memory" && name != "ephemeral-storage" {
			limits[name] = v
		}
	}
	return object{"requests": requests, "limits": limits}
}

// addSecrets adds whole Secrets to the container's envFrom and single keys to its env.
func addSecrets(c object, secrets any) {
	list, ok := secrets.([]any)
	if !ok {
		if secrets != nil {
			c["envFrom"] = secrets
		}
		return
	}
	env, isList := c["env"].([]any)
	var from []any
	for _, item := range list {
		if s, ok := item.(object); ok {
			env = append(env, secretKey(s))
		} else {
			from = append(from, object{"secretRef": object{"name": item}})
		}
	}
	if env != nil && (isList || c["env"] == nil) {
		c["env"] = env
	}
	if from != nil {
		c["envFrom"] = from
	}
}

func secretKey(s object) object {
	name := s["env"]
	if name == nil {
		name = s["key"]
	}
	o := object{"name": name, "valueFrom": object{"secretKeyRef": object{"name": s["name"], "key": s["key"]}}}
	return fields{}.all(s, o, "name", "key", "env")
}

func variable(e object) object {
	o := fields{"name": "name", "value": "value"}.all(e, object{}, "field", "config_map", "key")
	field, ok := e["field"].(string)
	switch {
	case ok && (len(field) > 7 && (field[:7] == "limits." || field[:7] == "request")):
		o["valueFrom"] = object{"resourceFieldRef": object{"resource": field}}
	case e["field"] != nil:
		o["valueFrom"] = object{"fieldRef": object{"fieldPath": e["field"]}}
	case e["config_map"] != nil:
		o["valueFrom"] = object{"configMapKeyRef": object{"name": e["config_map"], "key": e["key"]}}
	}
	return o
}
