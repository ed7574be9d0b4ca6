//go:build unix

package cli

import (
	"os"
	"syscall"
)

// keepOwner gives a new file the owner and group of another, and reports whether it has them.
func keepOwner(f *os.File, of os.FileInfo) bool {
	want, ok := of.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	info, err := f.Stat()
	if err != nil {
		return false
	}
	if have, ok := info.Sys().(*syscall.Stat_t); ok && have.Uid == want.Uid && have.Gid == want.Gid {
		return true
	}
	return f.Chown(int(want.Uid), int(want.Gid)) == nil
}

// names is how many names a file has: hard links to it.
func names(of os.FileInfo) uint64 {
	if s, ok := of.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Nlink)
	}
	return 1
}
