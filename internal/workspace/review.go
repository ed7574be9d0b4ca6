package workspace

import "berth/internal/review"

// ReviewRuns are the runs of a result as the review reads them.
func (w *Workspace) ReviewRuns(result *Result) []review.Run {
	runs := make([]review.Run, 0, len(result.Units))
	for _, u := range result.Units {
		r := review.Run{
			File: u.Doc.File.Name, Environment: result.Environment, Plan: u.Plan, Tree: u.Tree, Bare: u.Bare, Objects: u.Objects, Fit: u.Fit,
			Queue: u.Queue, Queues: w.cluster(result.Environment),
		}
		if u.Profile != nil {
			r.Profile = u.Profile.Tree
		}
		if w.Project != nil {
			r.Project, r.ProjectName = w.Project.Tree, w.Project.NameNode
		}
		runs = append(runs, r)
	}
	return runs
}
