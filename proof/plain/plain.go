// Package plain translates a run into Kubernetes objects the way a person would by hand: every field to the field of
// the same meaning, nothing checked, nothing added that Kubernetes would not need. Its objects say what the API server
// thinks of the values that a run holds, when the compiler refuses to render them.
//
// It reads runs as the generator writes them, without profiles, environments and patches. A value of the wrong type goes
// through as it is, for the server's decoder to refuse.
package plain

import (
	"fmt"
	"slices"
	"strings"
)

// object is one mapping of a document.
type object = map[string]any

// fields maps the names of one form to those of another; the value goes along unchanged.
type fields map[string]string

func (f fields) copy(from, to object) object {
	for name, theirs := range f {
		if v, ok := from[name]; ok {
			to[theirs] = v
		}
	}
	return to
}

// all is copy for a mapping whose every field the table knows: a field that it does not know goes along under its own
// name, for the server to refuse.
func (f fields) all(from, to object, also ...string) object {
	for name, v := range from {
		if _, ok := f[name]; !ok && !slices.Contains(also, name) {
			to[name] = v
		}
	}
	return f.copy(from, to)
}

// Objects are the Kubernetes objects of a run.
func Objects(run map[string]any) []map[string]any {
	spec, _ := run["spec"].(object)
	meta, _ := run["metadata"].(object)
	name := meta["name"]
	pod := object{"metadata": object{"labels": object{"run": name}}, "spec": podSpec(name, spec)}
	var all []object
	switch spec["action"] {
	case "job":
		all = append(all, job(meta, spec, pod))
	default:
		all = append(all, deployment(meta, spec, pod))
	}
	if spec["action"] == "serve" {
		all = append(all, service(meta, spec))
	}
	return append(all, claims(meta, spec)...)
}

func header(version, kind string, meta object, extra object) object {
	return object{"apiVersion": version, "kind": kind, "metadata": meta, "spec": extra}
}

var jobFields = fields{
	"backoff_limit": "backoffLimit", "active_deadline_seconds": "activeDeadlineSeconds",
	"ttl_seconds_after_finished": "ttlSecondsAfterFinished", "parallelism": "parallelism", "completions": "completions",
	"completion_mode": "completionMode", "pod_failure_policy": "podFailurePolicy",
}

var cronFields = fields{
	"schedule": "schedule", "time_zone": "timeZone", "concurrency_policy": "concurrencyPolicy", "suspend": "suspend",
	"starting_deadline_seconds": "startingDeadlineSeconds", "successful_history": "successfulJobsHistoryLimit",
	"failed_history": "failedJobsHistoryLimit",
}

func job(meta, spec, pod object) object {
	pod["spec"].(object)["restartPolicy"] = "Never"
	jobSpec := jobFields.copy(spec, object{"template": pod})
	if _, ok := spec["schedule"]; !ok {
		return header("batch/v1", "Job", meta, jobSpec)
	}
	return header("batch/v1", "CronJob", meta, cronFields.copy(spec, object{"jobTemplate": object{"spec": jobSpec}}))
}

func deployment(meta, spec, pod object) object {
	o := fields{"replicas": "replicas"}.copy(spec, object{
		"template": pod, "selector": object{"matchLabels": object{"run": meta["name"]}},
	})
	switch strategy := spec["strategy"]; strategy {
	case nil:
	case "recreate":
		o["strategy"] = object{"type": "Recreate"}
	case "rolling":
		o["strategy"] = object{"type": "RollingUpdate"}
	default:
		o["strategy"] = object{"type": strategy}
	}
	return header("apps/v1", "Deployment", meta, o)
}

var portFields = fields{
	"port": "port", "target_port": "targetPort", "name": "name", "protocol": "protocol", "node_port": "nodePort",
}

func service(meta, spec object) object {
	s := fields{"service_type": "type"}.copy(spec, object{"selector": object{"run": meta["name"]}})
	switch headless := spec["headless"]; headless {
	case nil, false: // left out
	case true:
		s["clusterIP"] = "None"
	default:
		s["clusterIP"] = headless
	}
	s["ports"] = each(spec["service_ports"], servicePort)
	named := object{}
	for k, v := range meta {
		named[k] = v
	}
	if name, ok := spec["service_name"]; ok {
		named["name"] = name
	}
	return header("v1", "Service", named, s)
}

// servicePort names a port that has no name: where there are several, each needs one.
func servicePort(p object) object {
	o := portFields.all(p, object{})
	if _, ok := o["name"]; !ok {
		o["name"] = strings.ToLower(fmt.Sprint("port-", p["port"], p["protocol"]))
		if p["protocol"] == nil {
			o["name"] = fmt.Sprint("port-", p["port"])
		}
	}
	return o
}

// claims are the PersistentVolumeClaims that the run's volumes ask for.
func claims(meta, spec object) []object {
	var all []object
	list, _ := spec["volumes"].([]any)
	for _, item := range list {
		v, _ := item.(object)
		s, _ := v["spec"].(object)
		if size, ok := s["size"]; ok && v["volume_type"] == "persistent_volume_claim" {
			name := join(meta["name"], v["name"])
			all = append(all, header("v1", "PersistentVolumeClaim", object{"name": name, "namespace": meta["namespace"]}, claimSpec(s, size)))
		}
	}
	return all
}

func claimSpec(s object, size any) object {
	known := fields{"storage_class": "storageClassName"}
	c := known.all(s, object{"resources": object{"requests": object{"storage": size}}}, "size", "access_mode", "claim_name")
	mode, ok := s["access_mode"]
	if !ok {
		mode = "ReadWriteOnce"
	}
	c["accessModes"] = []any{mode}
	return c
}

// each translates the mappings of a list; anything else goes through as it is.
func each(list any, translate func(object) object) any {
	return items(list, func(item any) any {
		if o, ok := item.(object); ok {
			return translate(o)
		}
		return item
	})
}

// items translates the items of a list; what is no list goes through as it is.
func items(list any, translate func(any) any) any {
	from, ok := list.([]any)
	if !ok {
		return list
	}
	out := make([]any, len(from))
	for i, item := range from {
		out[i] = translate(item)
	}
	return out
}

func join(parts ...any) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i], _ = p.(string)
	}
	return strings.Join(texts, "-")
}
