package layouts

import (
	"bytes"
	"fmt"
	"reflect"

	"berth/internal/diag"
	"berth/internal/yamlprint"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// prove builds the overlay with kustomize's own library, in memory, and compares the result with the direct render.
func (o *overlay) prove() []PlanProblem {
	built, err := o.build()
	if err == nil {
		err = o.compare(built)
	}
	if err == nil {
		return nil
	}
	p := o.objects[0].Plan
	return []PlanProblem{{p, diag.Problem{
		Code: diag.Overlay, Path: "name",
		Message: fmt.Sprintf("the overlay of %s in the environment %s would not give what is rendered for it: %v", p.Name, p.Environment, err),
		Hint:    "use the layout `files`, and report this with the run: it is a mistake of Berth's",
	}}}
}

// build writes the base and the overlay into memory and runs kustomize on the overlay.
func (o *overlay) build() (resmap.ResMap, error) {
	fs := filesys.MakeFsInMemory()
	var base fileTree
	base.objects("base/"+o.folder, o.base)
	written, _ := base.print()
	for _, f := range written {
		if err := fs.WriteFile(f.Path, f.Data); err != nil {
			return nil, err
		}
	}
	folder := "overlays/environment/" + o.folder
	for _, f := range o.files {
		if err := fs.WriteFile(folder+"/"+f.Path, f.Data); err != nil {
			return nil, err
		}
	}
	return krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, folder)
}

// compare finds the first of the rendered objects that kustomize did not give.
func (o *overlay) compare(built resmap.ResMap) error {
	if built.Size() != len(o.objects) {
		return fmt.Errorf("%d objects instead of %d", built.Size(), len(o.objects))
	}
	// Kind, namespace and name are what an object is known by once it is built: the order is not compared.
	texts := map[string][]byte{}
	for _, r := range built.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			return err
		}
		texts[r.GetKind()+" "+r.GetNamespace()+" "+r.GetName()] = text
	}
	for _, object := range o.objects {
		text, ok := texts[object.Kind+" "+object.Namespace+" "+object.Name]
		if !ok {
			return fmt.Errorf("no %s %s", object.Kind, object.Name)
		}
		if err := sameObject(text, object.Value); err != nil {
			return fmt.Errorf("%s %s: %w", object.Kind, object.Name, err)
		}
	}
	return nil
}

// sameObject compares YAML with an object, as an object of its type: what is printed of both has to be the same.
func sameObject(text []byte, want any) error {
	got := any(&tree{}) // of a kind without a type
	if _, untyped := want.(tree); !untyped {
		got = reflect.New(reflect.TypeOf(want).Elem()).Interface()
	}
	if err := yaml.UnmarshalStrict(text, got); err != nil {
		return fmt.Errorf("it has a field that the kind does not have")
	}
	built, err := yamlprint.Append(nil, got)
	if err != nil {
		return err
	}
	direct, err := yamlprint.Append(nil, want)
	if err != nil {
		return err
	}
	if !bytes.Equal(built, direct) {
		return fmt.Errorf("another content")
	}
	return nil
}
