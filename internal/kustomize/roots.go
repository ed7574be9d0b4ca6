package kustomize

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Root is a kustomization that is built by itself: nobody puts it together with others.
type Root struct {
	*Folder
	// Environment is what it stands for where others build on what it builds on: an overlay. It is empty for one that stands
	// alone.
	Environment string
	// Where is a longer name, which no other overlay of the same bases has.
	Where string
}

// Roots are the kustomizations that are built by themselves, by path, with the environments that they stand for.
func (t *Tree) Roots() []Root {
	var roots []Root
	for _, at := range slices.Sorted(maps.Keys(t.folders)) {
		if f := t.folders[at]; !f.component && (len(f.neededBy) == 0 || f.needsItself(t) || f.isOverlay()) {
			roots = append(roots, Root{Folder: f})
		}
	}
	for _, family := range t.families(roots) {
		if len(family) > 1 {
			called(roots, family)
		}
	}
	return roots
}

// isOverlay reports whether a kustomization lies where people put overlays. Such a one is built by itself even where another
// overlay builds on it.
func (f *Folder) isOverlay() bool {
	return len(f.needs) > 0 && slices.Contains([]string{"overlays", "environments", "envs", "env"}, path.Base(path.Dir(f.Path)))
}

// needsItself reports whether a folder is among its own bases, over any number of steps. Kustomize refuses such a cycle.
func (f *Folder) needsItself(t *Tree) bool { return t.bases(f)[f.Path] }

// bases are the folders that a kustomization builds on, without components, which many share that have nothing else in
// common.
func (t *Tree) bases(f *Folder) map[string]bool {
	all := map[string]bool{}
	var add func(f *Folder)
	add = func(f *Folder) {
		for _, need := range f.needs {
			if below := t.folders[need]; !below.component && !all[need] {
				all[need] = true
				add(below)
			}
		}
	}
	add(f)
	return all
}

// families are the roots, by index, that build on a folder in common.
func (t *Tree) families(roots []Root) [][]int {
	var families [][]int
	var of []map[string]bool
	for i, r := range roots {
		bases, family := t.bases(r.Folder), []int{i}
		for k := len(families) - 1; k >= 0; k-- {
			if share(of[k], bases) {
				family = append(families[k], family...)
				maps.Copy(bases, of[k])
				families, of = slices.Delete(families, k, k+1), slices.Delete(of, k, k+1)
			}
		}
		families, of = append(families, family), append(of, bases)
	}
	return families
}

// share reports whether two folders have a base in common.
func share(a, b map[string]bool) bool {
	for key := range a {
		if b[key] {
			return true
		}
	}
	return false
}

// called gives the overlays of a family their names: the last part of their paths that they do not have in common.
func called(roots []Root, family []int) {
	var parts [][]string
	for _, i := range family {
		parts = append(parts, strings.Split(roots[i].Path, "/"))
	}
	for same(parts, func(p []string) string { return p[len(p)-1] }) {
		for k := range parts {
			parts[k] = parts[k][:len(parts[k])-1]
		}
	}
	for same(parts, func(p []string) string { return p[0] }) {
		for k := range parts {
			parts[k] = parts[k][1:]
		}
	}
	for k, i := range family {
		roots[i].Environment = label(parts[k][len(parts[k])-1])
		roots[i].Where = label(strings.Join(parts[k], "-"))
	}
}

// same reports whether every path has more than one part, and one part of it is the same in all.
func same(paths [][]string, part func([]string) string) bool {
	for _, p := range paths {
		if len(p) < 2 || part(p) != part(paths[0]) {
			return false
		}
	}
	return true
}

// label makes a name of a folder one that an environment may have.
func label(name string) string {
	mapped := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, path.Clean(name))
	mapped = strings.Trim(mapped, "-")
	return mapped[:min(len(mapped), 63)]
}
