package lsp_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// fragments are what random edits write, beside single characters.
var fragments = []string{
	"\n", "  ", "- ", ": ", "{", "}", "[", "]", "\"", "'", "#", "😀", "é", "\r\n", "---\n", "null", "0", "-1", "name: api\n", "name: train\n", "profile: trainer\n", "profile: a100-80gb\n",
	"resources: {gpu: 2}\n", "resources: {gpu: 9, mem: 1Ti}\n", "action: serve\n", "action: job\n", "schedule: \"* * * * *\"\n", "environments:\n  dev: {replicas: 2}\n",
	"environments: {qa: {}}\n", "kind: Profile\n", "apiVersion: berth/v1\n", "metadata: {name: trainer}\n", "\t", "&a ", "*a", "|\n", ">-\n", "namespace: x\n", "patches: []\n", "image: b\n",
}

// edited makes one random edit, as the protocol has it.
func edited(r *rand.Rand, text string) (change object, after string) {
	units := utf16.Encode([]rune(text))
	from := r.IntN(len(units) + 1)
	to := min(from+r.IntN(4)*r.IntN(8), len(units))
	for from > 0 && from < len(units) && utf16.IsSurrogate(rune(units[from])) && units[from] >= 0xdc00 {
		from--
	}
	for to < len(units) && units[to] >= 0xdc00 && units[to] < 0xe000 {
		to++
	}
	if from > 0 && units[from-1] == '\r' { // a lone carriage return is a line's end for editors alone
		from--
	}
	if to < len(units) && units[to] == '\n' && to > 0 && units[to-1] == '\r' {
		to++
	}
	insert := ""
	if r.IntN(3) > 0 {
		insert = fragments[r.IntN(len(fragments))]
	}
	before := string(utf16.Decode(units[:from]))
	cut := string(utf16.Decode(units[from:to]))
	after = before + insert + string(utf16.Decode(units[to:]))
	change = object{"range": object{"start": endOf(before), "end": endOf(before + cut)}, "text": insert}
	return change, after
}

// endOf is the position behind a text.
func endOf(text string) object {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return object{"line": len(lines) - 1, "character": len(utf16.Encode([]rune(lines[len(lines)-1])))}
}

// TestRandomEdits edits files at random and expects after each pause what `berth build` says of the same bytes. By hand
// it goes on for longer: LSP_EDITS=10000 LSP_SEED=7 go test ./internal/lsp -run TestRandomEdits -timeout 0.
func TestRandomEdits(t *testing.T) {
	edits, seed := number("LSP_EDITS", 300), number("LSP_SEED", 1)
	r := rand.New(rand.NewPCG(uint64(seed), 0))
	root := sample(t)
	originals := map[string]string{"berth.yaml": project, "profiles/trainer.yaml": trainer, "runs/train.yaml": train, "runs/api.yaml": serve,
		"runs/batch.json": "{\n  \"name\": \"batch\",\n  \"action\": \"job\",\n  \"image\": \"a:1\",\n  \"profile\": \"trainer\"\n}\n",
		"runs/many.yaml":  "name: one\naction: job\nimage: a\nprofile: trainer\n---\nname: two\naction: deploy\nimage: b\n"}
	write(t, root, originals)
	c := start(t, root, object{"workspace": object{"didChangeWatchedFiles": object{"dynamicRegistration": true}}}, nil)
	names := []string{"runs/train.yaml", "runs/api.yaml", "runs/batch.json", "runs/many.yaml", "runs/train.yaml", "profiles/trainer.yaml", "berth.yaml"}
	for name := range originals {
		c.open(name)
	}
	for done := 0; done < edits && !t.Failed(); {
		name := names[r.IntN(len(names))]
		for range 1 + r.IntN(4) {
			c.randomEdit(r, name, originals[name])
			done++
		}
		if r.IntN(4) == 0 {
			c.askAnything(r, name)
		}
		c.agreeOnDisk(name)
	}
	if t.Failed() {
		t.Logf("seed %d; the texts are", seed)
		for name, text := range c.text {
			t.Logf("%s %q", name, text)
		}
	}
}

func number(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return otherwise
}

// randomEdit edits a file, or brings it back: files that are broken for good tell nothing.
func (c *client) randomEdit(r *rand.Rand, name, original string) {
	if r.IntN(6) == 0 || len(c.text[name]) > 4*len(original) {
		c.edit(name, original)
		return
	}
	change, after := edited(r, c.text[name])
	c.version[name]++
	c.text[name] = after
	c.notify("textDocument/didChange", object{"textDocument": c.document(name), "contentChanges": []object{change}})
}

// askAnything asks at a random place, where any answer will do but an error.
func (c *client) askAnything(r *rand.Rand, name string) {
	at := spot{r.IntN(12), r.IntN(30)}
	method := []string{"hover", "completion", "definition", "references", "documentSymbol", "codeLens"}[r.IntN(6)]
	c.call("textDocument/"+method, c.at(name, at))
}

// agreeOnDisk is agree with texts that stay on disk.
func (c *client) agreeOnDisk(name string) {
	c.t.Helper()
	for open, text := range c.text {
		if err := os.WriteFile(c.path(open), []byte(text), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
	c.settle(name)
	want, got := built(c.t, c.root), c.published()
	for i := range got {
		if k := slices.IndexFunc(want, func(w string) bool { return strings.HasPrefix(got[i], w) }); k >= 0 {
			got[i] = want[k]
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(slices.Compact(want), slices.Compact(got)) {
		c.t.Errorf("after an edit of %s build says\n%s\nand the server\n%s", name, strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
}
