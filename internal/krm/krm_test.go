package krm

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"berth/internal/diag"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the function answers into the golden file")

const golden = "testdata/answers.txtar"

// TestAnswers calls the function with each input of the golden file. NAME.in is followed by NAME.out; a name that ends
// in @ENVIRONMENT is compiled for that. The output is the answer and, below, what people read.
func TestAnswers(t *testing.T) {
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, want := archive.Files[i], &archive.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			_, environment, _ := strings.Cut(strings.TrimSuffix(in.Name, ".in"), "@")
			have := answer(t, in.Data, Options{Environment: environment})
			if *update {
				want.Data = have
			} else if !bytes.Equal(have, want.Data) {
				t.Errorf("have:\n%s\nwant:\n%s", have, want.Data)
			}
		})
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func answer(t *testing.T, input []byte, options Options) []byte {
	t.Helper()
	out, diags := Run(input, options)
	var text bytes.Buffer
	text.Write(out)
	if len(diags) > 0 {
		text.WriteString("=== stderr\n")
		if err := diag.Print(&text, diag.Text, diags, diag.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	return text.Bytes()
}

// TestAgain gives the function its own answer, as a tool does that works in place: nothing may change, and a job of
// another hash gives way to the new one.
func TestAgain(t *testing.T) {
	input := resourceList(kept("a:1"), foreign)
	first, diags := Run([]byte(input), Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	second, diags := Run(first, Options{})
	if len(diags) > 0 || !bytes.Equal(first, second) {
		t.Errorf("%v\nfirst:\n%s\nsecond:\n%s", diags, first, second)
	}
	third, diags := Run(bytes.Replace(first, []byte("image: a:1"), []byte("image: a:2"), 1), Options{})
	if len(diags) > 0 || bytes.Count(third, []byte("kind: Job")) != 1 || !bytes.Contains(third, []byte("- name: train\n          image: a:2")) {
		t.Errorf("%v\n%s", diags, third)
	}
}

// TestForeignText holds foreign items to their very text, whatever is in them, also what Berth refuses in its own files.
func TestForeignText(t *testing.T) {
	for _, item := range []string{
		foreign,
		"- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: zero\u200bwidth\n",
		"- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: long\n  data:\n    x: " + strings.Repeat("x", 5<<20) + "\n",
		"- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: text\n  data:\n    x: |\n      kind: Run\n      - apiVersion: berth/v1\n",
		"- apiVersion: v1\n  kind: ConfigMap\n  metadata: &m\n    name: alias\n  data: {a: 010, b: yes, c: 'on'} # odd\n",
	} {
		for _, input := range []string{resourceList(item, kept("a:1")), resourceList(kept("a:1"), item)} {
			out, diags := Run([]byte(input), Options{})
			if len(diags) > 0 || !bytes.Contains(out, []byte(item)) {
				t.Errorf("%v\nin:\n%.400s\nout:\n%.800s", diags, input, out)
			}
		}
	}
}

// TestLines blames the very line of the list, wherever foreign items stand.
func TestLines(t *testing.T) {
	bad := strings.Replace(kept("a:1"), "action: job", "acton: job", 1)
	for _, input := range []string{resourceList(bad), resourceList(foreign, bad), resourceList(foreign, bad, foreign), resourceList(kept("b:1"), foreign, strings.Replace(bad, "train", "other", 1))} {
		_, diags := Run([]byte(input), Options{})
		if len(diags) != 1 {
			t.Fatalf("%v", diags)
		}
		line := strings.Split(input, "\n")[diags[0].Span.Line-1]
		if !strings.HasPrefix(line[diags[0].Span.Col-1:], "acton") {
			t.Errorf("%d:%d is %q", diags[0].Span.Line, diags[0].Span.Col, line)
		}
	}
}

const foreign = `- apiVersion: apps/v1
  kind: Deployment # theirs
  metadata:
    # above the name
    name: web
    annotations: {}
  spec:
    replicas: 0x10
    paused: !!bool "false"
`

// kept is a run that stays in the list.
func kept(image string) string {
	return `- apiVersion: berth/v1
  kind: Run
  metadata:
    name: train
    annotations:
      config.kubernetes.io/local-config: "true"
  spec:
    action: job
    image: ` + image + "\n"
}

func resourceList(items ...string) string {
	return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + strings.Join(items, "")
}
