package renderers

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"strconv"

	"berth/internal/yamlprint"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	resourcev1 "k8s.io/api/resource/v1"
)

// Annotations that Flux' kustomize-controller and Argo CD obey.
const (
	fluxSSA        = "kustomize.toolkit.fluxcd.io/ssa"
	fluxPrune      = "kustomize.toolkit.fluxcd.io/prune"
	fluxForce      = "kustomize.toolkit.fluxcd.io/force"
	fluxSubstitute = "kustomize.toolkit.fluxcd.io/substitute"

	argoSyncOptions    = "argocd.argoproj.io/sync-options"
	argoCompareOptions = "argocd.argoproj.io/compare-options"
	argoIgnoreHealth   = "argocd.argoproj.io/ignore-healthcheck"
	argoSyncWave       = "argocd.argoproj.io/sync-wave"
	argoHook           = "argocd.argoproj.io/hook"
	argoHookDelete     = "argocd.argoproj.io/hook-delete-policy"
)

// jobAnnotations says by controller and run policy what keeps the controller from doing to a Job what the policy does not
// mean. A policy that stands nowhere needs nothing.
var jobAnnotations = map[string]map[string]map[string]string{
	schema.GitOpsFlux: {
		schema.RunPolicyOnce:     {fluxPrune: "disabled"},
		schema.RunPolicyRecreate: {fluxForce: "enabled"},
	},
	schema.GitOpsArgoCD: {
		schema.RunPolicyOnce: {
			argoSyncOptions: "Prune=false", argoCompareOptions: "IgnoreExtraneous", argoIgnoreHealth: "true",
		},
		schema.RunPolicyRecreate: {argoSyncOptions: "Force=true,Replace=true"},
		schema.RunPolicyHook:     {argoHookDelete: "BeforeHookCreation"},
	},
}

// queuedAnnotations are those of a Job that Kueue starts, by controller and run policy. Kueue writes into the Job's pods where
// they are to run, which Flux would try to undo in a Job that cannot be changed. A Job that is never applied again never
// gets an annotation that it was created without, so that only what needs this has it.
var queuedAnnotations = map[string]map[string]map[string]string{
	schema.GitOpsFlux: {schema.RunPolicyOnce: {fluxSSA: "IfNotPresent"}},
}

// Annotations of Berth.
const (
	// berthRerun is the number of `rerun` on the pods of a Job that is recreated: in a name made of content it is part of
	// the hash.
	berthRerun = "berth/rerun"
	// berthContent is a hash of a Job that Argo CD replaces. What Git says no more is no difference to Argo CD where an
	// object was never applied but replaced: this one value always is.
	berthContent = "berth/content"
)

// claimAnnotations keep the data of a claim from going with its run, whoever applies the tree today or next year.
var claimAnnotations = map[string]string{
	fluxPrune: "disabled", argoSyncOptions: "Prune=false,Delete=false", argoCompareOptions: "IgnoreExtraneous",
}

// annotateJob adds the annotations of the run policy to a Job, or to an object that lives and dies with one.
func (r *renderer) annotateJob(at at, o kubeObject) {
	r.annotatePolicy(at, o)
	if r.isQueued() {
		annotate(at, o, origin{plan: "spec.queue", reason: "Flux must not undo where Kueue puts the pods"},
			queuedAnnotations[r.plan.Target.GitOps][r.spec.RunPolicy])
	}
}

// annotateWithJob is for an object that is there for as long as the Job, and made when it is made, but may be applied again
// at any time.
func (r *renderer) annotateWithJob(at at, o kubeObject) {
	if r.spec.RunPolicy != schema.RunPolicyRecreate {
		r.annotatePolicy(at, o)
	}
}

// annotatePolicy writes what the run policy means to Flux or Argo CD. For hooks it also says in which phase of a sync
// Argo CD runs the Job, where the run says none the default one.
func (r *renderer) annotatePolicy(at at, o kubeObject) {
	from := origin{plan: "spec.run_policy", reason: policyReasons[r.spec.RunPolicy]}
	annotate(at, o, from, jobAnnotations[r.plan.Target.GitOps][r.spec.RunPolicy])
	if r.plan.Target.GitOps == schema.GitOpsArgoCD && r.spec.RunPolicy == schema.RunPolicyHook {
		if r.spec.HookPhase != "" {
			from = origin{plan: "spec.hook_phase"}
		}
		annotate(at, o, from, map[string]string{argoHook: cmp.Or(r.spec.HookPhase, r.plan.InEdition().HookPhase)})
	}
}

// policyReasons say why a run policy needs annotations.
var policyReasons = map[string]string{
	schema.RunPolicyOnce:     "the controller must not delete a Job that was started once",
	schema.RunPolicyRecreate: "the controller deletes the Job and creates it anew, since it cannot be changed",
	schema.RunPolicyHook:     "Argo CD runs the Job at a phase of every sync, and deletes the last one before",
}

// annotateWave adds the project's one sync wave, which is for all its objects.
func (r *renderer) annotateWave(at at, o kubeObject) {
	if wave := r.plan.Target.SyncWave; wave != nil && r.plan.Target.GitOps == schema.GitOpsArgoCD {
		annotate(at, o, origin{plan: "target.sync_wave"}, map[string]string{argoSyncWave: strconv.FormatInt(*wave, 10)})
	}
}

