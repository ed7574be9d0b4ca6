package renderers

import (
	"cmp"
	"slices"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// isOwnClaim reports whether the volume is a claim that is rendered, not one that exists.
func isOwnClaim(v schema.Volume) bool {
	return v.VolumeType == schema.VolumeTypePersistentVolumeClaim && v.Spec.ClaimName == ""
}

// hasClaims reports whether the run brings PersistentVolumeClaims of its own, beside those that it only names.
func hasClaims(p *schema.Plan) bool { return slices.ContainsFunc(p.Spec.Volumes, isOwnClaim) }

// claimName is the name of the claim behind a volume. It holds data, so that nothing that changes may enter it.
func (r *renderer) claimName(v schema.Volume) string {
	if isOwnClaim(v) {
		return r.plan.Name + "-" + v.Name
	}
	return v.Spec.ClaimName
}

// claims renders the claims of the volumes that have a size.
func (r *renderer) claims() []typed {
	var claims []typed
	for i, v := range r.spec.Volumes {
		if !isOwnClaim(v) {
			continue
		}
		at := r.begin(volumePath(i)+".spec.size", "a volume with a size is a claim of the run's own")
		claim := &corev1.PersistentVolumeClaim{
			ObjectMeta: r.objectMeta(at.in("metadata"), volumePath(i)+".name", reasonClaimName, r.claimName(v)),
			Spec:       r.claimSpec(at.in("spec"), i, v.Spec),
		}
		annotate(at, claim, origin{reason: reasonClaimStays}, claimAnnotations)
		r.annotateWave(at, claim)
		claims = append(claims, typed{object: claim, at: at, part: v.Name})
	}
	return claims
}

// The reasons beside the name of a claim and beside the annotations that keep it when it leaves Git.
const (
	reasonClaimName  = "the run's name and the volume's, which never change with the content: a claim is data"
	reasonClaimStays = "a claim is data: removing or renaming the run must not delete it"
)

// claimSpec is what the i-th volume asks of the storage.
func (r *renderer) claimSpec(at at, i int, v schema.VolumeSpec) corev1.PersistentVolumeClaimSpec {
	from, size := at.from("spec.volumes").item(i), volumePath(i)+".spec.size"
	spec := corev1.PersistentVolumeClaimSpec{
		AccessModes: decided(at, "accessModes", "every storage can be mounted by one node", []corev1.PersistentVolumeAccessMode{
			corev1.PersistentVolumeAccessMode(cmp.Or(v.AccessMode, r.plan.InEdition().AccessMode)),
		}),
		Resources: corev1.VolumeResourceRequirements{
			Requests: computed(at, "resources.requests", size, "", corev1.ResourceList{corev1.ResourceStorage: r.quantity(size, v.Size)}),
		},
	}
	if v.AccessMode != "" {
		computed(at, "accessModes", from.of("spec.access_mode"), "", spec.AccessModes)
	}
	if v.StorageClass != "" {
		spec.StorageClassName = copied(at, "storageClassName", from.of("spec.storage_class"), &v.StorageClass)
	}
	return spec
}

// exclusiveClaim is the index of the first volume whose claim is the run's own and can be mounted on one node, or in one
// pod, alone; -1 when there is none.
func (r *renderer) exclusiveClaim() int {
	return slices.IndexFunc(r.spec.Volumes, func(v schema.Volume) bool {
		mode := corev1.PersistentVolumeAccessMode(r.plan.AccessMode(&v))
		return mode == corev1.ReadWriteOnce || mode == corev1.ReadWriteOncePod
	})
}
