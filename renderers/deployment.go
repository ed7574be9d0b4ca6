package renderers

import (
	"berth/schema"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// deployment renders a run that stays.
func (r *renderer) deployment() []typed {
	deployment := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: r.objectMeta(r.plan.Name),
		Spec: appsv1.DeploymentSpec{
			Replicas: narrow(r.spec.Replicas),
			Selector: &metav1.LabelSelector{MatchLabels: r.selector()},
			Strategy: r.strategy(),
			Template: r.podTemplate(),
		},
	}
	r.annotateWave(deployment)
	return []typed{{"deployment.yaml", deployment}}
}

// strategy decides how new pods replace old ones where a new pod would wait for ever for what an old one holds. Without
// such a thing, and without a word from the run, it is Kubernetes' own: rolling.
func (r *renderer) strategy() appsv1.DeploymentStrategy {
	switch {
	case r.spec.Strategy == schema.StrategyRecreate || r.spec.Strategy == "" && r.ownsExclusiveClaim():
		return appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	case r.asksForDevices():
		return appsv1.DeploymentStrategy{
			Type: appsv1.RollingUpdateDeploymentStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDeployment{
				MaxUnavailable: new(intstr.FromInt32(1)), MaxSurge: new(intstr.FromInt32(0)),
			},
		}
	case r.spec.Strategy == schema.StrategyRolling:
		return appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType}
	}
	return appsv1.DeploymentStrategy{}
}
