package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"berth/internal/review"
	"berth/renderers"
	"berth/schema"

	"sigs.k8s.io/yaml"
)

// runOf renders a plan that is given as YAML.
func runOf(t *testing.T, text string) review.Run {
	t.Helper()
	p := &schema.Plan{Target: schema.Target{GitOps: "flux", Kubernetes: "1.34"}}
	if err := yaml.UnmarshalStrict([]byte(text), p); err != nil {
		t.Fatal(err)
	}
	objects, problems := renderers.Render(p)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return review.Run{Environment: p.Environment, Plan: p, Objects: objects}
}

func compare(before, after []review.Run) review.Report {
	return review.Compare(before, after, review.Options{Before: "before", After: "after"})
}

const (
	job    = "{name: a, spec: {action: job, image: b, run_policy: once%s}}"
	deploy = "{name: a, spec: {action: deploy, image: b, replicas: 2%s}}"
)

func with(text, more string) string { return strings.Replace(text, "%s", more, 1) }

// What each change of one field does, under the rules of the run policies and of Kubernetes.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          review.Verdict
		refused       int
	}{
		{"", with(job, ""), review.Starts, 0},
		{"", with(job, ", parallelism: 0"), review.Waits, 0},
		{"", with(deploy, ""), review.Starts, 0},
		{"", "{name: a, spec: {action: job, image: b, schedule: '@daily', suspend: true}}", review.Waits, 0},
		{"", "{name: a, spec: {action: job, image: b, run_policy: template}}", review.Waits, 0},
		{with(job, ""), "", review.Unmanaged, 0},
		{with(deploy, ""), "", review.Stops, 0},
		{with(job, ""), with(job, ", args: [x]"), review.StartsKept, 0},
		{with(job, ", args: [x, y]"), with(job, ", args: [y, x]"), review.StartsKept, 0},
		{with(job, ", resources: {mem: {requests: 1Gi}}"), with(job, ", resources: {mem: {requests: '1073741824'}}"), review.NoEffect, 0},
		{with(job, ""), with(deploy, ""), review.StartsKept, 0},
		{with(deploy, ""), with(job, ""), review.StartsPruned, 0},
		{with(deploy, ""), with(deploy, ", args: [x]"), review.RollsOut, 0},
		{strings.Replace(with(deploy, ""), "2", "0", 1), strings.Replace(with(deploy, ", args: [x]"), "2", "0", 1), review.Waits, 0},
		{strings.Replace(with(deploy, ""), "2", "0", 1), with(deploy, ""), review.Starts, 0},
		{
			"{name: a, spec: {action: job, image: b, run_policy: hook}, target: {gitops: argocd, kubernetes: '1.34'}}", "",
			review.Unmanaged, 0,
		},
		{
			"{name: a, spec: {action: job, image: b, run_policy: recreate}, target: {gitops: none, kubernetes: '1.34'}}",
			"{name: a, spec: {action: job, image: c, run_policy: recreate, backoff_limit: 1}, target: {gitops: none, kubernetes: '1.34'}}",
			review.KeepsRunning, 1,
		},
		{
			"{name: a, spec: {action: job, image: b, run_policy: recreate, completion_mode: Indexed, completions: 2, parallelism: 2}, target: {gitops: none, kubernetes: '1.34'}}",
			"{name: a, spec: {action: job, image: b, run_policy: recreate, completion_mode: Indexed, completions: 3, parallelism: 3}, target: {gitops: none, kubernetes: '1.34'}}",
			review.KeepsRunning, 0,
		},
	} {
		var before, after []review.Run
		if c.before != "" {
			before = append(before, runOf(t, c.before))
		}
		if c.after != "" {
			after = append(after, runOf(t, c.after))
		}
		report := compare(before, after)
		if len(report.Runs) != 1 {
			t.Errorf("%s → %s: %d runs differ", c.before, c.after, len(report.Runs))
			continue
		}
		if got := report.Runs[0]; got.Verdict != c.want || len(got.Refused) != c.refused {
			t.Errorf("%s → %s: %s, %v; want %s", c.before, c.after, got.Verdict, got.Refused, c.want)
		}
	}
}