// annotateHealth leaves a schedule out of the health of its Application where the project says so: Argo CD 3.2 and later call
// a CronJob degraded whose last Job failed, and one that is suspended suspended.
func (r *renderer) annotateHealth(at at, o kubeObject) {
	if r.plan.Target.GitOps == schema.GitOpsArgoCD && r.plan.Target.ScheduleHealth == schema.ScheduleHealthIgnored {
		annotate(at, o, origin{plan: "target.schedule_health", reason: "the last run of a schedule does not count in the health of its Application"}, map[string]string{argoIgnoreHealth: "true"})
	}
}

// annotate adds annotations to an object that begins at at.
func annotate(at at, o kubeObject, from origin, annotations map[string]string) {
	if len(annotations) == 0 {
		return
	}
	all := o.GetAnnotations()
	at = at.in("metadata.annotations")
	for key, value := range annotations {
		put(at, &all, key, from, value)
	}
	o.SetAnnotations(all)
}

// nameJob gives a Job the name that depends on its content, or the hash of it where the name does not.
func (r *renderer) nameJob(at at, o kubeObject) {
	spec := o.(*batchv1.Job).Spec
	spec.Suspend = nil // which may change while the Job stays the same
	r.nameByContent(at, o, jobScheme, &spec)
}

// nameByContent names what runs once by its specification, under a version of what is hashed.
func (r *renderer) nameByContent(at at, o kubeObject, scheme string, spec any) {
	if r.plan.Target.GitOps == schema.GitOpsArgoCD && r.spec.RunPolicy == schema.RunPolicyRecreate {
		annotate(at, o, origin{plan: "spec.run_policy", reason: "Argo CD replaces the Job when this hash of it is another one"},
			map[string]string{berthContent: contentHash(o)})
	}
	if r.namedByContent() {
		o.SetName(computed(at, "metadata.name", "name",
			"the run's name and a hash of what runs: another Job, since a Job cannot be changed", r.plan.Name+"-"+r.specHash(scheme, spec)))
	}
}

// nameClaimTemplate gives a claim template the name that depends on its content, by which the pods refer to it.
func (r *renderer) nameClaimTemplate(at at, o kubeObject) {
	template := o.(*resourcev1.ResourceClaimTemplate)
	r.template = r.plan.Name + "-" + deviceClaim + "-" + claimTemplateHash(r.plan.InEdition().Scheme, &template.Spec)
	template.Name = computed(at, "metadata.name", "name",
		"the run's name and a hash of the devices: the template cannot be changed", r.template)
}

// protectFromFlux keeps Flux from reading a variable into the text of an object.
func (r *renderer) protectFromFlux(at at, o kubeObject) {
	if r.plan.Target.GitOps == schema.GitOpsFlux && readsAsVariable(o) {
		annotate(at, o, origin{plan: "target.gitops", reason: "Flux would take a `$` in the object's text for a variable of its own"},
			map[string]string{fluxSubstitute: "disabled"})
	}
}

// namedByContent reports whether the run's Job is another Job, under another name, when its specification changes.
func (r *renderer) namedByContent() bool {
	return r.spec.RunPolicy != schema.RunPolicyRecreate && r.spec.RunPolicy != schema.RunPolicyHook
}

// readsAsVariable reports whether Flux' post-build substitution would change or refuse the object: `${HOME}` is a
// variable to it, and `$$` an escaped `$`.
func readsAsVariable(o kubeObject) bool {
	text := yamlprint.AppendCanonical(nil, o)
	return bytes.Contains(text, []byte("${")) || bytes.Contains(text, []byte("$$"))
}

// What is hashed, before the version that the edition gives it: a test pins the hash of a known plan.
const (
	jobScheme      = "berth job "
	jobSetScheme   = "berth jobset "
	templateScheme = "berth resourceclaimtemplate "
)

// specHash is ten letters and digits that change with what runs: the whole specification of a Job or of what stands in its
// place, the pod's labels and annotations among it, and `rerun` (which counts from 0). The object's own labels and
// annotations, and who rendered it, do not count.
func (r *renderer) specHash(scheme string, spec any) string {
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	text := append(append(append((*scratch)[:0], scheme...), r.plan.InEdition().Scheme...), '\n')
	if rerun := r.spec.Rerun; rerun != nil && *rerun != 0 {
		text = append(strconv.AppendInt(append(text, "rerun "...), *rerun, 10), '\n')
	}
	*scratch = yamlprint.AppendCanonical(text, spec)
	return hash(*scratch, 10)
}

// contentHash is ten letters and digits that change with all that is written of an object.
func contentHash(o kubeObject) string { return hash(yamlprint.AppendCanonical(nil, o), 10) }

// claimTemplateHash is eight letters and digits that change with the specification, which is immutable in the cluster.
func claimTemplateHash(version string, spec *resourcev1.ResourceClaimTemplateSpec) string {
	return hash(yamlprint.AppendCanonical([]byte(templateScheme+version+"\n"), spec), 8)
}

// hashAlphabet has the letters and digits that may stand anywhere in a DNS label, without those that look alike.
var hashAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567")

// hash is the first letters of a SHA-256 in an alphabet that names of objects may have.
func hash(text []byte, letters int) string {
	sum := sha256.Sum256(text)
	return hashAlphabet.EncodeToString(sum[:])[:letters]
}
