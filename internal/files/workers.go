package files

import (
	"runtime"
	"slices"

	"berth/internal/parallel"
)

// defaultWorkers is small: the work is the kernel's, and most file systems make changes one after the other.
func defaultWorkers() int { return min(runtime.GOMAXPROCS(0), 8) }

// batch is the number of folders that one worker takes at a time: neighbours, whose parents it holds open meanwhile.
const batch = 64

// eachFolder calls do for every folder, several at once. After an error no further batch is begun; the one returned is
// that of the first folder in order that has one.
func (t *tree) eachFolder(workers int, do func(*descent, *folder) error) error {
	batches := slices.Collect(slices.Chunk(t.folders, batch))
	return parallel.Try(len(batches), workers, func(i int) error {
		d := &descent{root: t.root}
		defer d.rise(0)
		return d.each(batches[i], do)
	})
}

// each goes through folders in order, and stops at the first error.
func (d *descent) each(folders []*folder, do func(*descent, *folder) error) error {
	for _, f := range folders {
		if err := do(d, f); err != nil {
			return err
		}
	}
	return nil
}
