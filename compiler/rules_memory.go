package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/schema"
)

// memoryLimit is where the limit of the run's own container stands.
const memoryLimit = "spec.resources.mem.limits"

// memoryVolume is what of a run lies in memory: /dev/shm, or an emptyDir of medium Memory.
// The size is empty for a volume without a limit of its own, of which nothing is said. At is where the volume stands.
type memoryVolume struct {
	what, size string
	at, sizeAt string // in the plan
}

// inMemory lists all of a run that lies in memory.
func (c *ruleContext) inMemory() []memoryVolume {
	var all []memoryVolume
	if shm := c.plan.Spec.Shm; isSize(shm) {
		all = append(all, memoryVolume{"shm", shm, "spec.shm", "spec.shm"})
	}
	for i := range c.plan.Spec.Volumes {
		if v := &c.plan.Spec.Volumes[i]; v.VolumeType == schema.VolumeTypeEmptyDir && v.Spec.Medium == "Memory" {
			all = append(all, memoryVolume{"volume " + v.Name, v.Spec.SizeLimit, volumeSpecPath(i, "medium"), volumeSpecPath(i, "size_limit")})
		}
	}
	return all
}

// isSize reports whether a text is an amount of bytes, and not none of them.
func isSize(text string) bool {
	if text == "" {
		return false
	}
	_, _, fine := checkAmount("disk", text)
	q, ok := quantity.Parse(text)
	return fine && ok && q.Sign() > 0
}

// checkShm: /dev/shm has a size of its own.
func checkShm(c *ruleContext) {
	if q, ok := c.amount("disk", c.plan.Spec.Shm, "spec.shm"); ok && c.plan.Spec.Shm != "" && q.Sign() == 0 {
		c.add(diag.Problem{Code: diag.Volume, Path: "spec.shm", Message: "shm has a size of 0", Hint: "write a size such as 1Gi, or leave shm out"})
	}
}

// checkMemoryVolumes: what lies in memory counts against the container's memory limit, where there is one. With more than
// that, one by one or all together, writing to such a volume ends the container.
func checkMemoryVolumes(c *ruleContext) {
	all := c.inMemory()
	if len(all) == 0 {
		return
	}
	limit := c.plan.Spec.Resources["mem"].Limits
	larger := false
	for _, m := range all {
		if !largerThan(m.size, limit, 1) {
			continue
		}
		larger = true
		c.conflict(diag.Problem{
			Code: diag.Volume, Path: m.sizeAt,
			Message: fmt.Sprintf("%s of %s is larger than the memory limit %s, against which it counts", m.what, m.size, limit),
			Hint:    fmt.Sprintf("raise %s above %s, or make it smaller than %s", c.words(memoryLimit), m.size, limit),
		}, memoryLimit)
	}
	// One that is too large by itself makes the sum too large as well: that is said once.
	if all, total := together(all); !larger && largerThan(total, limit, 1) {
		c.allInMemory(all, diag.Problem{
			Code:    diag.Volume,
			Message: fmt.Sprintf("%s hold %s together, more than the memory limit %s, against which they count", sizes(all), total, limit),
			Hint:    fmt.Sprintf("raise %s above %s, or make them smaller", c.words(memoryLimit), total),
		})
	}
}

// lintMemoryVolumes warns of what may take more than half of the container's memory from the program, one by one or all
// together.
func lintMemoryVolumes(c *ruleContext) {
	all, limit, warned := c.inMemory(), c.plan.Spec.Resources["mem"].Limits, false
	for _, m := range all {
		if !largerThan(m.size, limit, 2) {
			continue
		}
		warned = true
		c.conflict(diag.Problem{
			Code: diag.Volume, Severity: diag.Warning, Path: m.sizeAt,
			Message: fmt.Sprintf("%s of %s may take more than half of the memory limit %s from the program", m.what, m.size, limit),
			Hint:    "raise " + c.words(memoryLimit) + ", or make it smaller",
		}, memoryLimit)
	}
	if all, total := together(all); !warned && largerThan(total, limit, 2) {
		c.allInMemory(all, diag.Problem{
			Code: diag.Volume, Severity: diag.Warning,
			Message: fmt.Sprintf("%s may take more than half of the memory limit %s from the program, %s together", sizes(all), limit, total),
			Hint:    "raise " + c.words(memoryLimit) + ", or make them smaller",
		})
	}
}

// together are those of several volumes that have a size, and the sum of the sizes; empty for one alone.
func together(all []memoryVolume) (sized []memoryVolume, total string) {
	if len(all) < 2 {
		return nil, ""
	}
	var sum quantity.Quantity
	for _, m := range all {
		if q, ok := quantity.Parse(m.size); ok && m.size != "" {
			sized = append(sized, m)
			sum.Add(q)
		}
	}
	return sized, quantity.Bytes(sum.Value())
}

// allInMemory reports a problem of several sizes at the last of them.
func (c *ruleContext) allInMemory(all []memoryVolume, p diag.Problem) {
	last := len(all) - 1
	p.Path = all[last].sizeAt
	for _, m := range all[:last] {
		p.Related = append(p.Related, diag.RelatedPath{Path: m.sizeAt, Message: m.what + " stands here"})
	}
	c.conflict(p, memoryLimit)
}

// sizes lists the volumes with their sizes in words.
func sizes(all []memoryVolume) string {
	words := make([]string, len(all))
	for i, m := range all {
		words[i] = m.what + " of " + m.size
	}
	return diag.AllOf(words)
}

// largerThan reports whether so many times a size is more than a limit.
func largerThan(size, limit string, times int64) bool {
	if size == "" || limit == "" {
		return false
	}
	have, sized := quantity.Parse(size)
	most, limited := quantity.Parse(limit)
	largest := quantity.Times(have, times)
	return sized && limited && largest.Cmp(most) > 0
}
