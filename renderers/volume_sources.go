package renderers

import (
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// projected joins several sources in one folder.
func (r *renderer) projected(at at, from place, v schema.VolumeSpec) *corev1.ProjectedVolumeSource {
	out := &corev1.ProjectedVolumeSource{DefaultMode: copied(at, "defaultMode", from.of("default_mode"), narrow(v.DefaultMode))}
	for i, s := range v.Sources {
		out.Sources = append(out.Sources, r.projection(at.in("sources").item(i), from.key("sources").item(i), s))
	}
	return out
}

// projection is one source of a projected volume. The schema lets a source be of one type, so that one field of the
// result is set.
func (r *renderer) projection(at at, from place, s schema.VolumeSource) corev1.VolumeProjection {
	var out corev1.VolumeProjection
	if k := s.Secret; k != nil {
		name, items := projectedKeys(at.in("secret"), from.key("secret"), k)
		out.Secret = &corev1.SecretProjection{LocalObjectReference: name, Items: items, Optional: k.Optional}
	}
	if k := s.ConfigMap; k != nil {
		name, items := projectedKeys(at.in("configMap"), from.key("config_map"), k)
		out.ConfigMap = &corev1.ConfigMapProjection{LocalObjectReference: name, Items: items, Optional: k.Optional}
	}
	if f := s.DownwardAPI; f != nil {
		out.DownwardAPI = &corev1.DownwardAPIProjection{
			Items: r.fieldFiles(at.in("downwardAPI.items"), from.key("downward_api").key("items"), f.Items),
		}
	}
	// Renewed by the kubelet; without an audience it is for the API server.
	if t := s.ServiceAccountToken; t != nil {
		at, from := at.in("serviceAccountToken"), from.key("service_account_token")
		out.ServiceAccountToken = &corev1.ServiceAccountTokenProjection{
			Path:              copied(at, "path", from.of("path"), t.Path),
			Audience:          copied(at, "audience", from.of("audience"), t.Audience),
			ExpirationSeconds: copied(at, "expirationSeconds", from.of("expiration_seconds"), t.ExpirationSeconds),
		}
	}
	return out
}

// projectedKeys is what ConfigMaps and Secrets share in a projected volume: the object's name, and which of its keys
// become which files (none: all of them). Whether it is optional is only recorded here; the caller sets it.
func projectedKeys(at at, from place, k *schema.ProjectedKeys) (corev1.LocalObjectReference, []corev1.KeyToPath) {
	copied(at, "optional", from.of("optional"), k.Optional)
	return named(copied(at, "name", from.of("name"), k.Name)), copied(at, "items", from.of("items"), keysToPaths(k.Items))
}

// fieldFiles are fields of the pod as files.
func (r *renderer) fieldFiles(at at, from place, items []schema.VolumeItem) []corev1.DownwardAPIVolumeFile {
	var files []corev1.DownwardAPIVolumeFile
	for i, item := range items {
		at, from := at.item(i), from.item(i)
		field, amount := r.fileField(at, from, item)
		files = append(files, corev1.DownwardAPIVolumeFile{
			Path:     copied(at, "path", from.of("path"), item.Path),
			FieldRef: field, ResourceFieldRef: amount,
			Mode: copied(at, "mode", from.of("mode"), narrow(item.Mode)),
		})
	}
	return files
}

// outside are the volumes that lie outside of the cluster's own objects: behind a driver, on a server, on the node.
func outside(at at, from place, v schema.Volume) corev1.VolumeSource {
	s := v.Spec
	switch v.VolumeType {
	case schema.VolumeTypeNFS:
		at := at.in("nfs")
		return corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{
			Server:   copied(at, "server", from.of("server"), s.Server),
			Path:     copied(at, "path", from.of("path"), s.Path),
			ReadOnly: copied(at, "readOnly", from.of("read_only"), isTrue(s.ReadOnly)),
		}}
	case schema.VolumeTypeHostPath:
		at := at.in("hostPath")
		host := &corev1.HostPathVolumeSource{Path: copied(at, "path", from.of("path"), s.Path)}
		if s.Type != "" {
			host.Type = copied(at, "type", from.of("type"), new(corev1.HostPathType(s.Type)))
		}
		return corev1.VolumeSource{HostPath: host}
	}
	return corev1.VolumeSource{CSI: csi(at.in("csi"), from, s)}
}

// csi is an inline volume that a CSI driver mounts for this pod alone.
func csi(at at, from place, s schema.VolumeSpec) *corev1.CSIVolumeSource {
	out := &corev1.CSIVolumeSource{
		Driver:           copied(at, "driver", from.of("driver"), s.Driver),
		ReadOnly:         copied(at, "readOnly", from.of("read_only"), s.ReadOnly),
		VolumeAttributes: copied(at, "volumeAttributes", from.of("volume_attributes"), s.VolumeAttributes),
	}
	if s.FSType != "" {
		out.FSType = copied(at, "fsType", from.of("fs_type"), &s.FSType)
	}
	if secret := s.NodePublishSecretRef; secret != nil {
		out.NodePublishSecretRef = copied(at, "nodePublishSecretRef", from.of("node_publish_secret_ref"), new(named(secret.Name)))
	}
	return out
}
