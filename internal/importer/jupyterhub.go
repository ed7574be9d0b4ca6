package importer

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/template"

	"go.yaml.in/yaml/v3"
)

// profileLists are where JupyterHub's list of profiles stands: in the values of its chart, in those of a chart around it, in
// a file of KubeSpawner's own.
var profileLists = [][]string{
	{"singleuser", "profileList"}, {"jupyterhub", "singleuser", "profileList"}, {"profileList"}, {"profile_list"},
	{"hub", "config", "KubeSpawner", "profile_list"}, {"jupyterhub", "hub", "config", "KubeSpawner", "profile_list"},
}

// profileList is JupyterHub's list of profiles in a document, nil for none.
func profileList(root *source.Node) *source.Node {
	for _, place := range profileLists {
		n := root
		for _, key := range place {
			n = n.Get(key)
		}
		if n != nil && n.Kind == source.List {
			return n
		}
	}
	return nil
}

// hubProfiles reads a list of JupyterHub's profiles.
func (r *reader) hubProfiles(list *source.Node) (written []object) {
	taken := map[string]int{}
	for _, item := range list.Items {
		name := strings.Trim(slug(cmp.Or(str(item.Get("slug")), str(item.Get("display_name")))), "-.")
		if name == "" {
			r.warn(first(item), "", "this item is left out: it has neither a slug nor a display_name")
			continue
		}
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, taken[name])
		}
		r.only(item, "", "slug", "display_name", "description", "default", "kubespawner_override", "profile_options")
		if f := item.Field("profile_options"); f != nil {
			r.warn(f.Span, "profile_options", "profile_options is left out: write a profile of its own for each choice that asks for another machine")
		}
		o := newObject().text("description", cmp.Or(str(item.Get("description")), str(item.Get("display_name"))))
		r.hubSettings(o, item.Get("kubespawner_override"))
		if f := item.Field("default"); f != nil && f.Node.Text == "true" {
			r.warn(f.Span, "default", "default is left out: the project says which profile is meant by silence, as in defaults: {profile: "+name+"}")
		}
		written = append(written, document("Profile", name, o.text("source", "JupyterHub profileList")))
	}
	return written
}

// hubSettings writes what a profile of JupyterHub makes of the pod: amounts are defaults, where it runs is required.
func (r *reader) hubSettings(o object, override *source.Node) {
	r.only(override, "kubespawner_override", "cpu_guarantee", "cpu_limit", "mem_guarantee", "mem_limit", "extra_resource_guarantees",
		"extra_resource_limits", "node_selector", "tolerations", "priority_class_name", "extra_pod_config")
	defaults, accelerator := newObject(), ""
	for _, f := range [][3]string{{"cpu", "cpu_guarantee", "cpu_limit"}, {"mem", "mem_guarantee", "mem_limit"}} {
		amount := newObject().put("requests", hubAmount(f[0], override.Get(f[1]))).put("limits", hubAmount(f[0], override.Get(f[2])))
		defaults.put(f[0], line(amount.Node))
	}
	for _, resource := range hubResources(override) {
		name, amount := resource, newObject()
		// A profile has one accelerator; a second one is an ordinary resource.
		if template.IsAccelerator(resource) && accelerator == "" {
			accelerator, name = resource, "gpu"
		}
		if asked := override.Get("extra_resource_limits").Get(resource); asked != nil {
			amount.put("limits", copied(asked))
		}
		if asked := override.Get("extra_resource_guarantees").Get(resource); asked != nil {
			amount.put("requests", copied(asked))
		}
		if n := orNoneOf(amount.get("limits"), amount.get("requests")); name == "gpu" {
			defaults.put(name, n)
			continue
		}
		defaults.put(cmp.Or(ownNames[name], name), line(amount.Node))
	}
	if len(defaults.Content) > 0 {
		o.put("default", newObject().put("resources", defaults.Node).Node)
	}
	require := object{orNone(requirement(override.Get("node_selector"), override.Get("tolerations")))}
	// It may have been no node at all until here.
	require.Kind = yaml.MappingNode
	require.text("priority_class", str(override.Get("priority_class_name")))
	more := override.Get("extra_pod_config")
	require.text("runtime_class", cmp.Or(str(more.Get("runtimeClassName")), str(more.Get("runtime_class_name"))))
	r.only(more, "kubespawner_override.extra_pod_config", "runtimeClassName", "runtime_class_name")
	o.put("require", require.Node).put("accelerator", acceleratorNode(accelerator, override.Get("node_selector")))
}

// hubResources are the further resources that a profile asks for.
func hubResources(override *source.Node) (names []string) {
	for _, side := range []string{"extra_resource_limits", "extra_resource_guarantees"} {
		if n := override.Get(side); n != nil {
			for _, f := range n.Fields {
				if !slices.Contains(names, f.Key) {
					names = append(names, f.Key)
				}
			}
		}
	}
	return names
}

// hubAmount is an amount in Kubernetes' words. JupyterHub's K, M, G and T are powers of 1,024 (traitlets' ByteSpecification).
func hubAmount(resource string, n *source.Node) *yaml.Node {
	text := str(n)
	if n == nil || n.Kind == source.Null || text == "" {
		return nil
	}
	if resource == "mem" && strings.ContainsAny(text[len(text)-1:], "KMGT") {
		return plain(text + "i")
	}
	return copied(n)
}

// orNoneOf is the first node that is there, and nil when none is.
func orNoneOf(nodes ...*yaml.Node) *yaml.Node {
	for _, n := range nodes {
		if n != nil {
			return n
		}
	}
	return nil
}

// packed are the files in the data of a ConfigMap: templates of the platform, values of a chart.
func packed(file *diag.File, root *source.Node) []*diag.File {
	if str(root.Get("kind")) != "ConfigMap" || str(root.Get("apiVersion")) != "v1" {
		return nil
	}
	data := root.Get("data")
	if data == nil {
		return nil
	}
	var files []*diag.File
	for _, f := range data.Fields {
		name := file.Name + "/" + f.Key
		if !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)) {
			name += ".yaml"
		}
		if inner, diags := source.FromBytes(name, []byte(str(f.Node))); len(diags) == 0 {
			files = append(files, inner)
		}
	}
	return files
}
