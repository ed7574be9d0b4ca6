package plane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"berth/proof/product"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// flavours are the ways in which a tree reaches the cluster.
var flavours = map[string]string{"flux": "flux", "argocd": "argocd", "kubectl": "none", "kubectl-client": "none"}

// project is the project of every step, and beside a run that no change is about.
const (
	project = "apiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec:\n  namespace: %[1]s\n  gitops: %[2]s\n" +
		"  pod_security: {%[1]s: privileged}\n" +
		"  argocd: {apply_out_of_sync_only: true}\n" +
		"  output: {path: manifests}\n  defaults: {termination_grace_period_seconds: 2}\n"
	beside = "apiVersion: berth/v1\nkind: Run\nmetadata: {name: beside}\nspec: {action: deploy, image: acme/beside:1}\n"
)

// drive applies one state of a project after the other to a namespace of its own, as one flavour does.
type drive struct {
	*plane
	berth, dir, namespace, flavour string
	flux                           *flux
	steps                          int
	before                         state // when the last step had settled
}

// outcome is one step: what was said, what happened to pods, what there was before and is after, and where what was said did
// not come true.
type outcome struct {
	said, happened, states string
	wrong                  []string
	refused                bool
}

func newDrive(p *plane, berth, dir, namespace, flavour string) (*drive, error) {
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	if _, err := p.client.CoreV1().Namespaces().Create(context.Background(), ns, metav1.CreateOptions{}); err != nil {
		return nil, err
	}
	return &drive{plane: p, berth: berth, dir: dir, namespace: namespace, flavour: flavour, flux: &flux{client: p.any, name: namespace}}, nil
}

// at is the folder of a step's project.
func (d *drive) at(step int) string { return filepath.Join(d.dir, fmt.Sprint(step)) }

// write writes a project with one run, or none, and builds it.
func (d *drive) write(run string) error {
	dir := d.at(d.steps)
	if err := os.RemoveAll(dir); err != nil { // what was refused
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "runs"), 0o777); err != nil {
		return err
	}
	text := fmt.Sprintf(project, d.namespace, flavours[d.flavour])
	run, more, _ := strings.Cut(run, " | ")
	if err := os.WriteFile(filepath.Join(dir, "berth.yaml"), []byte(text+more+"\n"), 0o666); err != nil {
		return err
	}
	name, spec, named := strings.Cut(run, "= ")
	if !named {
		name, spec = "a", run
	}
	files := map[string]string{"beside.yaml": beside}
	if spec != "" {
		files[name+".yaml"] = fmt.Sprintf("apiVersion: berth/v1\nkind: Run\nmetadata: {name: %s}\nspec: {%s}\n", name, spec)
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, "runs", file), []byte(text), 0o666); err != nil {
			return err
		}
	}
	res, err := product.Run(d.berth, dir, "build")
	if err == nil && res.Exit != 0 {
		err = fmt.Errorf("%w: %s", errRefused, res.Stderr)
	}
	return err
}

// errRefused says that Berth does not build what was written.
var errRefused = errors.New("berth build")

// apply brings the step's tree to the cluster.
func (d *drive) apply(ctx context.Context) error {
	folder := filepath.Join(d.at(d.steps), "manifests")
	switch d.flavour {
	case "flux":
		return d.flux.apply(ctx, d.at(d.steps), "manifests")
	case "argocd":
		return d.argo.sync(ctx, d.namespace, folder)
	}
	args := []string{"apply", "-k", folder}
	if d.flavour == "kubectl" {
		args = append(args, "--server-side", "--force-conflicts")
	}
	out, err := d.Kubectl(args...)
	if err != nil {
		return fmt.Errorf("kubectl apply: %w\n%s", err, out)
	}
	return nil
}

// scaleTo before a number is a step that does not come from Git: an autoscaler wants so many pods.
const scaleTo = "scale to "

