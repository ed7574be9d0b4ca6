package rules

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// podVolumes judges the volumes of a pod, whose names mounts refer to.
func (j *judge) podVolumes(p *pod) {
	list := p.at.in("volumes")
	for i := range p.Volumes {
		v, at := &p.Volumes[i], list.item(i)
		if v.Name == "" {
			j.missing(diag.Volume, at, "name", "write name: <name>")
		} else {
			j.named(&dnsLabel, v.Name, at.in("name"))
		}
		j.volume(p, v, at)
	}
	for i, first := range alike(p.Volumes, func(v *corev1.Volume) string { return v.Name }) {
		j.twice("volume name "+diag.Quote(p.Volumes[i].Name), list.item(first).in("name"), list.item(i).in("name"))
	}
}

// volume judges the source of a volume, of which there is exactly one.
func (j *judge) volume(p *pod, v *corev1.Volume, at *place) {
	sources := sourcesOf(&v.VolumeSource)
	switch len(sources) {
	case 0:
		j.absent(diag.Volume, at, fmt.Sprintf("volume %s does not say what it is", diag.Quote(v.Name)), "write emptyDir: {}, or another source", at)
		return
	// Right: which one it is decides what else is looked at.
	case 1:
	default:
		q := j.refuse(diag.Volume, at.in(sources[1]), fmt.Sprintf("volume %s is both %s and %s, and only one is possible", diag.Quote(v.Name), sources[0], sources[1]),
			"keep one of the two", at.in(sources[0]))
		q.AtKey = true
		return
	}
	at = at.in(sources[0])
	switch {
	case v.EmptyDir != nil:
		j.emptyDir(v, at)
	case v.HostPath != nil:
		j.hostPath(v.HostPath, at)
	case v.Secret != nil:
		j.filled(diag.Volume, "secretName", v.Secret.SecretName, v.Secret.DefaultMode, v.Secret.Items, at)
	case v.ConfigMap != nil:
		j.filled(diag.Volume, "name", v.ConfigMap.Name, v.ConfigMap.DefaultMode, v.ConfigMap.Items, at)
	case v.DownwardAPI != nil:
		j.mode(v.DownwardAPI.DefaultMode, at.in("defaultMode"))
		j.downward(p, v.DownwardAPI.Items, at, &paths{})
	case v.Projected != nil:
		// Its sources share one set of paths.
		j.projected(p, v.Projected, at)
	case v.Ephemeral != nil:
		j.ephemeral(v.Ephemeral, at)
	case v.Image != nil:
		oneOf(j, diag.Volume, v.Image.PullPolicy, at.in("pullPolicy"), corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever)
		j.needs(diag.Volume, at, need{"reference", v.Image.Reference})
		if v.Image.Reference != "" {
			j.imageReference(v.Image.Reference, at.in("reference"))
		}
	default:
		j.driver(v, at)
	}
}

// sourceFields are the fields of a volume's source by their names in JSON.
var sourceFields = func() []string {
	t := reflect.TypeFor[corev1.VolumeSource]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return names
}()

// sourcesOf are the sources of a volume by the names of their fields, in the order of the type; one is right. The
// caller does not change the result.
func sourcesOf(s *corev1.VolumeSource) []string {
	// A source that equals one with this field alone has no other field set: no reflection is needed to see that.
	switch *s { // most volumes are one of these
	case corev1.VolumeSource{EmptyDir: s.EmptyDir}:
		if s.EmptyDir != nil {
			return emptyDirAlone
		}
	case corev1.VolumeSource{PersistentVolumeClaim: s.PersistentVolumeClaim}:
		if s.PersistentVolumeClaim != nil {
			return claimAlone
		}
	}
	var found []string
	v := reflect.ValueOf(s).Elem()
	for i, name := range sourceFields {
		if !v.Field(i).IsNil() {
			found = append(found, name)
		}
	}
	return found
}

// The answers of sourcesOf for the two sources that are met most, made once.
var emptyDirAlone, claimAlone = []string{"emptyDir"}, []string{"persistentVolumeClaim"}

