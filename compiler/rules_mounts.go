package compiler

import (
	"fmt"
	"path"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

// shmPath is where `shm` is mounted.
const shmPath = "/dev/shm"

// systemPaths are folders of which a container has its own; nothing starts when a volume covers them.
var systemPaths = []string{"/", "/dev", "/proc", "/sys"}

// checkMounts: in each container, every volume has a place of its own, and none of the system's.
func checkMounts(c *ruleContext) {
	for n := range c.pod() {
		container := &c.pod()[n]
		var taken map[string]int
		for i := range container.Places {
			c.mount(container, i, &taken)
		}
	}
	for i := range c.plan.Spec.Volumes {
		c.mountPathOrMounts(i)
		c.mountedSomewhere(i)
	}
}

// mount checks one place of a container: what it covers, and whether another volume is mounted there. Taken maps the
// paths met so far to their places' indexes; they are compared cleaned, since /data and /data/ are one folder.
func (c *ruleContext) mount(container *schema.PodContainer, i int, taken *map[string]int) {
	m := &container.Places[i]
	if m.MountPath == "" {
		return
	}
	at := path.Clean(m.MountPath)
	if contains(systemPaths, at) {
		c.add(diag.Problem{
			Code: diag.Volume, Path: m.Path + ".mount_path",
			Message: fmt.Sprintf("a volume at %s would cover what the container needs to start", at),
			Hint:    "mount it in a folder of its own, such as /data",
		})
	}
	// Only the run's own container gets the volume that shm makes.
	if at == shmPath && c.plan.Spec.Shm != "" && container.Role == schema.MainRole {
		c.twice("spec.shm", m.Path+".mount_path", "/dev/shm is mounted twice: by shm and by volume "+m.Volume, "remove the volume, or leave shm out")
	}
	if len(container.Places) > 1 {
		if j, twice := firstOf(taken, at, i); twice {
			o := &container.Places[j]
			c.twice(o.Path+".mount_path", m.Path+".mount_path",
				fmt.Sprintf("%s is mounted twice: by volumes %s and %s", at, o.Volume, m.Volume), "give one of them another mount_path")
		}
	}
	if container.Role != schema.MainRole {
		c.knownVolume(m)
	}
}

// knownVolume refuses a mount of a volume that the run does not have.
func (c *ruleContext) knownVolume(m *schema.Place) {
	var names []string
	for _, v := range c.plan.Spec.Volumes {
		names = append(names, v.Name)
	}
	if m.Volume == "" || contains(names, m.Volume) || c.refused("spec.volumes") {
		return
	}
	p := diag.Problem{
		Code: diag.Volume, Path: m.Path + ".volume",
		Message: fmt.Sprintf("the run has no volume %s", diag.Quote(m.Volume)),
		Hint:    "write it under volumes: {volume_type: empty_dir, name: " + flowText(m.Volume) + "}",
	}
	if best, ok := diag.Nearest(m.Volume, names); ok {
		p.Hint, p.Replace = "did you mean "+best+"?", best
	}
	c.add(p)
}

// mountPathOrMounts: a volume has one place or several, and what is said beside mount_path is about that place.
func (c *ruleContext) mountPathOrMounts(i int) {
	// Nearly every volume ends here.
	if v := &c.plan.Spec.Volumes[i]; v.MountPath != "" && v.Mounts == nil {
		return
	}
	at := diag.At(volumeList, i)
	single, several := at+".mount_path", at+".mounts"
	if c.present(single) && c.present(several) {
		c.add(diag.Problem{
			Code: diag.Volume, Path: several, AtKey: true,
			Message: "a volume has mount_path or mounts, never both", Hint: "write mount_path as one of mounts: [{mount_path: …}, …]",
			Related: []diag.RelatedPath{{Path: single, Message: "mount_path stands here"}},
		})
		return
	}
	if c.present(single) || c.refused(at) {
		return
	}
	// These say how mount_path is mounted; without it they would be dropped without a word.
	for _, field := range []string{"sub_path", "sub_path_expr", "read_only"} {
		if !c.present(diag.Join(at, field)) {
			continue
		}
		p := diag.Problem{
			Code: diag.Volume, Path: diag.Join(at, field), AtKey: true,
			Message: field + " says how the volume is mounted at mount_path, and there is none", Hint: "write mount_path",
		}
		if c.present(several) {
			p.Hint = "write it into each of mounts"
		}
		c.add(p)
	}
}

// mountedSomewhere refuses a volume that no container sees.
func (c *ruleContext) mountedSomewhere(i int) {
	v := &c.plan.Spec.Volumes[i]
	if v.Name == "" || v.MountPath != "" || len(v.Mounts) > 0 {
		return
	}
	at := diag.At(volumeList, i)
	// A field that was refused may be the mount that is missing here.
	if c.present(at+".mount_path") || c.refused(at) || c.refused("spec") {
		return
	}
	for _, container := range c.pod() {
		for _, m := range container.Places {
			if m.Volume == v.Name || c.refused(m.Path) {
				return
			}
		}
	}
	c.add(diag.Problem{
		Code: diag.MissingField, Path: at,
		Message: fmt.Sprintf("volume %s is mounted nowhere", v.Name),
		Hint:    "write mount_path: /" + strings.TrimSuffix(v.Name, "/") + ", or mount it in another container: mounts: [{volume: " + v.Name + ", mount_path: …}]",
	})
}
