package importer

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// environment takes a container's variables. A variable of another form than a run knows, such as an optional reference,
// remains where it is.
func (w *workload) environment(c dict) {
	envs, secrets := sequence(), sequence()
	if names, ok := wholeSecrets(c["envFrom"]); ok {
		secrets = words(names...)
		delete(c, "envFrom")
	}
	list, _ := c["env"].([]any)
	c["env"] = filter(list, func(variable dict) bool {
		env, secret := variableOf(variable)
		switch {
		case env != nil:
			envs.Content = append(envs.Content, env)
		case secret != nil:
			secrets.Content = append(secrets.Content, secret)
		default:
			return true
		}
		return false
	})
	w.run.put("secrets", secrets).put("envs", envs)
}

// wholeSecrets are the names of the Secrets of which every key becomes a variable; ok is false when there is anything else
// in the list: a patch replaces the list as a whole, so that it has to stay as a whole.
func wholeSecrets(envFrom any) (names []string, ok bool) {
	list, _ := envFrom.([]any)
	for _, item := range list {
		from, _ := item.(dict)
		ref, isSecret := from["secretRef"].(dict)
		if !isSecret || len(from) != 1 || len(ref) != 1 {
			return nil, false
		}
		names = append(names, fmt.Sprint(ref["name"]))
	}
	return names, true
}

// filter keeps the items that are no dicts, or that keep says to; nil when there are none.
func filter(list []any, keep func(dict) bool) []any {
	var kept []any
	for _, item := range list {
		if d, ok := item.(dict); !ok || keep(d) {
			kept = append(kept, item)
		}
	}
	return kept
}

// variableOf is a variable as one of a run's envs or secrets; both are nil when it is neither.
func variableOf(v dict) (env, secret *yaml.Node) {
	name := fmt.Sprint(v["name"])
	source, _ := v["valueFrom"].(dict)
	switch {
	case source == nil && len(v) <= 2:
		value := ""
		if v["value"] != nil {
			value = fmt.Sprint(v["value"])
		}
		return line(newObject().text("name", name).put("value", plain(value)).Node), nil
	case len(source) != 1:
		return nil, nil
	}
	for kind, ref := range source {
		ref, _ := ref.(dict)
		switch {
		case kind == "fieldRef" && ref["fieldPath"] != nil:
			return line(newObject().text("name", name).text("field", fmt.Sprint(ref["fieldPath"])).Node), nil
		case kind == "resourceFieldRef" && len(ref) == 1 && ref["resource"] != nil:
			return line(newObject().text("name", name).text("field", fmt.Sprint(ref["resource"])).Node), nil
		case kind == "configMapKeyRef" && len(ref) == 2:
			return line(newObject().text("name", name).text("config_map", fmt.Sprint(ref["name"])).text("key", fmt.Sprint(ref["key"])).Node), nil
		case kind == "secretKeyRef" && len(ref) == 2:
			o := newObject().text("name", fmt.Sprint(ref["name"])).text("key", fmt.Sprint(ref["key"]))
			if name != fmt.Sprint(ref["key"]) {
				o.text("env", name)
			}
			return nil, line(o.Node)
		}
	}
	return nil, nil
}

// probes takes the health checks that a run can say: by HTTP, TCP or command, with timings.
func (w *workload) probes(c dict) {
	found := newObject()
	for _, p := range []struct{ field, key string }{{"readiness", "readinessProbe"}, {"liveness", "livenessProbe"}, {"startup", "startupProbe"}} {
		probe, _ := c[p.key].(dict)
		if n := probeOf(probe); n != nil {
			delete(c, p.key)
			found.put(p.field, line(n))
		}
	}
	w.run.put("probes", found.Node)
}

// timings are a probe's other fields, with what Kubernetes means by silence.
var timings = []struct {
	key, field string
	usual      int
}{
	{"initialDelaySeconds", "initial_delay_seconds", 0}, {"periodSeconds", "period_seconds", 10}, {"timeoutSeconds", "timeout_seconds", 1},
	{"failureThreshold", "failure_threshold", 3}, {"successThreshold", "success_threshold", 1},
}

func probeOf(probe dict) *yaml.Node {
	o := newObject()
	known := 1
	switch {
	case probe["httpGet"] != nil:
		get, _ := probe["httpGet"].(dict)
		port, isNumber := get["port"].(int)
		if scheme, ok := get["scheme"]; ok && scheme != "HTTP" || get["host"] != nil || get["httpHeaders"] != nil || !isNumber {
			return nil
		}
		o.text("http", orElse(fmt.Sprint(firstOf(get["path"], "/")), "/")).put("port", encoded(port))
	case probe["tcpSocket"] != nil:
		socket, _ := probe["tcpSocket"].(dict)
		if _, isNumber := socket["port"].(int); !isNumber || len(socket) != 1 {
			return nil
		}
		o.put("tcp", encoded(socket["port"]))
	case probe["exec"] != nil:
		exec, _ := probe["exec"].(dict)
		o.put("exec", line(encoded(firstOf(exec["command"], []any{}))))
	default:
		return nil
	}
	for _, t := range timings {
		if v, ok := probe[t.key]; ok {
			known++
			if v != t.usual {
				o.put(t.field, encoded(v))
			}
		}
	}
	if known != len(probe) {
		return nil
	}
	return o.Node
}
