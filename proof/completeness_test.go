package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"berth/proof/apivalid"
	"berth/proof/plain"
	"berth/proof/specs"
)

const ownRulesFile = "own-rules.md"

// TestCompleteness puts one mistake or edge value into each of many runs. What Berth refuses although the API server
// takes the same run, translated by hand, is a rule of Berth's own: it has to stand in own-rules.md. With PROOF=full
// there are enough runs that every rule has to show itself, so that the list holds no rule that is none.
func TestCompleteness(t *testing.T) {
	full := os.Getenv("PROOF") == "full"
	seed, runs := chosenSeed(t), chosenRuns(t)
	if !full {
		runs /= 4
	}
	t.Logf("PROOF_SEED=%d, %d runs", seed, runs)
	rules := readOwnRules(t)
	met := map[ownRule]bool{}
	unknown := map[string]string{}
	for part := range uint64(runs / batchRuns) {
		for _, s := range strictness(t, seed, part) {
			rule, ok := rules.find(s.refusal)
			if ok {
				met[rule] = true
				continue
			}
			unknown[s.Code+" | "+s.field()] = s.String()
		}
	}
	for _, key := range slices.Sorted(maps.Keys(unknown)) {
		t.Errorf("PROOF_SEED=%d: not in %s: %s: %s", seed, ownRulesFile, key, unknown[key])
	}
	for _, rule := range rules {
		if full && !met[rule] {
			t.Errorf("%s: no run met the rule %s %s %q", ownRulesFile, rule.code, rule.field, rule.says)
		}
	}
}

// strict is a refusal of a run that the API server would take.
type strict struct {
	refusal
	place string
	value any
}

func (s strict) String() string { return fmt.Sprintf("%q (%s = %#v)", s.Message, s.place, s.value) }

// strictness builds a batch of runs with one mistake each, without profiles and environments.
func strictness(t *testing.T, seed, part uint64) []strict {
	t.Helper()
	g := specs.New(seed, part)
	bare := &specs.Project{Document: specs.Object{
		"apiVersion": "berth/v1", "kind": "Project", "metadata": specs.Object{"name": "bare"}, "spec": specs.Object{"runs": []any{"runs"}},
	}}
	runs := make([]specs.Object, batchRuns)
	places := map[string]strict{}
	for i := range runs {
		name := fmt.Sprintf("r%d-%d", part, i)
		runs[i] = g.Run(name)
		place, value := g.Mistake(runs[i])
		places[name] = strict{place: place, value: value}
	}
	b, err := newBatch(berth(t), t.TempDir(), bare, runs)
	if err != nil {
		t.Fatal(err)
	}
	all := maps.Clone(b.runs)
	_, refused, err := b.settle(nil)
	if err != nil {
		t.Fatalf("PROOF_SEED=%d, batch %d: %v", seed, part, err)
	}
	var found []strict
	for _, r := range refused {
		run := all[r.File]
		if !serverTakes(t, run) {
			continue
		}
		s := places[run["metadata"].(specs.Object)["name"].(string)]
		s.refusal = r
		found = append(found, s)
	}
	return found
}

// serverTakes reports whether the API server accepts every object of the run translated by hand.
func serverTakes(t *testing.T, run specs.Object) bool {
	t.Helper()
	for _, o := range plain.Objects(run) {
		doc, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if apivalid.CheckAll(doc) != nil {
			return false
		}
	}
	return true
}

// ownRule is a row of own-rules.md: the code, the field, in which a * stands for any text, and words of the message.
type ownRule struct{ code, field, says string }

func (rule ownRule) explains(r refusal) bool {
	return glob(rule.code, r.Code) && glob(rule.field, r.field()) && strings.Contains(r.Message, rule.says)
}

type ownRules []ownRule

func (rules ownRules) find(r refusal) (ownRule, bool) {
	for _, rule := range rules {
		if rule.explains(r) {
			return rule, true
		}
	}
	return ownRule{}, false
}

// glob matches a text with a pattern in which * stands for any text.
func glob(pattern, text string) bool {
	first, rest, found := strings.Cut(pattern, "*")
	if !found {
		return pattern == text
	}
	if !strings.HasPrefix(text, first) {
		return false
	}
	text = text[len(first):]
	for i := range len(text) + 1 {
		if glob(rest, text[i:]) {
			return true
		}
	}
	return false
}

// readOwnRules reads the table of own-rules.md: its columns but the last, which is for people.
func readOwnRules(t *testing.T) ownRules {
	t.Helper()
	text, err := os.ReadFile(ownRulesFile)
	if err != nil {
		t.Fatal(err)
	}
	var rules ownRules
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.Contains(cells[1], "---") || strings.TrimSpace(cells[1]) == "code" {
			continue
		}
		rules = append(rules, ownRule{strings.Trim(cells[1], " `"), strings.Trim(cells[2], " `"), strings.TrimSpace(cells[3])})
	}
	return rules
}