// need is a field that has to hold text.
type need struct{ key, text string }

// needs reports each of the fields that is empty.
func (j *judge) needs(code diag.Code, at *place, fields ...need) {
	for _, f := range fields {
		if f.text == "" {
			j.missing(code, at, f.key, "write "+f.key+": <"+f.key+">")
		}
	}
}

// emptyDir: a medium that no kubelet knows is taken by the API server, and the pod then never starts.
func (j *judge) emptyDir(v *corev1.Volume, at *place) {
	if size := v.EmptyDir.SizeLimit; size != nil && size.Sign() < 0 {
		j.refuse(diag.Volume, at.in("sizeLimit"), "the size limit of volume "+v.Name+" is negative", "write a quantity such as 1Gi")
	}
	if medium := string(v.EmptyDir.Medium); medium != "" && medium != "Memory" && !strings.HasPrefix(medium, "HugePages") {
		j.refuse(diag.Volume, at.in("medium"), fmt.Sprintf("no node knows the medium %s of volume %s", diag.Quote(medium), v.Name),
			"write Memory, HugePages or HugePages-<size>, or leave medium out")
	}
}

// hostPath judges a path of the node; its type says what has to be there, and empty that nothing is looked at.
func (j *judge) hostPath(h *corev1.HostPathVolumeSource, at *place) {
	j.needs(diag.Volume, at, need{"path", h.Path})
	j.noBacksteps(diag.Volume, h.Path, at.in("path"))
	if h.Type != nil {
		oneOf(j, diag.Volume, *h.Type, at.in("type"), corev1.HostPathDirectoryOrCreate, corev1.HostPathDirectory, corev1.HostPathFileOrCreate,
			corev1.HostPathFile, corev1.HostPathSocket, corev1.HostPathCharDev, corev1.HostPathBlockDev)
	}
}

// maxMode is the highest mode of a file: the rights of user, group and others.
const maxMode = 0o777

// mode judges the rights of a file; nil is the volume's default.
func (j *judge) mode(mode *int32, at *place) {
	if mode != nil && (*mode < 0 || *mode > maxMode) {
		j.refuse(diag.Volume, at, fmt.Sprintf("%s %d is no file mode", at.name(), *mode), "write a mode from 0 to 0777 (511)")
	}
}

// paths are where files of one volume lie, to find those of which one is in the way of another.
type paths struct {
	list []string
	at   []*place
}

// overlap refuses a path that is another one, or below or above one.
func (j *judge) overlap(all *paths, text string, at *place) {
	text = strings.TrimRight(text, "/")
	if text == "" {
		return
	}
	for i, other := range all.list {
		if text == other || strings.HasPrefix(text, other+"/") || strings.HasPrefix(other, text+"/") {
			p := j.refuse(diag.Volume, at, fmt.Sprintf("path %s is in the way of %s in the same volume", diag.Quote(text), diag.Quote(other)), "write another path", all.at[i])
			p.Related[0].Message = "the other stands here"
			break
		}
	}
	all.list, all.at = append(all.list, text), append(all.at, at)
}

// filled judges a volume whose files are the keys of a ConfigMap or Secret.
func (j *judge) filled(code diag.Code, nameKey, name string, mode *int32, items []corev1.KeyToPath, at *place) {
	j.needs(code, at, need{nameKey, name})
	j.mode(mode, at.in("defaultMode"))
	j.items(items, at, &paths{})
}

// items judges keys that become files. all gathers the paths of the whole volume, to find two that are in one another's
// way.
func (j *judge) items(items []corev1.KeyToPath, volume *place, all *paths) {
	for i := range items {
		k, at := &items[i], volume.in("items").item(i)
		j.needs(diag.Volume, at, need{"key", k.Key}, need{"path", k.Path})
		j.ownPath(diag.Volume, k.Path, at.in("path"))
		j.mode(k.Mode, at.in("mode"))
		j.overlap(all, k.Path, at.in("path"))
	}
}

