package lsp

import (
	"slices"

	"berth/internal/diag"
	"berth/internal/workspace"
)

// declared are the names of the profiles in a file, sorted.
func declared(mentions []mention) []string {
	var names []string
	for _, m := range mentions {
		if m.field == declares {
			names = append(names, m.name)
		}
	}
	slices.Sort(names)
	return names
}

// reached are the files with runs that the profiles of a file reach: those that name one, or one that extends it. ok is
// false where that is not known, or is all runs: where no profile could be read, or the project itself names one.
func (p *project) reached(path string) (files []string, ok bool) {
	names := map[string]bool{}
	for _, name := range declared(p.index[path]) {
		names[name] = true
	}
	if len(names) == 0 {
		return nil, false
	}
	p.extending(names)
	for at, mentions := range p.index {
		if !slices.ContainsFunc(mentions, func(m mention) bool { return m.field == "profile" && names[m.name] }) {
			continue
		}
		switch p.roles[at] {
		case workspace.ProjectRole:
			return nil, false
		case workspace.RunRole:
			files = append(files, at)
		}
	}
	hasRuns := func(at string) bool { return p.check.Files[at].Runs > 0 }
	if slices.ContainsFunc(files, hasRuns) {
		return files, true
	}
	for at := range p.check.Files { // profiles are judged beside some run
		if hasRuns(at) {
			return append(files, at), true
		}
	}
	return nil, false
}

// extending adds the profiles that extend one of the names, through others too.
func (p *project) extending(names map[string]bool) {
	for before := 0; before < len(names); {
		before = len(names)
		for _, mentions := range p.index {
			if slices.ContainsFunc(mentions, func(m mention) bool { return m.field == "extends" && names[m.name] }) {
				for _, name := range declared(mentions) {
					names[name] = true
				}
			}
		}
	}
}

// withProfiles are the project's diagnostics of no run with those about profiles replaced. The files that are pointed at
// before or after are added to touched.
func (p *project) withProfiles(found []diag.Diagnostic, touched map[string]string) []diag.Diagnostic {
	ofProfile := func(d diag.Diagnostic) bool {
		path, ok := p.names.path(nameOf(d))
		if ok && p.roles[path] == workspace.ProfileRole {
			touched[nameOf(d)] = path
			return true
		}
		return false
	}
	kept := slices.DeleteFunc(slices.Clone(p.check.Rest), ofProfile)
	for _, d := range found {
		if ofProfile(d) {
			kept = append(kept, d)
		}
	}
	return kept
}
