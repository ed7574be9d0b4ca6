package rules

import (
	"fmt"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// env judges the variables of a container (ValidateEnv). A name may have any printable character of ASCII but '='.
func (j *judge) env(p *pod, c *container) {
	list := c.at.in("env")
	for i := range c.Env {
		e, at := &c.Env[i], list.item(i)
		if e.Name == "" {
			j.missing(diag.Env, at, "name", "write name: <variable>")
		} else {
			j.named(&envName, e.Name, at.in("name"))
		}
		j.valueFrom(p, e, at)
	}
	j.hidden(c.Env, list)
}

// hidden: of two variables of one name the second counts, which is meant only where it builds on the first.
func (j *judge) hidden(env []corev1.EnvVar, list *place) {
	for i, first := range alike(env, func(e *corev1.EnvVar) string { return e.Name }) {
		e := &env[i]
		reference := "$(" + e.Name + ")"
		if e.ValueFrom != nil || e.Value == reference || !strings.Contains(e.Value, reference) {
			j.twice("variable "+diag.Quote(e.Name), list.item(first).in("name"), list.item(i).in("name"))
		}
	}
}

// source is one of the places that a value can come from, of which there may be one.
type source struct {
	key string
	is  bool
}

// one counts the sources that are there: exactly one is right. It reports the first that is, and whether it is the only
// one.
func (j *judge) one(code diag.Code, sources []source, at *place) (string, bool) {
	first := ""
	for _, s := range sources {
		switch {
		case !s.is:
		case first == "":
			first = s.key
		default:
			p := j.refuse(code, at.in(s.key), fmt.Sprintf("%s has both %s and %s, and only one is possible", at.name(), first, s.key), "keep one of the two", at.in(first))
			p.AtKey = true
			return first, false
		}
	}
	if first == "" {
		keys := make([]string, len(sources))
		for i, s := range sources {
			keys[i] = s.key
		}
		j.absent(code, at, fmt.Sprintf("%s is empty", at.name()), "write "+diag.OneOf(keys))
	}
	return first, first != ""
}

// valueFrom: a variable has a value of its own or one from elsewhere, and from one place only. An empty value beside
// valueFrom is none.
func (j *judge) valueFrom(p *pod, e *corev1.EnvVar, variable *place) {
	v := e.ValueFrom
	if v == nil {
		return
	}
	at := variable.in("valueFrom")
	if e.Value != "" {
		// Both may come from different authors, such as a run and a patch: the key is pointed at, not what stands below
		// it.
		q := j.refuse(diag.Env, at, "variable "+diag.Quote(e.Name)+" has both value and valueFrom, and only one is possible", "keep one of the two", variable.in("value"))
		q.AtKey = true
	}
	j.one(diag.Env, []source{
		{"fieldRef", v.FieldRef != nil}, {"resourceFieldRef", v.ResourceFieldRef != nil}, {"configMapKeyRef", v.ConfigMapKeyRef != nil},
		{"secretKeyRef", v.SecretKeyRef != nil}, {"fileKeyRef", v.FileKeyRef != nil},
	}, at)
	if v.FieldRef != nil {
		j.fieldRef(v.FieldRef, envFields, at.in("fieldRef"))
	}
	if v.ResourceFieldRef != nil {
		j.resourceFieldRef(p, v.ResourceFieldRef, false, at.in("resourceFieldRef"))
	}
	if r := v.ConfigMapKeyRef; r != nil {
		j.keyRef("ConfigMap", r.Name, r.Key, at.in("configMapKeyRef"))
	}
	if r := v.SecretKeyRef; r != nil {
		j.keyRef("Secret", r.Name, r.Key, at.in("secretKeyRef"))
	}
	if v.FileKeyRef != nil {
		j.fileKeyRef(p, v.FileKeyRef, at.in("fileKeyRef"))
	}
}

// keyRef judges a reference to one key of a ConfigMap or Secret. Whether the object is there, only the cluster knows.
func (j *judge) keyRef(kind, name, key string, at *place) {
	if name == "" {
		j.missing(diag.Env, at, "name", "name the "+kind)
	} else {
		j.named(&dnsName, name, at.in("name"))
	}
	if key == "" {
		j.missing(diag.Env, at, "key", "name the key in the "+kind)
	} else {
		j.named(&dataKey, key, at.in("key"))
	}
}

// fileKeyRef judges a variable that an init container writes into a file: the file has to be in an emptyDir of the same
// pod.
func (j *judge) fileKeyRef(p *pod, r *corev1.FileKeySelector, at *place) {
	if r.Key == "" {
		j.missing(diag.Env, at, "key", "name the variable in the file")
	} else {
		j.named(&envName, r.Key, at.in("key"))
	}
	if r.Path == "" {
		j.missing(diag.Env, at, "path", "name the file in the volume")
	} else {
		j.relative(diag.Env, r.Path, at.in("path"))
	}
	volume := p.volume(r.VolumeName)
	switch {
	case r.VolumeName == "":
		j.missing(diag.Env, at, "volumeName", "name an emptyDir volume of the pod")
	case volume == nil:
		j.noVolume(p, r.VolumeName, at.in("volumeName"))
	case volume.EmptyDir == nil:
		j.refuse(diag.Env, at.in("volumeName"), fmt.Sprintf("volume %s is not an emptyDir", diag.Quote(r.VolumeName)), "name an emptyDir volume")
	}
}

// The fields of a pod that a variable and a file can hold (validEnvDownwardAPIFieldPathExpressions and
// validVolumeDownwardAPIFieldPathExpressions of core/validation).
var (
	envFields = []string{
		"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
		"status.podIP", "status.podIPs",
	}
	fileFields = []string{"metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"}
)

// fieldRef judges a field of the pod by what variables know of it, or files of the downward API; known lists those
// without a key. Labels and annotations are the fields that take one, in brackets.
func (j *judge) fieldRef(r *corev1.ObjectFieldSelector, known []string, at *place) {
	if r.APIVersion != "" && r.APIVersion != "v1" {
		oneOf(j, diag.Env, r.APIVersion, at.in("apiVersion"), "v1")
		return
	}
	here := at.in("fieldPath")
	if r.FieldPath == "" {
		j.missing(diag.Env, at, "fieldPath", "write "+diag.OneOf(known))
		return
	}
	field, key, subscripted := subscript(r.FieldPath)
	switch {
	case !subscripted:
		oneOf(j, diag.Env, field, here, known...)
	case field == "metadata.annotations":
		j.named(&qualified, strings.ToLower(key), here)
	case field == "metadata.labels":
		j.named(&qualified, key, here)
	default:
		oneOf(j, diag.Env, r.FieldPath, here, known...)
	}
}

// subscript splits metadata.labels['key'].
func subscript(path string) (field, key string, ok bool) {
	inner, ok := strings.CutSuffix(path, "']")
	if !ok {
		return path, "", false
	}
	field, key, ok = strings.Cut(inner, "['")
	if !ok || field == "" {
		return path, "", false
	}
	return field, key, true
}

// containerResources are what a container can learn of its own resources.
var resourceFields = []string{
	"limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
}

// The divisors of an amount (validContainerResourceDivisorForCPU and ...ForMemory).
var (
	cpuDivisors  = []string{"1m", "1"}
	byteDivisors = []string{"1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"}
)

// resourceFieldRef judges a reference to a container's own request or limit. A variable means its own container unless
// it names one; a file belongs to no container, and has to. A divisor is the unit in which the amount is given.
func (j *judge) resourceFieldRef(p *pod, r *corev1.ResourceFieldSelector, inFile bool, at *place) {
	huge := strings.HasPrefix(r.Resource, "limits.hugepages-") || strings.HasPrefix(r.Resource, "requests.hugepages-")
	switch {
	case inFile && r.ContainerName == "":
		j.missing(diag.Env, at, "containerName", "name a container of the pod")
	case r.Resource == "":
		j.missing(diag.Env, at, "resource", "write "+diag.OneOf(resourceFields))
	case !huge:
		oneOf(j, diag.Env, r.Resource, at.in("resource"), resourceFields...)
	}
	if r.ContainerName != "" && !p.hasContainer(r.ContainerName) {
		j.noContainer(p, r.ContainerName, at.in("containerName"))
	}
	if !r.Divisor.IsZero() {
		// All but cpu is counted in bytes.
		divisors := byteDivisors
		if strings.HasSuffix(r.Resource, ".cpu") {
			divisors = cpuDivisors
		}
		oneOf(j, diag.Env, r.Divisor.String(), at.in("divisor"), divisors...)
	}
}

// noContainer refuses the name of a container that the pod has not, and lists those that it has.
func (j *judge) noContainer(p *pod, name string, at *place) {
	var names []string
	p.eachContainer(func(c *corev1.Container, _ *place) { names = append(names, c.Name) })
	message := fmt.Sprintf("the pod has no container %s: it has %s", diag.Quote(name), diag.AllOf(few(names)))
	problem := j.absent(diag.WrongValue, at, message, "write "+diag.OneOf(few(names)), p.at.in("containers"))
	if best, ok := diag.Nearest(name, names); ok {
		problem.Replace = best
	}
}

// few is as much of a list as a message has room for.
func few(names []string) []string {
	if len(names) > 12 {
		return append(names[:11:11], fmt.Sprintf("%d more", len(names)-11))
	}
	return names
}

// envFrom judges what brings all keys of a ConfigMap or Secret as variables. Which keys there are, only the cluster
// knows.
func (j *judge) envFrom(_ *pod, c *container) {
	for i := range c.EnvFrom {
		e, at := &c.EnvFrom[i], c.at.in("envFrom").item(i)
		j.optional(&envName, e.Prefix, at.in("prefix"))
		j.one(diag.Env, []source{{"configMapRef", e.ConfigMapRef != nil}, {"secretRef", e.SecretRef != nil}}, at)
		if r := e.ConfigMapRef; r != nil {
			j.reference(diag.Env, "ConfigMap", r.Name, at.in("configMapRef"))
		}
		if r := e.SecretRef; r != nil {
			j.reference(diag.Env, "Secret", r.Name, at.in("secretRef"))
		}
	}
}

// reference judges a mapping that names an object.
func (j *judge) reference(code diag.Code, kind, name string, at *place) {
	if name == "" {
		j.missing(code, at, "name", "name the "+kind)
	}
	j.optional(&dnsName, name, at.in("name"))
}
