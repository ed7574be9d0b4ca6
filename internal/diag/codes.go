package diag

// Code names one kind of mistake. Codes are stable: scripts and suppressions may rely on them.
type Code string

// The codes. Each has a page (see `berth errors CODE`) and at least one refused fixture; a test keeps the three in step.
const (
	// Files and documents.
	FileRead     Code = "file-read"      // could not be read, or is no file of ours
	FileEmpty    Code = "file-empty"     // holds no document
	FileTooLarge Code = "file-too-large" // over a size, depth or alias limit
	FileEncoding Code = "file-encoding"  // not UTF-8, or holds control or bidi characters
	Syntax       Code = "syntax"         // the format's own grammar
	Evaluation   Code = "evaluation"     // CUE or Jsonnet failed, took too long or too much memory
	Document     Code = "document"       // apiVersion or kind is none of ours
	Duplicate    Code = "duplicate"      // the same key, name, path or port twice
	DuplicateRun Code = "duplicate-run"  // two runs, or two rendered objects, of one name
	NothingToDo  Code = "nothing-to-do"  // no run at all

	// Shape.
	UnknownField Code = "unknown-field"
	MissingField Code = "missing-field"
	WrongType    Code = "wrong-type"
	WrongValue   Code = "wrong-value"  // not one of the accepted values
	OutOfRange   Code = "out-of-range" // a number outside its bounds
	BadName      Code = "bad-name"     // a name, label or path that Kubernetes would refuse
	BadQuantity  Code = "bad-quantity" // no quantity, or with a unit that is none
	WrongAction  Code = "wrong-action" // a field that belongs to another action

	// Rules between fields.
	Resources     Code = "resources"          // limit below request, fractions of a GPU …
	Volume        Code = "volume"             // what a volume needs or may not have
	Container     Code = "container"          // the containers of a pod, their ports and their lifecycle
	Schedule      Code = "schedule"           // cron expressions and time zones
	Credential    Code = "credential"         // a value that looks like a secret
	Env           Code = "env"                // environment variables and secrets in them
	Security      Code = "security"           // Pod Security and users
	Service       Code = "service"            // ports and services
	Scheduling    Code = "scheduling"         // tolerations, affinity, node selectors
	Probe         Code = "probe"              // health checks
	Gang          Code = "gang"               // machines that work together
	Queue         Code = "queue"              // what Kueue's queues never admit
	RunPolicy     Code = "run-policy"         // Jobs in Git
	PatchFailed   Code = "patch"              // a patch that touches nothing or names an unknown field
	KubernetesOld Code = "kubernetes-version" // the target Kubernetes is too old
	NamesTooLong  Code = "name-too-long"      // the names made of a name would not fit

	// Profiles, project, policies.
	UnknownProfile     Code = "unknown-profile"
	UnknownEnvironment Code = "unknown-environment"
	ProfileConflict    Code = "profile-conflict"   // a run contradicts what its profile requires
	ProfileBounds      Code = "profile-bounds"     // a run leaves what its profile allows
	ProfileFit         Code = "profile-fit"        // the pod can be scheduled on none of the profile's nodes
	ProfileInvalid     Code = "profile-invalid"    // a profile that contradicts itself
	ProfileDeprecated  Code = "profile-deprecated" // a profile that is on its way out
	Policy             Code = "policy"             // a project's policy says no

	// Output.
	Output  Code = "output"  // a file that is not ours, a symlink, a name collision
	Overlay Code = "overlay" // an overlay that would not give the direct render

	// Lints: what Kubernetes takes and may not be meant.
	CronEitherDay Code = "cron-either-day" // a day of the month and a weekday: either fires
	CronStep      Code = "cron-step"       // a step that begins anew each hour or day
	CronReplace   Code = "cron-replace"    // each run ends the one before
	ClockChange   Code = "clock-change"    // an hour that a change of clocks leaves out or repeats
	FixedClock    Code = "fixed-clock"     // a zone without a summer time that looks like a city's
	ClaimOwner    Code = "claim-owner"     // a new volume that belongs to root
	GPUNotAsked   Code = "gpu-not-asked"   // all GPUs are seen and none is asked for
	GPUZero       Code = "gpu-zero"        // a GPU is asked for, none of them
	MovingTag     Code = "moving-tag"      // an image that is another one tomorrow
	MissingKey    Code = "missing-key"     // one file of a volume that does not have it
	NoReadiness   Code = "no-readiness"    // served before it can answer
	NoPodLeft     Code = "no-pod-left"     // a rollout that leaves no pod
	OddSelector   Code = "odd-selector"    // labels called key and value
	IdleAllowance Code = "idle-allowance"  // a warning is said to be meant, and there is none
)
