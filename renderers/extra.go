package renderers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/schema"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// extras renders the objects that a run brings in Kubernetes' own form. The combinations of a matrix share them.
func (r *renderer) extras() []Object {
	if !bringsShared(r.plan) {
		return nil
	}
	var objects []Object
	for i, written := range r.spec.Extra {
		path := diag.At("spec.extra", i)
		kind, ok := r.extraKind(path, written)
		if !ok || !r.extraMetadata(path, written) {
			continue
		}
		if object, ok := r.extra(path, written, kind); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// extraKind finds the kind of an object, or says why a run cannot bring it.
func (r *renderer) extraKind(path string, written map[string]any) (extraKind, bool) {
	for _, key := range []string{"apiVersion", "kind"} {
		if text, ok := written[key].(string); !ok || text == "" {
			r.problem(diag.MissingField, path, "an object of extra needs its "+key, "write apiVersion, kind and metadata as `kubectl apply` takes them")
			return extraKind{}, false
		}
	}
	version, name := written["apiVersion"].(string), written["kind"].(string)
	if kind, ok := findExtraKind(version, name); ok {
		return kind, true
	}
	group, _, grouped := strings.Cut(version, "/")
	if r.plan.OfProject {
		return r.projectKind(path, version, name, group)
	}
	if scope := r.plan.Target.ExtraKinds[name+"."+group]; grouped && scope == schema.ScopeNamespaced {
		return extraKind{apiVersion: version, name: name}, true
	}
	r.unknownExtra(path, version, name, group, grouped)
	return extraKind{}, false
}

// unknownExtra says why an object of `extra` has a kind that a run may not bring: it belongs to the cluster, its
// apiVersion is another one, its name is mistyped, or the project has to allow it. path is that of the object in the
// plan; group is empty and grouped false for an apiVersion such as v1, which has no group.
func (r *renderer) unknownExtra(path, version, name, group string, grouped bool) {
	switch {
	case r.plan.Target.ExtraKinds[name+"."+group] == schema.ScopeCluster:
		r.problem(diag.WrongValue, path+".kind", fmt.Sprintf("a %s belongs to the whole cluster, and a run brings objects of its own namespace alone", diag.Quote(name)),
			"apply it beside Berth's output")
		return
	case len(extraVersions(name)) > 0:
		p := diag.Problem{Code: diag.WrongValue, Path: path + ".apiVersion", Message: fmt.Sprintf("%s is not the apiVersion of %s", diag.Quote(version), diag.Quote(name)),
			Hint: "write " + diag.OneOf(extraVersions(name))}
		if versions := extraVersions(name); len(versions) == 1 {
			p.Replace = versions[0]
		}
		r.problems = append(r.problems, p)
		return
	}
	p := diag.Problem{Code: diag.WrongValue, Path: path + ".kind", Message: fmt.Sprintf("a run may not bring a %s", diag.Quote(name)),
		Hint: "a run may bring " + diag.AllOf(extraNames())}
	if best, ok := diag.Nearest(name, slices.Concat(extraNames(), r.declaredKinds())); ok {
		p.Hint, p.Replace = "did you mean "+best+"?", best
	} else if grouped && !strings.HasSuffix(group, "k8s.io") {
		// Kinds of Kubernetes itself cannot be declared: those that a run may bring are known, with their fields.
		p.Hint = fmt.Sprintf("where the kind is namespaced, the project can allow it: extra_kinds: {%s.%s: Namespaced}", name, group)
	}
	r.problems = append(r.problems, p)
}

// declaredKinds are the names of the kinds that the project allows.
func (r *renderer) declaredKinds() []string { return kindsOf(r.plan.Target.ExtraKinds) }

// kindsOf are the names of kinds that are declared as `Kind.group`.
func kindsOf(declared map[string]string) []string {
	var names []string
	for _, full := range sortedKeys(declared) {
		name, _, _ := strings.Cut(full, ".")
		names = append(names, name)
	}
	return names
}

// projectKind is the kind of an object that the project brings, which may be any.
func (r *renderer) projectKind(path, version, name, group string) (extraKind, bool) {
	for _, k := range projectKinds {
		if k.apiVersion == version && k.name == name {
			return k, true
		}
	}
	declared := r.plan.Target.ExtraKinds[name+"."+group]
	if versions := extraVersions(name); len(versions) > 0 && declared == "" {
		p := diag.Problem{Code: diag.WrongValue, Path: path + ".apiVersion", Message: fmt.Sprintf("%s is not the apiVersion of %s", diag.Quote(version), diag.Quote(name)),
			Hint: "write " + diag.OneOf(versions)}
		if len(versions) == 1 {
			p.Replace = versions[0]
		}
		r.problems = append(r.problems, p)
		return extraKind{}, false
	}
	return extraKind{apiVersion: version, name: name, cluster: declared != schema.ScopeNamespaced}, true
}

// NamePath is where the object's name stands in its plan.
func (o *Object) NamePath() string {
	if o.extra == "" {
		return "name"
	}
	return o.extra + ".metadata.name"
}

// byControllers are annotations that a cluster writes: an object that has them was read from one.
var byControllers = []string{"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision", "argocd.argoproj.io/tracking-id", "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"}

// liveMetadata are the fields of metadata that the API server writes.
var liveMetadata = []string{"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "managedFields", "selfLink", "ownerReferences"}

// extraMetadata holds the name and what else every object has to what Git can say.
func (r *renderer) extraMetadata(path string, written map[string]any) bool {
	before := len(r.problems)
	at := path + ".metadata"
	metadata, _ := written["metadata"].(map[string]any)
	name, named := metadata["name"].(string)
	_, generated := metadata["generateName"]
	switch {
	case generated:
		r.atKey(diag.WrongValue, at+".generateName", "an object with generateName is another one at every apply", "write name: <name>")
	case !named || name == "":
		r.problem(diag.MissingField, at, "an object of extra needs a name", "write metadata: {name: <name>}")
	}
	if namespace, ok := metadata["namespace"]; ok && namespace != r.plan.Namespace && !r.plan.OfProject {
		r.problem(diag.WrongValue, at+".namespace", fmt.Sprintf("this object's namespace is %s, and a run brings objects of its own namespace alone", diag.Quote(fmt.Sprint(namespace))),
			"leave namespace out: the object gets the run's")
	}
	for _, key := range liveMetadata {
		if _, ok := metadata[key]; ok {
			r.atKey(diag.WrongValue, diag.Join(at, key), key+" is written by the cluster, not by people", "remove it")
		}
	}
	annotations, _ := metadata["annotations"].(map[string]any)
	for _, key := range byControllers {
		if _, ok := annotations[key]; ok {
			r.atKey(diag.WrongValue, diag.Join(at+".annotations", key), diag.Quote(key)+" is written by a controller, not by people", "remove it")
		}
	}
	r.extraLabels(at+".labels", metadata["labels"])
	r.extraContent(path, written)
	return len(r.problems) == before
}

// extraLabels refuses another word than Berth's for the labels by which its files are known as its own.
func (r *renderer) extraLabels(path string, written any) {
	labels, _ := written.(map[string]any)
	for key, own := range r.extraOwnLabels() {
		if value, ok := labels[key]; ok && value != own {
			r.atKey(diag.WrongValue, diag.Join(path, key), fmt.Sprintf("label %s is Berth's, and is %s here", key, diag.Quote(own)), "remove it")
		}
	}
}

// extraContent refuses what has no place in Git.
func (r *renderer) extraContent(path string, written map[string]any) {
	if _, ok := written["status"]; ok {
		r.atKey(diag.WrongValue, path+".status", "status is written by the cluster, not by people", "remove it")
	}
	if _, ok := written["items"].([]any); ok && strings.HasSuffix(fmt.Sprint(written["kind"]), "List") {
		r.atKey(diag.WrongValue, path+".items", "this is a list of objects", "write each of them as an item of extra")
	}
	if written["kind"] != "Secret" {
		return
	}
	for _, key := range []string{"data", "stringData"} {
		if _, ok := written[key]; ok {
			r.atKey(diag.WrongValue, diag.Join(path, key), "the data of a Secret would stay in Git for ever", "bring an ExternalSecret or a SealedSecret, or make the Secret in the cluster; runs name it under secrets")
		}
	}
}

// atKey reports a problem that points at the key of a field, and not at its value.
func (r *renderer) atKey(code diag.Code, path, message, hint string) {
	r.problems = append(r.problems, diag.Problem{Code: code, Path: path, AtKey: true, Message: message, Hint: hint})
}

// extraOwnLabels tell whose object it is. They are never on its pods or in its selectors.
func (r *renderer) extraOwnLabels() map[string]string {
	if r.plan.OfProject {
		return map[string]string{labelManagedBy: managedBy, labelPartOf: r.plan.Project}
	}
	return map[string]string{labelManagedBy: managedBy, labelRun: r.sharedName()}
}

// extra makes one object, whose kind and metadata are right.
func (r *renderer) extra(path string, written map[string]any, kind extraKind) (Object, bool) {
	// Kinds without a Go type are not checked: every field of theirs may be right.
	value := kind.object()
	if problems := r.shapeProblems(diag.WrongType, path, written, value, false); kind.make != nil && len(problems) > 0 {
		r.problems = append(r.problems, problems...)
		return Object{}, false
	}
	text, err := json.Marshal(written)
	if err == nil {
		err = json.Unmarshal(text, value)
	}
	if err != nil {
		r.problem(diag.WrongType, path, "this is no object of kind "+kind.name, "write it as `kubectl apply` takes it")
		return Object{}, false
	}
	at := r.begin(path, "")
	for _, key := range []string{"apiVersion", "kind"} {
		copied(at, key, path+"."+key, "")
	}
	at.set(origin{plan: path, follows: true})
	if !r.plan.OfProject {
		value.SetNamespace(computed(at, "metadata.namespace", "namespace", "an object of extra lives in the run's namespace", r.plan.Namespace))
	} else if value.GetNamespace() == "" && kind.namespaced() && r.plan.Namespace != "" {
		value.SetNamespace(computed(at, "metadata.namespace", "namespace", "an object without a namespace lives in the project's", r.plan.Namespace))
	}
	labels := value.GetLabels()
	for key, own := range r.extraOwnLabels() {
		put(at.in("metadata.labels"), &labels, key, origin{plan: "name", reason: "says whose object it is"}, own)
	}
	value.SetLabels(labels)
	if kind.data {
		annotate(at, value, origin{reason: reasonClaimStays}, claimAnnotations)
	}
	r.annotateWave(at, value)
	r.protectFromFlux(at, value)
	// Names may have colons, as those of RBAC do, and files may not everywhere. A project's object may stand in another
	// namespace, which its file then says.
	o := Object{Kind: kind.name, APIVersion: kind.apiVersion, Namespace: value.GetNamespace(), Name: value.GetName(), Plan: r.plan, extra: path}
	o.File = fmt.Sprintf("extra-%s-%s.yaml", strings.ToLower(kind.name), strings.ReplaceAll(o.Name, ":", "_"))
	if o.Namespace != r.plan.Namespace && o.Namespace != "" {
		o.File = fmt.Sprintf("extra-%s-%s.%s.yaml", strings.ToLower(kind.name), strings.ReplaceAll(o.Name, ":", "_"), o.Namespace)
	}
	o.Value = value
	// The printer writes maps as they are, and would take the wrapper for a struct.
	if u, ok := value.(*unstructured.Unstructured); ok {
		o.Value = u.Object
	}
	if r.files != nil {
		r.files[o.File] = at.record
	}
	return o, true
}

// extraTwins refuses an object of extra that another one of the run's already is.
func (r *renderer) extraTwins(objects []Object) {
	if len(r.spec.Extra) == 0 {
		return
	}
	type id struct{ kind, namespace, name string }
	first := map[id]string{}
	for _, o := range objects {
		if o.extra == "" {
			first[id{o.Kind, o.Namespace, o.Name}] = "the run itself makes"
			if k, err := o.Row(); err == nil && k.Services {
				first[id{"Service", o.Namespace, o.Name}] = "the controller of the run's " + o.Kind + " makes"
			}
		}
	}
	for _, o := range objects {
		if o.extra == "" {
			continue
		}
		this := id{o.Kind, o.Namespace, o.Name}
		if who := first[this]; who != "" {
			r.problem(diag.Duplicate, o.extra+".metadata.name", fmt.Sprintf("%s a %s named %s already", who, o.Kind, diag.Quote(o.Name)), "give this one another name, or remove it")
		}
		first[this] = "extra has"
	}
}

// IsExtra reports whether the object is one that the run brings in Kubernetes' own form.
func (o *Object) IsExtra() bool { return o.extra != "" }