// scale does as an autoscaler does.
func (d *drive) scale(ctx context.Context, text string) error {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return err
	}
	scales := d.client.AppsV1().Deployments(d.namespace)
	scale, err := scales.GetScale(ctx, "a", metav1.GetOptions{})
	if err != nil {
		return err
	}
	scale.Spec.Replicas = int32(n)
	if _, err := scales.UpdateScale(ctx, "a", scale, metav1.UpdateOptions{FieldManager: "horizontal-pod-autoscaler"}); err != nil {
		return err
	}
	d.before, err = d.settle(ctx, d.namespace)
	return err
}

// step takes the next state of the project. The first one is applied and not judged, and neither is what an autoscaler does.
func (d *drive) step(ctx context.Context, run string) (outcome, error) {
	var o outcome
	if n, scales := strings.CutPrefix(run, scaleTo); scales {
		return o, d.scale(ctx, n)
	}
	if err := d.write(run); err != nil {
		return o, err
	}
	return d.take(ctx)
}

// take applies what was written and waits for what happens.
func (d *drive) take(ctx context.Context) (outcome, error) {
	var o outcome
	var said review
	if d.steps > 0 {
		var err error
		if said, err = d.review(); err != nil {
			return o, err
		}
	}
	before, applied := d.before, d.apply(ctx)
	before.serverSide = d.flavour == "flux" || d.flavour == "kubectl"
	after, err := d.settle(ctx, d.namespace)
	if err != nil {
		return o, err
	}
	d.before = after
	d.steps++
	if d.steps == 1 {
		return o, applied
	}
	return judge(said, before, after, applied), nil
}

// review is what Berth says of the step that comes.
func (d *drive) review() (review, error) {
	res, err := product.Run(d.berth, d.at(d.steps), "diff", "--against", d.at(d.steps-1), "--output", "json")
	if err != nil {
		return review{}, err
	}
	if res.Exit > 1 {
		return review{}, fmt.Errorf("berth diff: %s", res.Stderr)
	}
	return readReview(res.Stdout)
}

// judge holds what was said of a step against what happened.
func judge(r review, before, after state, applied error) outcome {
	o := outcome{said: "no difference", happened: "nothing", states: before.String() + " → " + after.String()}
	if o.refused = applied != nil; o.refused {
		o.states = applied.Error()
	}
	if !r.open(before) && r.refuses(before) != (applied != nil) {
		o.wrong = append(o.wrong, fmt.Sprintf("refused: said %t, applied: %v", r.refuses(before), applied))
	}
	spoken := map[string]bool{}
	var verdicts, happened []string
	for _, run := range r.Runs {
		spoken[run.Name] = true
		if applied != nil {
			verdicts, happened = append(verdicts, run.Verdict+", refused"), append(happened, "refused")
			continue // what else is applied is not said
		}
		what, came := run.happened(before, after)
		verdicts, happened = append(verdicts, run.Verdict+run.asked(before)), append(happened, what)
		if !came {
			o.wrong = append(o.wrong, run.Name+" "+run.Verdict+" ("+run.Why+"), but "+what)
		}
		o.wrong = append(o.wrong, run.objects(before, after)...)
	}
	if len(verdicts) > 0 {
		o.said, o.happened = strings.Join(verdicts, "; "), strings.Join(happened, "; ")
	}
	for run := range before.pods {
		if was := before.pods[run]; !spoken[run] && was.without(after.pods[run])+before.begun(after, run) > 0 {
			o.wrong = append(o.wrong, run+" is not in the review, but its pods changed")
		}
	}
	for name := range before.objects {
		if strings.HasPrefix(name, "PersistentVolumeClaim") && before.objects[name] != after.objects[name] {
			o.wrong = append(o.wrong, name+" is another one or gone")
		}
	}
	return o
}

// objects compares what was said of a run's objects with what is there.
func (s said) objects(before, after state) []string {
	var wrong []string
	for _, o := range s.Objects {
		old, new := o.Kind+" "+o.Before, o.Kind+" "+o.After
		if o.After != "" && after.objects[new] == "" {
			wrong = append(wrong, new+" is not there")
		}
		if o.After == "" && before.objects[old] != "" && (after.objects[old] != "") != o.Stays && !s.mayBePruned(before) {
			wrong = append(wrong, fmt.Sprintf("%s stays is said to be %t", old, o.Stays))
		}
	}
	return wrong
}
