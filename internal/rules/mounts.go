package rules

import (
	"fmt"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// mounts judges where a container has the pod's volumes (ValidateVolumeMounts).
func (j *judge) mounts(p *pod, c *container) {
	list := c.at.in("volumeMounts")
	for i := range c.VolumeMounts {
		m, at := &c.VolumeMounts[i], list.item(i)
		j.mount(p, c, m, at)
	}
	// Two mounts at one path in other spellings hide one another; the server takes them, and a container starts or not.
	for i, first := range alike(c.VolumeMounts, func(m *corev1.VolumeMount) string { return trimmed(m.MountPath) }) {
		j.twice("mount path "+diag.Quote(c.VolumeMounts[i].MountPath), list.item(first).in("mountPath"), list.item(i).in("mountPath"))
	}
}

// trimmed is a path without what makes no difference.
func trimmed(path string) string {
	if path == "/" {
		return path
	}
	return strings.TrimRight(path, "/")
}

// mount judges one place. A part of the volume is named as it is or with variables, never both, and stays inside of it.
func (j *judge) mount(p *pod, c *container, m *corev1.VolumeMount, at *place) {
	switch volume := p.volume(m.Name); {
	case m.Name == "":
		j.missing(diag.Volume, at, "name", "name a volume of the pod")
	case volume == nil:
		j.noVolume(p, m.Name, at.in("name"))
	}
	j.needs(diag.Volume, at, need{"mountPath", m.MountPath})
	j.relative(diag.Volume, m.SubPath, at.in("subPath"))
	j.relative(diag.Volume, m.SubPathExpr, at.in("subPathExpr"))
	if m.SubPath != "" && m.SubPathExpr != "" {
		j.excess(diag.Volume, at.in("subPathExpr"), "and subPath exclude one another", at.in("subPath"))
	}
	j.propagation(c, m, at)
	j.recursiveReadOnly(m, at)
}

// noVolume refuses the name of a volume that the pod has not.
func (j *judge) noVolume(p *pod, name string, at *place) {
	var names []string
	for i := range p.Volumes {
		names = append(names, p.Volumes[i].Name)
	}
	hint := "add the volume to the pod's volumes"
	if len(names) > 0 {
		hint += ", or write " + diag.OneOf(few(names))
	}
	problem := j.absent(diag.Volume, at, fmt.Sprintf("the pod has no volume %s", diag.Quote(name)), hint, p.at.in("volumes"))
	if best, ok := diag.Nearest(name, names); ok {
		problem.Replace = best
	}
}

// propagation: mounts that the container makes reach the node only from a privileged one.
func (j *judge) propagation(c *container, m *corev1.VolumeMount, at *place) {
	at = at.in("mountPropagation")
	oneOfPtr(j, diag.Volume, m.MountPropagation, at, corev1.MountPropagationNone, corev1.MountPropagationHostToContainer, corev1.MountPropagationBidirectional)
	privileged := c.SecurityContext != nil && isTrue(c.SecurityContext.Privileged)
	if m.MountPropagation != nil && *m.MountPropagation == corev1.MountPropagationBidirectional && !privileged {
		j.absent(diag.Volume, at, "only a privileged container may mount with propagation Bidirectional", "write HostToContainer", c.at.in("securityContext").in("privileged"))
	}
}

// recursiveReadOnly: mounts below are read-only as well, which needs a read-only mount that takes part in no
// propagation.
func (j *judge) recursiveReadOnly(m *corev1.VolumeMount, mount *place) {
	at := mount.in("recursiveReadOnly")
	oneOfPtr(j, diag.Volume, m.RecursiveReadOnly, at, corev1.RecursiveReadOnlyDisabled, corev1.RecursiveReadOnlyIfPossible, corev1.RecursiveReadOnlyEnabled)
	if m.RecursiveReadOnly == nil || *m.RecursiveReadOnly == corev1.RecursiveReadOnlyDisabled {
		return
	}
	if !m.ReadOnly {
		j.absent(diag.Volume, at, "recursiveReadOnly needs readOnly: true", "write readOnly: true beside it", mount.in("readOnly"))
	}
	if m.MountPropagation != nil && *m.MountPropagation != corev1.MountPropagationNone {
		j.refuse(diag.Volume, at, "recursiveReadOnly and mountPropagation exclude one another", "keep one of the two", mount.in("mountPropagation"))
	}
}

// devices: a volume that is a raw device belongs to a claim, and is not mounted as well.
func (j *judge) devices(p *pod, c *container) {
	list := c.at.in("volumeDevices")
	for i := range c.VolumeDevices {
		d, at := &c.VolumeDevices[i], list.item(i)
		j.needs(diag.Volume, at, need{"name", d.Name}, need{"devicePath", d.DevicePath})
		j.noBacksteps(diag.Volume, d.DevicePath, at.in("devicePath"))
		switch volume := p.volume(d.Name); {
		// Told by needs already.
		case d.Name == "":
		case volume == nil:
			j.noVolume(p, d.Name, at.in("name"))
		case volume.PersistentVolumeClaim == nil && volume.Ephemeral == nil:
			j.refuse(diag.Volume, at.in("name"), fmt.Sprintf("volume %s is no claim, and only claims are devices", diag.Quote(d.Name)), "write it under volumeMounts")
		}
	}
	// Most containers have none, and the mounts need not be gone through.
	if len(c.VolumeDevices) == 0 {
		return
	}
	for i, first := range alike(c.VolumeDevices, func(d *corev1.VolumeDevice) string { return d.Name }) {
		j.twice("device "+diag.Quote(c.VolumeDevices[i].Name), list.item(first).in("name"), list.item(i).in("name"))
	}
	for i, first := range alike(c.VolumeDevices, func(d *corev1.VolumeDevice) string { return d.DevicePath }) {
		j.twice("device path "+diag.Quote(c.VolumeDevices[i].DevicePath), list.item(first).in("devicePath"), list.item(i).in("devicePath"))
	}
	j.mountedDevices(c, list)
}

// mountedDevices refuses a volume, or a path, that is both mounted and given as a raw device.
func (j *judge) mountedDevices(c *container, list *place) {
	names, mounts := map[string]int{}, map[string]int{}
	for i := range c.VolumeMounts {
		names[c.VolumeMounts[i].Name], mounts[c.VolumeMounts[i].MountPath] = i, i
	}
	for i := range c.VolumeDevices {
		d := &c.VolumeDevices[i]
		if k, ok := names[d.Name]; ok {
			j.twice("volume "+diag.Quote(d.Name)+" under volumeMounts and volumeDevices", c.at.in("volumeMounts").item(k).in("name"), list.item(i).in("name"))
		}
		if k, ok := mounts[d.DevicePath]; ok {
			j.twice("path "+diag.Quote(d.DevicePath), c.at.in("volumeMounts").item(k).in("mountPath"), list.item(i).in("devicePath"))
		}
	}
}
