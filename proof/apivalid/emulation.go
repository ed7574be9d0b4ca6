package apivalid

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
)

// since are the first releases that serve a version, where that is not before all supported ones.
var since = map[schema.GroupVersionKind]*version.Version{
	{Group: "resource.k8s.io", Version: "v1", Kind: "ResourceClaimTemplate"}: version.MustParseGeneric("1.34"),
}

// warnedSince are warnings of the newest code that older releases did not give, by a part of their words, with the first
// release that gives them.
var warnedSince = map[string]*version.Version{
	`"PreferClose" is deprecated`: version.MustParseGeneric("1.34"),
}

// emulated is the release that Check judges as; nil for the newest.
var emulated *version.Version

// given reports whether the emulated release gives a warning.
func given(warning string) bool {
	for part, first := range warnedSince {
		if emulated != nil && emulated.LessThan(first) && strings.Contains(warning, part) {
			return false
		}
	}
	return true
}

// Emulate makes every later Check judge with the feature gates of an older release such as "1.33". It has to stand
// before the first Check, and one process holds one version. Rules whose code is gone since are not brought back:
// the real servers of those releases are the proof for them.
func Emulate(minor string) error {
	v, err := version.ParseGeneric(minor)
	if err != nil {
		return err
	}
	emulated = v
	for gvk, first := range since {
		if v.LessThan(first) {
			delete(served, gvk)
		}
	}
	return utilfeature.DefaultMutableFeatureGate.SetEmulationVersion(v)
}
