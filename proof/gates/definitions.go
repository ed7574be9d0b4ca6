// Package gates reads from Kubernetes' own API definitions since which release a field of an object, or a value of it,
// can be used: the Go types of k8s.io/api as each release shipped them, and the history of the feature gates.
package gates

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// Oldest and Newest are the minor versions that Berth can be told to write for.
const (
	Oldest = 31
	Newest = 37
)

// releases are k8s.io/api as the first patch of each release has it, with the checksum of its module.
var releases = map[int]string{
	31: "h1:b9LiSjR2ym/SzTOlfMHm1tr7/21aD7fSkqgD/CVJBCo=",
	32: "h1:OL9JpbvAU5ny9ga2fb24X8H6xQlVp+aJMFlgtQjR9CE=",
	33: "h1:yTgZVn1XEe6opVpP1FylmNrIFWuDqe2H0V8CT5gxfIU=",
	34: "h1:L+JtP2wDbEYPUeNGbeSa/5GwFtIA662EmT2YSLOkAVE=",
	35: "h1:iBAU5LTyBI9vw3L5glmat1njFK34srdLmktWwLTprlY=",
	36: "h1:SgqDhZzHdOtMk40xVSvCXkP9ME0H05hPM3p9AB1kL80=",
	37: "h1:Z//Vj9N7RA/yS2sDmxyeo7h+RR4zbUrd2vrd3Z0TbB4=",
}

// groups are the API groups and versions that Berth writes objects of, or a run may bring objects of.
var groups = []string{"apps/v1", "autoscaling/v2", "batch/v1", "core/v1", "networking/v1", "policy/v1", "resource/v1"}

// definitions are the types of one release.
type definitions struct {
	fields map[string]mention // by "core/v1.PodSpec.hostname"
	values map[string]mention // by "core/v1.DNSPolicy=Default"
}

// mention is what the comment on a field or value marks it with.
type mention struct{ gates []string }

// load reads the definitions of a release from the module proxy or the module cache.
func load(minor int) (*definitions, error) {
	dir, err := download(fmt.Sprintf("k8s.io/api@v0.%d.0", minor), releases[minor])
	if err != nil {
		return nil, err
	}
	d := &definitions{fields: map[string]mention{}, values: map[string]mention{}}
	for _, group := range groups {
		path := filepath.Join(dir, filepath.FromSlash(group), "types.go")
		switch err := d.parse(group, path); {
		case errors.Is(err, os.ErrNotExist): // not served yet
		case err != nil:
			return nil, err
		}
	}
	return d, nil
}

// download gives the folder of a module whose checksum is known here. It asks no checksum database.
func download(module, sum string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Dir = os.TempDir() // no module's go.mod has a say
	cmd.Env = append(os.Environ(), "GONOSUMDB=k8s.io/api", "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.Output()
	var got struct{ Dir, Sum, Error string }
	if parseErr := json.Unmarshal(out, &got); parseErr != nil {
		return "", fmt.Errorf("%s: %w: %.500s", module, errors.Join(err, parseErr), out)
	}
	if err != nil || got.Error != "" {
		return "", fmt.Errorf("%s: %s: %w", module, got.Error, err)
	}
	if got.Sum != sum {
		return "", fmt.Errorf("%s: the checksum is %s, not %s", module, got.Sum, sum)
	}
	return got.Dir, nil
}

func (d *definitions) parse(group, path string) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if fields, ok := spec.Type.(*ast.StructType); ok {
					d.structure(group+"."+spec.Name.Name, fields)
				}
			case *ast.ValueSpec:
				d.value(group, spec)
			}
		}
	}
	return nil
}

func (d *definitions) structure(name string, t *ast.StructType) {
	for _, f := range t.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value) // it compiles
		if json, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ","); json != "" {
			d.fields[name+"."+json] = mentioned(f.Doc)
		}
	}
}

// value takes in a constant such as `DNSDefault DNSPolicy = "Default"`.
func (d *definitions) value(group string, spec *ast.ValueSpec) {
	kind, ok := spec.Type.(*ast.Ident)
	if !ok {
		return
	}
	for _, v := range spec.Values {
		if literal, ok := v.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, _ := strconv.Unquote(literal.Value) // it compiles
			d.values[group+"."+kind.Name+"="+text] = mentioned(spec.Doc)
		}
	}
}

// marker is the line of a comment that Kubernetes' own generators read: `+featureGate=A,B`.
const marker = "+featureGate="

func mentioned(doc *ast.CommentGroup) mention {
	var m mention
	if doc == nil {
		return m
	}
	for _, line := range doc.List {
		if _, gates, ok := strings.Cut(line.Text, marker); ok {
			list, _, _ := strings.Cut(gates, " ") // other markers may follow on the line
			m.gates = append(m.gates, strings.Split(list, ",")...)
		}
	}
	return m
}
