package schema

import "slices"

// A gang is the pods of a job on `num_nodes` machines, which work on one thing together: none of them can go on without
// the others, and all find the first one by its name.

// IsGang reports whether the run is a job whose pods work together on several machines, or as they would on several.
func (s *RunFields) IsGang() bool { return s.Action == ActionJob && s.NumNodes != nil }

// StartsTogether reports whether all pods of a gang start again together when one has failed: they are a JobSet's.
func (s *RunFields) StartsTogether() bool { return s.IsGang() && s.GangRestarts != nil }

// IsGroup reports whether the pods of a run that stays come in groups, each of several machines: they are a
// LeaderWorkerSet's.
func (s *RunFields) IsGroup() bool { return s.Action != ActionJob && s.NumNodes != nil }

// GroupSet is the name of the LeaderWorkerSet. Its controller makes a Service of the same name, so that it cannot be that of
// the run's own Service.
func (p *Plan) GroupSet() string { return p.Name + GroupSetSuffix }

// GroupSetSuffix is what follows the run's name in [Plan.GroupSet].
const GroupSetSuffix = "-lws"

// GangJob is the name of a JobSet's one job, which is part of the names of its pods.
const GangJob = "node"

// Indexed reports whether the pods of a job have numbers of their own.
func (s *RunFields) Indexed() bool { return s.IsGang() || s.CompletionMode == "Indexed" }

// Indexes is how many numbers the pods of an indexed job have, nil where it says none, and the field that says it.
func (s *RunFields) Indexes() (count *int64, field string) {
	if s.IsGang() {
		return s.NumNodes, "spec.num_nodes"
	}
	return s.Completions, "spec.completions"
}

// AtATime is how many pods of a job run at a time, nil where it says none, and the field that says it.
func (s *RunFields) AtATime() (count *int64, field string) {
	if s.IsGang() {
		return s.NumNodes, "spec.num_nodes"
	}
	return s.Parallelism, "spec.parallelism"
}

// GangService is the name of the headless Service below which the pods of a gang find one another.
func (p *Plan) GangService() string { return p.Name + GangServiceSuffix }

// GangServiceSuffix is what follows the run's name in [Plan.GangService].
const GangServiceSuffix = "-nodes"

// GangPort is the variable of the port at which the first pod of a gang is found, which a run may set.
const GangPort = "MASTER_PORT"

// The variables by which the pods of a gang find one another, by the launcher that reads them.
var (
	gangVariables = []string{"BERTH_JOB_NAME", "JOBSET_NAME", "MASTER_ADDR", "NNODES", "NODE_RANK", "NPROC_PER_NODE", "RANK", "WORLD_SIZE"}

	groupVariables = []string{"LWS_LEADER_ADDRESS", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX"}

	launcherVariables = map[string][]string{
		LauncherTorchrun: {"PET_NNODES", "PET_NPROC_PER_NODE", "PET_NODE_RANK", "PET_MASTER_ADDR", "PET_MASTER_PORT"},
		LauncherJAX:      {"JAX_COORDINATOR_ADDRESS", "JAX_PROCESS_ID", "JAX_NUM_PROCESSES"},
	}
)

// Reserves reports whether a variable of the run's own container is one that is set for it, so that the run may not set it.
func (s *RunFields) Reserves(variable string) bool {
	return s.IsGroup() && slices.Contains(groupVariables, variable) || s.IsGang() && (slices.Contains(gangVariables, variable) || slices.Contains(launcherVariables[s.Launcher], variable))
}
