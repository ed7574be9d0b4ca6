// Package plain translates a run into Kubernetes objects the way a person would by hand: every field to the field of
// the same meaning, nothing checked, nothing added that Kubernetes would not need. Its objects say what the API server
// thinks of the values that a run holds, when the compiler refuses to render them.
//
// It reads runs as the generator writes them, without profiles, environments and patches. A value of the wrong type goes
// through as it is, for the server's decoder to refuse.
package plain

import (
	"fmt"
	"maps"
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
	pod := object{"metadata": podMeta(meta, spec), "spec": podSpec(meta["name"], spec)}
	var all []object
	switch spec["action"] {
	case "job":
		all = append(all, job(meta, spec, pod))
	default:
		all = append(all, deployment(meta, spec, pod))
		all = append(all, scaling(meta, spec)...)
	}
	if spec["action"] == "serve" {
		all = append(all, service(meta, spec))
	}
	all = append(all, claims(meta, spec)...)
	all = append(all, files(meta, spec)...)
	return append(all, extra(spec)...)
}

// podMeta has what a Deployment finds its pods by, and what the run says of pods.
func podMeta(meta, spec object) object {
	labels := object{"run": meta["name"]}
	for _, field := range []string{"pod_labels", "selector"} {
		if said, ok := spec[field].(object); ok {
			maps.Copy(labels, said)
		}
	}
	o := object{"labels": labels}
	for field, name := range (fields{"pod_labels": "labels", "selector": "labels", "pod_annotations": "annotations"}) {
		if said, ok := spec[field]; ok && (!isObject(said) || name == "annotations") {
			o[name] = said
		}
	}
	return o
}

func isObject(v any) bool {
	_, ok := v.(object)
	return ok
}

func header(version, kind string, meta object, extra object) object {
	return object{"apiVersion": version, "kind": kind, "metadata": meta, "spec": extra}
}

var jobFields = fields{
	"backoff_limit": "backoffLimit", "active_deadline_seconds": "activeDeadlineSeconds",
	"ttl_seconds_after_finished": "ttlSecondsAfterFinished", "parallelism": "parallelism", "completions": "completions",
	"completion_mode": "completionMode", "pod_failure_policy": "podFailurePolicy", "backoff_limit_per_index": "backoffLimitPerIndex",
	"max_failed_indexes": "maxFailedIndexes", "success_policy": "successPolicy", "pod_replacement_policy": "podReplacementPolicy",
	"managed_by": "managedBy",
}

var cronFields = fields{
	"schedule": "schedule", "time_zone": "timeZone", "concurrency_policy": "concurrencyPolicy", "suspend": "suspend",
	"starting_deadline_seconds": "startingDeadlineSeconds", "successful_history": "successfulJobsHistoryLimit",
	"failed_history": "failedJobsHistoryLimit",
}

func job(meta, spec, pod object) object {
	pod["spec"].(object)["restartPolicy"] = "Never"
	fields{"restart_policy": "restartPolicy"}.copy(spec, pod["spec"].(object))
	jobSpec := jobFields.copy(spec, object{"template": pod})
	if _, ok := spec["schedule"]; !ok {
		fields{"suspend": "suspend"}.copy(spec, jobSpec)
		return header("batch/v1", "Job", meta, jobSpec)
	}
	return header("batch/v1", "CronJob", meta, cronFields.copy(spec, object{"jobTemplate": object{"spec": jobSpec}}))
}

var deploymentFields = fields{
	"replicas": "replicas", "min_ready_seconds": "minReadySeconds", "progress_deadline_seconds": "progressDeadlineSeconds",
	"revision_history_limit": "revisionHistoryLimit",
}

func deployment(meta, spec, pod object) object {
	o := deploymentFields.copy(spec, object{"template": pod, "selector": object{"matchLabels": selector(meta, spec)}})
	if o["replicas"] == "unmanaged" {
		delete(o, "replicas")
	}
	switch s := spec["strategy"].(type) {
	case nil:
	case string:
		o["strategy"] = object{"type": strategyType(s)}
	case object:
		figures := fields{"max_surge": "maxSurge", "max_unavailable": "maxUnavailable"}.all(s, object{}, "type")
		strategy := object{"type": "RollingUpdate"}
		if s["type"] != nil {
			strategy["type"] = strategyType(s["type"])
		}
		if len(figures) > 0 {
			strategy["rollingUpdate"] = figures
		}
		o["strategy"] = strategy
	default:
		o["strategy"] = s
	}
	return header("apps/v1", "Deployment", meta, o)
}

