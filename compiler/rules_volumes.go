package compiler

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

const volumeList = "spec.volumes"

// volumeSpecPath is the path of a field of the i-th volume's spec.
func volumeSpecPath(i int, field string) string {
	return diag.Join(item(volumeList, i, "spec"), field)
}

// shmPath is where `shm` is mounted.
const shmPath = "/dev/shm"

// systemPaths are folders of which a container has its own; nothing starts when a volume covers them.
var systemPaths = []string{"/", "/dev", "/proc", "/sys"}

// checkMounts: every volume has a place of its own, and none of the system's.
func checkMounts(c *ruleContext) {
	volumes := c.plan.Spec.Volumes
	var mounted map[string]int
	for i, v := range volumes {
		if v.MountPath == "" {
			continue
		}
		at := path.Clean(v.MountPath)
		if contains(systemPaths, at) {
			c.add(diag.Problem{
				Code: diag.Volume, Path: item(volumeList, i, "mount_path"),
				Message: fmt.Sprintf("a volume at %s would cover what the container needs to start", at),
				Hint:    "mount it in a folder of its own, such as /data",
			})
		}
		if at == shmPath && c.plan.Spec.Shm != "" {
			c.twice("spec.shm", item(volumeList, i, "mount_path"), "/dev/shm is mounted twice: by shm and by volume "+v.Name,
				"remove the volume, or leave shm out")
		}
		if len(volumes) == 1 {
			return
		}
		if j, twice := firstOf(&mounted, at, i); twice {
			c.twice(item(volumeList, j, "mount_path"), item(volumeList, i, "mount_path"),
				fmt.Sprintf("%s is mounted twice: by volumes %s and %s", at, volumes[j].Name, v.Name), "give one of them another mount_path")
		}
	}
}

// checkVolumes holds each volume against the rules of its type.
func checkVolumes(c *ruleContext) {
	for i := range c.plan.Spec.Volumes {
		v := &c.plan.Spec.Volumes[i]
		switch v.VolumeType {
		case schema.VolumeTypePersistentVolumeClaim, schema.VolumeTypeEphemeral:
			c.claimSize(i, v)
		case schema.VolumeTypeConfigMap, schema.VolumeTypeSecret:
			c.keyPaths(i, v.Spec.Items)
		case schema.VolumeTypeEmptyDir:
			c.emptyDir(i, v)
		case schema.VolumeTypeImage:
			c.imageVolume(i)
		}
	}
}

// claimSize: a claim of nothing is refused, and of what nobody may write a run can read nothing.
func (c *ruleContext) claimSize(i int, v *schema.Volume) {
	size := volumeSpecPath(i, "size")
	if q, ok := c.amount("disk", v.Spec.Size, size); ok && v.Spec.Size != "" && q.Sign() == 0 {
		c.add(diag.Problem{
			Code: diag.Volume, Path: size,
			Message: fmt.Sprintf("volume %s has a size of 0", v.Name), Hint: "write how much it has to hold, such as 10Gi",
		})
	}
	if v.Spec.AccessMode == "ReadOnlyMany" && v.ReadOnly != nil && !*v.ReadOnly {
		c.conflict(diag.Problem{
			Code: diag.Volume, Path: item(volumeList, i, "read_only"),
			Message: fmt.Sprintf("volume %s is to be written, and access_mode ReadOnlyMany lets nobody write", v.Name),
			Hint:    "write read_only: true, or access_mode: ReadWriteMany", Replace: "true",
		}, volumeSpecPath(i, "access_mode"))
	}
}

// keyPaths: each key of a ConfigMap or Secret becomes a file, and no file can be another one's folder.
func (c *ruleContext) keyPaths(i int, items []schema.KeyToPath) {
	list := volumeSpecPath(i, "items")
	for n, a := range items {
		if a.Path == "" {
			continue
		}
		if strings.HasPrefix(a.Path, "..") {
			c.add(diag.Problem{
				Code: diag.BadName, Path: item(list, n, "path"),
				Message: fmt.Sprintf("%s cannot begin with '..'", diag.Quote(a.Path)), Hint: "Kubernetes keeps such names for itself",
			})
		}
		for m, b := range items[:n] {
			if b.Path != "" && covers(path.Clean(a.Path), path.Clean(b.Path)) {
				c.twice(item(list, m, "path"), item(list, n, "path"),
					fmt.Sprintf("%s and %s cannot both be files of one volume", diag.Quote(b.Path), diag.Quote(a.Path)), "give one of them another path")
				break
			}
		}
	}
}

