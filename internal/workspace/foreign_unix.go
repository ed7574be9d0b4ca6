//go:build unix

package workspace

import (
	"os"
	"strconv"
	"syscall"
)

// foreign reports whether a file belongs to another user than the one who calls, as git asks of a repository. Who calls by
// way of sudo may use his own files.
func foreign(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(s.Uid) == os.Geteuid() {
		return false
	}
	caller, err := strconv.Atoi(os.Getenv("SUDO_UID"))
	return err != nil || os.Geteuid() != 0 || int(s.Uid) != caller
}