// downward judges files with fields of the pod or with amounts of a container, one of the two in each.
func (j *judge) downward(p *pod, files []corev1.DownwardAPIVolumeFile, volume *place, all *paths) {
	for i := range files {
		f, at := &files[i], volume.in("items").item(i)
		j.needs(diag.Volume, at, need{"path", f.Path})
		j.ownPath(diag.Volume, f.Path, at.in("path"))
		j.mode(f.Mode, at.in("mode"))
		j.overlap(all, f.Path, at.in("path"))
		if f.FieldRef != nil {
			j.fieldRef(f.FieldRef, fileFields, at.in("fieldRef"))
		}
		if f.ResourceFieldRef != nil {
			j.resourceFieldRef(p, f.ResourceFieldRef, true, at.in("resourceFieldRef"))
		}
		j.one(diag.Volume, []source{{"fieldRef", f.FieldRef != nil}, {"resourceFieldRef", f.ResourceFieldRef != nil}}, at)
	}
}

// ephemeral judges the claim that each pod makes and takes along when it goes.
func (j *judge) ephemeral(e *corev1.EphemeralVolumeSource, at *place) {
	t := e.VolumeClaimTemplate
	if t == nil {
		j.missing(diag.Volume, at, "volumeClaimTemplate", "write volumeClaimTemplate: {spec: …}")
		return
	}
	at = at.in("volumeClaimTemplate")
	j.templateMeta(&t.ObjectMeta, at.in("metadata"))
	j.claim(&t.Spec, at.in("spec"))
}

// needsAbsolute refuses a path that does not begin at the root.
func (j *judge) needsAbsolute(code diag.Code, text string, at *place) {
	if text != "" && !path.IsAbs(text) {
		j.refuse(code, at, fmt.Sprintf("%s %s is not absolute", at.name(), diag.Quote(text)), "begin it with /")
	}
}

// deadVolumes are sources that no supported Kubernetes mounts any more: the server warns of them.
var deadVolumes = []string{"photonPersistentDisk", "gitRepo", "scaleIO", "flocker", "storageos", "quobyte", "glusterfs", "cephfs", "rbd"}

// driver judges the volumes of network storage.
func (j *judge) driver(v *corev1.Volume, at *place) {
	const code = diag.Volume
	// The key of the place is the name of the source.
	if slices.Contains(deadVolumes, at.key) {
		j.excess(code, at, "is a kind of volume that Kubernetes no longer mounts")
		return
	}
	switch {
	case v.PersistentVolumeClaim != nil:
		j.needs(code, at, need{"claimName", v.PersistentVolumeClaim.ClaimName})
	case v.NFS != nil:
		j.needs(code, at, need{"server", v.NFS.Server}, need{"path", v.NFS.Path})
		j.needsAbsolute(code, v.NFS.Path, at.in("path"))
	case v.CSI != nil:
		j.csi(v.CSI, at)
	case v.ISCSI != nil:
		j.iscsi(v, at)
	case v.FC != nil:
		j.fibreChannel(v.FC, at)
	case v.FlexVolume != nil:
		j.flexVolume(v.FlexVolume, at)
	case v.AzureFile != nil:
		j.needs(code, at, need{"secretName", v.AzureFile.SecretName}, need{"shareName", v.AzureFile.ShareName})
	case v.AzureDisk != nil:
		j.azureDisk(v.AzureDisk, at)
	case v.AWSElasticBlockStore != nil:
		j.needs(code, at, need{"volumeID", v.AWSElasticBlockStore.VolumeID})
		within(j, code, v.AWSElasticBlockStore.Partition, 0, 255, at.in("partition"))
	case v.GCEPersistentDisk != nil:
		j.needs(code, at, need{"pdName", v.GCEPersistentDisk.PDName})
		within(j, code, v.GCEPersistentDisk.Partition, 0, 255, at.in("partition"))
	case v.Cinder != nil:
		j.needs(code, at, need{"volumeID", v.Cinder.VolumeID})
		if v.Cinder.SecretRef != nil {
			j.needs(code, at.in("secretRef"), need{"name", v.Cinder.SecretRef.Name})
		}
	case v.VsphereVolume != nil:
		j.needs(code, at, need{"volumePath", v.VsphereVolume.VolumePath})
	case v.PortworxVolume != nil:
		j.needs(code, at, need{"volumeID", v.PortworxVolume.VolumeID})
	}
}

