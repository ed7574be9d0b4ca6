package layouts

import (
	"cmp"
	"slices"
	"strings"

	"berth/renderers"
	"berth/schema"
)

// The fields of Argo CD's argoproj.io/v1alpha1 Application and ApplicationSet that are written.
type argoApplication struct {
	APIVersion string       `json:"apiVersion,omitempty"`
	Kind       string       `json:"kind,omitempty"`
	Metadata   crossPointer `json:"metadata"`
	Spec       argoSpec     `json:"spec"`
}

// argoSpec is the spec of an Argo CD Application: what it applies, where to, and how. SyncPolicy is nil where there is
// no option to say.
type argoSpec struct {
	Project           string           `json:"project"`
	Source            argoSource       `json:"source"`
	Destination       argoDestination  `json:"destination"`
	SyncPolicy        *argoSyncPolicy  `json:"syncPolicy,omitempty"`
	IgnoreDifferences []argoDifference `json:"ignoreDifferences,omitempty"`
}

// argoSource is a folder of a repository at a branch, tag or commit; HEAD is the default branch.
type argoSource struct {
	RepoURL        string `json:"repoURL"`
	TargetRevision string `json:"targetRevision"`
	Path           string `json:"path"`
}

// argoDestination is a cluster by its URL or by the name that Argo CD has for it: one of the two.
type argoDestination struct {
	Server string `json:"server,omitempty"`
	Name   string `json:"name,omitempty"`
}

// argoSyncPolicy has options in Argo CD's own form, Name=value.
type argoSyncPolicy struct {
	SyncOptions []string `json:"syncOptions"`
}

// argoDifference names the fields of one kind whose values in the cluster are no difference from Git.
type argoDifference struct {
	Group        string   `json:"group"`
	Kind         string   `json:"kind"`
	JSONPointers []string `json:"jsonPointers"`
}

// argoSet is an ApplicationSet, which makes an Application of each element of its list.
type argoSet struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Metadata   crossPointer `json:"metadata"`
	Spec       argoSetSpec  `json:"spec"`
}

// argoSetSpec has the template with fields of the element in it. GoTemplateOptions make a field that is missing an
// error, and not the text <no value>.
type argoSetSpec struct {
	GoTemplate        bool            `json:"goTemplate"`
	GoTemplateOptions []string        `json:"goTemplateOptions"`
	Generators        []argoGenerator `json:"generators"`
	Template          argoApplication `json:"template"`
}

// argoGenerator is one source of elements: here a list that stands in the set itself.
type argoGenerator struct {
	List argoList `json:"list"`
}

// argoList has one element for each environment.
type argoList struct {
	Elements []argoElement `json:"elements"`
}

// argoElement is what is an environment's own. Project, server and name stand there where environments differ in them.
type argoElement struct {
	Environment string  `json:"environment"`
	Path        string  `json:"path"`
	Project     string  `json:"project,omitempty"`
	Server      *string `json:"server,omitempty"`
	Name        *string `json:"name,omitempty"`
}

// argoAPI is the version of Argo CD's objects.
const argoAPI = "argoproj.io/v1alpha1"

// argoApplicationOf makes Argo CD show, and on request sync, one environment.
func argoApplicationOf(d Delivery, one delivered) *argoApplication {
	return &argoApplication{
		APIVersion: argoAPI,
		Kind:       "Application",
		Metadata:   crossPointer{Name: one.name, Namespace: argoNamespace(d)},
		Spec:       argoSpecOf(d, argoPath(d, one), one.target, one.queued),
	}
}

// argoApplicationSet makes an Application of each environment.
func argoApplicationSet(d Delivery, all []delivered) *argoSet {
	var list argoList
	var queued []*renderers.Kind
	// Where all environments go to one place, it stands in the template, and the elements need not say it.
	same, into := true, all[0].target
	for _, one := range all {
		same = same && one.target == into
		queued = append(queued, one.queued...)
	}
	for _, one := range all {
		element := argoElement{Environment: one.environment, Path: argoPath(d, one)}
		if !same {
			// Pointers, so that an empty one is written too: with missingkey=error a template may not ask for what is
			// not there.
			element.Project, element.Server, element.Name = one.target.Project, &one.target.Server, &one.target.Name
		}
		list.Elements = append(list.Elements, element)
	}
	if !same {
		into = schema.ArgoTarget{Project: "{{.project}}", Server: "{{.server}}", Name: "{{.name}}"}
	}
	return &argoSet{
		APIVersion: argoAPI,
		Kind:       "ApplicationSet",
		Metadata:   crossPointer{Name: d.Project, Namespace: argoNamespace(d)},
		Spec: argoSetSpec{
			GoTemplate:        true,
			GoTemplateOptions: []string{"missingkey=error"},
			Generators:        []argoGenerator{{list}},
			Template: argoApplication{
				Metadata: crossPointer{Name: d.Project + "-{{.environment}}"}, Spec: argoSpecOf(d, "{{.path}}", into, queued),
			},
		},
	}
}

// argoSpecOf is the spec of an Application that applies one folder. path is that folder from the root of the
// repository; queued are the kinds in it that Kueue holds back.
func argoSpecOf(d Delivery, path string, into schema.ArgoTarget, queued []*renderers.Kind) argoSpec {
	spec := argoSpec{
		Project:     into.Project,
		Source:      argoSource{RepoURL: d.ArgoCD.Repository, TargetRevision: cmp.Or(d.ArgoCD.Revision, "HEAD"), Path: path},
		Destination: argoDestination{Server: into.Server, Name: into.Name},
	}
	var options []string
	if only := d.ArgoCD.ApplyOutOfSyncOnly; only != nil && *only {
		options = append(options, "ApplyOutOfSyncOnly=true")
	}
	// Kueue suspends a Job and lets it go. A sync must neither call that a difference nor undo it.
	for _, k := range renderers.Kinds() {
		if slices.Contains(queued, k) {
			group, _, _ := strings.Cut(k.APIVersion, "/")
			pointer := "/" + strings.ReplaceAll(k.Queue, ".", "/")
			spec.IgnoreDifferences = append(spec.IgnoreDifferences, argoDifference{Group: group, Kind: k.Name, JSONPointers: []string{pointer}})
		}
	}
	if len(queued) > 0 {
		options = append(options, "RespectIgnoreDifferences=true")
	}
	if len(options) > 0 {
		spec.SyncPolicy = &argoSyncPolicy{SyncOptions: options}
	}
	return spec
}

// argoNamespace is where Argo CD looks for its Applications.
func argoNamespace(d Delivery) string { return cmp.Or(d.ArgoCD.Namespace, "argocd") }

// argoPath is the folder of one delivery from the root of the repository; "." is the root itself, since Argo CD takes
// no empty path.
func argoPath(d Delivery, one delivered) string {
	return cmp.Or(inRepository(cmp.Or(d.ArgoCD.Path, d.Output), one.folder), ".")
}
