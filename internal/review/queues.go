package review

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/kueue"
	"berth/renderers"
)

// QueueState is a ClusterQueue of Kueue with what all its runs ask for when they run at once, before and after. A side that has
// no run in it is nil.
type QueueState struct {
	Environment string     `json:"environment,omitempty"`
	Name        string     `json:"name"`
	Before      *QueueSide `json:"before,omitempty"`
	After       *QueueSide `json:"after,omitempty"`
}

// QueueSide is a ClusterQueue on one side of a comparison.
type QueueSide struct {
	Place     *Place        `json:"place,omitempty"`
	Resources []QueueSupply `json:"resources"`
	Runs      []QueuedRun   `json:"runs"`
}

// QueueSupply is a resource of a queue: what its runs ask for, what is its own, and that with all that it may borrow, in the
// units of Kubernetes. State says whether all of them can run at once.
type QueueSupply struct {
	Resource string      `json:"resource"`
	Asked    string      `json:"asked"`
	Own      string      `json:"own"`
	Most     string      `json:"most"`
	State    kueue.State `json:"state"`
	Place    *Place      `json:"place,omitempty"`
}

// QueuedRun is a run in a queue: by which LocalQueue, what for, and what becomes of it there.
type QueuedRun struct {
	Namespace string      `json:"namespace,omitempty"`
	Name      string      `json:"name"`
	Queue     string      `json:"queue"`
	Asks      string      `json:"asks"`
	State     kueue.State `json:"state"`
	Place     *Place      `json:"place,omitempty"`
}

// layerKueue is the layer of what the files of Kueue say.
const layerKueue = "kueue"

// queueKey tells ClusterQueues apart: that of each environment may be one of another cluster.
type queueKey struct{ environment, name string }

// queues are the ClusterQueues that runs of either side wait in.
func queues(before, after []Run, o Options) []QueueState {
	// The runs of each side by their ClusterQueue, and the queues of either side.
	sides := [2]map[queueKey][]*Run{}
	all := map[queueKey]bool{}
	for i, runs := range [][]Run{before, after} {
		sides[i] = map[queueKey][]*Run{}
		for k := range runs {
			r := &runs[k]
			if r.Queue == nil || r.Queue.ClusterQueue == "" {
				continue
			}
			key := queueKey{r.Environment, r.Queue.ClusterQueue}
			if o.Environments {
				key.environment = ""
			}
			sides[i][key], all[key] = append(sides[i][key], r), true
		}
	}
	var states []QueueState
	for _, key := range slices.SortedFunc(maps.Keys(all), func(a, b queueKey) int {
		return cmp.Or(cmp.Compare(a.environment, b.environment), cmp.Compare(a.name, b.name))
	}) {
		states = append(states, QueueState{key.environment, key.name, queueSide(key.name, sides[0][key]), queueSide(key.name, sides[1][key])})
	}
	return states
}

// queueSide sums what the runs of one queue ask for when they all run at once; nil without runs. The runs of an
// environment share the files that say what queues there are, so that those of the first are asked.
func queueSide(name string, runs []*Run) *QueueSide {
	if len(runs) == 0 {
		return nil
	}
	side := &QueueSide{Place: kueuePlace(runs[0].Queues.At(name)), Resources: []QueueSupply{}}
	var sets []kueue.PodSet
	for _, r := range runs {
		starts, times := renderers.Starts(new(workload(r)))
		for _, s := range starts {
			sets = append(sets, kueue.PodSet{Template: s.Template, Count: s.Count * times})
		}
		side.Runs = append(side.Runs, QueuedRun{r.Plan.Namespace, r.Plan.Name, r.queue(), r.asks(), r.Queue.State, r.placed("spec.queue")})
	}
	for _, b := range runs[0].Queues.Balance(name, sets) {
		side.Resources = append(side.Resources, QueueSupply{b.Resource, b.Asked, b.Own, b.Most, b.State, kueuePlace(b.At)})
	}
	return side
}

// kueuePlace is where a file of Kueue says something; nil where none does.
func kueuePlace(span diag.Span) *Place {
	if span.File == nil {
		return nil
	}
	p := &Place{Layer: layerKueue}
	p.locate(span)
	return p
}

// asks is how many pods a run has at a time, and how many devices each of them asks for, as in 3 × 8 H100 80Gi.
func (r *Run) asks() string {
	starts, times := renderers.Starts(new(workload(r)))
	var parts []string
	for _, s := range starts {
		devices := r.devices(s.Template)
		switch {
		case s.Count*times == 0:
		case devices == "":
			parts = append(parts, count(s.Count*times, "pod"))
		default:
			parts = append(parts, fmt.Sprintf("%d × %s", s.Count*times, devices))
		}
	}
	return strings.Join(parts, " and ")
}

