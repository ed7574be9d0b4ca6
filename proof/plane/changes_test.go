package plane

import (
	"slices"
	"strings"
)

// change is what is done to a run: its states, one after the other.
type change struct {
	name     string
	quick    bool     // one of those of .ci/run
	flavours []string // none for all
	steps    []string
}

// changes are what is done to a run, one state after the other: its specification, in YAML's flow style, without its braces;
// nothing for no run at all. `b= ` gives the run another name, and what follows ` | ` is of the project. Each change is made
// under each flavour that it names, or under all.
var changes = []change{
	{"once: image", true, nil, []string{job, image2(job)}},
	{"once: env", false, nil, []string{job, job + ", envs: [{name: A, value: b}]"}},
	{"once: amount respelled", false, nil, []string{job + ", resources: {mem: 1Gi}", job + ", resources: {mem: 1024Mi}"}},
	{"once: rerun and back", false, nil, []string{job, job + ", rerun: 1", job}},
	{"once: image and back", true, nil, []string{job, image2(job), job}},
	{"once: removed and put back", true, nil, []string{job, "", job}},
	{"once: renamed", false, nil, []string{job, "b= " + job}},
	{"once: to replace, image", true, nil, []string{job, job + replace, image2(job) + replace}},
	{"once: image, to replace, and back", false, nil, []string{job, image2(job), image2(job) + replace, job + replace}},
	{"once: to recreate", false, nil, []string{job, job + recreate}},
	{"once: to template and back", false, nil, []string{job, job + template, job}},
	{"once: to a schedule and back", false, nil, []string{job, cron, job}},
	{"once: to serve", false, nil, []string{job, serve}},
	{"once: with a queue, image", false, nil, []string{job + queue, image2(job) + queue}},
	{"once: a queue comes and goes", false, nil, []string{job, job + queue, job}},
	{"once: parallelism", false, nil, []string{job, job + ", parallelism: 2, completions: 2"}},
	{"replace: image and back", true, nil, []string{job + replace, image2(job) + replace, job + replace}},
	{"replace: removed and put back", false, nil, []string{job + replace, "", job + replace}},
	{"replace: to once, image", true, nil, []string{job + replace, job, image2(job)}},
	{"replace: to once, removed", true, nil, []string{job + replace, job, ""}},
	{"replace: to once with a queue, image", true, []string{"flux"}, []string{job + replace + queue, job + queue, image2(job) + queue}},
	{"replace: to once with a queue, removed", false, []string{"flux"}, []string{job + replace + queue, job + queue, ""}},
	{"replace: to once with another image", false, nil, []string{job + replace, image2(job)}},
	{"recreate: image", true, nil, []string{job + recreate, image2(job) + recreate}},
	{"recreate: env removed", false, nil, []string{job + recreate + ", envs: [{name: A, value: b}]", job + recreate}},
	{"recreate: args removed", false, nil, []string{job + recreate + ", args: [a]", job + recreate}},
	{"recreate: limit removed", false, nil, []string{job + recreate + ", resources: {cpu: {requests: 1, limits: 2}}", job + recreate}},
	{"recreate: selector removed", false, nil, []string{job + recreate + ", node_selector: {kubernetes.io/os: linux}", job + recreate}},
	{"recreate: no pods and back", false, nil, []string{job + recreate, job + recreate + ", parallelism: 0", job + recreate}},
	{"recreate: suspended and back", false, nil, []string{job + recreate, job + recreate + suspended, job + recreate}},
	{"recreate: a shorter deadline", false, nil, []string{job + recreate + ", active_deadline_seconds: 3600", job + recreate + ", active_deadline_seconds: 1"}},
	{"recreate: a longer deadline", false, nil, []string{job + recreate + ", active_deadline_seconds: 3600", job + recreate + ", active_deadline_seconds: 7200"}},
	{"recreate: fewer tries", false, nil, []string{job + recreate + ", backoff_limit: 4", job + recreate + ", backoff_limit: 1"}},
	{"recreate: rerun", false, []string{"flux"}, []string{job + recreate, job + recreate + ", rerun: 1"}},
	{"recreate: to once", false, nil, []string{job + recreate, job}},
	{"recreate: removed", false, nil, []string{job + recreate, ""}},
	{"template: image", false, nil, []string{job + template, image2(job) + template}},
	{"template: to a schedule", false, nil, []string{job + template, cron}},
	{"schedule: image", true, nil, []string{cron, image2(cron)}},
	{"schedule: moved", false, nil, []string{cron, cron2}},
	{"schedule: zone", false, nil, []string{cron, cron + ", time_zone: Europe/Rome"}},
	{"schedule: suspended and back", false, nil, []string{cron, cron + ", suspend: true", cron}},
	{"schedule: removed", false, nil, []string{cron, ""}},
	{"schedule: to once", false, nil, []string{cron, job}},
	{"serve: image", true, nil, []string{serve, image2(serve)}},
	{"serve: replicas up, down, none, back", false, nil, []string{serve, replicas(serve, "4"), replicas(serve, "1"), replicas(serve, "0"), serve}},
	{"serve: ports", false, nil, []string{serve, serve2port}},
	{"serve: type", false, nil, []string{serve, serve + ", service_type: NodePort", serve}},
	{"serve: headless", false, nil, []string{serve, serve + ", headless: true"}},
	{"serve: headless removed", true, nil, []string{serve + ", headless: true", serve}},
	{"serve: service renamed", false, nil, []string{serve, serve + ", service_name: c"}},
	{"serve: strategy and back", true, nil, []string{serve, serve + ", strategy: recreate", serve, serve + ", strategy: rolling"}},
	{"serve: paused", false, nil, []string{serve + paused, image2(serve) + paused, image2(serve)}},
	{"serve: devices", false, nil, []string{serve + gpu, image2(serve) + gpu}},
	{"serve: fewer devices asked by limits", false, nil, []string{serve + ", resources: {gpu: 2}", serve + ", resources: {gpu: 1}"}},
	{"serve: probes of each sort", false, nil, []string{serve + probe("http: /, port: 80"), serve + probe("tcp: 80"), serve + probe("exec: [a]"), serve + probe("http: /, port: 80")}},
	{"serve: a volume of another sort", false, nil, []string{serve + configMap, serve + secret, serve + configMap}},
	{"serve: a variable of another sort", false, nil, []string{
		serve + ", envs: [{name: A, field: metadata.name}]", serve + ", envs: [{name: A, value: b}]", serve + ", envs: [{name: A, config_map: c, key: d}]",
	}},
	{"serve: limits go", false, nil, []string{serve + ", resources: {cpu: {limits: 2}}", serve + ", resources: {cpu: {limits: 1}}", serve}},
	{"serve: to deploy and back", false, nil, []string{serve, deploy, serve}},
	{"serve: to once", false, nil, []string{serve, job}},
	{"serve: removed and put back", true, nil, []string{serve, "", serve}},
	{"serve: renamed", false, nil, []string{serve, "b= " + serve}},
	{"claim: added and removed", true, nil, []string{one(serve), one(serve) + claim("1Gi"), one(serve)}},
	{"claim: grows", false, nil, []string{one(serve) + claim("1Gi"), one(serve) + claim("2Gi")}},
	{"claim: shrinks", false, nil, []string{one(serve) + claim("2Gi"), one(serve) + claim("1Gi")}},
	{"claim: grows before it is bound", true, nil, []string{replicas(serve, "0") + claim("1Gi"), replicas(serve, "0") + claim("2Gi")}},
	{"claim: the class that it has", false, nil, []string{one(serve) + claim("1Gi"), one(serve) + claim("1Gi, storage_class: standard")}},
	{"claim: another class", false, nil, []string{one(serve) + claim("1Gi, storage_class: standard"), one(serve) + claim("1Gi, storage_class: fast")}},
	{"claim: another mode", false, nil, []string{one(serve) + claim("1Gi"), one(serve) + claim("1Gi, access_mode: ReadWriteMany")}},
	{"claim: of a run that goes and comes", false, nil, []string{job + claim("1Gi"), "", job + claim("1Gi")}},
	{"hook: image", false, []string{"argocd"}, []string{job + hook, image2(job) + hook}},
	{"hook: removed and put back", false, []string{"argocd"}, []string{job + hook, "", job + hook}},
	{"hook: to once and back", false, []string{"argocd"}, []string{job + hook, job + ends, job + hook}},
	{"finished: image", false, nil, []string{job + ends, image2(job) + ends}},
	{"finished: no pods and back", false, nil, []string{job + recreate + ends, job + recreate + ends + ", parallelism: 0", job + recreate + ends}},
	{"finished: recreate, image", false, nil, []string{job + recreate + ends, image2(job) + recreate + ends}},
	{"finished: replace, image", false, nil, []string{job + replace + ends, image2(job) + replace + ends}},
	{"once: suspended and back", false, nil, []string{job, job + ", suspend: true", job}},
	{"once: several nodes, image", false, nil, []string{job + nodes, image2(job) + nodes}},
	{"once: several nodes come and go", false, nil, []string{job, job + nodes, job}},
	{"replace: several nodes, image", false, nil, []string{job + replace + nodes, image2(job) + replace + nodes, ""}},
	{"serve: files", false, nil, []string{serve + files("a"), serve + files("b"), serve}},
	{"once: files", false, nil, []string{job + files("a"), job + files("b"), ""}},
	{"serve: extra", false, nil, []string{serve + extra("b"), serve + extra("c"), serve}},
	{"serve: autoscaled and back", false, nil, []string{serve, autoscaled, serve}},
	{"serve: replicas leave Git and come back", true, nil, []string{serve, unscaled, serve}},
	{"serve: replicas leave Git with another image", false, nil, []string{serve, image2(unscaled), serve}},
	{"serve: replicas leave Git where an autoscaler owns them", false, nil, []string{serve, scaleTo + "4", unscaled, image2(unscaled)}},
	{"serve: replicas of an autoscaler come to Git", false, nil, []string{unscaled, scaleTo + "3", unscaled + ", envs: [{name: A, value: b}]", serve}},
	{"serve: autoscaled from the start, then another image", false, nil, []string{autoscaled, scaleTo + "3", image2(autoscaled)}},
	{"serve: a budget comes and goes", false, nil, []string{serve, serve + budget, serve}},
	{"environment: the first and the last", false, nil, []string{job, job + dev, job}},
	{"environment: renamed", false, nil, []string{serve + dev, serve + prod}},
}

// Every pair of run policies, with another image after it.
func init() {
	for from, was := range policies {
		for to, is := range policies {
			if from != to {
				changes = append(changes, change{"policy: " + from + " to " + to + ", image", false, nil, []string{job + was, job + is, image2(job) + is}})
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b change) int { return strings.Compare(a.name, b.name) })
}

var policies = map[string]string{"once": "", "replace": replace, "recreate": recreate, "template": template}
