// Package parallel does the same for many things, several at a time, so that the outcome does not depend on how many.
package parallel

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Each calls do for 0 to n-1, several at a time; 0 workers means one for each processor.
func Each(n, workers int, do func(i int)) {
	_ = Try(n, workers, func(i int) error { // which do cannot
		do(i)
		return nil
	})
}

// Try is [Each] for what can fail. After an error no further call is begun; the one returned is that of the least i that has
// one, whichever came first.
func Try(n, workers int, do func(i int) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, n)
	group, failed := errgroup.WithContext(context.Background())
	group.SetLimit(workers)
	for i := range n {
		if failed.Err() != nil {
			break
		}
		group.Go(func() error {
			errs[i] = do(i)
			return errs[i]
		})
	}
	first := group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return first
}
