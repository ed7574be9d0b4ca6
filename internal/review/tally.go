package review

// The tones of verdicts: what ends something, what starts something, what leaves things alone.
const (
	toneBad  = "bad"
	toneNew  = "new"
	toneCalm = "calm"
)

// tones are the verdicts with their tones, the gravest first.
var tones = []struct {
	verdict Verdict
	tone    string
}{
	{CannotBuild, toneBad}, {StartsKilled, toneBad}, {Stops, toneBad}, {MayStop, toneBad}, {Unmanaged, toneBad}, {OnlyBefore, toneBad},
	{CouldNotBuild, toneNew}, {StartsPruned, toneNew}, {StartsKept, toneNew}, {RollsOut, toneNew}, {Starts, toneNew}, {ReSchedules, toneNew},
	{OnlyAfter, toneNew}, {Differs, toneNew},
	{KeepsRunning, toneCalm}, {Waits, toneCalm}, {Theirs, toneCalm}, {NoEffect, toneCalm},
}

func tone(v Verdict) string {
	for _, t := range tones {
		if t.verdict == v {
			return t.tone
		}
	}
	return toneCalm
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
	for _, t := range tones {
		if n := counts[t.verdict]; n > 0 {
			all = append(all, tally{string(t.verdict), t.tone, n})
		}
	}
	return all
}
