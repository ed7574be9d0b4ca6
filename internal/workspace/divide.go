package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/files"
)

// Share is the paths of one project among those of a call.
type Share struct {
	// Project is the folder of the project, empty for paths that belong to none.
	Project string
	Paths   []string
}

// Divide tells the paths of one project from those of others. The project of a file is the nearest above it, wherever Berth
// is called; a folder is divided among the projects that lie in it. No paths are one share, that of the working directory's
// project.
func Divide(dir, top string, paths []string) []Share {
	if len(paths) == 0 {
		return []Share{{Project: FindProject(dir)}}
	}
	var shares []Share
	add := func(project, path string) {
		i := slices.IndexFunc(shares, func(s Share) bool { return s.Project == project })
		if i < 0 {
			shares, i = append(shares, Share{Project: project}), len(shares)
		}
		shares[i].Paths = append(shares[i].Paths, path)
	}
	for _, path := range paths {
		at := path
		if !filepath.IsAbs(at) {
			at = filepath.Join(dir, at)
		}
		info, err := os.Stat(at)
		if err != nil || !info.IsDir() {
			add(projectAbove(filepath.Dir(at), top), path)
			continue
		}
		add(projectAbove(at, top), path)
		// A project inside a folder is built as a share of its own, never as a part of the outer one.
		for _, inside := range projectsBelow(at) {
			add(inside, inside)
		}
	}
	return shares
}

// projectAbove is the folder of the nearest project at or above dir, empty where there is none. Above top nothing is
// looked for.
func projectAbove(dir, top string) string {
	if path := findProject(dir, top); path != "" {
		return filepath.Dir(path)
	}
	return ""
}

// projectsBelow are the folders of the projects below a folder that lie in no other one's output.
func projectsBelow(dir string) (found []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // which reading the runs says
	}
	for _, entry := range entries {
		at := filepath.Join(dir, entry.Name())
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || files.Wrote(at) {
			continue
		}
		if projectIn(at) != "" {
			found = append(found, at)
		}
		found = append(found, projectsBelow(at)...)
	}
	return found
}

// isRegular reports whether there is a regular file, also at the end of links.
func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