// maxDriverName is the length of a CSI driver's name (ValidateCSIDriverName).
const maxDriverName = 63

// csi judges an inline volume of a CSI driver. The case of a driver's name does not count (ValidateCSIDriverName).
func (j *judge) csi(c *corev1.CSIVolumeSource, at *place) {
	j.needs(diag.Volume, at, need{"driver", c.Driver})
	if c.Driver != "" && (len(c.Driver) > maxDriverName || len(validation.IsDNS1123Subdomain(strings.ToLower(c.Driver))) > 0) {
		j.refuse(diag.BadName, at.in("driver"), fmt.Sprintf("%s is not the name of a driver", diag.Quote(c.Driver)), "write letters, digits, '-' and '.', at most 63 characters")
	}
	if c.NodePublishSecretRef != nil {
		j.reference(diag.Volume, "Secret", c.NodePublishSecretRef.Name, at.in("nodePublishSecretRef"))
	}
}

// fibreChannel: a disk is named by its targets and a LUN, or by its world wide identifier.
func (j *judge) fibreChannel(f *corev1.FCVolumeSource, at *place) {
	targets, ids := len(f.TargetWWNs) > 0, len(f.WWIDs) > 0
	j.one(diag.Volume, []source{{"targetWWNs", targets}, {"wwids", ids}}, at)
	switch {
	case targets && f.Lun == nil:
		j.missing(diag.Volume, at, "lun", "write lun: <number>")
	case targets:
		within(j, diag.Volume, *f.Lun, 0, 255, at.in("lun"))
	}
}

// flexVolume: options with a domain of Kubernetes are written by the kubelet, and not by a user.
func (j *judge) flexVolume(f *corev1.FlexVolumeSource, at *place) {
	j.needs(diag.Volume, at, need{"driver", f.Driver})
	for key := range f.Options {
		domain, _, _ := strings.Cut(key, "/")
		domain = "." + strings.ToLower(domain)
		if strings.HasSuffix(domain, ".kubernetes.io") || strings.HasSuffix(domain, ".k8s.io") {
			j.excess(diag.BadName, at.in("options").in(key), "has a domain that is Kubernetes' own")
		}
	}
}

// azureDisk: the form of the disk's address follows from its kind, and a kind that is left out is a blob.
func (j *judge) azureDisk(a *corev1.AzureDiskVolumeSource, at *place) {
	j.needs(diag.Volume, at, need{"diskName", a.DiskName}, need{"diskURI", a.DataDiskURI})
	oneOfPtr(j, diag.Volume, a.CachingMode, at.in("cachingMode"), corev1.AzureDataDiskCachingNone, corev1.AzureDataDiskCachingReadOnly, corev1.AzureDataDiskCachingReadWrite)
	oneOfPtr(j, diag.Volume, a.Kind, at.in("kind"), corev1.AzureSharedBlobDisk, corev1.AzureDedicatedBlobDisk, corev1.AzureManagedDisk)
	managed := a.Kind != nil && *a.Kind == corev1.AzureManagedDisk
	switch uri := a.DataDiskURI; {
	case uri == "":
	case managed && !strings.HasPrefix(uri, "/subscriptions/"):
		j.refuse(diag.Volume, at.in("diskURI"), "the diskURI of a managed disk begins with /subscriptions/", "write the resource's ID")
	case !managed && !strings.HasPrefix(uri, "https://"):
		j.refuse(diag.Volume, at.in("diskURI"), "the diskURI of a blob disk begins with https://", "write the blob's address, or kind: Managed")
	}
}
