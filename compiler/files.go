package compiler

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// MaxFilesBytes bounds the files of one run: a ConfigMap may have 1 MiB (MaxSecretSize of k8s.io/api/core/v1).
const MaxFilesBytes = 1 << 20

// FileRef is a file of the repository that a run takes.
type FileRef struct {
	// Doc is the file that the run stands in.
	Doc *diag.File
	// From is the path as it is written.
	From string
}

// Name is the key of the file in [Options.Contents]: its path, below the run's folder where there is no project.
func (r FileRef) Name(project bool) string {
	if project {
		return r.From
	}
	return path.Join(path.Dir(r.Doc.Name), r.From)
}

// Content is what stands in a file of the repository, or why it cannot be taken.
type Content struct {
	Data    []byte
	Problem string // a sentence without a full stop; empty when Data is the content
	Hint    string
}

// FileRefs are the files that the runs take, each once, in the order of the runs.
func FileRefs(docs []source.Document) []FileRef {
	var refs []FileRef
	seen := map[FileRef]bool{}
	for _, doc := range docs {
		spec := doc.Root
		// An enveloped run has its fields under spec.
		if doc.Root.Get("kind") != nil {
			spec = doc.Root.Get("spec")
		}
		specs := []*source.Node{spec}
		if envs := spec.Get("environments"); envs != nil {
			for _, f := range envs.Fields {
				specs = append(specs, f.Node)
			}
		}
		for _, from := range taken(specs) {
			if ref := (FileRef{doc.File, from}); !seen[ref] {
				seen[ref] = true
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// taken are the paths under `from` in the files of some specs, as they are written and with repetitions. The trees are
// raw: whatever has another shape is passed over and refused later.
func taken(specs []*source.Node) []string {
	var froms []string
	for _, spec := range specs {
		files := spec.Get("files")
		if files == nil {
			continue
		}
		for _, f := range files.Fields {
			if from := f.Node.Get("from"); from.Scalar() {
				froms = append(froms, from.Text)
			}
		}
	}
	return froms
}

// lowerFiles turns a text that stands right after a path into {text}.
func (c *checker) lowerFiles(n *source.Node, path string) *source.Node {
	return mapFields(n, func(f source.Field) *source.Node {
		if !f.Node.Scalar() {
			return f.Node
		}
		file := &source.Node{Kind: source.Map, Layer: f.Node.Layer, Span: f.Node.Span}
		file.Fields = []source.Field{{Key: "text", Span: f.Span, Node: f.Node, Path: diag.Join(path, f.Key)}}
		return file
	})
}

// overlayFiles lays files over others by their paths. One that says what stands in it replaces another whole.
func overlayFiles(base, over *source.Node) *source.Node {
	merged := *over
	merged.Fields = uniteFields(base.Fields, over.Fields, func(old, add source.Field) source.Field {
		if add.Node.Get("text") == nil && add.Node.Get("from") == nil {
			add.Node = overlay(old.Node, add.Node)
		} else {
			add.Node = beats(old.Node, add.Node)
		}
		return add
	})
	return &merged
}

// filler gives a plan the contents of its files.
// Problems have paths in the plan.
type filler struct {
	*compilation
	unit     *Unit
	problems []diag.Problem
}

// files gives the plan the files with their contents; the problems are about those that cannot be taken.
func (c *compilation) files(u *Unit) []diag.Problem {
	f := &filler{compilation: c, unit: u}
	f.fill(u.Plan)
	return f.problems
}

// report keeps a problem; its path is in the plan.
func (f *filler) report(p diag.Problem) { f.problems = append(f.problems, p) }

// filesVolume is the name of the volume that the files are mounted from.
const filesVolume = "berth-files"

// fill reads every file in the order of their paths, so that the ConfigMap has the same bytes each time, and stops at
// the first one that makes it too large.
func (f *filler) fill(plan *schema.Plan) {
	for i, v := range plan.Spec.Volumes {
		if v.Name == filesVolume {
			f.report(diag.Problem{Code: diag.BadName, Path: diag.At("spec.volumes", i) + ".name",
				Message: "the name berth-files is kept for the volume of the run's files", Hint: "give the volume another name"})
		}
	}
	total := 0
	for _, at := range slices.Sorted(maps.Keys(plan.Spec.Files)) {
		written := plan.Spec.Files[at]
		place := diag.Join("spec.files", at)
		data, ok := f.content(place, written)
		if !ok || !f.filePath(at, place) {
			continue
		}
		// Binary files are counted as they are, since a ConfigMap's limit is on the decoded data.
		if total += len(data); total > MaxFilesBytes {
			f.report(diag.Problem{Code: diag.FileTooLarge, Path: place, Message: "the files of the run have more than 1 MiB together, which no ConfigMap may have",
				Hint: "put large files into the image or a volume"})
			return
		}
		plan.Files = append(plan.Files, planFile(at, data, written.Mode))
	}
	distinguish(plan.Files)
	f.needsServerSide(total)
}

// filePath refuses a path at which no file can be mounted.
func (f *filler) filePath(at, place string) bool {
	if path.Base(path.Clean(at)) == "/" || strings.HasSuffix(at, "/") {
		f.report(diag.Problem{Code: diag.BadName, Path: place, AtKey: true, Message: diag.Quote(at) + " is the path of a folder, and a file needs a name", Hint: "write /<folder>/<file>"})
		return false
	}
	return true
}

// content is what stands in a file.
func (f *filler) content(place string, file schema.File) ([]byte, bool) {
	switch {
	case file.Text != nil && file.From != "":
		f.report(diag.Problem{Code: diag.WrongValue, Path: place + ".from", AtKey: true, Message: "a file has either text or from", Hint: "remove one of the two"})
	case file.Text != nil:
		return []byte(*file.Text), true
	case file.From == "":
		f.report(diag.Problem{Code: diag.MissingField, Path: place, Message: "the file has neither text nor from", Hint: "write the text itself, or {from: PATH}"})
	default:
		return f.taken(place+".from", file.From)
	}
	return nil, false
}

// taken is the content of a file of the repository, with line ends that do not depend on the checkout.
func (f *filler) taken(place, from string) ([]byte, bool) {
	if f.Contents == nil {
		f.report(diag.Problem{Code: diag.FileRead, Path: place, Message: "a function reads no files", Hint: "write the text itself"})
		return nil, false
	}
	ref := FileRef{f.unit.Doc.File, from}
	content := f.Contents[ref.Name(f.Project != nil)]
	if content.Problem != "" {
		f.report(diag.Problem{Code: diag.FileRead, Path: place, Message: content.Problem, Hint: content.Hint})
		return nil, false
	}
	data := content.Data
	if utf8.Valid(data) {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		return data, f.noSecret(place, from, string(data))
	}
	return data, true
}

// noSecret refuses a file with a line that looks like a secret, unless the project says that it is none.
func (f *filler) noSecret(place, from, text string) bool {
	kind := secretIn(text)
	if kind == "" || f.unit.meant.allows(f.unit.Tree, place) {
		return true
	}
	what, line := diag.Quote(from), 0
	for l := range strings.Lines(text) {
		line++
		if of := secretIn(l); of != "" {
			what, kind = fmt.Sprintf("line %d of %s", line, what), of
			break
		}
	}
	f.report(diag.Problem{Code: diag.Credential, Path: place, Hint: toSecrets + allowance(f.unit.Tree, f.unit.Plan.OfRun(), place),
		Message: what + " looks like " + kind + ", which would stay in Git for ever; secrets are only ever named"})
	return false
}

// planFile is a file as the ConfigMap has it: as text where it is UTF-8, else in base64 (data and binaryData).
func planFile(at string, data []byte, mode *int64) schema.PlanFile {
	f := schema.PlanFile{Path: at, Key: dataKey(path.Base(at)), Mode: mode}
	if utf8.Valid(data) {
		f.Text = string(data)
	} else {
		f.Base64 = base64.StdEncoding.EncodeToString(data)
	}
	return f
}

// dataKey is a name as the key of a ConfigMap: what may not stand there is an underscore (IsConfigMapKey of
// k8s.io/apimachinery).
func dataKey(name string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return '_'
	}, name)
}

// distinguish gives files of one key keys of their own, which depend on their paths alone.
func distinguish(files []schema.PlanFile) {
	count := map[string]int{}
	for _, f := range files {
		count[f.Key]++
	}
	for i, f := range files {
		if count[f.Key] > 1 {
			sum := sha256.Sum256([]byte(f.Path))
			files[i].Key = f.Key + "-" + hex.EncodeToString(sum[:])[:4]
		}
	}
}

// clientSideBytes is what `kubectl apply` can keep of an object in an annotation (TotalAnnotationSizeLimitB of
// k8s.io/apimachinery).
const clientSideBytes = 256 << 10

// needsServerSide refuses files that nothing applies as the project says that it is applied.
func (f *filler) needsServerSide(total int) {
	if total > clientSideBytes && f.unit.Plan.Target.GitOps == schema.GitOpsNone {
		f.report(diag.Problem{Code: diag.FileTooLarge, Path: "spec.files", AtKey: true,
			Message: "the files of the run have more than 256 KiB together, which only server-side apply takes",
			Hint:    "say in the project who applies its output: gitops: flux or gitops: argocd"})
	}
}
