package importer_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"berth/internal/importer"
)

func TestFromNodes(t *testing.T) {
	const path = "testdata/nodes/mixed.json"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := importer.FromNodes(data, "2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, path, text)
}

// The order in which a cluster lists its nodes means nothing.
func TestFromNodesInAnyOrder(t *testing.T) {
	data, _ := os.ReadFile("testdata/nodes/mixed.json")
	want, _ := importer.FromNodes(data, "2026-11-23")
	var list struct {
		Kind  string            `json:"kind"`
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		random.Shuffle(len(list.Items), func(i, j int) { list.Items[i], list.Items[j] = list.Items[j], list.Items[i] })
		shuffled, _ := json.Marshal(list)
		if got, err := importer.FromNodes(shuffled, "2026-11-23"); err != nil || string(got) != string(want) {
			t.Fatalf("another order gave another text (%v)", err)
		}
	}
}

func TestFromNodesRefuses(t *testing.T) {
	for input, want := range map[string]string{
		"": "kubectl get nodes -o json", "NAME  STATUS": "kubectl get nodes -o json", "[]": "kubectl get nodes -o json",
		"{}": "no node", `{"kind":"List","items":[]}`: "no node", `{"kind":"List","items":[{"kind":"Pod"}]}`: "no node",
		`{"kind":"List","items":[{"status":{"allocatable":{"cpu":4}}}]}`: "kubectl get nodes -o json",
	} {
		if _, err := importer.FromNodes([]byte(input), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", input, err)
		}
	}
}

func FuzzFromNodes(f *testing.F) {
	data, _ := os.ReadFile("testdata/nodes/mixed.json")
	f.Add(data)
	f.Add([]byte(`{"kind":"Node","status":{"allocatable":{"cpu":"-1","memory":"x","nvidia.com/gpu":"1e99"}},"metadata":{"labels":{"nvidia.com/gpu.product":"\n- "}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := importer.FromNodes(data, "2026-11-23")
		if again, _ := importer.FromNodes(data, "2026-11-23"); !bytes.Equal(out, again) {
			t.Errorf("imported twice:\n%s\nand\n%s", out, again)
		}
		if err == nil {
			checkImported(t, out)
		}
	})
}
