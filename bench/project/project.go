// Package project writes projects of the size and shape that teams have, for measurements: of every three runs one is
// a cron job, one a job and one a served model, each with environment, secrets, volumes and a profile, in a file of
// its own of about 0.75 KiB.
package project

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed files
var files embed.FS

var runs = template.Must(template.ParseFS(files, "files/runs/*"))

// kinds are the templates in turn, and how many objects each run becomes.
var kinds = []struct {
	template string
	objects  int
}{{"cronjob.yaml", 1}, {"job.yaml", 1}, {"serve.yaml", 2}}

// Options says what project to write.
type Options struct {
	Runs   int
	Policy bool // with a policy in CUE over all runs
}

// run is what differs between the runs of one kind.
type run struct {
	Name   string
	Team   int
	Minute int
	Epochs int
}

// Write makes the project in dir, which has to exist.
func Write(dir string, o Options) error {
	if err := copyFile("files/berth.yaml", filepath.Join(dir, "berth.yaml")); err != nil {
		return err
	}
	for _, name := range []string{"cpu", "l4", "a100"} {
		if err := copyFile("files/profiles/"+name+".yaml", filepath.Join(dir, "profiles", name+".yaml")); err != nil {
			return err
		}
	}
	if o.Policy {
		if err := copyFile("files/policies/images.cue", filepath.Join(dir, "policies", "images.cue")); err != nil {
			return err
		}
	}
	for i := range o.Runs {
		if err := writeRun(dir, i); err != nil {
			return err
		}
	}
	return nil
}

// Objects is how many Kubernetes objects a project of n runs has.
func Objects(n int) int {
	total := 0
	for i := range n {
		total += kinds[i%len(kinds)].objects
	}
	return total
}

func writeRun(dir string, i int) error {
	kind := strings.TrimSuffix(kinds[i%len(kinds)].template, ".yaml")
	r := run{Name: fmt.Sprintf("%s-%05d", kind, i), Team: i % 7, Minute: i % 60, Epochs: 3 + i%17}
	var text strings.Builder
	if err := runs.ExecuteTemplate(&text, kinds[i%len(kinds)].template, r); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "runs", r.Name+".yaml"), []byte(text.String()))
}

func copyFile(from, to string) error {
	b, err := files.ReadFile(from)
	if err != nil {
		return err
	}
	return writeFile(to, b)
}

func writeFile(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}
