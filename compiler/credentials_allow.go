package compiler

import (
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// meant are the project's allowances of what looks like a credential, as they hold for one run, or for the project's own
// file and its profiles where there is no run. It remembers which of them it took.
type meant struct {
	list []schema.CredentialAllowance
	run  string
	took map[int]bool
}

// meantFor is nil, which allows nothing, where the project has no allowances.
func meantFor(p *Project, run string) *meant {
	if p == nil || p.Spec.Credentials == nil {
		return nil
	}
	return &meant{list: p.Spec.Credentials.Allow, run: run, took: map[int]bool{}}
}

// allows reports whether what stands at a path of a tree is said to be no credential.
func (m *meant) allows(tree *source.Node, path string) bool {
	if m == nil {
		return false
	}
	byNumber, byName := diag.Split(words(path)), diag.Split(fieldByName(tree, path))
	is := func(field string, steps []string) bool {
		asked := diag.Split(words(field))
		return len(asked) > 0 && len(asked) <= len(steps) && slices.Equal(asked, steps[:len(asked)])
	}
	for i, a := range m.list {
		if a.Run == m.run && (is(a.Field, byNumber) || is(a.Field, byName)) {
			m.took[i] = true
			return true
		}
	}
	return false
}

// fieldByName is a path as an allowance says it best: an item of a list by its name, which stays when others come, and
// without what the shape that people write does not have.
func fieldByName(tree *source.Node, path string) string {
	field, at := "", tree
	steps := diag.Split(path)
	for i, step := range steps {
		last := i == len(steps)-1
		switch {
		case diag.Index(step) < 0 && field == "" && step == "spec":
		case diag.Index(step) < 0 && last && contains([]string{"value", "text", "from"}, step):
		case diag.Index(step) < 0:
			field = diag.Join(field, step)
		default:
			field += "[" + nameOfItem(at, step) + "]"
		}
		_, at, _ = source.Find(at, stepPath(step))
	}
	return field
}

// stepPath is one step of a path by itself.
func stepPath(step string) string {
	if diag.Index(step) >= 0 {
		return step
	}
	return diag.Join("", step)
}

func nameOfItem(list *source.Node, step string) string {
	i := diag.Index(step)
	if list != nil && i < len(list.Items) {
		if name := list.Items[i].Get("name"); name.Scalar() && diag.PlainKey(name.Text) && secretIn(name.Text) == "" {
			return name.Text
		}
	}
	return fmt.Sprint(i)
}

// allowance is how a project says that what stands at a path is no credential.
func allowance(tree *source.Node, run, path string) string {
	field := strings.ReplaceAll(fieldByName(tree, path), "'", "''")
	who := ""
	if run != "" {
		who = "run: " + run + ", "
	}
	return fmt.Sprintf("; if it is none, say so under spec in berth.yaml: credentials: {allow: [{%sfield: '%s', reason: <why it is none>}]}", who, field)
}

// CredentialAllowance is a place that the project says holds no credential.
type CredentialAllowance struct {
	schema.CredentialAllowance
	Span diag.Span
}

// String is the place as a sentence has it.
func (a CredentialAllowance) String() string {
	if a.Run == "" {
		return a.Field
	}
	return a.Field + " of " + a.Run
}

// CredentialAllowances are the project's, in the order of its file.
func (p *Project) CredentialAllowances() []CredentialAllowance {
	if p == nil || p.Spec.Credentials == nil {
		return nil
	}
	all := make([]CredentialAllowance, len(p.Spec.Credentials.Allow))
	for i, a := range p.Spec.Credentials.Allow {
		all[i].CredentialAllowance = a
		if _, n, whole := source.Find(p.Tree, diag.At("credentials.allow", i)); whole {
			all[i].Span = n.Span
		}
	}
	return all
}
