package workspace

import (
	"encoding/json"
	"maps"
	"slices"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
	"berth/renderers"

	corev1 "k8s.io/api/core/v1"
)

// subject is one thing that policies are asked about: a run with all that is made of it, or one further container or image
// volume of its pods, in the words of a run. What a policy says of a container holds for each of them.
type subject struct {
	text []byte
	// main says that it is the run itself, with its own container.
	main bool
	// of is the object that the container or volume is in, and at its path there; pod is the path of the pod's spec. Less than
	// 0 where there is no such object.
	of      int
	at, pod string
	// together says that it is the project's own objects and their images, and no run.
	together bool
	// volume says that it is an image volume.
	volume bool
	// gpu is what the run's word gpu means.
	gpu corev1.ResourceName
}

// asking is what the policies of a workspace have to be told.
type asking struct {
	containers, objects, images bool
}

// asking reads what the policies speak of, so that a run brings no more than that.
func (w *Workspace) asking() (a asking) {
	for _, p := range w.Policies {
		a.objects = a.objects || p.Speaks(compiler.PolicyObjects)
		a.images = a.images || p.Speaks(compiler.PolicyImages)
		a.containers = a.containers || slices.ContainsFunc(p.Mentions, func(m source.Mention) bool {
			return m.Path[0] == "spec" && (len(m.Path) == 1 || wordsOfContainers[m.Path[1]] != "" || m.Path[1] == source.EachOf)
		})
	}
	return a
}

// subjects are what the policies are asked about a unit. Of a run that was refused, only its own words are known.
func (w *Workspace) subjects(u *Unit, a asking) []subject {
	words := u.Words()
	run := subject{main: true, of: -1}
	if u.Refused {
		return []subject{run.with(words)}
	}
	var others []subject
	for i := range u.Objects {
		if a.containers {
			others = append(others, u.inPods(i, words, &run)...)
		}
	}
	u.together(words, a)
	return append([]subject{run.with(words)}, others...)
}

// together adds all objects and all images, where policies speak of them.
func (u *Unit) together(words map[string]any, a asking) {
	if a.objects {
		words[compiler.PolicyObjects] = objectsByName(u.Objects)
	}
	if a.images {
		images := []string{}
		for _, image := range imagesOf(u.Objects) {
			images = append(images, image.reference)
		}
		words[compiler.PolicyImages] = images
	}
}

// with is the subject with the words that policies may ask about, as the JSON that CUE reads.
func (s subject) with(words map[string]any) subject {
	s.text, _ = json.Marshal(words) // plain data always encodes
	return s
}

// inPods are the containers and image volumes of an object's pods. What the object says of the run's own container goes into
// the run's words: a patch may have changed it, and a level of hardening says it without a word of its own.
func (u *Unit) inPods(i int, words map[string]any, run *subject) []subject {
	o := &u.Objects[i]
	template, at := o.Pods()
	if template == nil {
		return nil
	}
	pod := at + ".spec"
	var all []subject
	own := mainContainer(&template.Spec, o)
	for _, c := range containersOf(&template.Spec) {
		s := subject{of: i, at: pod + "." + c.at, pod: pod, gpu: u.gpuName()}
		spec := inWords(c.Container, template.Spec.SecurityContext, s.gpu)
		if c.at == own {
			s.main = true
			*run = s
			maps.Copy(words["spec"].(map[string]any), overResources(words["spec"].(map[string]any), spec))
			continue
		}
		all = append(all, s.with(replaced(words, spec)))
	}
	for k, v := range template.Spec.Volumes {
		if v.Image != nil {
			s := subject{of: i, at: diag.At(pod+".volumes", k) + ".image", pod: pod, volume: true}
			all = append(all, s.with(replaced(words, imageWords(v.Image))))
		}
	}
	return all
}

// replaced is a run with another container in the place of its own.
func replaced(words, container map[string]any) map[string]any {
	spec := maps.Clone(words["spec"].(map[string]any))
	maps.DeleteFunc(spec, func(word string, _ any) bool { return wordsOfContainers[word] != "" })
	maps.Copy(spec, container)
	with := maps.Clone(words)
	with["spec"] = spec
	return with
}

// overResources keeps the resources of a run that its container does not have: devices that the pod claims.
func overResources(run, container map[string]any) map[string]any {
	if have, ok := run["resources"].(map[string]any); ok {
		over := maps.Clone(have)
		if own, ok := container["resources"].(map[string]any); ok {
			maps.Copy(over, own)
		}
		container["resources"] = over
	}
	return container
}

// placed is a container with its path in the pod's spec.
type placed struct {
	*corev1.Container
	at string
}

// containersOf are all containers of a pod in the order they start in, each with its path in the pod's spec. They are not
// copies: what changes one changes the pod.
func containersOf(pod *corev1.PodSpec) []placed {
	var all []placed
	for i := range pod.InitContainers {
		all = append(all, placed{&pod.InitContainers[i], diag.At("initContainers", i)})
	}
	for i := range pod.Containers {
		all = append(all, placed{&pod.Containers[i], diag.At("containers", i)})
	}
	return all
}

// mainContainer is the path of the run's own container, which is the first; empty in an object of `extra`.
func mainContainer(pod *corev1.PodSpec, o *renderers.Object) string {
	if o.IsExtra() || len(pod.Containers) == 0 {
		return ""
	}
	return diag.At("containers", 0)
}

// objectsByName are objects by kind and name, amounts as numbers.
func objectsByName(objects []renderers.Object) map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, o := range objects {
		if all[o.Kind] == nil {
			all[o.Kind] = map[string]any{}
		}
		all[o.Kind][o.Name] = renderers.InNumbers(o.Value, compiler.Amount)
	}
	return all
}

// imageAt is an image with its object and place.
type imageAt struct {
	reference string
	of        int
	at        string
}

// imagesOf are all images of the objects' pods, in their order.
func imagesOf(objects []renderers.Object) []imageAt {
	var all []imageAt
	for i := range objects {
		template, at := objects[i].Pods()
		if template == nil {
			continue
		}
		pod := at + ".spec."
		for _, c := range containersOf(&template.Spec) {
			all = append(all, imageAt{c.Image, i, pod + c.at + ".image"})
		}
		for k, v := range template.Spec.Volumes {
			if v.Image != nil {
				all = append(all, imageAt{v.Image.Reference, i, diag.At(pod+"volumes", k) + ".image.reference"})
			}
		}
	}
	return all
}
