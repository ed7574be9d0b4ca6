package renderers

import (
	"berth/internal/diag"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// isGroupSet reports whether the run is served or deployed by groups of pods, each on several machines.
func isGroupSet(p *schema.Plan) bool { return isDeployed(p) && p.Spec.IsGroup() }

// groupSet renders a run that stays and whose pods come in groups of several machines. Everything that the webhook and the
// CRD of LeaderWorkerSet would fill in is written, so that nothing in the cluster differs from Git.
func (r *renderer) groupSet() []typed {
	at := r.begin("spec.num_nodes", "pods that work together on several machines and stay are a LeaderWorkerSet")
	spec := at.in("spec")
	set := &lws.LeaderWorkerSet{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "its controller makes a Service of this name, and the run's own Service has the run's", r.plan.GroupSet()),
		Spec: lws.LeaderWorkerSetSpec{
			Replicas:             copied(spec, "replicas", "spec.replicas", narrow(r.spec.FixedReplicas())),
			LeaderWorkerTemplate: r.groupTemplate(spec.in("leaderWorkerTemplate")),
			RolloutStrategy:      r.groupRollout(spec.in("rolloutStrategy")),
			StartupPolicy:        decided(spec, "startupPolicy", reasonGroupDefault, lws.LeaderCreatedStartupPolicy),
			NetworkConfig:        decided(spec, "networkConfig", reasonGroupDefault, &lws.NetworkConfig{SubdomainPolicy: new(lws.SubdomainShared)}),
		},
	}
	r.labelQueue(at.in("metadata.labels"), set.Labels)
	r.annotateWave(at, set)
	r.noBaseBelow("Deployment", "spec.num_nodes", "a LeaderWorkerSet")
	return []typed{{object: set, at: at}}
}

// The reason beside fields that are written only because the controller would write them as well.
const reasonGroupDefault = "what the LeaderWorkerSet controller would write, so that nothing differs from Git"

// groupTemplate is a group: the leader alone is asked for its health, and answers for the workers, which serve nothing.
func (r *renderer) groupTemplate(at at) lws.LeaderWorkerTemplate {
	all := r.pod
	defer func() { r.pod = all }()
	template := lws.LeaderWorkerTemplate{
		Size:          copied(at, "size", "spec.num_nodes", narrow(r.spec.NumNodes)),
		RestartPolicy: decided(at, "restartPolicy", "a pod that starts again alone would find the others in the middle of their work", lws.RecreateGroupOnPodRestart),
	}
	if r.spec.Leader != nil || r.spec.Probes != nil {
		leader := r.podTemplate(at.in("leaderTemplate"))
		r.lead(at.in("leaderTemplate.spec.containers").item(0), &leader.Spec.Containers[0])
		template.LeaderTemplate = &leader
	}
	r.pod = withoutProbes(all)
	template.WorkerTemplate = r.podTemplate(at.in("workerTemplate"))
	return template
}

// withoutProbes are the containers of a worker: its own serves nothing that could be asked.
func withoutProbes(all []schema.PodContainer) []schema.PodContainer {
	own := make([]schema.PodContainer, len(all))
	for i, c := range all {
		if own[i] = c; c.Role == schema.MainRole {
			silent := *c.Container
			silent.Probes = nil
			own[i].Container = &silent
		}
	}
	return own
}

// lead lays over the run's own container what is different in the leader.
func (r *renderer) lead(at at, c *corev1.Container) {
	leader := r.spec.Leader
	if leader == nil {
		return
	}
	if leader.Command != nil {
		c.Command = copied(at, "command", "spec.leader.command", leader.Command)
	}
	if leader.Args != nil {
		c.Args = copied(at, "args", "spec.leader.args", leader.Args)
	}
	for _, name := range sortedKeys(leader.Resources) {
		amounts, path := leader.Resources[name], diag.Join("spec.leader.resources", name)
		resource := corev1.ResourceName(resourceName(r.plan.Machine, name))
		r.ask(at.in("resources.requests"), &c.Resources.Requests, resource, path+".requests", amounts.Requests)
		r.ask(at.in("resources.limits"), &c.Resources.Limits, resource, path+".limits", amounts.Limits)
	}
}

// groupRollout says how groups are replaced by new ones.
func (r *renderer) groupRollout(at at) lws.RolloutStrategy {
	rolling := &lws.RollingUpdateConfiguration{
		Partition:      decided(at, "rollingUpdateConfiguration.partition", reasonGroupDefault, new(int32(0))),
		MaxUnavailable: decided(at, "rollingUpdateConfiguration.maxUnavailable", reasonGroupDefault, intstr.FromInt32(1)),
		MaxSurge:       decided(at, "rollingUpdateConfiguration.maxSurge", "a further group would wait for machines that the old one holds", intstr.FromInt32(0)),
	}
	if said := r.spec.Strategy; said != nil {
		at := at.in("rollingUpdateConfiguration")
		if n := intOrString(said.MaxUnavailable); n != nil {
			rolling.MaxUnavailable = copied(at, "maxUnavailable", "spec.strategy.max_unavailable", *n)
		}
		if n := intOrString(said.MaxSurge); n != nil {
			rolling.MaxSurge = copied(at, "maxSurge", "spec.strategy.max_surge", *n)
		}
	}
	return lws.RolloutStrategy{
		Type:                       decided(at, "type", reasonGroupDefault, lws.RollingUpdateStrategyType),
		RollingUpdateConfiguration: rolling,
	}
}

// podsOfGroupSet is groups times pods of a group; a number that is not set is 1, as the CRD has it.
func podsOfGroupSet(o any) int64 {
	spec := &o.(*lws.LeaderWorkerSet).Spec
	return orOne(spec.Replicas) * orOne(spec.LeaderWorkerTemplate.Size)
}

// rolloutOfGroupSet says how a LeaderWorkerSet replaces its groups.
func rolloutOfGroupSet(value any) (how string, paused bool) {
	rolling := value.(*lws.LeaderWorkerSet).Spec.RolloutStrategy.RollingUpdateConfiguration
	if rolling != nil && rolling.MaxSurge.String() == "0" {
		return "groups are replaced one after the other: all pods of an old one end before those of its new one start", false
	}
	return "new groups take over one after the other", false
}

// GroupsOf is how many groups of pods an object has, 0 for one that has none.
func GroupsOf(value any) int64 {
	if set, ok := value.(*lws.LeaderWorkerSet); ok {
		return orOne(set.Spec.Replicas)
	}
	return 0
}
