package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// maxAnnotations is Kubernetes' limit on all annotations of an object together, in bytes (TotalAnnotationSizeLimitB).
const maxAnnotations = 256 << 10

// relaxedServiceNames is the Kubernetes minor version since which the name of a Service may begin with a digit
// (RelaxedServiceNameValidation).
const relaxedServiceNames = 36

// objectName: the name of a Service becomes a label of DNS, in an older Kubernetes with a letter first; that of any
// other object is a DNS name.
func (j *judge) objectName(o metav1.Object, m *metav1.ObjectMeta, at *place) {
	if m.Name == "" {
		return // made of a generateName, or still to come
	}
	_, service := o.(*corev1.Service)
	switch {
	case service && j.minor < relaxedServiceNames:
		j.named(&oldServiceName, m.Name, at.in("name"))
	case service:
		j.named(&dnsLabel, m.Name, at.in("name"))
	default:
		j.named(&dnsName, m.Name, at.in("name"))
	}
}

// labels judges the labels of an object or of a template.
func (j *judge) labels(m *metav1.ObjectMeta, at *place) { j.labelMap(m.Labels, at.in("labels")) }

// labelMap judges labels, and selectors that are written as labels.
func (j *judge) labelMap(labels map[string]string, at *place) {
	for key, value := range labels {
		j.key(&labelKey, key, at.in(key))
		j.named(&labelValue, value, at.in(key))
	}
}

// annotations: keys are qualified names, whose case does not count here, and values may be anything up to a limit on
// all of them together (ValidateAnnotations).
func (j *judge) annotations(m *metav1.ObjectMeta, at *place) {
	size := 0
	for key, value := range m.Annotations {
		j.key(&qualified, strings.ToLower(key), at.in("annotations").in(key))
		size += len(key) + len(value)
	}
	if size > maxAnnotations {
		j.refuse(diag.OutOfRange, at.in("annotations"),
			fmt.Sprintf("the annotations have %d bytes together, and Kubernetes takes %d", size, maxAnnotations), "move what is long into a ConfigMap")
	}
}

// finalizers: a name without a domain has to be one of Kubernetes' own (ValidateFinalizerName).
func (j *judge) finalizers(m *metav1.ObjectMeta, at *place) {
	for i, name := range m.Finalizers {
		here := at.in("finalizers").item(i)
		j.named(&qualified, name, here)
		if !strings.Contains(name, "/") && name != metav1.FinalizerOrphanDependents && name != metav1.FinalizerDeleteDependents && name != string(corev1.FinalizerKubernetes) {
			j.refuse(diag.BadName, here, fmt.Sprintf("finalizer %s has no domain", diag.Quote(name)), "write one such as example.com/cleanup")
		}
	}
}

// orphans: what becomes of an object's own objects when it goes is one thing.
func (j *judge) orphans(m *metav1.ObjectMeta, at *place) {
	first, second := slices.Index(m.Finalizers, metav1.FinalizerOrphanDependents), slices.Index(m.Finalizers, metav1.FinalizerDeleteDependents)
	if first >= 0 && second >= 0 {
		j.refuse(diag.WrongValue, at.in("finalizers").item(max(first, second)), "finalizers orphan and foregroundDeletion contradict one another",
			"take one of the two out", at.in("finalizers").item(min(first, second)))
	}
}

// owners refuses owner references: they hold the uid of the owner, which what stands in Git cannot know.
func (j *judge) owners(m *metav1.ObjectMeta, at *place) {
	if len(m.OwnerReferences) > 0 {
		j.excess(diag.WrongValue, at.in("ownerReferences"), "name objects by their uid, which only the cluster knows")
	}
}

