package plain

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
	said, ok := secrets.([]any)
	if !ok {
		if secrets != nil {
			c["envFrom"] = secrets
		}
		return
	}
	env, isList := c["env"].([]any)
	var from []any
	for _, item := range said {
		s, ok := item.(object)
		switch {
		case ok && s["key"] == nil:
			from = append(from, source("secretRef", s))
		case ok:
			env = append(env, secretKey(s))
		default:
			from = append(from, object{"secretRef": object{"name": item}})
		}
	}
	if env != nil && (isList || c["env"] == nil) {
		c["env"] = env
	}
	if from != nil {
		c["envFrom"] = append(list(c["envFrom"]), from...)
	}
}

// addConfigMaps adds whole ConfigMaps to the container's envFrom.
func addConfigMaps(c object, said any) {
	if said == nil {
		return
	}
	c["envFrom"] = items(said, func(item any) any {
		if o, ok := item.(object); ok {
			return source("configMapRef", o)
		}
		return object{"configMapRef": object{"name": item}}
	})
}

// source is a whole Secret or ConfigMap as variables.
func source(ref string, o object) object {
	return fields{"prefix": "prefix"}.copy(o, object{ref: fields{"name": "name", "optional": "optional"}.all(o, object{}, "prefix")})
}

func secretKey(s object) object {
	name := s["env"]
	if name == nil {
		name = s["key"]
	}
	ref := fields{"optional": "optional"}.copy(s, object{"name": s["name"], "key": s["key"]})
	return fields{}.all(s, object{"name": name, "valueFrom": object{"secretKeyRef": ref}}, "name", "key", "env", "optional")
}

func variable(e object) object {
	o := fields{"name": "name", "value": "value"}.all(e, object{}, "field", "divisor", "container", "config_map", "key", "optional")
	switch {
	case e["field"] != nil:
		key, ref := fieldOrAmount(e)
		o["valueFrom"] = object{key: ref}
	case e["config_map"] != nil:
		o["valueFrom"] = object{"configMapKeyRef": fields{"optional": "optional"}.copy(e, object{"name": e["config_map"], "key": e["key"]})}
	}
	return o
}

// fieldOrAmount is a field of the pod, or an amount of a container.
func fieldOrAmount(e object) (string, object) {
	field, _ := e["field"].(string)
	if len(field) > 7 && (field[:7] == "limits." || field[:7] == "request") {
		return "resourceFieldRef", fields{"divisor": "divisor", "container": "containerName"}.copy(e, object{"resource": field})
	}
	return "fieldRef", object{"fieldPath": e["field"]}
}