// Devices are counted by model, all pods at a time; a suspended schedule asks for nothing.
func TestTotals(t *testing.T) {
	const gpu = "machine: {profile: p, accelerator: {model: A100, memory: 40Gi}}, "
	report := compare(nil, []review.Run{
		runOf(t, "{name: a, "+gpu+"spec: {action: job, image: b, parallelism: 4, completions: 3, resources: {gpu: {requests: '2', limits: '2'}, cpu: {limits: 500m}}}}"),
		runOf(t, "{name: b, "+gpu+"spec: {action: job, image: b, schedule: '@daily', suspend: true, resources: {gpu: {requests: '2', limits: '2'}}}}"),
		runOf(t, "{name: c, spec: {action: deploy, image: b, replicas: 2, resources: {mem: {requests: 1Gi}, example.com/card: {requests: '1', limits: '1'}}}}"),
	})
	got := report.Totals[0].After
	if got.CPU != "1500m" || got.Memory != "2Gi" || got.Devices["A100 40Gi"] != 6 || got.Devices["example.com/card"] != 2 {
		t.Errorf("%+v", got)
	}
}

// A secret in a value is shown by no output.
func TestSecretsAreConcealed(t *testing.T) {
	const token = "ghp_" + "0123456789abcdefghijABCDEFGHIJ456789"
	report := compare([]review.Run{runOf(t, with(job, ""))}, []review.Run{runOf(t, with(job, ", envs: [{name: T, value: "+token+"}]"))})
	var out strings.Builder
	for _, write := range []func() error{
		func() error { return review.WriteText(&out, report, true) },
		func() error { return review.WriteMarkdown(&out, report) },
		func() error { return review.WriteJSON(&out, report) },
		func() error { return review.WriteHTML(&out, report, nil, nil, time.Unix(0, 0).UTC()) },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(out.String(), token) || !strings.Contains(out.String(), "***") {
		t.Error("the token is shown")
	}
}

// The runs of a schedule that takes longer than its interval, under each concurrency policy: one after the other without a
// pause, each ended by the next, two at a time, and with a deadline for starting every second one left out.
func TestTimeline(t *testing.T) {
	monday := time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC)
	const hourly = "{name: a, spec: {action: job, image: b, schedule: '0 * * * *', expected_minutes: 90, resources: {cpu: {requests: '2'}}, concurrency_policy: %s}}"
	for policy, want := range map[string]struct {
		spans int
		cpu   int64
	}{
		"Forbid": {112, 2000}, "Replace": {168, 2000}, "Allow": {169, 4000}, "Forbid, starting_deadline_seconds: 60": {84, 2000},
	} {
		timeline := review.NewTimeline([]review.Run{runOf(t, with(hourly, policy))}, monday)
		if got := len(timeline.Rows[0].Spans); got != want.spans {
			t.Errorf("%s: %d runs, want %d", policy, got, want.spans)
		}
		if peak := slices.Max(timeline.CPU[:]); peak != want.cpu {
			t.Errorf("%s: the peak is %d, want %d", policy, peak, want.cpu)
		}
	}
}

// A day of 25 hours: 4:30 in Berlin is 2:30 UTC before it and 3:30 on it.
func TestTimelineWhenClocksGoBack(t *testing.T) {
	monday := time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC)
	timeline := review.NewTimeline([]review.Run{
		runOf(t, "{name: a, spec: {action: job, image: b, schedule: '30 4 * * *', time_zone: Europe/Berlin}}"),
	}, monday)
	var starts []int
	for _, s := range timeline.Rows[0].Spans {
		starts = append(starts, s.From%(24*60))
	}
	if want := []int{150, 150, 150, 150, 150, 150, 210}; !slices.Equal(starts, want) {
		t.Errorf("%v, want %v", starts, want)
	}
}

// A profile's change that reaches many runs is told once; changes of their own are cut where a comment ends.
func TestMarkdownFitsAComment(t *testing.T) {
	const many = 300
	markdown := func(args string) string {
		var before, after []review.Run
		for i := range many {
			name := fmt.Sprintf("name: a%d", i)
			before = append(before, runOf(t, strings.Replace(with(job, ""), "name: a", name, 1)))
			after = append(after, runOf(t, strings.Replace(with(job, strings.ReplaceAll(args, "$", fmt.Sprint(i))), "name: a", name, 1)))
		}
		var out strings.Builder
		if err := review.WriteMarkdown(&out, compare(before, after)); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if text := markdown(", args: [x]"); len(text) > 5000 || !strings.Contains(text, "| 300 runs |") || !strings.Contains(text, "and 280 more") {
		t.Errorf("what is alike:\n%s", text)
	}
	text := markdown(", args: [x$]")
	if len(text) > 65_536 || len(text) < 50_000 || !strings.Contains(text, "too long for a comment") {
		t.Errorf("what is not alike: %d bytes, with the end\n%s", len(text), text[max(0, len(text)-200):])
	}
}
