package files

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// defaultWorkers is small: the work is the kernel's, and most file systems make changes one after the other.
func defaultWorkers() int { return min(runtime.GOMAXPROCS(0), 8) }

// batch is the number of folders that one worker takes at a time: neighbours, whose parents it holds open.
const batch = 64

// eachFolder calls do for every folder, several at once. After an error no further batch is begun; the one returned is
// that of the first folder in order that has one.
func (t *tree) eachFolder(workers int, do func(*descent, *folder) error) error {
	batches := slices.Collect(slices.Chunk(t.folders, batch))
	errs := make([]error, len(batches))
	var next atomic.Int64
	var failed atomic.Bool
	var group sync.WaitGroup
	for range min(workers, len(batches)) {
		group.Go(func() {
			d := &descent{root: t.root}
			defer d.rise(0)
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(batches) {
					return
				}
				if errs[i] = d.each(batches[i], do); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *descent) each(folders []*folder, do func(*descent, *folder) error) error {
	for _, f := range folders {
		if err := do(d, f); err != nil {
			return err
		}
	}
	return nil
}