// clusterFields refuses what the cluster writes: it is dropped, or refused when the object is created.
func (j *judge) clusterFields(m *metav1.ObjectMeta, at *place) {
	for _, f := range []struct {
		key string
		is  bool
	}{
		{"uid", m.UID != ""}, {"resourceVersion", m.ResourceVersion != ""}, {"generation", m.Generation != 0},
		//lint:ignore SA1019 what a cluster wrote long ago may still be pasted
		{"selfLink", m.SelfLink != ""},
		{"creationTimestamp", !m.CreationTimestamp.IsZero()}, {"deletionTimestamp", m.DeletionTimestamp != nil},
		{"deletionGracePeriodSeconds", m.DeletionGracePeriodSeconds != nil}, {"managedFields", m.ManagedFields != nil},
	} {
		if f.is {
			j.excess(diag.WrongValue, at.in(f.key), "is written by the cluster")
		}
	}
}

// status refuses what a paste of a running object brings along. Kinds without a status are fine.
func (j *judge) status(o metav1.Object, root *place) {
	if s := reflect.ValueOf(o).Elem().FieldByName("Status"); s.IsValid() && !s.IsZero() {
		j.excess(diag.WrongValue, root.in("status"), "is written by the cluster")
	}
}

// labelSelector judges a selector of labels (ValidateLabelSelector); requirements of node affinity are others.
func (j *judge) labelSelector(s *metav1.LabelSelector, at *place) {
	if s == nil {
		return
	}
	j.labelMap(s.MatchLabels, at.in("matchLabels"))
	for i := range s.MatchExpressions {
		r, here := &s.MatchExpressions[i], at.in("matchExpressions").item(i)
		j.named(&labelKey, r.Key, here.in("key"))
		j.operands(string(r.Operator), r.Values, here, string(metav1.LabelSelectorOpIn), string(metav1.LabelSelectorOpNotIn),
			string(metav1.LabelSelectorOpExists), string(metav1.LabelSelectorOpDoesNotExist))
	}
}

// operands: In and NotIn have values, Exists and DoesNotExist have none, Gt and Lt have one number.
func (j *judge) operands(operator string, values []string, at *place, known ...string) {
	switch {
	case operator == "":
		j.missing(diag.Scheduling, at, "operator", "write operator: "+diag.OneOf(known))
		return
	// What the values should be follows from the operator, and is not told for an unknown one.
	case !slices.Contains(known, operator):
		oneOf(j, diag.Scheduling, operator, at.in("operator"), known...)
		return
	}
	switch operator {
	case "In", "NotIn":
		if len(values) == 0 {
			j.absent(diag.Scheduling, at.in("values"), "operator "+operator+" compares with values, and there are none",
				"write values: [<value>], or operator: "+map[string]string{"In": "Exists", "NotIn": "DoesNotExist"}[operator], at.in("operator"), at)
		}
		for i, value := range values {
			j.named(&labelValue, value, at.in("values").item(i))
		}
	case "Exists", "DoesNotExist":
		if len(values) > 0 {
			j.refuse(diag.Scheduling, at.in("values"), "operator "+operator+" compares no values", "remove values, or write operator: "+map[string]string{"Exists": "In", "DoesNotExist": "NotIn"}[operator], at.in("operator"))
		}
	case "Gt", "Lt":
		if len(values) != 1 {
			j.absent(diag.Scheduling, at.in("values"), fmt.Sprintf("operator %s compares with one whole number, and values has %d", operator, len(values)), "write values: [\"<number>\"]", at.in("operator"), at)
		}
	}
}

// templateMeta judges the metadata of what Kubernetes makes of a template: it has labels and annotations alone.
func (j *judge) templateMeta(m *metav1.ObjectMeta, at *place) {
	j.labels(m, at)
	j.annotations(m, at)
	// The controller that makes objects of the template names them, in its own namespace.
	for _, f := range []need{{"name", m.Name}, {"generateName", m.GenerateName}, {"namespace", m.Namespace}} {
		if f.text != "" {
			j.excess(diag.WrongValue, at.in(f.key), "is not for a template to say")
		}
	}
	if len(m.Finalizers) > 0 {
		j.excess(diag.WrongValue, at.in("finalizers"), "are not for a template to say")
	}
	j.owners(m, at)
	j.clusterFields(m, at)
}
