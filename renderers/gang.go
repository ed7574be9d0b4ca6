package renderers

import (
	"maps"
	"slices"
	"strconv"

	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
)

// isGang reports whether several machines work on one task, each with a pod that has to find the others.
func isGang(p *schema.Plan) bool { return p.Spec.IsGang() }

// wantsGangService: the controller of a JobSet makes its own.
func wantsGangService(p *schema.Plan) bool { return isGang(p) && !isJobSet(p) }

// gangService renders the headless Service below which the pods of a gang find one another. Names are there before the pods
// are ready: none of them is before it has found the others. The selector is of the run and never of one Job, so that two
// generations side by side share it: their names differ by the Job's.
func (r *renderer) gangService() []typed {
	at := r.begin("spec.num_nodes", "the pods of several machines find one another by names below a headless Service")
	spec := at.in("spec")
	service := &corev1.Service{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "the pods' names end in it", r.plan.GangService()),
		Spec: corev1.ServiceSpec{
			ClusterIP: decided(spec, "clusterIP", "the names lead to the pods themselves", corev1.ClusterIPNone),
			Selector:  selected(r, spec, "selector", "selector", r.selector()),
			PublishNotReadyAddresses: decided(spec, "publishNotReadyAddresses",
				"the pods look for one another before they are ready", true),
		},
	}
	if isOnce(r.plan) {
		r.annotateWithJob(at, service)
	}
	r.annotateWave(at, service)
	return []typed{{object: service, at: at, noBase: true}}
}

// gangPods makes a Job of as many pods as there are machines, each with a number and a name.
func (r *renderer) gangPods(at at, spec *batchv1.JobSpec) {
	if !isGang(r.plan) {
		return
	}
	const reason = "one pod for each machine"
	spec.Completions = computed(at, "completions", "spec.num_nodes", reason, narrow(r.spec.NumNodes))
	spec.Parallelism = computed(at, "parallelism", "spec.num_nodes", reason, narrow(r.spec.NumNodes))
	spec.CompletionMode = computed(at, "completionMode", "spec.num_nodes", "each pod has a number, which is its rank", new(batchv1.IndexedCompletion))
	if isJobSet(r.plan) {
		return
	}
	spec.Template.Spec.Subdomain = computed(at, "template.spec.subdomain", "spec.num_nodes",
		"the pods find one another by names below this Service", r.plan.GangService())
}

// gangVariable is one of a gang's, with a value or the field of the pod that it has it from.
type gangVariable struct {
	name, value, field string
	plan, reason       string
}

// gangEnv are the variables by which the pods of a gang find one another. They come first, so that all others may refer to
// them.
func (r *renderer) gangEnv(at at) []corev1.EnvVar {
	var vars []corev1.EnvVar
	for _, v := range r.gangVariables() {
		at := at.item(len(vars))
		if i := r.ownPort(); v.name == schema.GangPort && i >= 0 {
			vars = append(vars, r.variable(at, at.from("spec.envs").item(i), r.spec.Envs[i]))
			continue
		}
		at.set(origin{plan: v.plan, reason: v.reason})
		e := corev1.EnvVar{Name: v.name, Value: v.value}
		if v.field != "" {
			e.ValueFrom = &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: v.field}}
		}
		vars = append(vars, e)
	}
	return vars
}

// gangVariables are all that every launcher reads, and those of the run's own launcher. A Job's name is made of its content: written
// into the content it would change itself, and so it comes by way of the pod's label.
func (r *renderer) gangVariables() []gangVariable {
	own, first := r.gangNames()
	nodes, processes := strconv.FormatInt(*r.spec.NumNodes, 10), r.processes()
	all := []gangVariable{
		own,
		{name: "NODE_RANK", field: annotationField(batchv1.JobCompletionIndexAnnotation), reason: "the number of this machine, from 0"},
		{name: "MASTER_ADDR", value: first, reason: "the pod of the first machine"},
		{name: schema.GangPort, value: r.plan.InEdition().GangPort, reason: "the port of the first pod, as torchrun has it"},
		{name: "NNODES", value: nodes, reason: "how many machines there are"},
		{name: "NPROC_PER_NODE", value: strconv.FormatInt(processes, 10), reason: "a process for each device that the container asks for, or one"},
	}
	if further := launchers[r.launcher()]; further != nil {
		all = append(all, further(processes)...)
	}
	for i := range all {
		if all[i].plan == "" {
			all[i].plan = "spec.num_nodes"
		}
	}
	return all
}