func selector(meta, spec object) any {
	if said, ok := spec["selector"]; ok {
		return said
	}
	return object{"run": meta["name"]}
}

func strategyType(said any) any {
	switch said {
	case "recreate":
		return "Recreate"
	case "rolling":
		return "RollingUpdate"
	}
	return said
}

// scaling are the autoscaler and the budget of a Deployment.
func scaling(meta, spec object) []object {
	var all []object
	if said, ok := spec["autoscale"]; ok {
		target := object{"apiVersion": "apps/v1", "kind": "Deployment", "name": meta["name"]}
		o, isObject := said.(object)
		if !isObject {
			o = object{"autoscale": said}
		}
		s := fields{"min": "minReplicas", "max": "maxReplicas", "behavior": "behavior"}.all(o, object{"scaleTargetRef": target}, "cpu", "memory", "metrics")
		s["metrics"] = append(metrics(meta, spec, o), list(o["metrics"])...)
		if m, ok := o["metrics"]; ok && !isList(m) {
			s["metrics"] = m
		}
		all = append(all, header("autoscaling/v2", "HorizontalPodAutoscaler", meta, s))
	}
	if said, ok := spec["disruption"]; ok {
		o, isObject := said.(object)
		if !isObject {
			o = object{"disruption": said}
		}
		budget := fields{"min_available": "minAvailable", "max_unavailable": "maxUnavailable"}.all(o, object{"selector": object{"matchLabels": selector(meta, spec)}})
		all = append(all, header("policy/v1", "PodDisruptionBudget", meta, budget))
	}
	return all
}

// metrics are those of the run's own container.
func metrics(meta, spec, autoscale object) []any {
	var all []any
	of := func(name string, target object) {
		all = append(all, object{"type": "ContainerResource", "containerResource": object{"name": name, "container": mainName(meta["name"], spec), "target": target}})
	}
	if cpu, ok := autoscale["cpu"]; ok {
		of("cpu", object{"type": "Utilization", "averageUtilization": cpu})
	}
	if memory, ok := autoscale["memory"]; ok {
		of("memory", object{"type": "AverageValue", "averageValue": memory})
	}
	return all
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func isList(v any) bool {
	_, ok := v.([]any)
	return ok
}

// files is the ConfigMap of the run's files.
func files(meta, spec object) []object {
	said, ok := spec["files"].(object)
	if !ok {
		if spec["files"] != nil {
			return []object{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": spec["files"]}}
		}
		return nil
	}
	data := object{}
	for i, path := range slices.Sorted(maps.Keys(said)) {
		text := said[path]
		if o, ok := text.(object); ok {
			text = o["text"]
		}
		if text == nil {
			text = ""
		}
		data[fmt.Sprint("file-", i)] = text
	}
	return []object{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}}
}

// extra are the objects that stand in Kubernetes' own form in the run.
func extra(spec object) []object {
	var all []object
	for _, item := range list(spec["extra"]) {
		if o, ok := item.(object); ok {
			all = append(all, o)
		} else {
			all = append(all, object{"extra": item})
		}
	}
	return all
}

var portFields = fields{
	"port": "port", "target_port": "targetPort", "name": "name", "protocol": "protocol", "node_port": "nodePort", "app_protocol": "appProtocol",
}

var serviceFields = fields{
	"service_type": "type", "load_balancer_class": "loadBalancerClass", "load_balancer_source_ranges": "loadBalancerSourceRanges",
	"external_traffic_policy": "externalTrafficPolicy", "internal_traffic_policy": "internalTrafficPolicy", "session_affinity": "sessionAffinity",
	"ip_families": "ipFamilies",
}

func service(meta, spec object) object {
	s := serviceFields.copy(spec, object{"selector": selector(meta, spec)})
	if families := list(spec["ip_families"]); len(families) > 1 {
		s["ipFamilyPolicy"] = "PreferDualStack"
	}
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
	fields{"service_labels": "labels", "service_annotations": "annotations"}.copy(spec, named)
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
