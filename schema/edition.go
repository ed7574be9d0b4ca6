package schema

import (
	"cmp"
	"slices"
)

// Edition is what silence means: every default, and the version of what is hashed into names. What a default is, is read
// from here alone. An edition never changes once there is a release that has it, since every manifest of a project would:
// another default, another hash, is another edition, which a project takes by a line of its own.
type Edition struct {
	// Number is what a project writes under `edition`.
	Number int64
	// Fields are the defaults of a run's fields, in the order of compile.cue.
	Fields []Default
	// GangBackoff is the default of backoff_limit for several machines that work together.
	GangBackoff Default
	// Scheme is the version of what is hashed into the names of Jobs, JobSets and claim templates.
	Scheme string
	// AutomountToken says whether a pod without a service account of its own gets a token of the API server.
	AutomountToken bool
	// RestartPolicy is that of a Job's pods: Never or OnFailure.
	RestartPolicy string
	// AccessMode is that of a claim which is written for a volume, ReadWriteOnce for one.
	AccessMode string
	// DeviceUnavailable and DeviceSurge are how many pods fewer, and more, than asked for there may be while a Deployment
	// with devices rolls out.
	DeviceUnavailable, DeviceSurge int32
	// StartupMargin and ReadyMargin are the seconds that a rollout gets beyond its slowest startup check, and beyond
	// min_ready_seconds, before it counts as failed.
	StartupMargin, ReadyMargin int64
	// RouteTimeout is that of a route's requests, a duration of Gateway API; 0s is none.
	RouteTimeout string
	// UnhealthyEviction is whether a disruption budget keeps pods that are not ready: AlwaysAllow or IfHealthyBudget.
	UnhealthyEviction string
	// HookPhase is the phase of Argo CD's sync at which a hook runs.
	HookPhase string
	// GangPort is the port at which the first pod of a gang is found.
	GangPort string
}

// Editions are all that this version of Berth knows, the oldest first.
var Editions = []Edition{{
	Number: 1,
	Fields: Defaults,
	GangBackoff: Default{
		Field: "backoff_limit", Kind: IntKind, Value: "0",
		Reason: "A pod that starts again alone finds the others waiting in the middle of their work.",
	},
	Scheme:            "1",
	RestartPolicy:     "Never",
	AccessMode:        "ReadWriteOnce",
	DeviceUnavailable: 1,
	StartupMargin:     300,
	ReadyMargin:       60,
	RouteTimeout:      "0s",
	UnhealthyEviction: "AlwaysAllow",
	HookPhase:         HookPhaseSync,
	GangPort:          "29500", // torchrun's
}}

// InEdition is the edition of the plan, the first where it says none.
func (p *Plan) InEdition() *Edition {
	if p.Target.Edition == nil {
		return &Editions[0]
	}
	return p.Target.Edition
}

// Defaults are the defaults of the plan's fields in its edition.
func (p *Plan) Defaults() []Default {
	e := p.InEdition()
	if !p.Spec.IsGang() || *p.Spec.NumNodes < 2 {
		return e.Fields
	}
	own := slices.Clone(e.Fields)
	for i := range own {
		if own[i].Field == e.GangBackoff.Field {
			own[i] = e.GangBackoff
		}
	}
	return own
}

// AccessMode is the mode of a claim that the run brings itself; empty for volumes that are no such claim.
func (p *Plan) AccessMode(v *Volume) string {
	if v.VolumeType != VolumeTypePersistentVolumeClaim || v.Spec.Size == "" {
		return ""
	}
	return cmp.Or(v.Spec.AccessMode, p.InEdition().AccessMode)
}
