package review

import (
	"fmt"
	"slices"
	"strings"

	"berth/renderers"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// Fact is one thing about a run that is new, such as its image: nobody has seen it before.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// about says what a run is: what it runs, asks for, when, and what it reads of the cluster. Nothing for no run.
func about(r *Run) []Fact {
	template := podTemplate(r)
	if template == nil {
		return nil
	}
	f := &facts{}
	if c, ok := workload(r).Value.(*batchv1.CronJob); ok && r.Plan.Spec.RunPolicy != schema.RunPolicyTemplate {
		f.add("schedule", scheduleText(c)+also(suspended(c), ", suspended"))
	}
	for i, c := range template.Spec.Containers {
		f.container(c, also(i > 0, " of "+c.Name))
	}
	for _, c := range template.Spec.InitContainers {
		f.container(c, " of "+c.Name)
	}
	f.add("resources", r.resources(template))
	if r.Plan.Machine != nil {
		f.add("profile", r.Plan.Machine.Profile)
	}
	f.add("queue", r.queue())
	if name := template.Spec.ServiceAccountName; name != "" {
		f.add("service account", name)
	}
	read := reads{}
	read.pod(&template.Spec)
	for _, thing := range []string{"secret", "config map", "claim"} {
		f.add(thing+also(len(read[thing]) > 1, "s"), strings.Join(read[thing], ", "))
	}
	return f.all
}

// facts gathers facts, in order; what there is nothing to say of is left out.
type facts struct{ all []Fact }

// add adds a fact; an empty value is none.
func (f *facts) add(name, value string) {
	if value != "" {
		f.all = append(f.all, Fact{name, value})
	}
}

// container says what a container runs; whose is empty for the run's own.
func (f *facts) container(c corev1.Container, whose string) {
	f.add("image"+whose, c.Image)
	var words []string
	for _, word := range slices.Concat(c.Command, c.Args) {
		words = append(words, shown(word))
	}
	f.add("command"+whose, strings.Join(words, " "))
}

// podTemplate is what the pods of a run are made of.
func podTemplate(r *Run) *corev1.PodTemplateSpec {
	o := workload(r)
	if o.Value == nil {
		return nil
	}
	template, err := renderers.PodTemplate(o.Value)
	if err != nil {
		return nil
	}
	return template
}

// resources are what a pod asks for, and how many pods there are at a time.
func (r *Run) resources(template *corev1.PodTemplateSpec) string {
	var parts []string
	for _, f := range figures(Total{Before: demand{}.shown(), After: r.podDemand(template).shown()}) {
		if f.Name == "cpu" || f.Name == "memory" {
			parts = append(parts, f.Name+" "+f.After)
			continue
		}
		parts = append(parts, f.After+" × "+f.Name)
	}
	if n := pods(workload(r)); n > 1 && len(parts) > 0 {
		return fmt.Sprintf("%s for each of %d pods", strings.Join(parts, ", "), n)
	}
	return strings.Join(parts, ", ")
}

// reads are the names of what a pod reads of its namespace, by kind, each once.
type reads map[string][]string

// add notes an object that is read, once; an empty name is none.
func (r reads) add(kind, name string) {
	if name != "" && !slices.Contains(r[kind], name) {
		r[kind] = append(r[kind], name)
	}
}

// pod notes what a pod reads of its namespace: Secrets, ConfigMaps and claims, by name.
func (r reads) pod(spec *corev1.PodSpec) {
	for _, c := range slices.Concat(spec.Containers, spec.InitContainers) {
		r.container(c)
	}
	for _, s := range spec.ImagePullSecrets {
		r.add("secret", s.Name)
	}
	for _, v := range spec.Volumes {
		r.volume(v.VolumeSource)
	}
}

// container notes what a container's variables come from.
func (r reads) container(c corev1.Container) {
	for _, from := range c.EnvFrom {
		if from.SecretRef != nil {
			r.add("secret", from.SecretRef.Name)
		}
		if from.ConfigMapRef != nil {
			r.add("config map", from.ConfigMapRef.Name)
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			continue
		}
		if s := e.ValueFrom.SecretKeyRef; s != nil {
			r.add("secret", s.Name)
		}
		if m := e.ValueFrom.ConfigMapKeyRef; m != nil {
			r.add("config map", m.Name)
		}
	}
}

// volume notes what a volume is filled from, also within a projected one.
func (r reads) volume(v corev1.VolumeSource) {
	if v.Secret != nil {
		r.add("secret", v.Secret.SecretName)
	}
	if v.ConfigMap != nil {
		r.add("config map", v.ConfigMap.Name)
	}
	if v.PersistentVolumeClaim != nil {
		r.add("claim", v.PersistentVolumeClaim.ClaimName)
	}
	if v.CSI != nil && v.CSI.NodePublishSecretRef != nil {
		r.add("secret", v.CSI.NodePublishSecretRef.Name)
	}
	if v.Projected == nil {
		return
	}
	for _, s := range v.Projected.Sources {
		if s.Secret != nil {
			r.add("secret", s.Secret.Name)
		}
		if s.ConfigMap != nil {
			r.add("config map", s.ConfigMap.Name)
		}
	}
}
