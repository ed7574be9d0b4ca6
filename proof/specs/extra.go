package specs

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"

	"berth/renderers"

	"sigs.k8s.io/yaml"
)

//go:embed objects.yaml
var richObjects string

// Rich are good objects of Kubernetes' own kinds that have much of what their types can hold.
var Rich = sync.OnceValue(func() []Object {
	var all []Object
	for _, text := range strings.Split(richObjects, "\n---\n") {
		var o Object
		if err := yaml.UnmarshalStrict([]byte(text), &o); err != nil {
			panic(err) // of a file beside this one
		}
		all = append(all, copyOf(o).(Object))
	}
	return all
})

// Like is an empty object of the type that an object has; nil for one of another API.
func Like(o Object) any {
	var head struct{ APIVersion, Kind string }
	text, err := json.Marshal(o)
	if err == nil {
		err = json.Unmarshal(text, &head)
	}
	if like := renderers.NewObject(head.APIVersion, head.Kind); err == nil && like != any(nil) {
		return like
	}
	return nil
}

// extras are whole objects beside the run's own: good ones, changed at a place, and those of other APIs.
func extras(g *Gen) any {
	return g.list(1, 2, func(g *Gen) any {
		if g.chance(10) {
			return Object{"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": Object{"name": g.fresh("extra")}, "spec": Object{"selector": Object{}}}
		}
		o := pick(g, Rich()...)
		switch o["kind"] {
		case "Job", "CronJob", "Deployment", "ResourceClaimTemplate":
			return nil
		}
		o = copyOf(o).(Object)
		if g.chance(70) {
			n := g.native()
			o = n.Changed(o, Like(o))
		}
		o["metadata"].(Object)["name"] = g.fresh("extra")
		return o
	})
}
