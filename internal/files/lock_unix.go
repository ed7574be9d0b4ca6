//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package files

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// flock takes the exclusive lock of the folder f, which ends with the process. It reports whether it has it: some
// network file systems have no such lock.
func flock(f *os.File) (bool, error) {
	for deadline := time.Now().Add(lockPatience); ; time.Sleep(lockPause) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			return false, nil
		case time.Now().After(deadline):
			return false, errBusy
		}
	}
}
