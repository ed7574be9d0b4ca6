package server

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"
)

const oracleData = "../apivalid/testdata"

// TestOracleAgrees asks the real server about every mutant of the in-process oracle and about the good manifests:
// the two have to say the same. A warning counts as a refusal, as it does in the oracle; a mutant that only the Pod or
// what is stored shows is taken here.
func TestOracleAgrees(t *testing.T) {
	c := needServer(t)
	if os.Getenv(emulateEnv) != "" {
		t.Skip("the mutants are judged by the newest release")
	}
	makeNamespace(t, c, "ml", "")
	var mutants []struct {
		Of, Mistake, By string
		Accepted        bool
		Patch           json.RawMessage
	}
	readYAML(t, filepath.Join(oracleData, "mutants.yaml"), &mutants)
	for _, m := range mutants {
		good := goodManifest(t, m.Of)
		want := m.Accepted || m.By != ""
		got := dryRun(t, c, good, patched(t, good.yaml, m.Patch))
		if (got.err() == nil) != want {
			t.Errorf("%s with %s: accepted should be %t: %v", m.Of, m.Mistake, want, got.err())
		}
	}
	good, err := filepath.Glob(filepath.Join(oracleData, "good/*.yaml"))
	if err != nil || len(good) == 0 {
		t.Fatal(good, err)
	}
	for _, path := range good {
		o := goodManifest(t, strings.TrimSuffix(filepath.Base(path), ".yaml"))
		if err := dryRun(t, c, o, o.yaml).err(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// dryRun posts a document to the collection of the manifest that it was made from. Node ports are not in the dry run,
// so a Service is really created and deleted.
func dryRun(t *testing.T, c *cluster, of object, doc []byte) answer {
	t.Helper()
	query := "?fieldValidation=Strict&dryRun=All"
	if of.meta.Kind == "Service" {
		query = "?fieldValidation=Strict"
		made, err := parseObject(of.file, doc)
		if err != nil {
			t.Fatal(err)
		}
		defer remove(t, c, made)
	}
	return must(t)(c.send(http.MethodPost, of.collection(t)+query, "application/json", doc))
}

func goodManifest(t *testing.T, name string) object {
	t.Helper()
	path := filepath.Join(oracleData, "good", name+".yaml")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := yaml.YAMLToJSONStrict(b)
	if err != nil {
		t.Fatal(err)
	}
	o, err := parseObject(path, doc)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

func patched(t *testing.T, doc, patch []byte) []byte {
	t.Helper()
	p, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Apply(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
