package importer

import (
	"fmt"
	"strings"

	"berth/schema"

	"go.yaml.in/yaml/v3"
)

// File is a file that an import writes.
type File struct {
	Name string
	Text []byte
}

// Files are the runs, one a file, called by the run and, where two have one name, by their kind.
func (i *Import) Files() []File {
	taken := map[string]bool{}
	var files []File
	for _, r := range i.Runs {
		name := orElse(r.Name, "run")
		if taken[name] && r.Kind != "" {
			name += "-" + strings.ToLower(r.Kind)
		}
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", orElse(r.Name, "run"), n)
		}
		taken[name] = true
		files = append(files, File{name + ".yaml", write([]object{r.node})})
	}
	return files
}

// Project is the file of a project that the runs build in, whose runs lie in a folder beside it.
func (i *Import) Project(name, runs string) []byte {
	spec := newObject()
	if runs != "runs" {
		spec.put("runs", line(words(runs)))
	}
	if i.project.Node != nil {
		spec.Content = append(spec.Content, i.project.Content...)
	}
	if !schema.TypeDNSLabel.AcceptsText(name) {
		name = "imported"
	}
	d := document("Project", name, spec)
	if len(spec.Content) == 0 {
		d.Content = append(d.Content, plain("spec"), line(&yaml.Node{Kind: yaml.MappingNode}))
	}
	return write([]object{d})
}
