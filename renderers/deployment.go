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
			Replicas: copied(spec, "replicas", "spec.replicas", narrow(r.spec.Replicas)),
			Selector: selected(r, spec, "selector", "selector.matchLabels", &metav1.LabelSelector{MatchLabels: r.selector()}),
			Strategy: r.strategy(spec),
			Template: r.podTemplate(spec.in("template")),
		},
	}
	r.labelQueue(at.in("metadata.labels"), deployment.Labels)
	r.labelQueue(spec.in("template.metadata.labels"), deployment.Spec.Template.Labels)
	r.annotateWave(at, deployment)
	return []typed{{object: deployment, at: at}}
}

const (
	reasonNoSurge = "a second pod would wait for ever for the device that the first one holds"
	reasonRoll    = "as Kubernetes has it; written, so that a later change of the strategy is taken"
	reasonNoMount = "the new pod could not mount the claim while the old one holds it"
)

// strategy decides how new pods replace old ones where a new pod would wait for ever for what an old one holds. Without
// such a thing, and without a word from the run, it is Kubernetes' own: rolling.
func (r *renderer) strategy(at at) appsv1.DeploymentStrategy {
	exclusive := r.exclusiveClaim()
	var strategy appsv1.DeploymentStrategy
	switch {
	case r.spec.Strategy == schema.StrategyRecreate:
		strategy.Type = appsv1.RecreateDeploymentStrategyType
	case r.spec.Strategy == "" && exclusive >= 0:
		return computed(at, "strategy", at.from("spec.volumes").item(exclusive).path, reasonNoMount,
			appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType})
	case r.asksForDevices():
		strategy = decided(at, "strategy", reasonNoSurge, appsv1.DeploymentStrategy{
			Type: appsv1.RollingUpdateDeploymentStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDeployment{
				MaxUnavailable: new(intstr.FromInt32(1)), MaxSurge: new(intstr.FromInt32(0)),
			},
		})
	case r.spec.Strategy == schema.StrategyRolling:
		strategy.Type = appsv1.RollingUpdateDeploymentStrategyType
	}
	if r.spec.Strategy != "" {
		copied(at, "strategy.type", "spec.strategy", strategy.Type)
	}
	return strategy
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
	case roll != nil && roll.MaxSurge != nil && roll.MaxSurge.String() == "0":
		return "an old pod is told to end before its new one is made, which starts when it finds a device", spec.Paused
	}
	return "new pods take over one by one", spec.Paused
}
