package parallel

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
)

// Every call is made once, and never more at a time than there are workers.
func TestEach(t *testing.T) {
	for _, workers := range []int{0, 1, 3, 50} {
		var now, most, calls atomic.Int64
		done := make([]int, 40)
		Each(len(done), workers, func(i int) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			done[i]++
			calls.Add(1)
			now.Add(-1)
		})
		if workers > 0 && most.Load() > int64(workers) {
			t.Errorf("%d workers made %d calls at a time", workers, most.Load())
		}
		for i, n := range done {
			if n != 1 {
				t.Errorf("%d workers made %d calls for %d", workers, n, i)
			}
		}
	}
}

// The error is that of the least number, whoever failed first; little is begun after it.
func TestTry(t *testing.T) {
	for range 100 {
		var calls atomic.Int64
		err := Try(1000, 4, func(i int) error {
			calls.Add(1)
			if i >= 5 {
				return fmt.Errorf("error of %d", i)
			}
			return nil
		})
		if err == nil || err.Error() != "error of 5" {
			t.Fatalf("the error is %v", err)
		}
		if calls.Load() > 100 {
			t.Errorf("%d calls were made after the first error", calls.Load())
		}
	}
	if err := Try(0, 1, func(int) error { return errors.New("no call") }); err != nil {
		t.Error(err)
	}
}
