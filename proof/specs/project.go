package specs

// newest is the newest release that the schema knows and that the oracle has the code of.
const newest = "1.37"

// Versions are the releases that the oracle can judge as.
var Versions = []string{"1.33", "1.34", "1.35", "1.36", newest}

// Project is the project that the runs of a batch stand in, and what of it their fields depend on.
type Project struct {
	Kubernetes      string
	GitOps          string
	SecretsFrom     string
	PriorityClasses []string
	Environments    []string
	Profiles        []string // names that a run may give
	Privileged      bool     // its namespace enforces no Pod Security
	ProfileSet      string   // a set of profiles under the names of others; empty for none

	Document  Object
	Documents map[string]Object // the profiles, by name
	Set       map[string]Object // the profiles of the set, by name
	Policy    string            // a policy in CUE, empty for none
}

// hasImageVolumes is true since the release that turned image volumes on.
func (p *Project) hasImageVolumes() bool { return p.Kubernetes >= "1.35" }

// Project makes a project for one Kubernetes version, with profiles of its own beside the given names of built-in ones.
// The runs that the generator makes afterwards belong to it.
func (g *Gen) Project(kubernetes string, catalog []string) *Project {
	p := &Project{Kubernetes: kubernetes, GitOps: pick(g, "none", "flux", "argocd"), Documents: map[string]Object{}}
	g.project, g.names, g.run, g.action = p, map[string]int{}, Object{}, ""
	if g.chance(30) {
		p.SecretsFrom = "settings"
	}
	p.Privileged = g.chance(25)
	if g.chance(30) {
		p.PriorityClasses = []string{"low", "high.acme"}
	}
	p.Environments = []string{"dev", "prod"}[:g.between(0, 2)]
	for i := range g.between(2, 5) {
		name := profileAt(i)
		p.Documents[name] = g.Profile(i, name)
		p.Profiles = append(p.Profiles, name)
	}
	p.Profiles = append(p.Profiles, catalog...)
	if g.chance(30) {
		p.ProfileSet, p.Set = "other", map[string]Object{profileAt(0): g.Profile(0, profileAt(0))}
	}
	if g.chance(10) {
		p.Policy = "spec: image: =~\".\"\nmetadata: name: !=\"forbidden\"\n"
	}
	p.Document = Object{
		"apiVersion": "berth/v1", "kind": "Project",
		"metadata": merged(g.object([]field{{"labels", 20, labels}, {"annotations", 20, annotations}}), Object{"name": g.label(63)}),
		"spec":     g.projectSpec(),
	}
	return p
}

func (g *Gen) projectSpec() Object {
	p := g.project
	g.names, g.run = namesFrom(profileNames/2), Object{}
	spec := g.object(projectFields)
	spec["kubernetes"], spec["gitops"], spec["runs"], spec["profiles"] = p.Kubernetes, p.GitOps, []any{"runs"}, []any{"profiles"}
	if p.Privileged {
		spec["namespace"], spec["pod_security"] = "lab", Object{"lab": "privileged"}
	}
	if p.SecretsFrom != "" {
		spec["secrets"] = Object{"from": p.SecretsFrom}
	}
	if p.PriorityClasses != nil {
		spec["priority_classes"] = p.PriorityClasses
	}
	if p.ProfileSet != "" {
		spec["profile_sets"] = Object{p.ProfileSet: []any{"sets/" + p.ProfileSet}}
	}
	if p.Policy != "" {
		spec["policies"] = []any{"policies"}
	}
	if len(p.Environments) > 0 {
		environments := Object{}
		for _, name := range p.Environments {
			environments[name] = g.projectEnvironment()
		}
		spec["environments"] = environments
	}
	switch p.GitOps {
	case "flux":
		spec["flux"] = g.object(fluxFields)
	case "argocd":
		spec["argocd"] = g.object(argoFields)
	}
	return spec
}

var projectFields = []field{
	{"output", 30, objectOf([]field{{"path", 50, oneOf("out", "deep/er/out")}, {"layout", 50, oneOf("files", "kustomize", "stream")}})},
	{"namespace", 50, dnsLabel},
	{"cloud", 40, oneOf("gke", "eks", "aks", "generic")},
	{"defaults", 30, runDefaults},
	{"labels", 30, labels},
	{"annotations", 30, annotations},
	{"queue", 15, queue},
	{"priority", 15, queue},
	{"pod_security", 20, func(g *Gen) any {
		return g.mapping(func() (string, any) { return g.label(63), pick(g, "privileged", "baseline", "restricted") })
	}},
}

// runDefaults reach every action: what does not belong to a run's is passed over.
func runDefaults(g *Gen) any { return g.anyAction() }

// anyAction writes a few of the fields of all actions.
func (g *Gen) anyAction() Object {
	o := Object{}
	g.run, g.action = o, "job"
	defer func() { g.run, g.action = Object{}, "" }()
	for _, fields := range [][]field{machineFields, podFields, jobFields, replicaFields, serveFields} {
		g.fill(o, g.some(fields, fewer))
	}
	delete(o, "service_name") // one name for every run's Service
	return o
}

func (g *Gen) projectEnvironment() Object {
	e := g.anyAction()
	g.fill(e, environmentFields)
	if g.project.ProfileSet != "" && g.chance(50) {
		e["profile_set"] = g.project.ProfileSet
	}
	return e
}

var environmentFields = []field{
	{"namespace", 50, namespace},
	{"cloud", 20, oneOf("gke", "eks", "aks", "generic")},
	{"labels", 30, labels},
	{"annotations", 30, annotations},
	{"queue", 15, queue},
	{"priority", 15, queue},
	{"kubernetes", 10, func(g *Gen) any { return g.project.Kubernetes }},
	{"patches", 2, patches},
	{"argocd", 20, objectOf([]field{{"project", 50, subdomain}, {"server", 50, oneOf("https://prod.acme.com")}})},
}

var fluxFields = []field{
	{"interval", 50, oneOf("10m", "1h30m")},
	{"path", 30, oneOf("./clusters/out")},
	{"namespace", 30, dnsLabel},
	{"source", 50, objectOf([]field{
		{"kind", 50, oneOf("GitRepository", "OCIRepository", "Bucket")}, {"name", always, subdomain}, {"namespace", 30, dnsLabel},
	})},
}

var argoFields = []field{
	{"apply_out_of_sync_only", 90, func(*Gen) any { return true }},
	{"sync_wave", 30, number(-1000, 1000)},
	{"schedule_health", 30, oneOf("counted", "ignored")},
	{"repository", 50, oneOf("https://git.acme.com/fleet.git")},
	{"revision", 30, oneOf("main")},
	{"path", 30, oneOf("out")},
	{"project", 30, subdomain},
	{"namespace", 30, dnsLabel},
	{"server", 30, oneOf("https://kubernetes.default.svc")},
	{"application_set", 30, flag},
}
