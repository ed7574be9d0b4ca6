package schema

import (
	"cmp"
	"strings"
)

// The cluster that Argo CD runs in, by address and by name.
const argoCluster, argoClusterName = "https://kubernetes.default.svc", "in-cluster"

// ArgoTarget is where Argo CD deploys an environment: its own project, and a cluster either by address or by name.
// Server is a URL; of Server and Name one is set.
type ArgoTarget struct{ Project, Server, Name string }

// ArgoTargetOf is the target of an environment: what the environment says of the cluster counts as a whole.
func ArgoTargetOf(project *ArgoCD, environment *ArgoCDEnvironment) ArgoTarget {
	t := ArgoTarget{Project: cmp.Or(project.Project, "default"), Server: project.Server, Name: project.ClusterName}
	if e := environment; e != nil {
		t.Project = cmp.Or(e.Project, t.Project)
		if e.Server != "" || e.ClusterName != "" {
			t.Server, t.Name = e.Server, e.ClusterName
		}
	}
	if t.Server == "" && t.Name == "" {
		t.Server = argoCluster
	}
	return t
}

// Cluster is the cluster, as far as names tell: one may be known by an address here and by a name there.
func (t ArgoTarget) Cluster() string {
	if t.Name == argoClusterName {
		return argoCluster
	}
	return strings.TrimSuffix(t.Server, "/") + t.Name
}