// differs reports whether a queue is another one on the two sides, wherever it stands.
func (s *QueueState) differs() bool { return s.Before.text() != s.After.text() }

// text is all that a side says, without its places.
func (s *QueueSide) text() string {
	var b strings.Builder
	if s != nil {
		for _, r := range s.Resources {
			fmt.Fprintln(&b, r.Resource, r.Asked, r.Own, r.Most)
		}
		for _, r := range s.Runs {
			fmt.Fprintln(&b, r.Namespace, r.Name, r.Asks, r.State)
		}
	}
	return b.String()
}

// Title is the queue with its environment and its place.
func (s QueueState) Title() string {
	side := s.After
	if side == nil {
		side = s.Before
	}
	title := s.Name + also(s.Environment != "", " in "+s.Environment)
	if side.Place != nil {
		title += fmt.Sprintf(" (%s:%d)", side.Place.File, side.Place.Line)
	}
	return title
}

// queueRow is a resource of a queue, or a run in it, in words: what it was and what it is.
type queueRow struct {
	Name, Change, Note string
	Bad                bool
}

// Supplies are the resources that are asked for on a side.
func (s QueueState) Supplies() []queueRow {
	was, is := s.Before.supplies(), s.After.supplies()
	var rows []queueRow
	for _, name := range names(s.Before.resources(), s.After.resources()) {
		old, now := was[name], is[name]
		row := queueRow{Name: name, Change: changed(cmp.Or(old.Asked, "0"), cmp.Or(now.Asked, "0"), s.Before != nil) + " asked, " +
			changed(old.Own, now.Own, old.Own != "" && now.Own != "") + " in the queue"}
		if most := changed(old.Most, now.Most, old.Most != "" && now.Most != ""); now.Most != now.Own {
			row.Change += ", " + most + " with all that can be borrowed"
		}
		switch now.State {
		case kueue.Never:
			row.Note, row.Bad = "not all at once", true
		case kueue.Borrows:
			row.Note = "all at once only by borrowing"
		}
		rows = append(rows, row)
	}
	return rows
}

// Waiting are the runs in a queue on either side.
func (s QueueState) Waiting() []queueRow {
	was, is := s.Before.waiting(), s.After.waiting()
	var rows []queueRow
	for _, name := range names(s.Before.members(), s.After.members()) {
		old, now := was[name], is[name]
		row := queueRow{Name: name, Change: changed(old.words(), now.words(), old.Name != "" && now.Name != "")}
		switch {
		case now.Name == "":
			row.Change, row.Note = old.words(), "no more in the queue"
		case old.Name == "" && s.Before != nil:
			row.Note = "new in the queue"
		}
		if p := now.Place; p != nil && p.File != "" {
			row.Note += also(row.Note != "", ", ") + fmt.Sprintf("%s:%d", p.File, p.Line)
		}
		rows = append(rows, row)
	}
	return rows
}

// words are what the run asks for and what becomes of it.
func (r QueuedRun) words() string {
	return r.Asks + also(r.Asks != "", ", ") + string(r.State)
}

// changed is a text on both sides, once where they agree or where only one side is there.
func changed(old, now string, both bool) string {
	if !both || old == now {
		return cmp.Or(now, old)
	}
	return old + " → " + now
}

// names are those of both sides, in the order of the one after.
func names(old, now []string) []string {
	all := slices.Clone(now)
	for _, name := range old {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// supplies are the resources of a side by their names; none of a side that is nil, as of the lists below.
func (s *QueueSide) supplies() map[string]QueueSupply {
	all := map[string]QueueSupply{}
	if s != nil {
		for _, r := range s.Resources {
			all[r.Resource] = r
		}
	}
	return all
}

// resources are the names of the resources, in the order of the queue.
func (s *QueueSide) resources() (all []string) {
	if s != nil {
		for _, r := range s.Resources {
			all = append(all, r.Resource)
		}
	}
	return all
}

// waiting are the runs of a side by their titles.
func (s *QueueSide) waiting() map[string]QueuedRun {
	all := map[string]QueuedRun{}
	if s != nil {
		for _, r := range s.Runs {
			all[r.title()] = r
		}
	}
	return all
}

// members are the titles of the runs, in the order of the side.
func (s *QueueSide) members() (all []string) {
	if s != nil {
		for _, r := range s.Runs {
			all = append(all, r.title())
		}
	}
	return all
}

// title names the run by its namespace and name.
func (r QueuedRun) title() string { return title(Item{Namespace: r.Namespace, Name: r.Name}) }
