package review

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"berth/renderers"
	"berth/schema"

	"github.com/robfig/cron/v3"
	batchv1 "k8s.io/api/batch/v1"
)

// Cost is what the devices of one environment cost in one currency. Amounts are in whole units with two decimals.
type Cost struct {
	Environment string `json:"environment,omitempty"`
	Currency    string `json:"currency"`
	// AsOf is the date of the oldest price.
	AsOf string `json:"as_of"`
	// Starts is what the change starts at once, until it has ended.
	Starts string `json:"starts"`
	// Schedules is a month of all schedules, Standing a month of what runs until somebody ends it.
	Schedules Span `json:"schedules"`
	Standing  Span `json:"standing"`
	// ByDeadline are the runs that are counted for as long as their active_deadline_seconds lets them run, and Unknown those
	// that are not counted, since nothing says how long they run.
	ByDeadline []string `json:"by_deadline,omitempty"`
	Unknown    []string `json:"unknown,omitempty"`
}

// Span is an amount on both sides.
type Span struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// hoursOfMonth is a twelfth of a year of 365 days, as clouds bill it.
const hoursOfMonth = 730

// costs sums what the runs of both sides cost, at the prices of the side after: a change of prices changes no work.
func costs(all []pair, items []Item, environments bool) []Cost {
	prices := map[[2]string]*schema.Cost{}
	for _, p := range all {
		// Of a pair, the price of the side after comes first.
		for _, r := range []*Run{p.new, p.old} {
			if key := priceKey(r); r.price() != nil && prices[key] == nil {
				prices[key] = r.price()
			}
		}
	}
	if len(prices) == 0 {
		return nil
	}
	// What starts was worked out with the verdict, by the same keys.
	started := map[runKey]*Start{}
	for _, i := range items {
		started[i.key()] = i.Starts
	}
	l := ledger{sums: map[[2]string]*costSum{}, months: map[[2]string]int64{}}
	for _, p := range all {
		for side, r := range []*Run{p.old, p.new} {
			if price := prices[priceKey(r)]; price != nil {
				l.month(l.sum(p.key.environment, price, environments), side, r, price)
			}
		}
		if price := prices[priceKey(p.new)]; price != nil {
			l.start(l.sum(p.key.environment, price, environments), p.new, started[p.key], price)
		}
	}
	return l.shown()
}

// price is what a device of the run costs; nil where nothing says it.
func (r *Run) price() *schema.Cost {
	if r == nil || r.Plan.Machine == nil {
		return nil
	}
	return r.Plan.Machine.Cost
}

// priceKey is what a price is of: a profile, which may be another one in each environment.
func priceKey(r *Run) [2]string {
	if r == nil || r.Plan.Machine == nil {
		return [2]string{}
	}
	return [2]string{r.Environment, r.Plan.Machine.Profile}
}

// costSum is a Cost to count with.
type costSum struct {
	asOf                string
	starts              big.Rat
	schedules, standing [2]big.Rat
	byDeadline, unknown []string
}

// ledger sums costs by environment and currency.
type ledger struct {
	sums   map[[2]string]*costSum
	months map[[2]string]int64 // how often a schedule is due in a year, by schedule and zone
}

// sum is the sum that a price is added to, made where there is none. Its date becomes that of the oldest price. Where
// two environments are compared, both sides share one sum.
func (l *ledger) sum(environment string, price *schema.Cost, environments bool) *costSum {
	if environments {
		environment = ""
	}
	key := [2]string{environment, price.Currency}
	if l.sums[key] == nil {
		l.sums[key] = &costSum{asOf: price.AsOf}
	}
	l.sums[key].asOf = min(l.sums[key].asOf, price.AsOf)
	return l.sums[key]
}

// month adds what the run costs in a month: what its schedule starts, or what stands.
func (l *ledger) month(s *costSum, side int, r *Run, price *schema.Cost) {
	devices := r.priced()
	if devices == 0 {
		return
	}
	o := workload(r)
	switch change(o) {
	case renderers.Rollout:
		s.standing[side].Add(&s.standing[side], times(price, devices*hoursOfMonth, 1))
	case renderers.Schedule:
		minutes, because := duration(r, deadlineOf(o))
		if s.tell(r, because) {
			s.schedules[side].Add(&s.schedules[side], times(price, devices*l.minutes(o.Value.(*batchv1.CronJob), minutes), 60*12))
		}
	}
}

// start adds what the change starts of a run that ends by itself.
func (l *ledger) start(s *costSum, r *Run, start *Start, price *schema.Cost) {
	devices := r.priced()
	if start == nil || devices == 0 || change(workload(r)) != renderers.Once {
		return
	}
	if minutes, because := duration(r, deadlineOf(workload(r))); s.tell(r, because) {
		s.starts.Add(&s.starts, times(price, devices*minutes, 60))
	}
}

