package profiles_test

import (
	"fmt"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/profiles"
)

// load reads a profile of the catalog as a tree.
func load(t *testing.T, name string) *source.Node {
	t.Helper()
	file, data, ok := profiles.Read(name)
	if !ok {
		t.Fatalf("there is no profile %s", name)
	}
	docs, diags := source.Load(&diag.File{Name: file, Data: data}, source.Options{})
	if len(diags) > 0 || len(docs) != 1 {
		t.Fatalf("%s: %d documents, %v", file, len(docs), diags)
	}
	return docs[0].Root
}

// Each file is one profile of the file's name that says what it is, where its facts come from, and when they were read.
func TestFiles(t *testing.T) {
	names := profiles.Names()
	if len(names) < 30 {
		t.Errorf("only %d profiles", len(names))
	}
	for _, name := range names {
		root := load(t, name)
		spec := root.Get("spec")
		if got := root.Get("metadata").Get("name").Text; got != name {
			t.Errorf("%s.yaml is called %s", name, got)
		}
		for _, field := range []string{"description", "source", "date"} {
			if spec.Get(field) == nil {
				t.Errorf("%s has no %s", name, field)
			}
		}
		if parent := spec.Get("extends"); parent != nil {
			load(t, parent.Text)
		}
	}
	if _, _, ok := profiles.Read("no-such-machine"); ok {
		t.Error("a profile that is not there was read")
	}
}

// The published size of each machine whose allocatable is an estimate: cores and GiB for GKE, cores and MiB for AKS.
var published = map[string][2]float64{
	"a2-highgpu-1g": {12, 85}, "a2-highgpu-2g": {24, 170}, "a2-highgpu-4g": {48, 340}, "a2-highgpu-8g": {96, 680}, "a2-megagpu-16g": {96, 1360},
	"a2-ultragpu-1g": {12, 170}, "a2-ultragpu-2g": {24, 340}, "a2-ultragpu-4g": {48, 680}, "a2-ultragpu-8g": {96, 1360},
	"a3-highgpu-8g": {208, 1872}, "a3-megagpu-8g": {208, 1872}, "a3-ultragpu-8g": {224, 2952}, "a4-highgpu-8g": {224, 3968},
	"g2-standard-4": {4, 16}, "g2-standard-8": {8, 32}, "g2-standard-12": {12, 48}, "g2-standard-16": {16, 64}, "g2-standard-24": {24, 96},
	"g2-standard-32": {32, 128}, "g2-standard-48": {48, 192}, "g2-standard-96": {96, 384},
	"ct5lp-hightpu-1t": {24, 48}, "ct5lp-hightpu-4t": {112, 192},
	"Standard_NC4as_T4_v3": {4, 28672}, "Standard_NC8as_T4_v3": {8, 57344}, "Standard_NC16as_T4_v3": {16, 112640}, "Standard_NC64as_T4_v3": {64, 450560},
	"Standard_NC6s_v3": {6, 114688}, "Standard_NC24s_v3": {24, 458752},
	"Standard_NC24ads_A100_v4": {24, 225280}, "Standard_NC48ads_A100_v4": {48, 450560}, "Standard_NC96ads_A100_v4": {96, 901120},
	"Standard_ND96asr_v4": {96, 921600}, "Standard_ND96amsr_A100_v4": {96, 1843200},
	"Standard_ND96isr_H100_v5": {96, 1945600}, "Standard_ND96isr_H200_v5": {96, 1894400}, "Standard_ND96isr_MI300X_v5": {96, 1894400},
}

// brackets takes a share of each part of an amount: what is left of it up to the bracket's width.
func brackets(amount float64, steps ...[2]float64) float64 {
	sum := 0.0
	for _, s := range steps {
		part := min(amount, s[0])
		sum, amount = sum+part*s[1], amount-part
	}
	return sum
}

const rest = 1e12

// reserved memory is bracketed alike by GKE and AKS, in MiB.
func reservedMemory(mib float64) float64 {
	return brackets(mib, [2]float64{4096, .25}, [2]float64{4096, .20}, [2]float64{8192, .10}, [2]float64{114688, .06}, [2]float64{rest, .02})
}

// gke takes the system's, the kubelet's (100 MiB for eviction) and the kernel's share.
func gke(cores, gib float64) (milli, mib int) {
	m := gib * 1024
	kernel := m/64 + 16 + 64 + min(m*.00175, 248)
	cpu := brackets(cores, [2]float64{1, .06}, [2]float64{1, .01}, [2]float64{2, .005}, [2]float64{rest, .0025})
	return int(cores*1000 - cpu*1000 + .5), int(m - reservedMemory(m) - 100 - kernel)
}

// aks takes the virtual machine's own 7.5 % as well; 750 MiB are for eviction.
func aks(cores, m float64) (milli, mib int) {
	cpu := brackets(cores, [2]float64{1, .06}, [2]float64{1, .04}, [2]float64{2, .02}, [2]float64{rest, .01})
	return int(cores*1000 - cpu*1000 + .5), int(m*.925 - reservedMemory(m) - 750)
}

// Estimates are what the formulas give, within two MiB of rounding.
func TestEstimates(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range profiles.Names() {
		eachNode(load(t, name).Get("spec"), func(node *source.Node) {
			machine := node.Get("name").Text
			size, ok := published[machine]
			if !ok {
				return
			}
			seen[machine] = true
			cpu, mib := gke(size[0], size[1])
			if strings.HasPrefix(machine, "Standard_") {
				cpu, mib = aks(size[0], size[1])
			}
			amounts := node.Get("allocatable")
			if got, want := amounts.Get("cpu").Text, fmt.Sprint(cpu, "m"); got != want {
				t.Errorf("%s: cpu %s, the formula gives %s", machine, got, want)
			}
			var got int
			if fmt.Sscanf(amounts.Get("memory").Text, "%dMi", &got); got < mib-2 || got > mib+2 {
				t.Errorf("%s: memory %dMi, the formula gives %dMi", machine, got, mib)
			}
		})
	}
	for machine := range published {
		if !seen[machine] {
			t.Errorf("%s stands in no profile", machine)
		}
	}
}

func eachNode(spec *source.Node, visit func(*source.Node)) {
	parts := []*source.Node{spec}
	if clouds := spec.Get("clouds"); clouds != nil {
		for _, f := range clouds.Fields {
			parts = append(parts, f.Node)
		}
	}
	for _, part := range parts {
		if nodes := part.Get("nodes"); nodes != nil {
			for _, n := range nodes.Items {
				visit(n)
			}
		}
	}
}
