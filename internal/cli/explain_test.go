package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"berth/internal/quantity"
	"berth/internal/review"
	"berth/internal/workspace"
	"berth/schema"

	"sigs.k8s.io/yaml"
)

// origins are the leaves of all objects that the runs of a folder give in all environments.
func origins(t *testing.T, dir string, paths ...string) []review.Explained {
	t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, diags := workspace.Load(workspace.Request{Dir: dir, Paths: paths})
	defer w.Close()
	if len(w.Runs) == 0 {
		t.Fatal(dir, diags)
	}
	var all []review.Explained
	for _, environment := range append([]string{""}, w.Environments()...) {
		result, _ := w.Compile(environment)
		for _, u := range result.Units {
			r := review.Run{Environment: environment, Plan: u.Plan, Tree: u.Tree, Bare: u.Bare, Objects: u.Objects}
			if u.Profile != nil {
				r.Profile = u.Profile.Tree
			}
			if w.Project != nil {
				r.Project, r.ProjectName = w.Project.Tree, w.Project.NameNode
			}
			all = append(all, review.Explain(&r, review.Filter{})...)
		}
	}
	return all
}

// Every value of every object of the corpus has an origin, and a value that was copied from a file stands there.
func TestEveryLeafHasAnOrigin(t *testing.T) {
	folders, _ := filepath.Glob("../../fixtures/diff/*/*/berth.yaml")
	cases, _ := filepath.Glob("../../fixtures/accept/*")
	leaves, followed := 0, 0
	check := func(dir string, paths ...string) {
		for _, o := range origins(t, dir, paths...) {
			for _, leaf := range o.Fields {
				leaves++
				if leaf.Origin == nil || leaf.Origin.Layer == "" {
					t.Errorf("%s: %s %s: no origin of %s", dir, o.Kind, o.Name, leaf.Path)
					continue
				}
				if follow(t, dir, leaf) {
					followed++
				}
			}
		}
	}
	for _, project := range folders {
		check(filepath.Dir(project))
	}
	for _, dir := range cases {
		check(dir, pathsOf(t, dir)...)
	}
	if leaves < 1000 || followed < leaves/5 {
		t.Errorf("only %d of %d leaves were followed to their files", followed, leaves)
	}
}

// pathsOf are the paths among the arguments of a case.
func pathsOf(t *testing.T, dir string) []string {
	var paths []string
	for _, arg := range caseArgs(t, dir) {
		if _, err := os.Stat(filepath.Join(dir, arg)); err == nil {
			paths = append(paths, arg)
		}
	}
	return paths
}

// follow looks a copied scalar up in its file. What the tool computed has a reason and need not stand anywhere; CUE and
// Jsonnet compute what a run says, and the catalog is no file here.
func follow(t *testing.T, dir string, leaf review.Leaf) bool {
	p := leaf.Origin
	extension := filepath.Ext(p.File)
	if p.Reason != "" || p.Line == 0 || extension != ".yaml" && extension != ".json" || strings.HasPrefix(p.File, "builtin/") {
		return false
	}
	text, err := os.ReadFile(filepath.Join(dir, p.File))
	if err != nil {
		t.Errorf("%s: %v", dir, err)
		return false
	}
	line := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")[p.Line-1]
	rest := string([]rune(line)[p.Col-1:])
	if !saysSame(rest, leaf.Value) {
		t.Errorf("%s: %s is %s, and at %s stands %s", dir, leaf.Path, leaf.Value, p, rest)
	}
	return true
}

// saysSame reports whether a line's rest begins with a value: as it is, quoted, in another spelling of an amount, a file
// mode or a word, or as a list or block whose items are values of their own.
func saysSame(rest, value string) bool {
	var text string
	if strings.HasPrefix(value, `"`) && json.Unmarshal([]byte(value), &text) == nil {
		value = text
	}
	if value == "{}" || strings.HasPrefix(rest, value) || strings.ContainsAny(rest[:min(1, len(rest))], "[{|>&*") {
		return true
	}
	if rest != "" && strings.ContainsAny(rest[:1], `"'`) {
		return quotes(rest, value)
	}
	word := rest
	if end := strings.IndexAny(rest, ` ,}]#`); end >= 0 {
		word = rest[:end]
	}
	if mode, err := strconv.ParseInt(word, 0, 64); err == nil && strconv.FormatInt(mode, 10) == value {
		return true
	}
	return sameAmount(word, value) || strings.EqualFold(word, value) || word == schema.StrategyTypeRolling && value == "RollingUpdate"
}

// quotes reports whether a line's rest begins with a value in quotes.
func quotes(rest, value string) bool {
	for i := 1; i < len(rest); i++ {
		var text string
		if rest[i] != rest[0] || yaml.Unmarshal([]byte(rest[:i+1]), &text) != nil {
			continue
		}
		if text == value || sameAmount(text, value) {
			return true
		}
	}
	return false
}

func sameAmount(a, b string) bool {
	x, okX := quantity.Parse(a)
	y, okY := quantity.Parse(b)
	return okX && okY && x.Cmp(y) == 0
}

// What a whole list or item replaced is what each of its values beat.
func TestExplainNamesWhatAWholeBeat(t *testing.T) {
	for field, want := range map[string]string{
		"args":    "args[1] at runs/train.yaml:16:24 (run environment)\n      beat [--epochs, 20, ",
		"volumes": "volumes[0].spec.size at runs/train.yaml:20:104 (run environment)\n      beat 100Gi at runs/train.yaml:13:100 (run)",
	} {
		r := run("../../examples/environments", "explain", "train", field, "--environment", "dev")
		if r.exit != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("%s: exit %d\n%s%s", field, r.exit, r.stdout, r.stderr)
		}
	}
}
