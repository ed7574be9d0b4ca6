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

// volumeList is the list in the plan.
const volumeList = "spec.volumes"

// volumeSpecPath is the path of a field of the i-th volume's spec.
func volumeSpecPath(i int, field string) string {
	return diag.Join(item(volumeList, i, "spec"), field)
}

// checkVolumes holds each volume against the rules of its type.
func checkVolumes(c *ruleContext) {
	for i := range c.plan.Spec.Volumes {
		v := &c.plan.Spec.Volumes[i]
		switch v.VolumeType {
		case schema.VolumeTypePersistentVolumeClaim, schema.VolumeTypeEphemeral:
			c.claimSize(i, v)
		case schema.VolumeTypeConfigMap, schema.VolumeTypeSecret:
			if len(v.Spec.Items) > 0 {
				c.keyPaths(volumeSpecPath(i, "items"), v.Spec.Items)
			}
		case schema.VolumeTypeDownwardAPI:
			c.keyPaths(volumeSpecPath(i, "items"), v.Spec.Items)
			c.amountsOf(volumeSpecPath(i, "items"), v.Spec.Items)
		case schema.VolumeTypeProjected:
			c.projected(i, v.Spec.Sources)
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

// projected: each source of a projected volume is of one kind.
func (c *ruleContext) projected(i int, sources []schema.VolumeSource) {
	list := volumeSpecPath(i, "sources")
	// A list that was refused is empty in the plan as well.
	if len(sources) == 0 && c.present(list) && !c.refused(diag.Parent(list)) {
		c.add(diag.Problem{Code: diag.Volume, Path: list, Message: "sources is empty, and a projected volume joins some", Hint: "write sources: [{config_map: {name: …}}]"})
	}
	for n := range sources {
		at, source := diag.At(list, n), &sources[n]
		var kinds []string
		for _, kind := range schema.TypeVolumeSource.Names() {
			if c.present(diag.Join(at, kind)) {
				kinds = append(kinds, kind)
			}
		}
		switch {
		case c.refused(at):
		case len(kinds) == 0:
			c.add(diag.Problem{Code: diag.Volume, Path: at, Message: "this source is of no kind", Hint: "write " + diag.OneOf(schema.TypeVolumeSource.Names())})
		case len(kinds) > 1:
			c.add(diag.Problem{Code: diag.Volume, Path: diag.Join(at, kinds[1]), AtKey: true,
				Message: "one source is of one kind, and this one is of " + diag.AllOf(kinds), Hint: "write a source for each: [{" + kinds[0] + ": …}, {" + kinds[1] + ": …}]"})
		}
		if source.Secret != nil {
			c.keyPaths(at+".secret.items", source.Secret.Items)
		}
		if source.ConfigMap != nil {
			c.keyPaths(at+".config_map.items", source.ConfigMap.Items)
		}
		if source.DownwardAPI != nil {
			c.keyPaths(at+".downward_api.items", source.DownwardAPI.Items)
			c.amountsOf(at+".downward_api.items", source.DownwardAPI.Items)
		}
	}
}

// keyPaths: each key of a ConfigMap or Secret, and each field of the pod, becomes a file, and no file can be another one's
// folder.
func (c *ruleContext) keyPaths(list string, items []schema.VolumeItem) {
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

// covers reports whether one of two cleaned paths is the other, or a folder above it.
func covers(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// emptyDir checks the size, and that a run with a volume of huge pages asks for some: the node finds no size of page to
// mount otherwise, and the pod never starts.
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
	for _, container := range c.pod() {
		for name := range container.Resources {
			if strings.HasPrefix(name, "hugepages-") && strings.HasSuffix(name, size) {
				return true
			}
		}
	}
	return false
}

// imageVolumes is the Kubernetes minor version in which the feature ImageVolume is on unasked
// (k8s.io/kubernetes/pkg/features).
const imageVolumes = 35

// imageVolume refuses a volume of type image where the target's Kubernetes has the feature off.
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
	// How many pods share the claim, and the field that a message has to speak of.
	count, field := c.mostPods()
	for i := range c.plan.Spec.Volumes {
		v := &c.plan.Spec.Volumes[i]
		mode, s := c.plan.AccessMode(v), c.plan.Spec.Strategy
		if mode == "ReadWriteOncePod" && s != nil && s.Type == schema.StrategyTypeRolling {
			c.conflict(diag.Problem{
				Code: diag.Volume, Path: "spec.strategy.type",
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

// mostPods is the number of pods that the run may have at a time, nil where it says none, and the field that says it.
func (c *ruleContext) mostPods() (*int64, string) {
	s := &c.plan.Spec
	switch {
	case s.Action == schema.ActionJob:
		return s.AtATime()
	case s.IsGroup() && *s.NumNodes > 1:
		return s.NumNodes, "spec.num_nodes"
	case s.Autoscale != nil:
		return &s.Autoscale.Max, "spec.autoscale.max"
	}
	return s.FixedReplicas(), "spec.replicas"
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

// decimalMode warns of a mode such as 440 without a leading zero, which is 0670. The text as written decides: a plan
// has only the number.
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
