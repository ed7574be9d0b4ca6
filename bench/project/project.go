// Package project writes projects of the size and shape that teams have, for measurements: of every three runs one is
// a cron job, one a job and one a served model, each with environment, secrets, volumes and a profile, in a file of
// its own of about 0.75 KiB.
package project

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed files
var files embed.FS

// profiles are the names of the files of profiles.
var profiles = []string{"cpu", "l4", "a100"}

var runs = template.Must(template.ParseFS(files, "files/runs/*"))

// kinds are the templates in turn. A served run becomes two objects, the others one each.
var kinds = []string{"cronjob.yaml", "job.yaml", "serve.yaml"}

// Options says what project to write.
type Options struct {
	Runs   int
	Policy bool // with a policy in CUE over all runs
	Peers  bool // with what Helm and Jsonnet need to make the same objects
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
	for _, name := range profiles {
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
	if o.Peers {
		return writePeers(dir, o.Runs)
	}
	return nil
}

// EditProfile makes all cron jobs, a third of the runs, tolerate a taint.
func EditProfile(dir string) error {
	path := filepath.Join(dir, "profiles", "cpu.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return writeFile(path, append(text, "  require: {tolerations: [{key: batch, operator: Exists}]}\n"...))
}

func writeRun(dir string, i int) error {
	kind := kinds[i%len(kinds)]
	r := run{Name: name(i), Team: i % 7, Minute: i % 60, Epochs: 3 + i%17}
	var text strings.Builder
	if err := runs.ExecuteTemplate(&text, kind, r); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "runs", r.Name+".yaml"), []byte(text.String()))
}

// name is what a run is called; its file is called so too.
func name(i int) string {
	return fmt.Sprintf("%s-%05d", strings.TrimSuffix(kinds[i%len(kinds)], ".yaml"), i)
}

// writePeers makes the project a Helm chart and a Jsonnet program that read the same files.
func writePeers(dir string, n int) error {
	const from = "files/peers"
	err := fs.WalkDir(files, from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return copyFile(path, filepath.Join(dir, strings.TrimPrefix(path, from)))
	})
	if err != nil {
		return err
	}
	var index strings.Builder
	index.WriteString("{ profiles: [\n")
	for _, p := range profiles {
		fmt.Fprintf(&index, "importstr 'profiles/%s.yaml',\n", p)
	}
	index.WriteString("], runs: [\n")
	for i := range n {
		fmt.Fprintf(&index, "importstr 'runs/%s.yaml',\n", name(i))
	}
	index.WriteString("] }\n")
	return writeFile(filepath.Join(dir, "index.jsonnet"), []byte(index.String()))
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