func covers(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

func (c *ruleContext) emptyDir(i int, v *schema.Volume) {
	c.amount("disk", v.Spec.SizeLimit, volumeSpecPath(i, "size_limit"))
	if !strings.HasPrefix(v.Spec.Medium, "HugePages") || c.hugePages(strings.TrimPrefix(v.Spec.Medium, "HugePages")) {
		return
	}
	c.add(diag.Problem{
		Code: diag.Volume, Path: volumeSpecPath(i, "medium"),
		Message: fmt.Sprintf("volume %s is made of huge pages, and the run asks for none of them", v.Name),
		Hint:    "write resources: {hugepages-2Mi: …} with the size of the pages",
	})
}

// hugePages reports whether the run asks for huge pages, of the size after the dash where there is one.
func (c *ruleContext) hugePages(size string) bool {
	for name := range c.plan.Spec.Resources {
		if strings.HasPrefix(name, "hugepages-") && strings.HasSuffix(name, size) {
			return true
		}
	}
	return false
}

// imageVolumes is the Kubernetes minor version in which the feature ImageVolume is on unasked
// (k8s.io/kubernetes/pkg/features).
const imageVolumes = 35

func (c *ruleContext) imageVolume(i int) {
	if v := minor(c.plan.Target.Kubernetes); v == 0 || v >= imageVolumes {
		return
	}
	c.add(diag.Problem{
		Code: diag.KubernetesOld, Path: item(volumeList, i, "volume_type"),
		Message: fmt.Sprintf("volumes of type image need Kubernetes 1.%d, and the target is %s", imageVolumes, c.plan.Target.Kubernetes),
		Hint:    "raise kubernetes in the project, or put the files into the run's own image",
		Related: []diag.RelatedPath{diag.Setting("kubernetes")},
	})
}

// checkExclusiveClaims: a claim that one node, or one pod, at a time may mount keeps all pods but the first waiting.
func checkExclusiveClaims(c *ruleContext) {
	count, field := c.plan.Spec.Replicas, "spec.replicas"
	if c.plan.Spec.Action == schema.ActionJob {
		count, field = c.plan.Spec.Parallelism, "spec.parallelism"
	}
	for i := range c.plan.Spec.Volumes {
		v := &c.plan.Spec.Volumes[i]
		mode := accessMode(v)
		if mode == "ReadWriteOncePod" && c.plan.Spec.Strategy == schema.StrategyRolling {
			c.conflict(diag.Problem{
				Code: diag.Volume, Path: "spec.strategy",
				Message: fmt.Sprintf("with strategy rolling the new pod would wait for volume %s, which one pod at a time may mount", v.Name),
				Hint:    "write strategy: recreate", Replace: "recreate",
			}, volumeSpecPath(i, "access_mode"))
		}
		if !moreThan(count, 1) || mode != "ReadWriteOnce" && mode != "ReadWriteOncePod" {
			continue
		}
		c.conflict(diag.Problem{
			Code: diag.Volume, Path: field,
			Message: fmt.Sprintf("%s %d would share volume %s, whose access mode is %s", words(field), *count, v.Name, mode),
			Hint:    fmt.Sprintf("write access_mode: ReadWriteMany for the volume, volume_type: ephemeral for one volume a pod, or %s: 1", words(field)),
		}, c.modePath(i))
	}
}

// accessMode is the mode of a claim that the run brings itself; empty for volumes that are no such claim.
func accessMode(v *schema.Volume) string {
	switch {
	case v.VolumeType != schema.VolumeTypePersistentVolumeClaim || v.Spec.Size == "":
		return ""
	case v.Spec.AccessMode == "":
		return "ReadWriteOnce"
	}
	return v.Spec.AccessMode
}

// modePath is where a volume says its access mode, or else that it is a claim of the run's own.
func (c *ruleContext) modePath(i int) string {
	mode := volumeSpecPath(i, "access_mode")
	if c.present(mode) {
		return mode
	}
	return volumeSpecPath(i, "size")
}

// lintModes warns of file modes whose digits are octal and whose number is not.
func lintModes(c *ruleContext) {
	for i := range c.plan.Spec.Volumes {
		spec := &c.plan.Spec.Volumes[i].Spec
		if octalDigits(spec.DefaultMode) {
			c.decimalMode(volumeSpecPath(i, "default_mode"))
		}
		for j := range spec.Items {
			if octalDigits(spec.Items[j].Mode) {
				c.decimalMode(item(volumeSpecPath(i, "items"), j, "mode"))
			}
		}
	}
}

// octalDigits reports whether a mode's decimal digits are those of a usual one; larger ones are out of range.
func octalDigits(mode *int64) bool {
	return mode != nil && (*mode == 400 || *mode == 440 || *mode == 444 || *mode == 500)
}

func (c *ruleContext) decimalMode(path string) {
	_, n, whole := source.Find(c.tree, path)
	if !whole || modeInstead(n.Text) == "" {
		return // someone who wrote 0670 means it
	}
	decimal, _ := strconv.Atoi(n.Text)
	c.add(diag.Problem{
		Code: diag.Volume, Severity: diag.Warning, Path: path,
		Message: fmt.Sprintf("%s is a decimal number here, and as a mode 0%o", n.Text, decimal), Hint: modeInstead(n.Text),
	})
}
