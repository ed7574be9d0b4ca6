package files

import (
	"fmt"
	"path"
	"strings"

	"berth/internal/diag"
)

// Limits that every common file system keeps, in bytes.
const (
	maxName = 255
	maxPath = 1024
)

// maxFiles is how many files a tree may have: every run is written for each environment, so that they multiply, and a
// repository, a controller and a reviewer have to take them all.
const maxFiles = 100_000

// checkPaths refuses what cannot be written on every system: paths that lead out, that some system reserves or spells
// in its own way, and two that some system would take for one.
func checkPaths(dir string, want []File) []diag.Diagnostic {
	if len(want) > maxFiles {
		return []diag.Diagnostic{problem(dir, "", fmt.Sprintf("the build wants to write %d files, and %d may be", len(want), maxFiles),
			"divide the project, or write some environments alone, as with --environment prod -o manifests-prod")}
	}
	var problems []diag.Diagnostic
	taken := make(spellings, 2*len(want))
	for _, f := range want {
		if reason := checkPath(f.Path); reason != "" {
			problems = append(problems, problem(dir, "",
				fmt.Sprintf("the build wants to write %q, %s", f.Path, reason), "rename what the file is named after"))
			continue
		}
		if other, clash := taken.add(f.Path); clash {
			problems = append(problems, problem(dir, f.Path,
				fmt.Sprintf("the build wants to write %s and %s, which are one file on some systems", other, f.Path),
				"rename one of those that the files are named after"))
		}
	}
	return diag.Sort(problems)
}

// checkPath says what is wrong with a path, nothing if it may be written.
func checkPath(p string) string {
	if len(p) > maxPath {
		return fmt.Sprintf("which is longer than %d characters", maxPath)
	}
	for name := range strings.SplitSeq(p, "/") {
		if reason := checkName(name); reason != "" {
			return reason
		}
	}
	return ""
}

// checkName says why one part of a path cannot be the name of a file on every system; empty for one that can. A dot in
// front hides a file, and no layout writes such a file.
func checkName(name string) string {
	switch {
	case name == "" || name[0] == '.':
		return "a path with an empty or hidden part"
	case len(name) > maxName:
		return fmt.Sprintf("with a name longer than %d characters", maxName)
	case strings.HasSuffix(name, "."):
		return "with a name that ends in a dot"
	case !isPortable(name):
		return "with a character that is not allowed in file names everywhere"
	case isReserved(name):
		return "with a name that Windows keeps for a device"
	}
	return ""
}

// isPortable reports whether name keeps to POSIX's portable file name character set.
func isPortable(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter, digit := 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9'
		if !letter && !digit && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// isReserved reports whether Windows takes name for a device, which it does whatever follows the first dot.
func isReserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (stem[:3] == "com" || stem[:3] == "lpt") && '0' <= stem[3] && stem[3] <= '9'
}

// spellings knows the files and folders of a tree by their names without regard to case.
type spellings map[string]spelling

// spelling is a path as it is written, and whether it is a folder: two spellings of one path are one file where case
// does not count.
type spelling struct {
	path   string
	folder bool
}

// add takes a file and the folders above it in, and names the path that excludes it, if any.
func (s spellings) add(file string) (other string, clash bool) {
	for at, folder := file, false; at != "."; at, folder = path.Dir(at), true {
		key := strings.ToLower(at)
		known, ok := s[key]
		if !ok {
			s[key] = spelling{at, folder}
			continue
		}
		if !folder || !known.folder || known.path != at {
			return known.path, true
		}
		break // the folders above are known with it
	}
	return "", false
}
