package renderers

import (
	"cmp"
	"slices"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// isOwnClaim reports whether the volume is a claim that is rendered, not one that exists.
func isOwnClaim(v schema.Volume) bool {
	return v.VolumeType == schema.VolumeTypePersistentVolumeClaim && v.Spec.ClaimName == ""
}

func hasClaims(p *schema.Plan) bool { return slices.ContainsFunc(p.Spec.Volumes, isOwnClaim) }

// claimName is the name of the claim behind a volume. It holds data, so that nothing that changes may enter it.
func (r *renderer) claimName(v schema.Volume) string {
	if isOwnClaim(v) {
		return r.plan.Name + "-" + v.Name
	}
	return v.Spec.ClaimName
}

// claimFile is the name of the file of a volume's claim.
func claimFile(v schema.Volume) string { return "persistentvolumeclaim-" + v.Name + ".yaml" }

// claims renders the claims of the volumes that have a size.
func (r *renderer) claims() []typed {
	var claims []typed
	for i, v := range r.spec.Volumes {
		if !isOwnClaim(v) {
			continue
		}
		claim := &corev1.PersistentVolumeClaim{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
			ObjectMeta: r.objectMeta(r.claimName(v)),
			Spec:       r.claimSpec(i, v.Spec),
		}
		annotate(claim, claimAnnotations)
		r.annotateWave(claim)
		claims = append(claims, typed{claimFile(v), claim})
	}
	return claims
}

// claimSpec is what the i-th volume asks of the storage.
func (r *renderer) claimSpec(i int, v schema.VolumeSpec) corev1.PersistentVolumeClaimSpec {
	spec := corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{accessMode(v)},
		Resources: corev1.VolumeResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceStorage: r.quantity(volumePath(i)+".spec.size", v.Size)},
		},
	}
	if v.StorageClass != "" {
		spec.StorageClassName = &v.StorageClass
	}
	return spec
}

// accessMode is what almost every storage can do where the volume says nothing.
func accessMode(v schema.VolumeSpec) corev1.PersistentVolumeAccessMode {
	return cmp.Or(corev1.PersistentVolumeAccessMode(v.AccessMode), corev1.ReadWriteOnce)
}

// ownsExclusiveClaim reports whether one of the run's own claims can be mounted on one node, or in one pod, alone.
func (r *renderer) ownsExclusiveClaim() bool {
	return slices.ContainsFunc(r.spec.Volumes, func(v schema.Volume) bool { return isOwnClaim(v) && isExclusive(v) })
}

func isExclusive(v schema.Volume) bool {
	mode := accessMode(v.Spec)
	return mode == corev1.ReadWriteOnce || mode == corev1.ReadWriteOncePod
}
