package rules

import (
	"fmt"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// accessModes: a claim has one mode at least, and ReadWriteOncePod excludes all others, since it promises one pod.
func (j *judge) accessModes(s *corev1.PersistentVolumeClaimSpec, at *place) {
	list := at.in("accessModes")
	if len(s.AccessModes) == 0 {
		j.absent(diag.Volume, list, "the claim has no access mode", "write accessModes: [ReadWriteOnce]", at)
	}
	alone := false
	for i := range s.AccessModes {
		oneOfPtr(j, diag.Volume, &s.AccessModes[i], list.item(i), corev1.ReadWriteOnce, corev1.ReadOnlyMany, corev1.ReadWriteMany, corev1.ReadWriteOncePod)
		alone = alone || s.AccessModes[i] == corev1.ReadWriteOncePod
	}
	if alone && len(s.AccessModes) > 1 {
		j.refuse(diag.Volume, list, "ReadWriteOncePod is an access mode that stands alone", "write ReadWriteOncePod, or the others")
	}
}

// storage: a claim asks for a size above 0, in whole bytes. What it asks for beside it is not for Kubernetes to
// understand, and only has to be a quantity that is kept as it is.
func (j *judge) storage(s *corev1.PersistentVolumeClaimSpec, at *place) {
	resources := at.in("resources")
	size, ok := s.Resources.Requests[corev1.ResourceStorage]
	here := resources.in("requests").in("storage")
	switch {
	case !ok:
		j.absent(diag.Volume, here, "the claim has no size", "write resources: {requests: {storage: 10Gi}}", at)
	case size.Sign() <= 0:
		j.refuse(diag.Volume, here, fmt.Sprintf("the size %s is not above 0", diag.Quote(size.String())), "write a quantity such as 10Gi")
	case size.MilliValue()%1000 != 0:
		j.refuse(diag.BadQuantity, here, fmt.Sprintf("the size %s is not a whole number of bytes", diag.Quote(size.String())), "write a quantity such as 10Gi")
	}
	eachAmount(&corev1.ResourceRequirements{Requests: s.Resources.Requests, Limits: s.Resources.Limits}, resources, func(name corev1.ResourceName, amount resource.Quantity, here *place) {
		if name != corev1.ResourceStorage && tooFine(amount) {
			j.refuse(diag.BadQuantity, here, fmt.Sprintf("%s %s is finer than a thousandth, and Kubernetes rounds it", name, diag.Quote(amount.String())), "write a quantity such as 1m or more")
		}
	})
	if most, limited := s.Resources.Limits[corev1.ResourceStorage]; limited && most.MilliValue()%1000 != 0 {
		j.refuse(diag.BadQuantity, resources.in("limits").in("storage"), fmt.Sprintf("the limit %s is not a whole number of bytes", diag.Quote(most.String())), "write a quantity such as 10Gi")
	}
}

// claimNames judges classes and the selector. An empty storage class is a word of its own: no class, and no default
// either.
func (j *judge) claimNames(s *corev1.PersistentVolumeClaimSpec, at *place) {
	if c := s.StorageClassName; c != nil {
		j.optional(&dnsName, *c, at.in("storageClassName"))
	}
	if c := s.VolumeAttributesClassName; c != nil {
		j.optional(&dnsName, *c, at.in("volumeAttributesClassName"))
	}
	oneOfPtr(j, diag.Volume, s.VolumeMode, at.in("volumeMode"), corev1.PersistentVolumeFilesystem, corev1.PersistentVolumeBlock)
	j.labelSelector(s.Selector, at.in("selector"))
}

// dataSources: what a claim is filled from. The two fields say the same, or one of them is left out.
func (j *judge) dataSources(s *corev1.PersistentVolumeClaimSpec, at *place) {
	a, b := s.DataSource, s.DataSourceRef
	if a != nil {
		j.dataSource(a.APIGroup, a.Kind, a.Name, at.in("dataSource"))
		j.droppedSource(a, at.in("dataSource"))
	}
	if b == nil {
		return
	}
	here := at.in("dataSourceRef")
	j.dataSource(b.APIGroup, b.Kind, b.Name, here)
	namespaced := b.Namespace != nil && *b.Namespace != ""
	if namespaced {
		j.named(&dnsLabel, *b.Namespace, here.in("namespace"))
	}
	if a != nil && (namespaced || a.Kind != b.Kind || a.Name != b.Name || (a.APIGroup == nil) != (b.APIGroup == nil) || a.APIGroup != nil && *a.APIGroup != *b.APIGroup) {
		j.refuse(diag.Volume, at.in("dataSource"), "dataSource and dataSourceRef differ", "write dataSourceRef alone", here)
	}
}

// droppedSource: of other kinds the server drops a dataSource without a word (pkg/api/persistentvolumeclaim).
func (j *judge) droppedSource(s *corev1.TypedLocalObjectReference, at *place) {
	group := ""
	if s.APIGroup != nil {
		group = *s.APIGroup
	}
	switch known := s.Kind + "." + group; known {
	case "PersistentVolumeClaim.", "VolumeSnapshot.snapshot.storage.k8s.io":
	case s.Kind + ".": // which is refused already
	default:
		j.refuse(diag.Volume, at, fmt.Sprintf("Kubernetes leaves out a dataSource of kind %s", diag.Quote(s.Kind)), "write dataSourceRef instead of dataSource")
	}
}

// dataSource judges what a volume is filled from. Only another claim is known without its API group.
func (j *judge) dataSource(group *string, kind, name string, at *place) {
	j.needs(diag.Volume, at, need{"name", name}, need{"kind", kind})
	switch {
	case group != nil && *group != "":
		j.named(&dnsName, *group, at.in("apiGroup"))
	case kind != "PersistentVolumeClaim" && kind != "":
		j.absent(diag.Volume, at.in("kind"), fmt.Sprintf("kind %s needs its apiGroup", diag.Quote(kind)), "write apiGroup, such as snapshot.storage.k8s.io for VolumeSnapshot")
	}
}
