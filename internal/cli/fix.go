package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"berth/internal/diag"
	"berth/internal/workspace"

	"github.com/spf13/cobra"
)

// fixCommand is berth fix. Without --write it changes nothing.
func fixCommand(a *app) *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:   "fix [PATH…]",
		Short: "Mend the mistakes that can be mended in one way alone",
		Long: `Mend the mistakes that can be mended in one way alone, and leave every other byte as it is. The change is shown
as a patch; --write makes it. What is left to you is reported, and the exit code is then 1.`,
		Example: "  berth fix run.yaml\n  berth fix --write runs/",
		RunE:    func(_ *cobra.Command, paths []string) error { return a.fix(paths, write) },
	}
	cmd.Flags().BoolVarP(&write, "write", "w", false, "change the files")
	return cmd
}

// maxRounds bounds how often files are mended and compiled again: a field has to have its right name before its value can
// be judged, and that is all there is to wait for.
const maxRounds = 5

// fix mends the files of each project that the paths belong to, and reports together what is left.
func (a *app) fix(paths []string, write bool) error {
	shares := workspace.Divide(a.Dir, "", paths)
	var refused error
	a.together = len(shares) > 1
	for _, share := range shares {
		err := a.fixShare(share.Paths, write)
		if err != nil && err != errNo && err != errUnreadable {
			return err
		}
		refused = firstError(refused, err)
	}
	if a.together {
		return firstError(refused, a.tell())
	}
	return refused
}

// fixShare mends the paths of one project.
func (a *app) fixShare(paths []string, write bool) error {
	m := &mender{app: a, paths: paths, texts: map[string][]byte{}, before: map[string]*diag.File{}, count: map[string]int{}}
	var left []diag.Diagnostic
	for range maxRounds {
		mended, err := m.round(&left)
		if err != nil {
			return err
		}
		if !mended {
			break
		}
	}
	for _, path := range slices.Sorted(maps.Keys(m.texts)) {
		if err := m.finish(path, write); err != nil {
			return err
		}
	}
	if m.unreadable {
		return a.unreadable(left)
	}
	if err := a.report(left); len(m.texts) > 0 || err == nil {
		return err
	}
	a.say("none of them can be mended in one way alone")
	return errNo
}

// mender mends files in memory.
type mender struct {
	*app
	paths      []string
	texts      map[string][]byte     // mended, by absolute path
	before     map[string]*diag.File // as they were
	count      map[string]int        // of mended mistakes
	unreadable bool
}

// round compiles everything once and applies what is certain. What is left then is the round's to tell.
func (m *mender) round(left *[]diag.Diagnostic) (mended bool, err error) {
	w, diags := workspace.Load(workspace.Request{Limits: m.limits, Dir: m.Dir, Paths: m.paths, Texts: m.texts})
	defer w.Close()
	if err := needsProject(w, m.paths); err != nil {
		return false, err
	}
	for _, environment := range append([]string{""}, w.Environments()...) {
		_, found := w.Compile(environment)
		diags = append(diags, found...)
	}
	m.unreadable = w.Unreadable
	*left = nil
	for _, group := range byFile(diag.Sort(diags)) {
		rest := m.mend(group)
		mended = mended || len(rest) < len(group)
		*left = append(*left, rest...)
	}
	return mended, nil
}

// byFile divides sorted diagnostics by the file that they are about.
func byFile(ds []diag.Diagnostic) [][]diag.Diagnostic {
	var groups [][]diag.Diagnostic
	for i, d := range ds {
		if i == 0 || d.Span.File != ds[i-1].Span.File {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], d)
	}
	return groups
}

// mend applies the certain fixes of one file, and returns what they leave.
func (m *mender) mend(ds []diag.Diagnostic) []diag.Diagnostic {
	file := ds[0].Span.File
	if file == nil || file.Data == nil {
		return ds
	}
	text, mended, left := diag.Apply(file, ds)
	path := m.absolute(filepath.FromSlash(file.Name))
	if mended == 0 || !isFile(path) {
		return ds
	}
	if m.before[path] == nil {
		m.before[path] = file
	}
	m.texts[path] = text
	m.count[path] += mended
	return left
}

// isFile tells a file on disk from a built-in profile, which nobody can mend.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// finish writes a mended file, or shows how it would change. A patch has lines around each change, and its lines cannot
// be blotted out.
func (m *mender) finish(path string, write bool) error {
	file, text := m.before[path], m.texts[path]
	switch kind := diag.SecretKind(string(file.Data) + string(text)); {
	case !write && kind != "":
		m.say("%s: the patch is not shown, since %s stands in the file; --write mends %s", file.Name, kind, diag.Count(m.count[path], "mistake", "mistakes"))
		return nil
	case !write:
		_, err := m.Stdout.Write(diag.Preview(file.Name, file.Data, text))
		return err
	}
	if err := replaceFile(path, file.Data, text); err != nil {
		return fmt.Errorf("%s: %w", file.Name, err)
	}
	m.say("%s: mended %s", file.Name, diag.Count(m.count[path], "mistake", "mistakes"))
	return nil
}
