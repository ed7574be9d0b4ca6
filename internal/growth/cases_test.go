package growth

import (
	"fmt"
	"strings"
)

func everything() []grown { return append(byHand(), ofSchema()...) }

// many repeats a text, with the number of its turn for %d.
func many(form string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(form, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

const aRun = "name: r%d\naction: job\nimage: x:1\n"

// building is a project that is built.
func building(files map[string]string) input {
	if files["berth.yaml"] == "" {
		files["berth.yaml"] = aProject
	}
	return input{files: files, args: []string{"build"}}
}

// filesOf are n files.
func filesOf(n int, path, text string) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[strings.ReplaceAll(path, "%d", fmt.Sprint(i))] = strings.ReplaceAll(text, "%d", fmt.Sprint(i))
	}
	return files
}

// one is a run with something more in it.
func one(more string) input {
	return building(map[string]string{"runs/r.yaml": strings.ReplaceAll(aRun, "%d", "") + more})
}

// with are files with one more.
func with(files map[string]string, path, text string) map[string]string {
	files[path] = text
	return files
}

// byHand grows what is no field: files, documents, words of a format, lists of other tools, and what two lists share.
func byHand() []grown {
	const object = "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c%d}\n  data: {a: b}\n"
	const item = "- apiVersion: berth/v1\n  kind: Run\n  metadata: {name: r%d}\n  spec: {action: job, image: \"x:1\"}\n"
	const list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	const job = "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: j%d}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - {name: j%d, image: \"x:1\"}\n"
	const service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec:\n  selector: {app: a}\n  ports:\n  - {port: 80}\n"
	const profile = "apiVersion: berth/v1\nkind: Profile\nmetadata: {name: p%d}\nspec: {default: {labels: {a: b}}}\n"
	fn := func(items string) input { return input{stdin: list + items, args: []string{"fn"}} }
	imported := func(text string) input {
		return input{files: map[string]string{"in.yaml": text}, args: []string{"import", "in.yaml"}}
	}
	return []grown{
		{name: "runs in files", most: 4000, of: func(n int) input { return building(filesOf(n+1, "runs/r%d.yaml", aRun)) }},
		{name: "runs in one file", most: 8000, of: func(n int) input { return building(map[string]string{"runs/r.yaml": many("---\n"+aRun, n+1)}) }},
		{name: "runs of one name", most: 4000, of: func(n int) input {
			return building(map[string]string{"runs/r.yaml": many("---\nname: r\naction: job\nimage: x:1\n", n+1)})
		}},
		{name: "runs with a mistake", most: 4000, of: func(n int) input { return building(filesOf(n+1, "runs/r%d.yaml", aRun+"imagee: y\n")) }},
		{name: "runs with a lint", most: 4000, of: func(n int) input {
			return building(filesOf(n+1, "runs/r%d.yaml", "name: r%d\naction: serve\nimage: x\nservice_ports: [{port: 80}]\n"))
		}},
		{name: "runs of one node port", most: 2000, of: func(n int) input {
			return building(filesOf(n+1, "runs/r%d.yaml", "name: r%d\naction: serve\nimage: x:1\nservice_type: NodePort\nservice_ports: [{port: 80, node_port: 30080}]\n"))
		}},
		{name: "environments of a run", most: 190, steep: 2, why: "each compiles the run, which has all of them; 200 may be, and cost 30 MiB",
			of: func(n int) input { return one("environments:\n" + many("  e%d: {image: \"y:1\"}\n", n)) }},
		{name: "runs in a stream", most: 4000, of: func(n int) input {
			return input{files: with(filesOf(n+1, "runs/r%d.yaml", aRun), "berth.yaml", aProject), args: []string{"build", "runs"}}
		}},
		{name: "runs laid out for kustomize", most: 4000, of: func(n int) input {
			in := building(filesOf(n+1, "runs/r%d.yaml", aRun))
			in.args = append(in.args, "--layout", "kustomize")
			return in
		}},
		{name: "profiles", most: 8000, of: func(n int) input {
			return building(with(filesOf(n+1, "profiles/p%d.yaml", profile), "runs/r.yaml", strings.ReplaceAll(aRun, "%d", "")+"profile: p0\n"))
		}},
		{name: "runs with an unknown profile", most: 2000, steep: 2, why: "each is compared with a thousand names at most",
			of: func(n int) input {
				files := filesOf(n+1, "profiles/p%d.yaml", profile)
				for path, text := range filesOf(n+1, "runs/r%d.yaml", aRun+"profile: q%d\n") {
					files[path] = text
				}
				return building(files)
			}},
		{name: "policies", most: 500, of: func(n int) input {
			return building(with(filesOf(n+1, "policies/p%d.cue", "run: image: !=\"y%d\"\n"), "runs/r.yaml", strings.ReplaceAll(aRun, "%d", "")))
		}},
		{name: "a policy over runs", most: 4000, of: func(n int) input {
			return building(with(filesOf(n+1, "runs/r%d.yaml", aRun), "policies/p.cue", "run: image: !=\"y\"\n"))
		}},
		{name: "patches", weight: 8, steep: 1.7, why: "what a patch adds comes first, so that the list is copied for each: the 2,300 that may be cost half a second", of: func(n int) input {
			return one("patches:\n" + many("- target: {kind: Job}\n  patch: {spec: {template: {spec: {containers: [{name: r, env: [{name: A%d, value: b}]}]}}}}\n", n+1))
		}},
		{name: "patches of one field", weight: 6, of: func(n int) input {
			return one("patches:\n" + many("- target: {kind: Job}\n  patch: {spec: {template: {spec: {priority: %d}}}}\n", n+1))
		}},
		{name: "patches that meet nothing", weight: 6, of: func(n int) input {
			return one("patches:\n" + many("- target: {kind: Service}\n  patch: {spec: {clusterIP: None}}\n", n+1))
		}},
		{name: "variables in a patch", weight: 3, of: func(n int) input {
			return one("patches:\n- target: {kind: Job}\n  patch:\n    spec:\n      template:\n        spec:\n          containers:\n          - name: r\n            env:\n" + many("            - {name: A%d, value: b}\n", n))
		}},
		{name: "objects of extra", weight: 6, of: func(n int) input {
			return one("extra:\n" + many("- {apiVersion: v1, kind: ConfigMap, metadata: {name: c%d}, data: {a: b}}\n", n+1))
		}},
		{name: "ports of one name", weight: 4, of: func(n int) input {
			return building(map[string]string{"runs/r.yaml": "name: r\naction: serve\nimage: x:1\nservice_ports:\n" + many("- {port: 80, name: http}\n", n+1)})
		}},
		{name: "directives", of: func(n int) input {
			return building(map[string]string{"runs/r.yaml": many("%TAG !a%d! tag:example.com,2026:\n", n) + "---\n" + strings.ReplaceAll(aRun, "%d", "")})
		}},
		{name: "documents that are empty", of: func(n int) input {
			return building(map[string]string{"runs/r.yaml": many("---\n", n) + "---\n" + strings.ReplaceAll(aRun, "%d", "")})
		}},
		{name: "syntax errors", of: func(n int) input { return building(map[string]string{"runs/r.yaml": many("---\na: [%d\n", n+1)}) }},
		{name: "anchors", of: func(n int) input { return one("labels:\n" + many("  a%d: &a%d b\n", n+1)) }},
		{name: "aliases", of: func(n int) input { return one("annotations:\n  a: &a b\n" + many("  a%d: *a\n", n)) }},
		{name: "a field of one name", of: func(n int) input { return one(many("shm: 1Gi\n", n)) }},
		{name: "unknown fields", of: func(n int) input { return one(many("f%d: x\n", n)) }},
		{name: "comments", of: func(n int) input { return one(many("# c%d\n", n)) }},
		{name: "lines of a text", of: func(n int) input { return one("annotations:\n  a: |\n" + many("    line %d\n", n+1)) }},
		{name: "a text in quotes over lines", of: func(n int) input { return one("annotations:\n  a: \"x\n" + many("    line %d\n", n) + "    y\"\n") }},
		{name: "a number", of: func(n int) input { return one("backoff_limit: " + strings.Repeat("9", n+1) + "\n") }},
		{name: "brackets", of: func(n int) input { return one("args: " + strings.Repeat("[", n) + "\n") }},
		{name: "values of a matrix", most: 256, of: func(n int) input { return one("matrix: {A: [" + many("a%d, ", n) + "z]}\n") }},
		{name: "foreign items of a ResourceList", most: 16_000, of: func(n int) input { return fn(many(object, n) + strings.ReplaceAll(item, "%d", "")) }},
		{name: "runs of a ResourceList", most: 3000, of: func(n int) input { return fn(many(item, n+1)) }},
		{name: "runs with a mistake of a ResourceList", most: 3000, of: func(n int) input {
			return fn(many("- apiVersion: berth/v1\n  kind: Run\n  metadata: {name: r%d}\n  spec: {action: job, imagee: \"x:1\"}\n", n+1))
		}},
		{name: "Jobs that are imported", most: 4000, of: func(n int) input { return imported(many(job, n+1)) }},
		{name: "Services that are imported", most: 4000, of: func(n int) input { return imported(many(service, n) + strings.ReplaceAll(job, "%d", "")) }},
		{name: "variables that are imported", most: 6000, of: func(n int) input {
			return imported(strings.ReplaceAll(job, "%d", "")[4:len(strings.ReplaceAll(job, "%d", ""))-len("{name: j, image: \"x:1\"}\n")] + "{name: j, image: \"x:1\", env: [" + many("{name: A%d, value: b}, ", n) + "{name: Z, value: b}]}\n")
		}},
	}
}
