package renderers

import (
	"berth/schema"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// deployment renders a run that stays.
func (r *renderer) deployment() []typed {
	at := r.begin("spec.action", reasonAction)
	spec := at.in("spec")
	deployment := &appsv1.Deployment{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "", r.plan.Name),
		Spec: appsv1.DeploymentSpec{
			Replicas:                copied(spec, "replicas", "spec.replicas", narrow(r.spec.FixedReplicas())),
			Selector:                selected(r, spec, "selector", "selector.matchLabels", &metav1.LabelSelector{MatchLabels: r.selector()}),
			Strategy:                r.strategy(spec),
			MinReadySeconds:         copied(spec, "minReadySeconds", "spec.min_ready_seconds", int32Of(r.spec.MinReadySeconds)),
			ProgressDeadlineSeconds: r.progressDeadline(spec),
			RevisionHistoryLimit:    copied(spec, "revisionHistoryLimit", "spec.revision_history_limit", narrow(r.spec.RevisionHistoryLimit)),
			Template:                r.podTemplate(spec.in("template")),
		},
	}
	r.labelQueue(at.in("metadata.labels"), deployment.Labels)
	r.labelQueue(spec.in("template.metadata.labels"), deployment.Spec.Template.Labels)
	r.annotateWave(at, deployment)
	return []typed{{object: deployment, at: at}}
}

// Why a Deployment stops its old pods before it starts new ones, or does not: each stands beside spec.strategy
// where someone asks for its origin.
const (
	reasonNoSurge = "a second pod would wait for ever for the device that the first one holds"
	reasonRoll    = "as Kubernetes has it; written, so that a later change of the strategy is taken"
	reasonNoMount = "the new pod could not mount the claim while the old one holds it"
)

// strategy decides how new pods replace old ones where a new pod would wait for ever for what an old one holds. Without
// such a thing, or with a word from the run, it is Kubernetes' own: rolling.
func (r *renderer) strategy(at at) appsv1.DeploymentStrategy {
	exclusive, edition := r.exclusiveClaim(), r.plan.InEdition()
	switch said := r.spec.Strategy; {
	case said != nil:
		return saidStrategy(at.in("strategy"), said)
	case exclusive >= 0:
		return computed(at, "strategy", at.from("spec.volumes").item(exclusive).path, reasonNoMount,
			appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType})
	case r.asksForDevices():
		return decided(at, "strategy", reasonNoSurge, appsv1.DeploymentStrategy{
			Type: appsv1.RollingUpdateDeploymentStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDeployment{
				MaxUnavailable: new(intstr.FromInt32(edition.DeviceUnavailable)), MaxSurge: new(intstr.FromInt32(edition.DeviceSurge)),
			},
		})
	}
	return appsv1.DeploymentStrategy{}
}

// saidStrategy is the run's own strategy; the figures that it leaves out are settled later.
func saidStrategy(at at, said *schema.Strategy) appsv1.DeploymentStrategy {
	if said.Type == schema.StrategyTypeRecreate {
		return appsv1.DeploymentStrategy{Type: copied(at, "type", "spec.strategy.type", appsv1.RecreateDeploymentStrategyType)}
	}
	var strategy appsv1.DeploymentStrategy
	if said.Type != "" {
		strategy.Type = copied(at, "type", "spec.strategy.type", appsv1.RollingUpdateDeploymentStrategyType)
	}
	if said.MaxSurge != "" || said.MaxUnavailable != "" {
		at = at.in("rollingUpdate")
		strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{
			MaxSurge:       copied(at, "maxSurge", "spec.strategy.max_surge", intOrString(said.MaxSurge)),
			MaxUnavailable: copied(at, "maxUnavailable", "spec.strategy.max_unavailable", intOrString(said.MaxUnavailable)),
		}
	}
	return strategy
}

// intOrString is a value of Kubernetes' type of the same name, nil for nothing.
func intOrString(v schema.IntOrText) *intstr.IntOrString {
	if v == "" {
		return nil
	}
	return new(intstr.Parse(string(v)))
}

// defaultDeadline is what Kubernetes gives a rollout that says no deadline, in seconds.
const defaultDeadline = 600

