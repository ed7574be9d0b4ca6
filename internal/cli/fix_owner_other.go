//go:build !unix

package cli

import "os"

// keepOwner reports that there is no owner to keep.
func keepOwner(*os.File, os.FileInfo) bool { return true }

// names is how many names a file is known to have.
func names(os.FileInfo) uint64 { return 1 }
