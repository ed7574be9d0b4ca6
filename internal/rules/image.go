package rules

import (
	_ "crypto/sha256" // the digests that container runtimes know
	_ "crypto/sha512"
	"errors"
	"fmt"
	"strings"
	"sync"

	"berth/internal/diag"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
	corev1 "k8s.io/api/core/v1"
)

// image: a container has one, by a reference that the kubelet reads (k8s.io/kubernetes/pkg/util/parsers). The API server
// takes any text, and then the pod waits for ever with InvalidImageName.
func (j *judge) image(p *pod, c *container) {
	at := c.at.in("image")
	if c.Image == "" {
		j.noImage(p, c, at)
		return
	}
	j.imageReference(c.Image, at)
}

// noImage tells a container that lacks its image. A patch or a base object that misspells the name of a container makes
// another one without: so the hint names those that are there.
func (j *judge) noImage(p *pod, c *container, at *place) {
	message, hint := fmt.Sprintf("container %s has no image", diag.Quote(c.Name)), "write image: <image>"
	if others := p.withImages(); len(others) > 0 && !c.init {
		message += ", and is none of those that the pod has: " + diag.AllOf(few(others))
		hint = "write the name of the container that is meant, " + diag.OneOf(few(others)) + "; a further container needs image: <image>"
		if best, ok := diag.Nearest(c.Name, others); ok {
			hint = "did you mean " + diag.Quote(best) + "? A further container needs image: <image>"
		}
	}
	j.absent(diag.MissingField, at, message, hint, c.at.in("name"), c.at)
}

// withImages are the names of the pod's containers that have an image.
func (p *pod) withImages() []string {
	var names []string
	p.eachContainer(func(c *corev1.Container, _ *place) {
		if c.Image != "" {
			names = append(names, c.Name)
		}
	})
	return names
}

// references are those that were read already, with whether they are right: a project has few, and many containers.
var references sync.Map

// imageReference reads the reference of an image as the kubelet and the container runtimes do.
func (j *judge) imageReference(image string, at *place) {
	if right, known := references.Load(image); known && right.(bool) {
		return
	}
	_, err := reference.ParseNormalizedNamed(image)
	references.Store(image, err == nil)
	if err == nil {
		return
	}
	why, hint := unreadable(image, err)
	p := j.refuse(diag.BadName, at, fmt.Sprintf("image %s: %s", diag.Quote(image), why), hint)
	if trimmed := strings.TrimSpace(image); trimmed != image {
		p.Replace, p.Certain = trimmed, true
	}
}

// longestTag is the most characters of a tag, by the grammar of github.com/distribution/reference.
const longestTag = 128

// digestDigits are the hexadecimal digits of a digest, by its algorithm.
var digestDigits = map[string]int{"sha256": 64, "sha384": 96, "sha512": 128}

// unreadable says what is wrong with a reference, and the way out.
func unreadable(image string, err error) (why, hint string) {
	// Taken apart as far as it goes, since the parser's error does not say which part is wrong.
	named, sum, digested := strings.Cut(image, "@")
	colon := strings.LastIndexByte(named, ':')
	tag := ""
	// A colon before the last slash is that of a registry's port, and no tag follows it.
	if colon > strings.LastIndexByte(named, '/') {
		named, tag = named[:colon], named[colon+1:]
	}
	switch {
	case strings.TrimSpace(image) != image:
		return "it has white space around it", "remove the space"
	case strings.Contains(image, "://"):
		return "a reference has no scheme", "leave out everything up to ://"
	case digested:
		if why, hint := wrongDigest(sum); why != "" {
			return why, hint
		}
	case len(tag) > longestTag:
		return fmt.Sprintf("its tag has %d characters, and a registry takes %d at most", len(tag), longestTag), "write a shorter tag"
	case colon == len(image)-1:
		return "nothing follows its last colon", "write a tag there, or take the colon out"
	}
	return wrongName(image, named, err)
}

// wrongDigest says what is wrong with what follows @; why is empty when that is a digest.
func wrongDigest(sum string) (why, hint string) {
	const hint256 = "write the whole digest: @sha256: and 64 hexadecimal digits, as the registry shows it"
	algorithm, encoded, _ := strings.Cut(sum, ":")
	want, known := digestDigits[algorithm]
	switch err := digest.Digest(sum).Validate(); {
	case err == nil:
		return "", ""
	case !known:
		return fmt.Sprintf("%s is no algorithm of a digest: they are sha256, sha384 and sha512", diag.Quote(algorithm)), hint256
	case len(encoded) != want:
		return fmt.Sprintf("its digest has %s, and one of %s has %d", diag.Count(len(encoded), "digit", "digits"), algorithm, want),
			strings.Replace(hint256, "sha256: and 64", fmt.Sprintf("%s: and %d", algorithm, want), 1)
	}
	return "its digest has other characters than 0 to 9 and a to f", hint256
}

// wrongName says what is wrong with a reference before its tag.
func wrongName(image, named string, err error) (why, hint string) {
	switch path := named[strings.IndexByte(named, '/')+1:]; {
	case errors.Is(err, reference.ErrNameTooLong):
		return fmt.Sprintf("a name in a registry has %d characters at most", reference.RepositoryNameTotalLengthMax), "write a shorter name"
	case isIdentifier(named):
		return "64 hexadecimal digits are the ID of an image on one machine, and no name", "write the image's name, and @sha256: before the digits"
	case strings.ToLower(path) != path:
		return "the name of an image has small letters only", "write " + strings.Replace(image, path, strings.ToLower(path), 1)
	}
	return "no container runtime can read it", "write a reference such as ghcr.io/acme/churn:1.4: a registry, a path of small letters and digits, a tag"
}

// isIdentifier reports whether a name is the 64 digits of an image's own identifier, which no registry takes for a
// name.
func isIdentifier(name string) bool {
	return len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}
