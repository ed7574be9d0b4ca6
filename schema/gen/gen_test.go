package main

import (
	"bytes"
	"fmt"
	goast "go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// common are definitions that the snippets may use.
const common = `package schema

import "strings"

#Count: int & >=0 & <=100
#Port: int & >=1 & <=65535
#Word: =~"^[a-z]+$" & strings.MaxRunes(15) @says("letters")
#Item: {name!: #Word, kind?: string}
#Open: {...}
`

// understood are constructs with the table that they mean.
var understood = []struct{ cue, table string }{
	{`#T: string`, `Kind: TextKind`},
	{`#T: int`, `Kind: IntKind`},
	{`#T: bool`, `Kind: BoolKind`},
	{`#T: _`, `Kind: AnyKind`},
	{`#T: {...}`, `Kind: AnyKind`},
	{`#T: "a"`, `Kind: TextKind, Enum: []string{"a"}`},
	{"#T: \"\"\"\n\ta\n\t\"\"\"", `Kind: TextKind, Enum: []string{"a"}`},
	{`#T: "a" | "b" | "c"`, `Kind: TextKind, Enum: []string{"a", "b", "c"}`},
	{`#T: ("a" | =~"^b$") & !~"^c" @says("x")`, `Kind: TextKind, Enum: []string{"a"}, Or: []string{"^b$"}, NotMatch: []string{"^c"}, Says: "x"`},
	{`#T: =~"^a" | =~"^b" @says("x")`, `Kind: TextKind, Or: []string{"^a", "^b"}, Says: "x"`},
	{`#T: strings.MinRunes(2) & strings.MaxRunes(9) & strings.MaxRunes(7) @says("x")`, `Kind: TextKind, MinLen: 2, MaxLen: 7, Says: "x"`},
	{`#T: #Word & strings.MaxRunes(3) @says("x")`, `Kind: TextKind, Match: []string{"^[a-z]+$"}, MaxLen: 3, Says: "x"`},
	{`#T: string & #Word`, `Kind: TextKind, Match: []string{"^[a-z]+$"}, MaxLen: 15, Says: "letters"`},
	{`#T: #Word`, `Kind: TextKind, Match: []string{"^[a-z]+$"}, MaxLen: 15, Says: "letters"`},
	{`#T: >=5 & #Count`, `Kind: IntKind, Min: at(5), Max: at(100)`},
	{`#T: #Count & >=5`, `Kind: IntKind, Min: at(5), Max: at(100)`},
	{`#T: #Count & >=-5 & <=500`, `Kind: IntKind, Min: at(0), Max: at(100)`},
	{`#T: int & >=-1000 & <=-1`, `Kind: IntKind, Min: at(-1000), Max: at(-1)`},
	{`#T: [...string]`, `Kind: ListKind, Elem: &Type{Kind: TextKind}`},
	{`#T: [...#Item]`, `Kind: ListKind, Elem: &TypeItem`},
	{`#T: {[#Word]: #Item}`, `Kind: MapKind, Key: &TypeWord, Elem: &TypeItem`},
	{`#T: {[string]: {...}}`, `Kind: MapKind, Key: &Type{Kind: TextKind}, Elem: &Type{Kind: AnyKind}`},
	{`#T: {a?: #Item, "b"!: {c?: int}}`, `Kind: StructKind, Fields: []Field{
	{Name: "a", Doc: "", Required: false, Type: &TypeItem},
	{Name: "b", Doc: "", Required: true, Type: &Type{Kind: StructKind, Fields: []Field{
		{Name: "c", Doc: "", Required: false, Type: &Type{Kind: IntKind}},
	}}},
}`},
	{"#T: {\n#Item\nkind!: string\n// Why.\nextra?: [...#Count]\n}", `Kind: StructKind, Fields: []Field{
	{Name: "name", Doc: "", Required: true, Type: &TypeWord},
	{Name: "kind", Doc: "", Required: true, Type: &Type{Kind: TextKind}},
	{Name: "extra", Doc: "Why.", Required: false, Type: &Type{Kind: ListKind, Elem: &TypeCount}},
}`},
	{`#T: #Port | #Word @go(T,type=IntOrText) @says("a port, or the name of one")`, `Kind: TextKind, Says: "a port, or the name of one", Either: []*Type{&TypePort, &TypeWord}`},
	{`#T: {a?: #Count | =~"^[0-9]+%$" @go(A,type=IntOrText) @says("a count or a percentage")}`, `Kind: StructKind, Fields: []Field{
	{Name: "a", Doc: "", Required: false, Type: &Type{Kind: TextKind, Says: "a count or a percentage", Either: []*Type{&TypeCount, &Type{Kind: TextKind, Match: []string{"^[0-9]+%$"}}}}},
}`},
	{`#T: #Word | "Any thing" @go(T,type=IntOrText) @says("x")`, `Kind: TextKind, Says: "x", Either: []*Type{&TypeWord, &Type{Kind: TextKind, Enum: []string{"Any thing"}}}`},
}

func TestUnderstood(t *testing.T) {
	for _, c := range understood {
		out, err := tablesOf(t, common+c.cue)
		if err != nil {
			t.Errorf("%s: %v", c.cue, err)
			continue
		}
		_, table, _ := strings.Cut(out, "var TypeT = Type{Name: \"T\", ")
		table, _, _ = strings.Cut(table, "\n\n// ")
		if got := strings.TrimSuffix(table, "}"); got != c.table {
			t.Errorf("%s means\n%s\nand not\n%s", c.cue, got, c.table)
		}
	}
}

// refused are constructs that the tables have no place for, each with a part of what is said at its line.
var refused = []struct{ cue, says string }{
	// Files.
	{"import \"list\"", "an import other than"},
	{"import s \"strings\"", "an import other than"},
	{"let x = 5", "let is not understood"},
	{"if true {a: 1}", "a comprehension"},
	{"for x in [1] {a: x}", "a comprehension"},
	{"{a: 1}", "a value without a name"},
	{"...", "`...` is not understood"},
	{"@attribute(x)", "an attribute by itself"},
	{"a: string", "a is no definition"},
	{"_a: string", "a hidden field"},
	{"#a: string", "no capital letter"},
	{"#T?: string", "neither optional nor required"},
	{"#T!: string", "neither optional nor required"},
	{"#Count: int", "is defined at"},
	{"X=#T: string", "an alias"},
	{"(\"#T\"): string", "a name that is computed"},
	{"\"\\(#Word)\": string", "a name that is computed"},
	{"[string]: string", "a name that is computed, or a pattern"},

	// Bounds and numbers.
	{"#T: int & >5", "an exclusive bound"},
	{"#T: int & <5", "an exclusive bound"},
	{"#T: int & !=5", "the operator != is not understood"},
	{"#T: int & ==5", "the operator == is not understood"},
	{"#T: int & >=#Count", "a bound has to be a plain integer"},
	{"#T: int & >=(1+2)", "a bound has to be a plain integer"},
	{"#T: int & >=1.5", "a bound has to be a plain integer"},
	{"#T: int & >=1K", "a bound has to be a plain integer"},
	{"#T: int & >=0x10", "a bound has to be a plain integer"},
	{"#T: int & >=1_000", "a bound has to be a plain integer"},
	{"#T: int & >=99999999999999999999", "a bound has to be a plain integer"},
	{"#T: >=\"a\"", "a bound has to be a plain integer"},
	{"#T: int & >=5 & <=4", "no value lies within"},
	{"#T: #Count & >=101", "no value lies within"},
	{"#T: number", "number is not understood"},
	{"#T: float", "float is not understood"},
	{"#T: uint8", "uint8 is not understood"},
	{"#T: bytes", "bytes is not understood"},
	{"#T: null", "the literal null"},
	{"#T: 5", "the literal 5"},
	{"#T: true", "the literal true"},
	{"#T: -5", "the operator - is not understood"},
	{"#T: !true", "the operator ! is not understood"},
	{"#T: 1 | 2", "the literal 1"},
	{"#T: 'a'", "the literal 'a'"},
	{"#T: #\"a\"#", "the literal #"},
	{"#T: \"a\\(#Word)\"", "an interpolation"},
	{"#T: 1 + 2", "the operator + is not understood"},
	{"#T: \"a\" =~ \"b\"", "the operator =~ is not understood"},

	// Strings.
	{"#T: =~#Word", "a pattern has to be a literal"},
	{"#T: =~\"(\"", "error parsing regexp"},
	{"#T: =~\"^a\"", "needs its words"},
	{"#T: {a?: strings.MinRunes(1)}", "needs its words"},
	{"#T: [...=~\"^a\"]", "needs its words"},
	{"#T: {[=~\"^a\"]: string}", "needs its words"},
	{"#T: #Word & =~\"^a\"", "needs its words"},
	{"#T: strings.MaxRunes(#Count) @says(\"x\")", "takes a plain number"},
	{"#T: strings.MaxRunes(0) @says(\"x\")", "takes a plain number"},
	{"#T: strings.MaxRunes(1, 2) @says(\"x\")", "takes one number"},
	{"#T: strings.MinRunes(5) & strings.MaxRunes(4) @says(\"x\")", "no value lies within"},
	{"#T: strings.HasPrefix(\"a\")", "a call other than"},
	{"#T: len(\"a\")", "a call other than"},
	{"#T: or([\"a\", \"b\"])", "a call other than"},
	{"#T: close({a?: int})", "a call other than"},
	{"#T: error(\"a\")", "a call other than"},

	// Choices and conjunctions.
	{"#T: *\"a\" | \"b\"", "a default is not understood here"},
	{"#T: int | *5", "a default is not understood here"},
	{"#T: (\"a\" | \"b\") & (\"b\" | \"c\")", "& of two choices"},
	{"#T: string & int", "is never satisfied"},
	{"#T: #Item & #Item", "& of a struct is not understood"},
	{"#T: #Item & {a?: int}", "& of a struct is not understood"},
	{"#T: [...int] & [...int]", "& of a list is not understood"},
	{"#T: {[string]: int} & {[string]: int}", "& of a map is not understood"},
	{"#T: bool & bool", "& of a boolean is not understood"},
	{"#T: _ & _", "& of anything is not understood"},
	{"#T: (#Port | #Word) & #Word", "& beside alternatives"},
	{"#T: bool | string", "a boolean as an alternative"},
	{"#T: #Item | string", "a struct as an alternative"},
	{"#T: [...int] | int", "a list as an alternative"},
	{"#T: {[string]: int} | int", "a map as an alternative"},
	{"#T: _ | int", "anything as an alternative"},
	{"#T: null | string", "the literal null"},
	{"#T: #Port | #Word @says(\"x\")", "type=IntOrText"},
	{"#T: #Port | #Word @go(T,type=IntOrText)", "needs its words"},
	{"#T: [...#Port | #Word]", "write a definition"},

	// Structs.
	{"#T: {a: string}", "write a? or a!"},
	{"#T: {a?: string, ...}", "`...` is not understood in a struct"},
	{"#T: {if true {a?: string}}", "a comprehension"},
	{"#T: {for x in [1] {a?: string}}", "a comprehension"},
	{"#T: {let x = 5, a?: string}", "let is not understood"},
	{"#T: {@attribute(x)}", "an attribute by itself"},
	{"#T: {_a?: string}", "a hidden field"},
	{"#T: {#a?: string}", "a definition inside a struct"},
	{"#T: {(\"a\")?: string}", "a name that is computed"},
	{"#T: {\"\\(#Word)\"?: string}", "a name that is computed"},
	{"#T: {X=a?: string}", "an alias"},
	{"#T: {a?: string, [string]: string}", "a pattern beside other fields"},
	{"#T: {[string]: string, [=~\"a\"]: int}", "a pattern beside other fields"},
	{"#T: {[X=string]: string}", "an alias"},
	{"#T: {[string]?: string}", "neither optional nor required"},
	{"#T: {[int]: string}", "the keys of a map are strings"},
	{"#T: {[string]: string @says(\"x\")}", "@says is not understood here"},
	{"#T: {#Word}", "#Word is no struct"},
	{"#T: {#Open}", "#Open is no struct"},
	{"#T: {#Nothing}", "#Nothing is not understood"},
	{"#T: {{a?: string}}", "a struct embeds definitions by name"},
	{"#T: {#Item & #Item}", "a struct embeds definitions by name"},
	{"#T: {#Item, name!: string}", "name has another type above"},
	{"#T: {name?: string, #Item}", "name has another type above"},
	{"#T: {a?: #Nothing}", "#Nothing is not understood"},
	{"#T: {a?: #Item.name}", "a part of another value"},
	{"#T: #Item[\"name\"]", "a part of another value"},
	{"#T: [1, 2][0:1]", "a part of another value"},
	{"#T: _|_", "_|_ is not understood"},
	{"#T: {a?: #T}", "#T holds itself"},
	{"#T: {a?: #U}\n#U: {b?: [...#T]}", "holds itself"},
	{"#T: #T", "#T is defined by itself"},
	{"#T: #U & >=1\n#U: #T & int", "is defined by itself"},
	{"#T: {#T}", "is defined by itself"},

	// Lists.
	{"#T: []", "a list is written"},
	{"#T: [...]", "a list is written"},
	{"#T: [string]", "a list is written"},
	{"#T: [string, ...string]", "a list is written"},
	{"#T: [for x in [1] {x}]", "a list is written"},

	// Attributes.
	{"#T: string @other(x)", "@other is not understood here"},
	{"#T: {a?: string @const()}", "@const is not understood here"},
	{"#T: string @key(a)", "@key is not understood here"},
	{"#T: =~\"a\" @says(\"x\") @says(\"y\")", "@says is not understood here"},
	{"#T: =~\"a\" @says(x)", "a string in quotes"},
	{"#T: =~\"a\" @says(\"\")", "a string in quotes"},
	{"#T: int @says(\"x\")", "words a rule about strings"},
	{"#T: {a?: #Word @says(\"x\")}", "words a rule about strings"},
	{"#T: string @const()", "@const is for a choice"},
	{"#T: \"1.31\" | \"\" @const()", "gives no name of its own"},
	{"#T: \"a-b\" | \"a_b\" @const()", "gives no name of its own"},
	{"#T: \"a\" @const(b=B)", "gives no name of its own"},
	{"#T: {a?: string @key(name)}", "@key is for a list"},
	{"#T: {a?: [...#Item] @key(nothing)}", "is no field of an item"},
	{"#T: {a?: [...string] @key(name)}", "is no field of an item"},
	{"#T: {a?: [...#Item] @key()}", "is no field of an item"},
	{"#T: {a?: [...#Item] @key(name)}\n#U: {a?: [...#Item] @key(name,kind)}", "has another key elsewhere"},
	{"#T: {a?: [...#Item] @key(name)}\n#U: {a?: [...#Item]}", "and none here"},

	// Defaults.
	{"defaults: 5", "a struct of literals"},
	{"defaults: {a: b: 1}", "the name of a field and a literal"},
	{"defaults: {a?: 1}", "the name of a field and a literal"},
	{"defaults: {a: 1 @x()}", "the name of a field and a literal"},
	{"defaults: {#Item}", "is not understood among the defaults"},
	{"defaults: {a: 1.5}", "a string, an integer, true or false"},
	{"defaults: {a: null}", "a string, an integer, true or false"},
	{"#RunFields: {b?: int}\ndefaults: {a: 1}", "a is no field of #RunFields"},
}

// experimental are constructs of CUE that a file has to ask for, which is refused in itself.
var experimental = []struct{ cue, says string }{
	{"#T~X: string", "an alias"},
	{"#T: {a~X?: string}", "an alias"},
	{"#T: {[string]~X: string}", "an alias"},
	{"#T: #Item...", "a postfix operator is not understood"},
	{"#T: {try {a?: #Item.name}}", "a comprehension"},
	{"#T: {if true {a?: string} else {b?: string}}", "a comprehension"},
}

const experiments = "@experiment(aliasv2,try,explicitopen)\n\n" + common

func TestExperimental(t *testing.T) {
	for _, c := range experimental {
		out, err := tablesOf(t, experiments+c.cue)
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "an attribute by itself") {
			t.Errorf("%s: %v\n%s", c.cue, err, out)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		before := common
		if strings.HasPrefix(c.cue, "import") {
			before = "package schema\n\n"
		}
		out, err := tablesOf(t, before+c.cue)
		if err == nil || out != "" {
			t.Errorf("%s is understood as\n%s", c.cue, out)
			continue
		}
		line := 0
		fmt.Sscanf(err.Error(), "t.cue:%d:", &line)
		if !strings.Contains(err.Error(), c.says) || line <= strings.Count(before, "\n") {
			t.Errorf("%s: %v\nand not %s", c.cue, err, c.says)
		}
	}
}

func tablesOf(t *testing.T, cue string) (string, error) {
	t.Helper()
	f := parsed(t, cue)
	var out bytes.Buffer
	err := writeTables(&out, []*ast.File{f})
	return out.String(), err
}

func parsed(t *testing.T, cue string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile("t.cue", cue, parser.ParseComments, parser.AllErrors)
	if err != nil {
		t.Fatalf("%s: %v", cue, err)
	}
	return f
}

// TestEveryConstruct holds the snippets against CUE's own syntax tree: a construct that a new version of CUE brings has to
// be understood or refused by a snippet before this passes.
func TestEveryConstruct(t *testing.T) {
	met := map[string]bool{"BadExpr": true, "BadDecl": true, "Func": true} // what files cannot have
	meet := func(cue string) {
		ast.Walk(parsed(t, cue), func(n ast.Node) bool { met[reflect.TypeOf(n).Elem().Name()] = true; return true }, nil)
	}
	for _, c := range understood {
		meet(common + c.cue)
	}
	for _, c := range refused {
		if !strings.HasPrefix(c.cue, "import") {
			meet(common + c.cue)
		}
	}
	for _, c := range experimental {
		meet(experiments + c.cue)
	}
	for _, name := range nodes(t) {
		if !met[name] {
			t.Errorf("no snippet has a %s of CUE", name)
		}
	}
}

// nodes are the types of CUE's expressions and declarations, read from its source.
func nodes(t *testing.T) []string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "cuelang.org/go/cue/ast").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := goparser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "ast.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	goast.Inspect(file, func(n goast.Node) bool {
		spec, ok := n.(*goast.TypeSpec)
		if !ok {
			return true
		}
		s, ok := spec.Type.(*goast.StructType)
		if !ok || !spec.Name.IsExported() {
			return false
		}
		for _, f := range s.Fields.List {
			if id, ok := f.Type.(*goast.Ident); ok && len(f.Names) == 0 && (id.Name == "expr" || id.Name == "decl" || id.Name == "clause") {
				names = append(names, spec.Name.Name)
			}
		}
		return false
	})
	if len(names) < 20 {
		t.Fatalf("only %v were found", names)
	}
	return names
}

// TestTables holds the tables of the schema to its CUE files.
func TestTables(t *testing.T) {
	paths, err := filepath.Glob("../*.cue")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	files, err := parse(paths)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := writeTables(&out, files); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../tables_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, out.Bytes()) {
		t.Error("schema/tables_gen.go is not what the CUE files say: run `go generate ./schema`")
	}
}

// TestNothingIsWritten: a folder with a file that is refused stays as it was, and every fault is said.
func TestNothingIsWritten(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.cue", "package schema\n\n#A: int & >1\n#B: 5\n")
	write("tables_gen.go", "package schema\n")
	err := generate(dir)
	if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), "a.cue:3:") || !strings.Contains(err.Error(), "a.cue:4:") {
		t.Errorf("said: %v", err)
	}
	entries, _ := os.ReadDir(dir)
	have, _ := os.ReadFile(filepath.Join(dir, "tables_gen.go"))
	if len(entries) != 2 || string(have) != "package schema\n" {
		t.Errorf("the folder has %v, the tables are %q", entries, have)
	}
}
