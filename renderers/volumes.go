package renderers

import (
	"slices"
	"strconv"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// shmPath is where programs that share memory between processes expect it; Kubernetes gives 64 MiB there.
const shmPath = "/dev/shm"

func volumePath(i int) string { return "spec.volumes[" + strconv.Itoa(i) + "]" }

func (r *renderer) volumes() []corev1.Volume {
	var volumes []corev1.Volume
	for i, v := range r.spec.Volumes {
		volumes = append(volumes, corev1.Volume{Name: v.Name, VolumeSource: r.volumeSource(i, v)})
	}
	if r.spec.Shm != "" {
		volumes = append(volumes, corev1.Volume{Name: shmName(r.spec.Volumes), VolumeSource: corev1.VolumeSource{
			EmptyDir: &corev1.EmptyDirVolumeSource{
				Medium: corev1.StorageMediumMemory, SizeLimit: new(r.quantity("spec.shm", r.spec.Shm)),
			},
		}})
	}
	return volumes
}

func (r *renderer) volumeMounts() []corev1.VolumeMount {
	var mounts []corev1.VolumeMount
	for _, v := range r.spec.Volumes {
		mounts = append(mounts, corev1.VolumeMount{
			Name: v.Name, MountPath: v.MountPath, SubPath: v.SubPath, ReadOnly: v.ReadOnly != nil && *v.ReadOnly,
		})
	}
	if r.spec.Shm != "" {
		mounts = append(mounts, corev1.VolumeMount{Name: shmName(r.spec.Volumes), MountPath: shmPath})
	}
	return mounts
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
func (r *renderer) volumeSource(i int, v schema.Volume) corev1.VolumeSource {
	switch v.VolumeType {
	case schema.VolumeTypePersistentVolumeClaim, schema.VolumeTypeSharedVolume:
		return corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: r.claimName(v)}}
	case schema.VolumeTypeConfigMap:
		return corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: named(v.Spec.Name), Items: keysToPaths(v.Spec.Items),
			DefaultMode: narrow(v.Spec.DefaultMode), Optional: v.Spec.Optional,
		}}
	case schema.VolumeTypeSecret:
		return corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
			SecretName: v.Spec.Name, Items: keysToPaths(v.Spec.Items),
			DefaultMode: narrow(v.Spec.DefaultMode), Optional: v.Spec.Optional,
		}}
	case schema.VolumeTypeEphemeral:
		return corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{
			VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: r.claimSpec(i, v.Spec)},
		}}
	case schema.VolumeTypeImage:
		return corev1.VolumeSource{Image: &corev1.ImageVolumeSource{
			Reference: v.Spec.Image, PullPolicy: corev1.PullPolicy(v.Spec.PullPolicy),
		}}
	}
	return corev1.VolumeSource{EmptyDir: r.emptyDir(i, v.Spec)}
}

func (r *renderer) emptyDir(i int, v schema.VolumeSpec) *corev1.EmptyDirVolumeSource {
	dir := &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMedium(v.Medium)}
	if v.SizeLimit != "" {
		dir.SizeLimit = new(r.quantity(volumePath(i)+".spec.size_limit", v.SizeLimit))
	}
	return dir
}

func keysToPaths(items []schema.KeyToPath) []corev1.KeyToPath {
	var out []corev1.KeyToPath
	for _, item := range items {
		out = append(out, corev1.KeyToPath{Key: item.Key, Path: item.Path, Mode: narrow(item.Mode)})
	}
	return out
}
