package renderers

import (
	"slices"
	"strconv"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// shmPath is where programs that share memory between processes expect it; Kubernetes gives 64 MiB there.
const shmPath = "/dev/shm"

// The reason beside the volume and its mount that the run did not write itself.
const reasonShm = "memory shared between processes is a volume at " + shmPath

// volumePath is the path in the plan of the i-th volume of the run.
func volumePath(i int) string { return "spec.volumes[" + strconv.Itoa(i) + "]" }

// volumes are the run's own in its order, then shared memory, then its files: paths of origins count on that order.
func (r *renderer) volumes(at at) []corev1.Volume {
	var volumes []corev1.Volume
	for i, v := range r.spec.Volumes {
		at := at.item(i)
		name := copied(at, "name", at.from("spec.volumes").item(i).of("name"), v.Name)
		volumes = append(volumes, corev1.Volume{Name: name, VolumeSource: r.volumeSource(at, i, v)})
	}
	if r.spec.Shm != "" {
		at.item(len(volumes)).set(origin{plan: "spec.shm", reason: reasonShm})
		volumes = append(volumes, corev1.Volume{Name: shmName(r.spec.Volumes), VolumeSource: corev1.VolumeSource{
			EmptyDir: &corev1.EmptyDirVolumeSource{
				Medium: corev1.StorageMediumMemory, SizeLimit: new(r.quantity("spec.shm", r.spec.Shm)),
			},
		}})
	}
	return r.addFilesVolume(at, volumes)
}

// volumeMounts are the places at which a container has volumes. Shared memory and the run's files are mounted too;
// shared memory in the main container alone, since the others have not asked for it.
func (r *renderer) volumeMounts(at at, c schema.PodContainer) []corev1.VolumeMount {
	var mounts []corev1.VolumeMount
	for i, m := range c.Places {
		at, from := at.item(i), at.from(m.Path)
		name := from.of("volume")
		if c.Role == schema.MainRole {
			name = r.volumeName(m)
		}
		mounts = append(mounts, corev1.VolumeMount{
			Name:        copied(at, "name", name, m.Volume),
			MountPath:   copied(at, "mountPath", from.of("mount_path"), m.MountPath),
			SubPath:     copied(at, "subPath", from.of("sub_path"), m.SubPath),
			SubPathExpr: copied(at, "subPathExpr", from.of("sub_path_expr"), m.SubPathExpr),
			ReadOnly:    copied(at, "readOnly", from.of("read_only"), isTrue(m.ReadOnly)),
		})
	}
	if r.spec.Shm != "" && c.Role == schema.MainRole {
		at.item(len(mounts)).set(origin{plan: "spec.shm", reason: reasonShm})
		mounts = append(mounts, corev1.VolumeMount{Name: shmName(r.spec.Volumes), MountPath: shmPath})
	}
	return r.addFileMounts(at, mounts)
}

// volumeName is where the name of a volume stands that is mounted by the volume itself.
func (r *renderer) volumeName(m schema.Place) string {
	i := slices.IndexFunc(r.spec.Volumes, func(v schema.Volume) bool { return v.Name == m.Volume })
	return volumePath(i) + ".name"
}

// shmName is the name of the volume behind shmPath; a volume of the user's may have the obvious one.
func shmName(taken []schema.Volume) string {
	name := "shm"
	for slices.ContainsFunc(taken, func(v schema.Volume) bool { return v.Name == name }) {
		name = "dev-" + name
	}
	return name
}

// volumeSource is what the i-th volume is made of.
func (r *renderer) volumeSource(at at, i int, v schema.Volume) corev1.VolumeSource {
	from := at.from("spec.volumes").item(i)
	switch v.VolumeType {
	case schema.VolumeTypePersistentVolumeClaim, schema.VolumeTypeSharedVolume:
		return corev1.VolumeSource{PersistentVolumeClaim: r.claimSource(at, from, v)}
	case schema.VolumeTypeConfigMap:
		return corev1.VolumeSource{ConfigMap: configMapSource(at.in("configMap"), from, v.Spec)}
	case schema.VolumeTypeSecret:
		return corev1.VolumeSource{Secret: secretSource(at.in("secret"), from, v.Spec)}
	case schema.VolumeTypeProjected:
		return corev1.VolumeSource{Projected: r.projected(at.in("projected"), from.key("spec"), v.Spec)}
	case schema.VolumeTypeDownwardAPI:
		return corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{
			Items:       r.fieldFiles(at.in("downwardAPI.items"), from.key("spec").key("items"), v.Spec.Items),
			DefaultMode: copied(at, "downwardAPI.defaultMode", from.of("spec.default_mode"), narrow(v.Spec.DefaultMode)),
		}}
	case schema.VolumeTypeCSI, schema.VolumeTypeNFS, schema.VolumeTypeHostPath:
		return outside(at, from.key("spec"), v)
	case schema.VolumeTypeEphemeral:
		return corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{
			VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: r.claimSpec(at.in("ephemeral.volumeClaimTemplate.spec"), i, v.Spec)},
		}}
	case schema.VolumeTypeImage:
		return corev1.VolumeSource{Image: &corev1.ImageVolumeSource{
			Reference:  copied(at, "image.reference", from.of("spec.image"), v.Spec.Image),
			PullPolicy: copied(at, "image.pullPolicy", from.of("spec.pull_policy"), corev1.PullPolicy(v.Spec.PullPolicy)),
		}}
	}
	return corev1.VolumeSource{EmptyDir: computed(at, "emptyDir", from.of("volume_type"), "", r.emptyDir(at.in("emptyDir"), i, v.Spec))}
}

