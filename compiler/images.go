package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"

	"github.com/distribution/reference"
)

// ImagesLock is the file beside a project's own that says by which digest a reference is meant: one reference a line, and
// its digest.
const ImagesLock = "images.lock"

// ImageLocks are the digests of images.lock, by the whole reference that a container runtime makes of what is written.
type ImageLocks map[string]*source.Node

// ReadImagesLock reads the lines of an images.lock: `ghcr.io/acme/churn:1.4 sha256:…`. What follows a # is a comment.
func ReadImagesLock(file *diag.File) (ImageLocks, []diag.Diagnostic) {
	locks, lines := ImageLocks{}, strings.Split(string(file.Data), "\n")
	var diags []diag.Diagnostic
	for i, line := range lines {
		text, _, _ := strings.Cut(line, "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		span := lineSpan(file, i, strings.TrimRight(text, " \t\r"))
		// A wrong line is told and left out; the others still count.
		problem, hint := wrongLock(words)
		whole := ""
		if problem == "" {
			whole = wholeReference(words[0])
		}
		if first := locks[whole]; problem == "" && first != nil {
			problem, hint = fmt.Sprintf("%s is locked twice, first in line %d", diag.Quote(words[0]), first.Span.Line), "keep one of the lines"
		}
		if problem != "" {
			diags = append(diags, diag.Diagnostic{Code: diag.WrongValue, Span: span, Message: problem, Hint: hint})
			continue
		}
		locks[whole] = &source.Node{Kind: source.String, Text: words[1], Span: span, Layer: source.Locked}
	}
	return locks, diags
}

// lineSpan is a line of a file from its first word on.
func lineSpan(file *diag.File, i int, text string) diag.Span {
	start := len(text) - len(strings.TrimLeft(text, " \t"))
	line := int32(i + 1) //nolint:gosec // a file has a bounded size
	return diag.Span{File: file, Line: line, Col: int32(start + 1), EndLine: line, EndCol: int32(len([]rune(text)) + 1)}
}

// wrongLock says what is wrong with a line.
func wrongLock(words []string) (problem, hint string) {
	const form = "write a reference and its digest: ghcr.io/acme/churn:1.4 sha256:…"
	if len(words) != 2 {
		return "a line of images.lock has two words", form
	}
	named, err := reference.ParseNormalizedNamed(words[0])
	if err != nil {
		return diag.Quote(words[0]) + " is no reference of an image", form
	}
	if _, pinned := named.(reference.Digested); pinned {
		return diag.Quote(words[0]) + " has a digest already", "leave out the line: what has a digest needs no lock"
	}
	if len(words[1]) != len("sha256:")+64 || reference.DigestRegexp.FindString(words[1]) != words[1] {
		return diag.Quote(words[1]) + " is no digest: sha256: and 64 digits from 0 to f", "take it from your registry, never by another repository's name"
	}
	return "", ""
}

// wholeReference is a reference with the registry, and the tag, that a container runtime takes where it has none; empty for
// what is none or has a digest.
func wholeReference(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	if _, pinned := named.(reference.Digested); pinned {
		return ""
	}
	return reference.TagNameOnly(named).String()
}

// locked is a run's tree with the digest of images.lock at every image: those of its containers and image volumes, and what
// patches and extra have under `image`.
func (c *compilation) locked(spec *source.Node) *source.Node {
	if len(c.Images) == 0 {
		return spec
	}
	return c.lockedBelow(spec)
}

// lockedBelow descends to every image, in Berth's fields as in patches and extra: there a container has `image`, and an
// image volume `reference`. Nothing is changed in place.
func (c *compilation) lockedBelow(n *source.Node) *source.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == source.List:
		out := *n
		out.Items = make([]*source.Node, len(n.Items))
		for i, item := range n.Items {
			out.Items[i] = c.lockedBelow(item)
		}
		return &out
	case n.Kind != source.Map:
		return n
	}
	return mapFields(n, func(f source.Field) *source.Node {
		if (f.Key == "image" || f.Key == "reference") && f.Node.Scalar() {
			return c.lock(f.Node)
		}
		return c.lockedBelow(f.Node)
	})
}

// lock is an image with its digest, where it has a line; it remembers what was written.
func (c *compilation) lock(image *source.Node) *source.Node {
	line := c.Images[wholeReference(image.Text)]
	if line == nil {
		return image
	}
	return &source.Node{Kind: source.String, Text: image.Text + "@" + line.Text, Span: line.Span, Layer: source.Locked, Beat: image}
}

// unlocked refuses images of a unit's own words that neither have a digest nor a line, where the project asks for one.
func (p *Project) unlocked(u *Unit) (diags []diag.Diagnostic) {
	eachImage(u.Tree.Get("spec"), "spec", func(path string, n *source.Node) {
		if !isBad(u.bad, n) {
			diags = append(diags, p.Unlocked(u, path, n.Text)...)
		}
	})
	return diags
}

// Unlocked refuses an image at a path of a unit's plan that neither has a digest nor a line in images.lock, where the project
// asks for one.
func (p *Project) Unlocked(u *Unit, path, image string) []diag.Diagnostic {
	whole := wholeReference(image)
	if p == nil || p.Spec.Images == nil || p.Spec.Images.Lock != schema.LockRequired || whole == "" {
		return nil
	}
	d := u.Locate(diag.Problem{Code: diag.WrongValue, Path: path, Message: fmt.Sprintf("%s has no digest, and no line in %s", diag.Quote(image), ImagesLock),
		Hint: fmt.Sprintf("add the line `%s sha256:…` to %s, with the digest that your registry has for it", whole, ImagesLock)})
	at, _ := p.place("images.lock")
	d.Notes = append(d.Notes, diag.Note{Span: at, Message: "the project wants one for every image"})
	return []diag.Diagnostic{d}
}

// place is where the project has a field.
func (p *Project) place(field string) (diag.Span, bool) { return spanOf(p.Tree, field, false) }

// eachImage visits every image of a tree.
func eachImage(n *source.Node, path string, visit func(path string, image *source.Node)) {
	if n == nil {
		return
	}
	for i := range n.Fields {
		f := &n.Fields[i]
		if (f.Key == "image" || f.Key == "reference") && f.Node.Scalar() {
			visit(diag.Join(path, f.Key), f.Node)
			continue
		}
		eachImage(f.Node, diag.Join(path, f.Key), visit)
	}
	for i, item := range n.Items {
		eachImage(item, diag.At(path, i), visit)
	}
}

// LockedAt reports whether the value at a path of the plan has its digest from images.lock.
func (u *Unit) LockedAt(path string) bool {
	tree := u.Tree
	if rest, ok := strings.CutPrefix(path, "machine."); ok && u.Profile != nil {
		tree, path = u.Profile.Tree, rest
	}
	_, n, whole := source.Find(tree, path)
	return whole && n.Layer == source.Locked
}
