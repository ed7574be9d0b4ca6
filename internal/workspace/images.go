package workspace

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/renderers"
)

// imagesLock reads the project's images.lock, where it has one.
func (l *loader) imagesLock() {
	path := filepath.Join(l.root, compiler.ImagesLock)
	if l.root == "" || !isRegular(path) && !l.given(path) {
		return
	}
	name := display(l.w.Dir, path)
	if inside, err := leadsInside(l.root, path); standsOnDisk(path) && (err != nil || !inside) {
		l.add(unreadable(name, leadsOut))
		return
	}
	l.note(ProjectRole, place{path, name})
	file, diags := l.read(path, name)
	if l.add(diags...); file != nil {
		l.w.images, diags = compiler.ReadImagesLock(file)
		l.add(diags...)
	}
}

// Image is an image of the project's runs at the place that it is written.
type Image struct {
	// Reference is as it is written, without a digest.
	Reference string `json:"reference"`
	// Digest is what it is held to; empty for one that is held to nothing.
	Digest string `json:"digest,omitempty"`
	// Locked says that the digest is of images.lock.
	Locked bool     `json:"locked"`
	File   string   `json:"file"`
	Line   int32    `json:"line"`
	Column int32    `json:"column"`
	Field  string   `json:"field"`
	Used   []string `json:"environments"`
}

// Images are all images of results, each place once, in the order of the files.
func Images(results []*Result) []Image {
	images := []Image{}
	for _, result := range results {
		for i := range result.Units {
			for _, image := range result.Units[i].images() {
				images = withImage(images, image, result.Environment)
			}
		}
	}
	slices.SortFunc(images, func(a, b Image) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Reference, b.Reference))
	})
	return images
}

// withImage adds an image, or only the environment to one that is listed at the same place with the same digest. Used is
// never nil, so that JSON has an empty list; the empty environment, the run by itself, is not listed.
func withImage(images []Image, image Image, environment string) []Image {
	i := slices.IndexFunc(images, func(o Image) bool {
		return o.File == image.File && o.Line == image.Line && o.Column == image.Column && o.Reference == image.Reference && o.Digest == image.Digest
	})
	if i < 0 {
		image.Used = []string{}
		images, i = append(images, image), len(images)
	}
	if environment != "" && !slices.Contains(images[i].Used, environment) {
		images[i].Used = append(images[i].Used, environment)
	}
	return images
}

// images are those of the unit's pods, extras among them.
func (u *Unit) images() []Image {
	var all []Image
	for _, at := range imagesOf(u.Objects) {
		d := u.Locate(diag.Problem{Path: renderers.Source(&u.Objects[at.of], at.at)})
		image := Image{Reference: at.reference, Line: d.Span.Line, Column: d.Span.Col, Field: d.Path}
		image.Reference, image.Digest, _ = strings.Cut(at.reference, "@")
		image.Locked = u.LockedAt(renderers.Source(&u.Objects[at.of], at.at))
		if d.Span.File != nil {
			image.File = d.Span.File.Name
		}
		all = append(all, image)
	}
	return all
}

// unlockedBase refuses the images that come of a profile's base objects and are held to no digest, where the project asks
// for one. What the run says itself the compiler has held already.
func (w *Workspace) unlockedBase(u *Unit) (diags []diag.Diagnostic) {
	if w.Project == nil || u.Profile == nil || len(u.Plan.Machine.Base) == 0 {
		return nil
	}
	for _, image := range imagesOf(u.Objects) {
		if path := renderers.Source(&u.Objects[image.of], image.at); strings.HasPrefix(path, "machine.base") {
			diags = append(diags, w.Project.Unlocked(u.Unit, path, image.reference)...)
		}
	}
	return diags
}
