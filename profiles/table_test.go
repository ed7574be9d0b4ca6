package profiles_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"berth/internal/source"
	"berth/profiles"
)

var update = flag.Bool("update", false, "write the table into the documentation")

const (
	documentation = "../docs/profiles.md"
	opening       = "<!-- catalog -->\n"
	closing       = "<!-- /catalog -->\n"
)

// The table in the documentation is what the files say.
func TestTable(t *testing.T) {
	data, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), opening)
	have, after, ok2 := strings.Cut(rest, closing)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", documentation)
	}
	want := table(t)
	if *update {
		if err := os.WriteFile(documentation, []byte(before+opening+want+closing+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have != want {
		t.Errorf("the table in %s is out of date: go test ./profiles -update", documentation)
	}
}

func table(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| profile | what it is | `gpu` means | share of one | most | GKE | EKS | AKS |\n|---|---|---|---|---|---|---|---|\n")
	for _, name := range profiles.Names() {
		p := chain(t, name)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", name, p.text("description"), code(p.text("accelerator.resource")),
			p.share(), p.most(), p.machines("gke", "google"), p.machines("eks", "aws"), p.machines("aks", "azure"))
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return "–"
	}
	return "`" + s + "`"
}

// inherited is a profile's spec and those that it extends, the nearest first.
type inherited []*source.Node

func chain(t *testing.T, name string) inherited {
	spec := load(t, name).Get("spec")
	specs := inherited{spec}
	if parent := spec.Get("extends"); parent != nil {
		specs = append(specs, chain(t, parent.Text)...)
	}
	return specs
}

func (p inherited) find(path string) *source.Node {
	for _, spec := range p {
		if _, n, ok := source.Find(spec, path); ok {
			return n
		}
	}
	return nil
}

func (p inherited) text(path string) string {
	if n := p.find(path); n != nil {
		return n.Text
	}
	return ""
}

func (p inherited) share() string {
	cpu, mem := p.text("per_gpu.cpu"), p.text("per_gpu.mem")
	if cpu == "" {
		cpu, mem = p.text("default.resources.cpu.requests"), p.text("default.resources.mem.requests")
	}
	if cpu == "" {
		return "–"
	}
	return cpu + " cpu, " + mem
}

func (p inherited) most() string {
	if values := p.find("bounds.gpu.values"); values != nil {
		return "exactly " + values.Items[0].Text
	}
	switch most := p.text("bounds.gpu.max"); most {
	case "", "0":
		return "–"
	default:
		return most
	}
}

// machines says how many machines of a cloud are declared. What stands outside of `clouds` is the vendor's own cloud's.
func (p inherited) machines(cloud, vendor string) string {
	own := p[0].Get("clouds").Get(cloud)
	nodes, labels := own.Get("nodes"), own.Get("node_labels")
	if p[0].Get("nodes") != nil && p.text("accelerator.vendor") == vendor {
		nodes = p[0].Get("nodes")
	}
	switch {
	case nodes != nil:
		return fmt.Sprint(len(nodes.Items))
	case labels != nil && !same(labels, p[0].Get("clouds").Get("generic").Get("node_labels")):
		return "labels"
	case p.anywhere():
		return "any"
	}
	return "–"
}

// anywhere reports whether the resource alone finds the machine.
func (p inherited) anywhere() bool {
	declared := p[0].Get("node_labels") != nil || p[0].Get("clouds").Get("generic").Get("node_labels") != nil
	eachNode(p[0], func(*source.Node) { declared = true })
	return !declared
}

func same(a, b *source.Node) bool {
	return b != nil && len(a.Fields) == len(b.Fields) && a.Fields[0].Key == b.Fields[0].Key
}
