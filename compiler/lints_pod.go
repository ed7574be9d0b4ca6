package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

// lintClaimOwner warns of a new volume that its program cannot write to: it belongs to root until fs_group says otherwise.
func lintClaimOwner(c *ruleContext) {
	s := &c.plan.Spec
	if s.FSGroup != nil {
		return
	}
	who, group := "", int64(0)
	switch {
	case s.RunAsUser != nil && *s.RunAsUser > 0:
		group = int64(*s.RunAsUser)
		who = fmt.Sprintf("user %d", group)
	case s.RunAsUser == nil && (isTrue(s.RunAsNonRoot) || s.Security == schema.SecurityRestricted):
		who, group = "a user that is not root", 1000
	default:
		return
	}
	if s.RunAsGroup != nil && *s.RunAsGroup > 0 {
		group = int64(*s.RunAsGroup)
	}
	for i := range s.Volumes {
		v := &s.Volumes[i]
		// A claim that exists may have been prepared by somebody; one that is made with the run is as its driver makes
		// it.
		claimed := v.VolumeType == schema.VolumeTypePersistentVolumeClaim && v.Spec.ClaimName == "" && v.Spec.Size != ""
		if !claimed && v.VolumeType != schema.VolumeTypeEphemeral || isTrue(v.ReadOnly) {
			continue
		}
		c.warn(diag.ClaimOwner, item(volumeList, i, "name"), fmt.Sprintf("volume %s is new and belongs to root: %s may not be able to write to it", v.Name, who),
			fmt.Sprintf("write fs_group: %d, and the volume belongs to that group", group))
	}
}

// lintTag warns of a Job that runs once of an image that is another one tomorrow: nobody can tell which it was, or repeat
// the run.
func lintTag(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionJob || s.Schedule != "" || s.RunPolicy != schema.RunPolicyOnce {
		return
	}
	for _, container := range c.pod() {
		if container.Image == "" || !moves(container.Image) {
			continue
		}
		path := container.Path + ".image"
		if !c.present(path) {
			continue // the run's own image, of which is told already
		}
		name := strings.TrimSuffix(container.Image, ":latest")
		c.warn(diag.MovingTag, path, fmt.Sprintf("image %s is whichever is newest when the pod starts, and this Job runs once: nobody can tell later which it was", diag.Quote(container.Image)),
			fmt.Sprintf("write a version, such as %s:1.4, or the image's digest", name))
	}
}

// moves reports whether an image has neither a digest nor a tag but latest.
func moves(image string) bool {
	if strings.Contains(image, "@") {
		return false
	}
	last := image[strings.LastIndexByte(image, '/')+1:]
	_, tag, tagged := strings.Cut(last, ":")
	return !tagged || tag == "latest"
}

// lintKeys warns of a place that wants one file of a ConfigMap or Secret which is not among those that the volume has:
// what is mounted there is an empty folder.
func lintKeys(c *ruleContext) {
	volumes := c.plan.Spec.Volumes
	for _, container := range c.pod() {
		for k := range container.Places {
			place := &container.Places[k]
			if place.SubPath == "" {
				continue
			}
			i := slices.IndexFunc(volumes, func(v schema.Volume) bool { return v.Name == place.Volume })
			if i >= 0 && len(volumes[i].Spec.Items) > 0 {
				c.missingKey(&volumes[i], place)
			}
		}
	}
}

// missingKey warns of a sub_path that is neither a file of the volume's items nor a folder above one. A Secret's or
// ConfigMap's keys are not known offline; the items are.
func (c *ruleContext) missingKey(v *schema.Volume, place *schema.Place) {
	var names []string
	for _, key := range v.Spec.Items {
		names = append(names, key.Path)
	}
	if slices.ContainsFunc(names, func(n string) bool { return n == place.SubPath || strings.HasPrefix(n, place.SubPath+"/") }) {
		return
	}
	hint := "write sub_path: " + diag.OneOf(names)
	if best, ok := diag.Nearest(place.SubPath, names); ok {
		hint = "did you mean " + best + "?"
	}
	c.warn(diag.MissingKey, place.Path+".sub_path", fmt.Sprintf("volume %s has no file %s among its items: an empty folder would be mounted", v.Name, diag.Quote(place.SubPath)), hint)
}

// lintReadiness warns of what is served by pods that count as ready as soon as they have started.
func lintReadiness(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionServe || s.Probes != nil && s.Probes.Readiness != nil {
		return
	}
	// The hint has to build as it stands, so that a port is named even where the run has none.
	port := int64(8080)
	if len(s.ServicePorts) > 0 {
		port = s.ServicePorts[0].Port
		if n, ok := s.ServicePorts[0].TargetPort.Number(); ok {
			port = n
		}
	}
	c.warn(diag.NoReadiness, "spec.action", "without a readiness probe requests reach a pod as soon as it has started, before it can answer them",
		fmt.Sprintf("write probes: {readiness: {tcp: %d}}, or http: /<path> and port: %d", port, port))
}

// lintRollout warns of a served run whose change takes all pods away before there is a new one.
func lintRollout(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionServe {
		return
	}
	replicas := s.FixedReplicas()
	if replicas == nil || *replicas < 1 {
		return
	}
	const roomy = "strategy: {type: rolling, max_surge: 1, max_unavailable: 0}"
	switch {
	case s.Strategy == nil && *replicas == 1 && c.asksForDevices():
		c.warn(diag.NoPodLeft, "spec.action", "a change leaves no pod while the new one starts: the old one holds the device that the new one needs",
			"write replicas: 2, or "+roomy+" where a second device is free")
	case s.Strategy != nil && s.Strategy.MaxUnavailable != "" && isNone(s.Strategy.MaxSurge) && gone(string(s.Strategy.MaxUnavailable), *replicas) >= *replicas:
		c.warn(diag.NoPodLeft, "spec.strategy.max_unavailable",
			fmt.Sprintf("a change leaves no pod while the new ones start: %s of %d may be missing, and none is made before", s.Strategy.MaxUnavailable, *replicas),
			"write "+roomy)
	}
}

// gone is how many of so many pods a figure lets be missing: Kubernetes rounds a percentage down.
func gone(figure string, replicas int64) int64 {
	number, percent := strings.CutSuffix(figure, "%")
	n, err := strconv.ParseInt(number, 10, 64)
	switch {
	case err != nil:
		return 0
	case percent:
		return replicas * n / 100
	}
	return n
}
