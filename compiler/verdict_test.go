package compiler

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// The tables that the checker reads are generated from the CUE files. These tests hold the two to one verdict: what the
// checker accepts CUE itself accepts, and what it refuses CUE refuses.

// shapeCodes are the mistakes that the schema can see.
var shapeCodes = []diag.Code{diag.UnknownField, diag.MissingField, diag.WrongType, diag.WrongValue, diag.OutOfRange, diag.BadName, diag.BadQuantity, diag.WrongAction, diag.Volume}

// judgeOf compiles the schema for CUE.
func judgeOf(t testing.TB) func(doc []byte, action string) error {
	t.Helper()
	ctx := cuecontext.New()
	inst := build.NewContext().NewInstance("", func(token.Pos, string) *build.Instance { return nil })
	entries, err := fs.ReadDir(schema.Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, _ := schema.Files.ReadFile(e.Name())
		file, err := parser.ParseFile(e.Name(), data, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if err := inst.AddSyntax(file); err != nil {
			t.Fatal(err)
		}
	}
	all := ctx.BuildInstance(inst)
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
	specs := map[string]cue.Value{}
	for action, name := range map[string]string{"job": "#JobSpec", "deploy": "#DeploySpec", "serve": "#ServeSpec", "": "#RunSpec"} {
		specs[action] = all.LookupPath(cue.ParsePath(name)).Unify(all.LookupPath(cue.ParsePath("#RunSpec")))
	}
	volumes := all.LookupPath(cue.ParsePath("#VolumeSpecs"))
	return func(doc []byte, action string) error {
		v := ctx.CompileBytes(doc)
		if err := v.Err(); err != nil {
			return err
		}
		if err := specs[action].Unify(v).Validate(cue.Concrete(true)); err != nil {
			return err
		}
		return judgeVolumes(ctx, v, volumes)
	}
}

// judgeVolumes holds the spec of each volume against the fields of its type.
func judgeVolumes(ctx *cue.Context, run, types cue.Value) error {
	list, err := run.LookupPath(cue.ParsePath("volumes")).List()
	if err != nil {
		return nil
	}
	for list.Next() {
		kind, _ := list.Value().LookupPath(cue.ParsePath("volume_type")).String()
		spec := list.Value().LookupPath(cue.ParsePath("spec"))
		if !spec.Exists() {
			spec = ctx.CompileString("{}")
		}
		one := ctx.BuildExpr(ast.NewStruct()).FillPath(cue.MakePath(cue.Str(kind)), spec)
		if err := types.Unify(one).Validate(cue.Concrete(true)); err != nil {
			return err
		}
	}
	return nil
}

// encoded is a lowered tree as JSON: texts are texts however they were written, as the language says.
func encoded(n *source.Node, t *schema.Type) any {
	switch {
	case n.Kind == source.Map:
		m := map[string]any{}
		for _, f := range n.Fields {
			inner := &schema.Type{}
			if t.Kind == schema.MapKind {
				inner = t.Elem
			} else if known := t.Field(f.Key); known != nil {
				inner = known.Type
			}
			m[f.Key] = encoded(f.Node, inner)
			if t == &schema.TypePatch && f.Key == "patch" && f.Node.Kind == source.List {
				m[f.Key] = map[string]any{} // a list of operations is a rule's to refuse, which knows the patch that was meant
			}
		}
		return m
	case n.Kind == source.List:
		l := []any{}
		elem := t.Elem
		if elem == nil {
			elem = &schema.Type{}
		}
		for _, item := range n.Items {
			l = append(l, encoded(item, elem))
		}
		return l
	case n.Kind == source.Null:
		return nil
	case t.Kind == schema.IntKind:
		path := ""
		if t.Max != nil && *t.Max == 511 {
			path = ".mode"
		}
		if v, ok := plainInt(n, path); ok {
			return v
		}
		return n.Text
	case t.Kind == schema.BoolKind && n.Kind == source.Bool:
		return strings.EqualFold(n.Text, "true")
	case onlyNumber(n, t) != nil && n.Kind == source.String:
		return n.Text
	case len(t.Either) > 0:
		return schema.IntOrText(n.Text)
	case n.Kind == source.Float && evaluated(n):
		return 0.5 // any fraction: what matters is that it is no text
	}
	return n.Text
}

// corpus is every YAML and JSON file of the fixtures; with -short, which the race detector runs with, every fortieth.
func corpus(t testing.TB) []string {
	var paths []string
	err := filepath.WalkDir("../fixtures", func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".yaml" || ext == ".json") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !testing.Short() {
		return paths
	}
	var some []string
	for i := 0; i < len(paths); i += 40 {
		some = append(some, paths[i])
	}
	return some
}

// ofSpec reports whether a diagnostic is about the spec and of a kind that the schema can see: not about the envelope, and
// not about claims, which either exist or have a size.
func ofSpec(e *envelope, d diag.Diagnostic) bool {
	switch {
	case !slices.Contains(shapeCodes, d.Code):
		return false
	case d.Code == diag.Volume:
		return strings.Contains(d.Message, "does not belong to a volume")
	case d.Code == diag.WrongAction && strings.Contains(d.Path, "environments"), strings.Contains(d.Path, "node_selector.key"), strings.Contains(d.Path, "node_selector.value"),
		strings.Contains(d.Path, "node_selector["):
		return false // an environment's fields are those of any action, and a pair that is wrong is lowered to nothing
	case e.bare:
		return !slices.ContainsFunc(bareMetadata, func(f string) bool { return strings.HasPrefix(d.Path, f) })
	}
	return strings.HasPrefix(d.Path, "spec")
}

func agree(t *testing.T, judge func([]byte, string) error, name string, data []byte) (compared int) {
	file, _ := source.FromBytes(name, data)
	if file == nil {
		return 0
	}
	docs, _ := source.Load(file, source.Options{Layer: source.RunSpec})
	c := &compilation{}
	for _, doc := range docs {
		if Kind(doc) != kindRun {
			continue
		}
		w := c.read(doc, true)
		if w.env == nil {
			continue
		}
		lowering := slices.ContainsFunc(w.diags, func(d diag.Diagnostic) bool { return !slices.Contains(shapeCodes, d.Code) })
		refused := slices.IndexFunc(w.diags, func(d diag.Diagnostic) bool { return ofSpec(w.env, d) })
		if lowering {
			continue // a shape that has no one meaning, or the same item twice: CUE sees neither
		}
		body, _ := json.Marshal(encoded(w.spec, &schema.TypeRunSpec))
		action := ""
		if a := w.spec.Get("action"); a.Scalar() && schema.TypeAction.AcceptsText(a.Text) {
			action = a.Text
		}
		err := judge(body, action)
		compared++
		switch {
		case err == nil && refused >= 0:
			t.Errorf("%s: the checker refuses it (%s), CUE does not:\n%s", name, w.diags[refused].Message, body)
		case err != nil && refused < 0 && len(w.diags) == 0:
			t.Errorf("%s: CUE refuses it (%v), the checker does not:\n%s", name, err, body)
		}
	}
	return compared
}

func TestOneVerdict(t *testing.T) {
	judge := judgeOf(t)
	compared := 0
	for _, path := range corpus(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		compared += agree(t, judge, path, data)
	}
	if compared < 100 && !testing.Short() {
		t.Errorf("only %d runs were compared", compared)
	}
}

func FuzzOneVerdict(f *testing.F) {
	for _, path := range corpus(f) {
		if data, err := os.ReadFile(path); err == nil && len(data) < 4096 {
			f.Add(data)
		}
	}
	judge := judgeOf(f)
	f.Fuzz(func(t *testing.T, data []byte) { agree(t, judge, "run.yaml", data) })
}
