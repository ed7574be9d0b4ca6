package review

// The tones of verdicts: what ends something, what starts something, what leaves things alone.
const (
	toneBad  = "bad"
	toneNew  = "new"
	toneCalm = "calm"
)

// Action is a verdict as one word for programs.
type Action string

// verdicts are all verdicts with their tones and their words for programs, the gravest first.
var verdicts = []struct {
	verdict Verdict
	tone    string
	action  Action
}{
	{CannotBuild, toneBad, "cannot_build"}, {StartsKilled, toneBad, "restarts_old_killed"}, {Stops, toneBad, "stops"},
	{MayStop, toneBad, "may_stop"}, {Unmanaged, toneBad, "unmanaged"}, {OnlyBefore, toneBad, "only_before"},
	{CouldNotBuild, toneNew, "could_not_build"}, {StartsPruned, toneNew, "restarts_old_pruned"}, {StartsKept, toneNew, "restarts_old_kept"},
	{RollsOut, toneNew, "rolls_out"}, {Starts, toneNew, "starts"}, {ReSchedules, toneNew, "reschedules"},
	{OnlyAfter, toneNew, "only_after"}, {Differs, toneNew, "differs"},
	{KeepsRunning, toneCalm, "keeps_running"}, {Waits, toneCalm, "waits"}, {Theirs, toneCalm, "not_of_this_change"}, {NoEffect, toneCalm, "no_effect"},
}

// tone is how loud a verdict is shown; an unknown one is calm.
func tone(v Verdict) string {
	for _, t := range verdicts {
		if t.verdict == v {
			return t.tone
		}
	}
	return toneCalm
}

// actionOf is the word for machines that a verdict stands for; empty for an unknown one.
func actionOf(v Verdict) Action {
	for _, t := range verdicts {
		if t.verdict == v {
			return t.action
		}
	}
	return ""
}

// refusedWord stands beside the verdicts where the API server refuses something.
const refusedWord = "refused"

// tally is how many runs of a report have a verdict.
type tally struct {
	Word, Tone string
	Count      int
}

// tallies counts the verdicts of a report, the gravest first, after the runs of which something is refused.
func tallies(r Report) []tally {
	counts, refused := map[Verdict]int{}, 0
	for _, i := range r.Runs {
		counts[i.Verdict]++
		if len(i.Refused) > 0 {
			refused++
		}
	}
	var all []tally
	if refused > 0 {
		all = append(all, tally{refusedWord, toneBad, refused})
	}
	for _, t := range verdicts {
		if n := counts[t.verdict]; n > 0 {
			all = append(all, tally{string(t.verdict), t.tone, n})
		}
	}
	return all
}