// progressDeadline is the run's own, or what its slowest right start needs, where that is more than Kubernetes gives.
func (r *renderer) progressDeadline(at at) *int32 {
	const field = "progressDeadlineSeconds"
	if said := r.spec.ProgressDeadlineSeconds; said != nil {
		return copied(at, field, "spec.progress_deadline_seconds", narrow(said))
	}
	slowest, place := r.slowestStart()
	edition := r.plan.InEdition()
	startup, ready := slowest+edition.StartupMargin, int64(0)
	if r.spec.MinReadySeconds != nil {
		ready = *r.spec.MinReadySeconds + edition.ReadyMargin
	}
	switch {
	case startup > defaultDeadline && startup >= ready:
		return computed(at, field, place, "a rollout has not failed while its pods may still start", narrow(&startup))
	case ready > defaultDeadline:
		return computed(at, field, "spec.min_ready_seconds", "a rollout has not failed before its pods can count as ready", narrow(&ready))
	}
	return nil
}

// slowestStart is the longest time that a container may take to start, in seconds, and the place of the check that gives it.
func (r *renderer) slowestStart() (budget int64, place string) {
	for _, c := range r.pod {
		if b := c.Probes.StartupBudget(); b > budget {
			budget, place = b, c.Path+".probes.startup"
		}
	}
	return budget, place
}

// settleStrategy writes how a Deployment rolls where nothing says it, as the API server would. What the server alone wrote
// stays when the strategy becomes another one by server-side apply, and is refused beside it: nothing of the environment
// would be applied then.
func (r *renderer) settleStrategy(at at, o kubeObject) {
	s := &o.(*appsv1.Deployment).Spec.Strategy
	if s.Type == appsv1.RecreateDeploymentStrategyType {
		return
	}
	at = at.in("spec.strategy")
	if s.Type == "" {
		s.Type = decided(at, "type", reasonRoll, appsv1.RollingUpdateDeploymentStrategyType)
	}
	if s.RollingUpdate == nil {
		s.RollingUpdate = &appsv1.RollingUpdateDeployment{}
	}
	if s.RollingUpdate.MaxUnavailable == nil {
		s.RollingUpdate.MaxUnavailable = decided(at, "rollingUpdate.maxUnavailable", reasonRoll, new(intstr.FromString(defaultRoll)))
	}
	if s.RollingUpdate.MaxSurge == nil {
		s.RollingUpdate.MaxSurge = decided(at, "rollingUpdate.maxSurge", reasonRoll, new(intstr.FromString(defaultRoll)))
	}
}

// defaultRoll is how many pods more or fewer than asked for there may be while a Deployment rolls
// (SetDefaults_Deployment in k8s.io/kubernetes/pkg/apis/apps/v1).
const defaultRoll = "25%"

// rolloutOfDeployment says how a Deployment replaces its pods.
func rolloutOfDeployment(value any) (how string, paused bool) {
	spec := &value.(*appsv1.Deployment).Spec
	switch roll := spec.Strategy.RollingUpdate; {
	case spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
		return "all old pods end before the new ones start", spec.Paused
	case leavesNoPod(spec):
		return "no pod is left while a new one starts: the old ones are told to end first", spec.Paused
	case roll != nil && roll.MaxSurge != nil && roll.MaxSurge.String() == "0":
		return "an old pod is told to end before its new one is made, which starts when it finds a device", spec.Paused
	}
	return "new pods take over one by one", spec.Paused
}

// leavesNoPod reports whether all old pods may be gone before there is a new one.
func leavesNoPod(spec *appsv1.DeploymentSpec) bool {
	roll := spec.Strategy.RollingUpdate
	if roll == nil || spec.Replicas == nil {
		return false
	}
	surge, err := intstr.GetScaledValueFromIntOrPercent(roll.MaxSurge, int(*spec.Replicas), true)
	missing, errMissing := intstr.GetScaledValueFromIntOrPercent(roll.MaxUnavailable, int(*spec.Replicas), false)
	return err == nil && errMissing == nil && surge == 0 && missing >= int(*spec.Replicas)
}
