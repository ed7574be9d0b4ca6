//go:build !unix

package workspace

// foreign reports that every file may be used, where files have no owners to compare.
func foreign(string) bool { return false }
