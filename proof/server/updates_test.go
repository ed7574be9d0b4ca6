package server

import (
	"net/http"
	"testing"
)

// updates are changes to an object that is in the cluster, and whether the server takes them: what a review may promise
// about a change in Git.
var updates = []struct {
	of, change, patch string
	taken             bool
}{
	{"job", "another image", `[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "a:2"}]`, false},
	{"job", "another label of the pod", `[{"op": "add", "path": "/spec/template/metadata/labels/x", "value": "y"}]`, false},
	{"job", "another annotation of the pod", `[{"op": "add", "path": "/spec/template/metadata/annotations", "value": {"x": "y"}}]`, false},
	{"job", "other resources", `[{"op": "replace", "path": "/spec/template/spec/containers/0/resources/requests/cpu", "value": "5"}]`, false},
	{"job", "another node selector", `[{"op": "replace", "path": "/spec/template/spec/nodeSelector", "value": {"a": "b"}}]`, false},
	{"job", "another completion mode", `[{"op": "add", "path": "/spec/completionMode", "value": "Indexed"}]`, false},
	{"job", "other completions", `[{"op": "replace", "path": "/spec/completions", "value": 2}]`, false},
	{"job", "a pod failure policy", `[{"op": "add", "path": "/spec/podFailurePolicy", "value": {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]}}]`, false},
	{"job", "another label", `[{"op": "add", "path": "/metadata/labels/x", "value": "y"}]`, true},
	{"job", "another annotation", `[{"op": "add", "path": "/metadata/annotations/x", "value": "y"}]`, true},
	{"job", "another backoff limit", `[{"op": "replace", "path": "/spec/backoffLimit", "value": 5}]`, true},
	{"job", "another deadline", `[{"op": "replace", "path": "/spec/activeDeadlineSeconds", "value": 5}]`, true},
	{"job", "other parallelism", `[{"op": "replace", "path": "/spec/parallelism", "value": 0}]`, true},
	{"job", "suspended", `[{"op": "add", "path": "/spec/suspend", "value": true}]`, true},
	{"job", "a time to live", `[{"op": "add", "path": "/spec/ttlSecondsAfterFinished", "value": 5}]`, true},
	{"indexed", "completions with parallelism", `[{"op": "replace", "path": "/spec/completions", "value": 3}, {"op": "replace", "path": "/spec/parallelism", "value": 3}]`, true},
	{"indexed", "completions alone", `[{"op": "replace", "path": "/spec/completions", "value": 3}]`, false},
	{"cronjob", "another schedule", `[{"op": "replace", "path": "/spec/schedule", "value": "0 3 * * *"}]`, true},
	{"cronjob", "another image", `[{"op": "replace", "path": "/spec/jobTemplate/spec/template/spec/containers/0/image", "value": "a:2"}]`, true},
	{"deployment", "another image", `[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "a:2"}]`, true},
	{"deployment", "another selector", `[{"op": "replace", "path": "/spec/selector/matchLabels", "value": {"tier": "web"}}]`, false},
	{"deployment", "another strategy", `[{"op": "replace", "path": "/spec/strategy", "value": {"type": "Recreate"}}]`, true},
	{"service", "another port", `[{"op": "replace", "path": "/spec/ports/0/port", "value": 81}]`, true},
	{"service", "another type", `[{"op": "replace", "path": "/spec/type", "value": "NodePort"}]`, true},
	{"service", "headless", `[{"op": "add", "path": "/spec/clusterIP", "value": "None"}]`, false},
	{"headless", "no longer headless", `[{"op": "remove", "path": "/spec/clusterIP"}]`, true},
	{"claim", "smaller", `[{"op": "replace", "path": "/spec/resources/requests/storage", "value": "50Gi"}]`, false},
	{"claim", "another access mode", `[{"op": "replace", "path": "/spec/accessModes", "value": ["ReadWriteMany"]}]`, false},
	{"claim", "another storage class", `[{"op": "replace", "path": "/spec/storageClassName", "value": "slow"}]`, false},
	{"claim", "another label", `[{"op": "add", "path": "/metadata/labels", "value": {"x": "y"}}]`, true},
	{"devices", "another count", `[{"op": "replace", "path": "/spec/spec/devices/requests/0/exactly/count", "value": 3}]`, false},
}

// TestUpdates applies each change the way a GitOps controller does, over the object as it was created.
func TestUpdates(t *testing.T) {
	c := needServer(t)
	makeNamespace(t, c, "ml", "")
	for _, u := range updates {
		t.Run(u.of+"/"+u.change, func(t *testing.T) {
			o := goodManifest(t, u.of)
			apply(t, c, o, o.yaml, true)
			defer remove(t, c, o)
			apply(t, c, o, patched(t, o.yaml, []byte(u.patch)), u.taken)
		})
	}
}

func apply(t *testing.T, c *cluster, o object, doc []byte, taken bool) {
	t.Helper()
	a := must(t)(c.send(http.MethodPatch, o.path(t)+"?fieldManager=gitops&force=true&fieldValidation=Strict", "application/apply-patch+yaml", doc))
	if got := a.Status/100 == 2; got != taken {
		t.Errorf("taken is %t: %d %s", got, a.Status, a.Body)
	}
}