// tell notes of which run nothing or only its deadline says how long it takes, and reports whether it can be counted.
func (s *costSum) tell(r *Run, because string) bool {
	list := &s.byDeadline
	switch because {
	case assumed:
		list = &s.unknown
	case "expected_minutes":
		return true
	}
	if name := also(r.Plan.Namespace != "", r.Plan.Namespace+"/") + r.Plan.Name; !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
	return because != assumed
}

// priced is how many devices the run has at a time that its profile's price is of.
func (r *Run) priced() int64 { return r.demand().devices[r.model("")] }

// times is a price, so many times, divided.
func times(price *schema.Cost, n, divided int64) *big.Rat {
	amount, _ := new(big.Rat).SetString(price.PerDeviceHour)
	return amount.Mul(amount, big.NewRat(n, divided))
}

// minutes is how long the Jobs of a schedule run in a year. One that lets no two run together cannot run longer than that.
func (l *ledger) minutes(c *batchv1.CronJob, length int64) int64 {
	zone := "UTC"
	if c.Spec.TimeZone != nil {
		zone = *c.Spec.TimeZone
	}
	key := [2]string{c.Spec.Schedule, zone}
	if _, known := l.months[key]; !known {
		l.months[key] = dueInAYear(c.Spec.Schedule, zone)
	}
	all := l.months[key] * length
	if c.Spec.ConcurrencyPolicy != batchv1.AllowConcurrent {
		all = min(all, minutesOfYear)
	}
	return all
}

// minutesOfYear is a year of 365 days.
const minutesOfYear = 365 * 24 * 60

// dueInAYear is how often a schedule is due in a year, which is one of 365 days and always the same.
func dueInAYear(schedule, zone string) int64 {
	plan, err := cron.ParseStandard(schedule)
	location, zoneErr := time.LoadLocation(zone)
	if err != nil || zoneErr != nil {
		return 0
	}
	n, start := int64(0), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	end := start.Add(minutesOfYear * time.Minute)
	for at := plan.Next(start.Add(-time.Second).In(location)); !at.IsZero() && at.Before(end); at = plan.Next(at) {
		n++
	}
	return n
}

// shown are the sums in order, rounded to two decimals at the very end: a sum of rounded costs would not add up.
func (l *ledger) shown() []Cost {
	keys := slices.SortedFunc(maps.Keys(l.sums), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	var all []Cost
	for _, k := range keys {
		s := l.sums[k]
		all = append(all, Cost{Environment: k[0], Currency: k[1], AsOf: s.asOf, Starts: s.starts.FloatString(2),
			Schedules: Span{s.schedules[0].FloatString(2), s.schedules[1].FloatString(2)},
			Standing:  Span{s.standing[0].FloatString(2), s.standing[1].FloatString(2)}, ByDeadline: s.byDeadline, Unknown: s.unknown})
	}
	return all
}

// costRow is a line of a cost for people: what it is of, and the amounts.
type costRow struct{ What, Before, After string }

// Title says whose cost it is.
func (c Cost) Title() string {
	return also(c.Environment != "", c.Environment+", ") + "at the prices of " + c.AsOf
}

// Rows are the amounts of a cost. What the change starts has no side before.
func (c Cost) Rows() []costRow {
	rows := []costRow{{What: "started by this change", After: c.money(c.Starts)}}
	for _, part := range []struct {
		what string
		Span
	}{{"a month of schedules", c.Schedules}, {"a month of what stays", c.Standing}} {
		if part.Before != "0.00" || part.After != "0.00" {
			rows = append(rows, costRow{part.what, c.money(part.Before), c.money(part.After)})
		}
	}
	return rows
}

// Notes say which runs are counted by how long they may take, and which are not.
func (c Cost) Notes() []string {
	var notes []string
	if len(c.ByDeadline) > 0 {
		notes = append(notes, "counted for as long as active_deadline_seconds lets them run: "+firstOf(c.ByDeadline))
	}
	if len(c.Unknown) > 0 {
		notes = append(notes, "not counted, since neither expected_minutes nor active_deadline_seconds says how long they run: "+firstOf(c.Unknown))
	}
	return notes
}

// mostNamed is how many runs are named in a line.
const mostNamed = 5

// firstOf lists a few names, and counts the rest.
func firstOf(names []string) string {
	if len(names) <= mostNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
}

// money is an amount with its currency, its thousands apart.
func (c Cost) money(amount string) string {
	whole, cents, _ := strings.Cut(amount, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return c.Currency + "\u00a0" + whole + "." + cents
}

// Change is the row's amounts on both sides, or the one that there is.
func (r costRow) Change() string {
	if r.Before == "" || r.Before == r.After {
		return r.After
	}
	return r.Before + " → " + r.After
}
