package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/review"
	"berth/internal/source"

	"github.com/robfig/cron/v3"
)

// showManifests is the command that gives the objects of a file's runs.
const showManifests = "berth.manifests"

// inlayHints say behind a profile's name which amounts it fills in. They are off unless the user wants them.
func (s *server) inlayHints(_ context.Context, p rangeParams) ([]inlayHint, error) {
	hints := []inlayHint{}
	v, err := s.open(p.TextDocument.URI)
	if err != nil || !s.chosen().InlayHints || !v.ours() {
		return hints, err
	}
	for _, doc := range v.docs {
		name := specOf(doc).Get("profile")
		if !name.Scalar() || name.Span.Line < 1 {
			continue
		}
		at := v.text.of(name.Span)
		if label, tooltip := v.filling(doc, name.Text); label != "" && overlap(at, p.Range) {
			hints = append(hints, inlayHint{at.End, label, tooltip, true})
		}
	}
	return hints, nil
}

// filling words what a profile fills in: the amounts, and all of it, of the first environment in which the run has it.
func (v *view) filling(doc source.Document, profile string) (label, tooltip string) {
	for _, r := range v.runsOf(doc) {
		if r.Plan.Spec.Profile != profile {
			continue
		}
		var amounts, all []string
		for _, f := range filledIn(r) {
			if rest, ok := strings.CutPrefix(f.path, "resources."); ok {
				amounts = append(amounts, strings.TrimSuffix(rest, ".requests")+" "+f.value)
			}
			all = append(all, f.path+": "+f.value)
		}
		if r.Environment != "" && len(v.environments()) > 1 {
			all = append(all, "in "+r.Environment)
		}
		return diag.Safe(strings.Join(amounts, ", ")), diag.Safe(strings.Join(all, "\n"))
	}
	return "", ""
}

// codeLenses say above each run which machines it fits, when it comes next, and what committing it would do; each shows
// the manifests.
func (s *server) codeLenses(_ context.Context, p documentParams) ([]codeLens, error) {
	lenses := []codeLens{}
	v, err := s.open(p.TextDocument.URI)
	if err != nil || !v.ours() {
		return lenses, err
	}
	verdicts := v.verdicts()
	for _, doc := range v.docs {
		runs := v.runsOf(doc)
		if len(runs) == 0 || doc.Root.Span.Line < 1 {
			continue
		}
		at := v.text.of(doc.Root.Span)
		at.End = at.Start
		titles := slices.Concat(v.inEnvironments(runs, fitTitle), v.inEnvironments(runs, s.nextTitle), v.inEnvironments(runs, verdicts), []string{"manifests"})
		for _, title := range titles {
			lenses = append(lenses, codeLens{at, command{title, showManifests, []any{p.TextDocument.URI, runs[0].Environment}}})
		}
	}
	return lenses, nil
}

// inEnvironments words each run, and says once what is the same in all environments.
func (v *view) inEnvironments(runs []review.Run, word func(*review.Run) string) []string {
	var titles []string
	in := map[string][]string{}
	for i := range runs {
		title := word(&runs[i])
		if title == "" {
			continue
		}
		if in[title] == nil {
			titles = append(titles, title)
		}
		in[title] = append(in[title], runs[i].Environment)
	}
	for i, title := range titles {
		if n := len(in[title]); n < len(v.environments()) {
			titles[i] = title + " in " + diag.AllOf(in[title])
		}
	}
	return titles
}

// fitTitle is the first line of what is said about a run's machines, empty where no profile gives any.
func fitTitle(r *review.Run) string {
	if len(r.Fit.Shapes) == 0 {
		return ""
	}
	first, _, _ := strings.Cut(r.Fit.Text(), "\n")
	return first
}

// nextTitle tells when a run comes next.
func (s *server) nextTitle(r *review.Run) string {
	spec := r.Plan.Spec
	schedule, err := cron.ParseStandard(spec.Schedule)
	if spec.Schedule == "" || err != nil {
		return ""
	}
	if spec.Suspend != nil && *spec.Suspend {
		return "suspended"
	}
	_, location := clockOf(spec.TimeZone)
	next := schedule.Next(s.Now().In(location))
	if next.IsZero() {
		return ""
	}
	return "next run " + next.Format("Mon 15:04 MST")
}

// manifests are the objects of a file's runs in one environment.
type manifests struct {
	Environment  string   `json:"environment"`
	Environments []string `json:"environments"`
	// Text is a YAML stream, of comments alone where the runs are refused.
	Text string `json:"text"`
}

// execute gives the manifests of a file: its arguments are the file's URI and an environment; left out, the first one.
func (s *server) execute(_ context.Context, p executeCommandParams) (*manifests, error) {
	if p.Command != showManifests {
		return nil, fmt.Errorf("there is no command %s", diag.Quote(p.Command))
	}
	uri, environment, err := arguments(p.Arguments)
	if err != nil {
		return nil, err
	}
	v, err := s.open(uri)
	if err != nil {
		return nil, err
	}
	m := &manifests{Environment: environment, Environments: v.environments()}
	if !slices.Contains(m.Environments, environment) {
		m.Environment = m.Environments[0]
	}
	m.Text, err = v.stream(m.Environment)
	return m, err
}