// claimSource names a claim: the one that the run brings for this volume, or one that is in the cluster already.
func (r *renderer) claimSource(at at, from place, v schema.Volume) *corev1.PersistentVolumeClaimVolumeSource {
	claim := &corev1.PersistentVolumeClaimVolumeSource{ClaimName: r.claimName(v)}
	if isOwnClaim(v) {
		return computed(at, "persistentVolumeClaim", from.of("name"), "the claim that is written for this volume", claim)
	}
	return computed(at, "persistentVolumeClaim", from.of("spec.claim_name"), "", claim)
}

// configMapSource is a folder of files, one for each key, or for each of the items where there are any.
func configMapSource(at at, from place, v schema.VolumeSpec) *corev1.ConfigMapVolumeSource {
	return &corev1.ConfigMapVolumeSource{
		LocalObjectReference: named(copied(at, "name", from.of("spec.name"), v.Name)),
		Items:                copied(at, "items", from.of("spec.items"), keysToPaths(v.Items)),
		DefaultMode:          copied(at, "defaultMode", from.of("spec.default_mode"), narrow(v.DefaultMode)),
		Optional:             copied(at, "optional", from.of("spec.optional"), v.Optional),
	}
}

// secretSource is [configMapSource] for a Secret, whose field for the name has another name.
func secretSource(at at, from place, v schema.VolumeSpec) *corev1.SecretVolumeSource {
	return &corev1.SecretVolumeSource{
		SecretName:  copied(at, "secretName", from.of("spec.name"), v.Name),
		Items:       copied(at, "items", from.of("spec.items"), keysToPaths(v.Items)),
		DefaultMode: copied(at, "defaultMode", from.of("spec.default_mode"), narrow(v.DefaultMode)),
		Optional:    copied(at, "optional", from.of("spec.optional"), v.Optional),
	}
}

// emptyDir is a folder that lives as long as the pod. Without a size limit it may fill the node's disk, or with medium
// Memory the container's memory.
func (r *renderer) emptyDir(at at, i int, v schema.VolumeSpec) *corev1.EmptyDirVolumeSource {
	from := at.from("spec.volumes").item(i)
	dir := &corev1.EmptyDirVolumeSource{Medium: copied(at, "medium", from.of("spec.medium"), corev1.StorageMedium(v.Medium))}
	if v.SizeLimit != "" {
		dir.SizeLimit = copied(at, "sizeLimit", from.of("spec.size_limit"), new(r.quantity(volumePath(i)+".spec.size_limit", v.SizeLimit)))
	}
	return dir
}

// keysToPaths are keys with the file that each becomes; nil for all keys, each under its own name.
func keysToPaths(items []schema.VolumeItem) []corev1.KeyToPath {
	var out []corev1.KeyToPath
	for _, item := range items {
		out = append(out, corev1.KeyToPath{Key: item.Key, Path: item.Path, Mode: narrow(item.Mode)})
	}
	return out
}
