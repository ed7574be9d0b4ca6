package renderers

import (
	"encoding/base64"

	"berth/internal/diag"
	"berth/internal/yamlprint"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// filesVolume is the name of the volume with the run's files; no volume of the user's may have it.
const filesVolume = "berth-files"

// The reasons beside the ConfigMap, its name, and what keeps it when it leaves Git.
const (
	reasonFiles     = "the files of the run are a ConfigMap, mounted file by file"
	reasonFilesName = "the run's name and a hash of the files: other files are another ConfigMap, so that pods of an older template keep theirs"
	reasonFilesStay = "a pod that is tried again, or an older ReplicaSet, still needs the files"
)

// filesClientSide is the size from which a ConfigMap has to be applied on the server's side: kubectl's copy of the object
// in an annotation would be too large (TotalAnnotationSizeLimitB of k8s.io/apimachinery).
const filesClientSide = 256 << 10

// hasFiles reports whether the run brings the ConfigMap of its files. The combinations of a matrix share one.
func hasFiles(p *schema.Plan) bool { return len(p.Files) > 0 && bringsShared(p) }

// bringsShared reports whether the run brings what all combinations of a matrix share: the first of them does.
func bringsShared(p *schema.Plan) bool { return p.Matrix == nil || p.Matrix.First }

// filesConfigMap renders the ConfigMap of the run's files.
func (r *renderer) filesConfigMap() []typed {
	at := r.begin("spec.files", reasonFiles)
	config := &corev1.ConfigMap{
		ObjectMeta: r.objectMeta(at.in("metadata"), "spec.files", reasonFilesName, r.filesName()),
		Immutable:  decided(at, "immutable", "its name changes with its content", new(true)),
	}
	size := 0
	for _, f := range r.plan.Files {
		from := origin{plan: diag.Join("spec.files", f.Path)}
		size += len(f.Text) + len(f.Base64)
		if f.Base64 == "" {
			put(at.in("data"), &config.Data, f.Key, from, f.Text)
			continue
		}
		binary, _ := base64.StdEncoding.DecodeString(f.Base64) // which the compiler encoded
		put(at.in("binaryData"), &config.BinaryData, f.Key, from, binary)
	}
	r.keepFiles(at, config, size)
	r.annotateWave(at, config)
	return []typed{{object: config, at: at}}
}

// keepFiles says that nobody may delete the files with their run, and how Argo CD applies large ones. Under a hook they are
// a hook of the same phase, or they would come after it.
func (r *renderer) keepFiles(at at, config *corev1.ConfigMap, size int) {
	annotate(at, config, origin{reason: reasonFilesStay}, claimAnnotations)
	if r.plan.Target.GitOps != schema.GitOpsArgoCD {
		return
	}
	if size > filesClientSide {
		annotate(at, config, origin{reason: "the files are too large for a copy in an annotation"},
			map[string]string{argoSyncOptions: claimAnnotations[argoSyncOptions] + ",ServerSideApply=true"})
	}
	if r.spec.RunPolicy == schema.RunPolicyHook {
		r.annotateJob(at, config)
	}
}

// sharedName is the name by which what the combinations of a matrix share is known: that of the run that has the matrix.
func (r *renderer) sharedName() string {
	if m := r.plan.Matrix; m != nil {
		return m.Run
	}
	return r.plan.Name
}

// filesScheme stands before what the hash is made of, so that another way to count it one day gives other names.
const filesScheme = "berth files 1\n"

// filesName changes with what stands in the files and where they are mounted.
func (r *renderer) filesName() string {
	return r.sharedName() + "-files-" + hash(yamlprint.AppendCanonical([]byte(filesScheme), r.plan.Files), 8)
}

// addFilesVolume adds the volume of the files to a pod's others.
func (r *renderer) addFilesVolume(at at, volumes []corev1.Volume) []corev1.Volume {
	if len(r.plan.Files) == 0 {
		return volumes
	}
	at.item(len(volumes)).set(origin{plan: "spec.files", reason: reasonFiles})
	source := &corev1.ConfigMapVolumeSource{LocalObjectReference: named(r.filesName())}
	for _, f := range r.plan.Files {
		source.Items = append(source.Items, corev1.KeyToPath{Key: f.Key, Path: f.Key, Mode: narrow(f.Mode)})
	}
	return append(volumes, corev1.Volume{Name: filesVolume, VolumeSource: corev1.VolumeSource{ConfigMap: source}})
}

// addFileMounts adds the places of the files to the others of the main container.
func (r *renderer) addFileMounts(at at, mounts []corev1.VolumeMount) []corev1.VolumeMount {
	for _, f := range r.plan.Files {
		at.item(len(mounts)).set(origin{plan: diag.Join("spec.files", f.Path), reason: reasonFiles})
		mounts = append(mounts, corev1.VolumeMount{Name: filesVolume, MountPath: f.Path, SubPath: f.Key, ReadOnly: true})
	}
	return mounts
}
