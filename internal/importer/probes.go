package importer

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// probes takes the health checks.
func (c *container) probes() {
	found := newObject()
	for _, p := range [][2]string{{"readiness", "readinessProbe"}, {"liveness", "livenessProbe"}, {"startup", "startupProbe"}} {
		if probe := c.from.sub(p[1]); probe != nil {
			if o, ok := c.probe(probe); ok {
				found.put(p[0], line(o.Node))
			}
		}
	}
	c.to.put("probes", found.Node)
}

// timings are a probe's other fields, with what Kubernetes means by silence.
var timings = []struct {
	key, field string
	usual      int
}{
	{"initialDelaySeconds", "initial_delay_seconds", 0}, {"periodSeconds", "period_seconds", 10}, {"timeoutSeconds", "timeout_seconds", 1},
	{"failureThreshold", "failure_threshold", 3}, {"successThreshold", "success_threshold", 1},
	{"terminationGracePeriodSeconds", "termination_grace_period_seconds", -1},
}

// probe takes one check; ok is false for what no run can ask.
func (c *container) probe(probe dict) (o object, ok bool) {
	o = newObject()
	switch grpc, tcp := probe.sub("grpc"), probe.sub("tcpSocket"); {
	case probe["httpGet"] != nil:
		c.httpGet(o, probe)
	case grpc != nil:
		g := newObject()
		move(g, grpc, [2]string{"port", "port"})
		if grpc["service"] == "" {
			delete(grpc, "service")
		}
		move(g, grpc, [2]string{"service", "service"})
		o.put("grpc", line(g.Node))
	case tcp != nil:
		move(o, tcp, [2]string{"port", "tcp"})
	case probe["exec"] != nil:
		o.put("exec", line(encoded(firstOf(probe.sub("exec").take("command"), []any{}))))
	default:
		return o, false
	}
	for _, t := range timings {
		if v := probe.take(t.key); v != nil && v != t.usual {
			o.put(t.field, encoded(v))
		}
	}
	return o, true
}

// httpGet takes an HTTP request.
func (c *container) httpGet(o object, from dict) {
	get := from.sub("httpGet")
	path, _ := get.take("path").(string)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	o.text("http", path)
	if get["scheme"] == "HTTP" {
		delete(get, "scheme")
	}
	if get["host"] == "" {
		delete(get, "host")
	}
	move(o, get, [2]string{"port", "port"}, [2]string{"scheme", "scheme"}, [2]string{"host", "host"})
	o.put("headers", headersOf(get.list("httpHeaders")))
	delete(get, "httpHeaders")
}

// headersOf are headers as a map, or as a list where a name stands twice.
func headersOf(list []any) *yaml.Node {
	o, seen := newObject(), map[string]bool{}
	for _, h := range list {
		d, _ := h.(dict)
		name := fmt.Sprint(d["name"])
		if seen[name] {
			return line(inline(list))
		}
		seen[name] = true
		o.put(name, plain(fmt.Sprint(firstOf(d["value"], ""))))
	}
	return line(o.Node)
}

// lifecycle takes what is done around the container's life.
func (c *container) lifecycle() {
	found := newObject()
	for _, h := range [][2]string{{"postStart", "post_start"}, {"preStop", "pre_stop"}} {
		hook := c.from.sub("lifecycle").sub(h[0])
		o := newObject()
		switch {
		case hook["httpGet"] != nil:
			c.httpGet(o, hook)
		case hook["exec"] != nil:
			o.put("exec", line(encoded(firstOf(hook.sub("exec").take("command"), []any{}))))
		case hook["sleep"] != nil:
			move(o, hook.sub("sleep"), [2]string{"seconds", "sleep_seconds"})
		}
		found.put(h[1], line(o.Node))
	}
	c.to.put("lifecycle", found.Node)
}