// gangNames are the variable with the name that the pods' names begin with, and the address of the first pod.
func (r *renderer) gangNames() (own gangVariable, first string) {
	own = gangVariable{name: "BERTH_JOB_NAME", field: labelField(batchv1.JobNameLabel), reason: "the pods of one Job have names that begin with its"}
	first = "$(" + own.name + ")-0." + r.plan.GangService()
	if isJobSet(r.plan) {
		own = gangVariable{name: "JOBSET_NAME", field: labelField(jobset.JobSetNameKey), reason: "the pods of one JobSet have names that begin with its"}
		first = "$(" + own.name + ")-" + schema.GangJob + "-0-0.$(" + own.name + ")"
	}
	return own, first
}

// labelField is the downward API's notation of one label of the pod.
func labelField(key string) string { return "metadata.labels['" + key + "']" }

// annotationField is the downward API's notation of one annotation of the pod.
func annotationField(key string) string { return "metadata.annotations['" + key + "']" }

// launcher is who starts the processes on each machine; a run that does not say so starts its own.
func (r *renderer) launcher() string {
	if r.spec.Launcher == "" {
		return schema.LauncherNone
	}
	return r.spec.Launcher
}

// launchers are the further variables of each launcher, by the number of processes on a machine. torchrun and accelerate
// give each process its own rank; where nothing starts processes, a machine has one rank only if it has one process.
var launchers = map[string]func(processes int64) []gangVariable{
	schema.LauncherAccelerate: func(int64) []gangVariable { return nil },
	schema.LauncherTorchrun: func(int64) []gangVariable {
		return fromOthers(schema.LauncherTorchrun, map[string]string{
			"PET_NNODES": "$(NNODES)", "PET_NPROC_PER_NODE": "$(NPROC_PER_NODE)", "PET_NODE_RANK": "$(NODE_RANK)",
			"PET_MASTER_ADDR": "$(MASTER_ADDR)", "PET_MASTER_PORT": "$(MASTER_PORT)",
		})
	},
	schema.LauncherJAX: func(int64) []gangVariable {
		return fromOthers(schema.LauncherJAX, map[string]string{
			"JAX_COORDINATOR_ADDRESS": "$(MASTER_ADDR):$(MASTER_PORT)", "JAX_PROCESS_ID": "$(NODE_RANK)", "JAX_NUM_PROCESSES": "$(NNODES)",
		})
	},
	schema.LauncherNone: func(processes int64) []gangVariable {
		if processes > 1 {
			return nil
		}
		return []gangVariable{
			{name: "RANK", value: "$(NODE_RANK)", reason: "the one process of this machine"},
			{name: "WORLD_SIZE", value: "$(NNODES)", reason: "one process on each machine"},
		}
	},
}

// fromOthers are the variables of a launcher, sorted by name.
func fromOthers(launcher string, values map[string]string) []gangVariable {
	var all []gangVariable
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, gangVariable{name: name, value: values[name], plan: "spec.launcher", reason: launcher + " reads it"})
	}
	return all
}

// processes is how many there are on a machine: one for each device that the run's own container asks for.
func (r *renderer) processes() int64 {
	amount, path := acceleratorAmount(r.plan)
	if amount == "" {
		return 1
	}
	q := r.quantity(path, amount)
	return max(1, q.Value())
}

// ownPort is the index of the variable by which the run says another port for the first pod, -1 for none.
func (r *renderer) ownPort() int {
	return slices.IndexFunc(r.spec.Envs, func(e schema.Env) bool { return e.Name == schema.GangPort })
}
