package gates

import (
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/util/version"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"

	_ "k8s.io/kubernetes/pkg/features" // registers the gates
)

// unmarked are the gates that no comment marks, or marks by another name; TestServer asks the server's own code for them.
var unmarked = map[string][]string{
	"batch/v1.JobSpec.managedBy":                 {"JobManagedBy"},
	"core/v1.ContainerRestartPolicy=Never":       {"ContainerRestartRules"},
	"core/v1.ContainerRestartPolicy=OnFailure":   {"ContainerRestartRules"},
	"core/v1.Lifecycle.stopSignal":               {"ContainerStopSignals"},
	"core/v1.PodSELinuxChangePolicy=MountOption": {"SELinuxMount"},
	"core/v1.PodSpec.hostUsers":                  {"UserNamespacesSupport"},
	"core/v1.ProcMountType=Unmasked":             {"ProcMountType"},
	"core/v1.TolerationOperator=Gt":              {"TaintTolerationComparisonOperators"},
	"core/v1.TolerationOperator=Lt":              {"TaintTolerationComparisonOperators"},
	"core/v1.VolumeProjection.podCertificate":    {"PodCertificateRequest"},
}

// retired are gates that comments still name and the newest release does not know any more, because nobody may turn
// them off. All were on in the oldest release (k8s.io/kubernetes v1.31.0, pkg/features/kube_features.go).
var retired = []string{"PodLifecycleSleepAction", "ServiceTrafficDistribution", "SidecarContainers"}

// Index says since which minor version a field or value can be used.
type Index struct {
	releases map[int]*definitions
	gates    map[featuregate.Feature]featuregate.VersionedSpecs
}

// Load reads the definitions of all releases, once for a process.
var Load = sync.OnceValues(read)

func read() (*Index, error) {
	x := &Index{releases: map[int]*definitions{}, gates: utilfeature.DefaultMutableFeatureGate.(featuregate.MutableVersionedFeatureGate).GetAllVersioned()}
	for minor := Oldest; minor <= Newest; minor++ {
		d, err := load(minor)
		if err != nil {
			return nil, err
		}
		x.releases[minor] = d
	}
	return x, nil
}

// Field is the first minor version that takes a field such as core/v1.PodSpec.hostname without being asked to: it
// defines it, and the gates of the field are on. It is 0 when none does.
func (x *Index) Field(id string) int {
	return x.first(id, func(d *definitions) map[string]mention { return d.fields })
}

// Value is the same of a constant such as core/v1.DNSPolicy=Default.
func (x *Index) Value(id string) int {
	return x.first(id, func(d *definitions) map[string]mention { return d.values })
}

func (x *Index) first(id string, of func(*definitions) map[string]mention) int {
	gates := x.gatesOf(id, of)
	for minor := Oldest; minor <= Newest; minor++ {
		_, defined := of(x.releases[minor])[id]
		if defined && !slices.ContainsFunc(gates, func(gate string) bool { return !x.on(gate, minor) }) {
			return minor
		}
	}
	return 0
}

// gatesOf are the gates that any release marks the field or value with, since older ones leave some out.
func (x *Index) gatesOf(id string, of func(*definitions) map[string]mention) []string {
	if gates := unmarked[id]; gates != nil {
		return gates
	}
	var gates []string
	for _, d := range x.releases {
		gates = append(gates, of(d)[id].gates...)
	}
	slices.Sort(gates)
	return slices.Compact(gates)
}

// on reports whether a gate is on in a release unless somebody turns it off. What is neither known nor retired is off.
func (x *Index) on(gate string, minor int) bool {
	if slices.Contains(retired, gate) {
		return true
	}
	on := false
	release := version.MajorMinor(1, uint(minor))
	for _, spec := range x.gates[featuregate.Feature(gate)] {
		if !release.LessThan(spec.Version) { // they are in order
			on = spec.Default
		}
	}
	return on
}

// Gate is the first minor version in which a feature gate is on; 0 when it is in none.
func (x *Index) Gate(name string) int {
	for minor := Oldest; minor <= Newest; minor++ {
		if x.on(name, minor) {
			return minor
		}
	}
	return 0
}
