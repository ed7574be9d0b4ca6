package source

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"berth/internal/diag"
)

// bombs are programs and documents that ask for more than any machine has. Which limit stops one depends on the machine.
var bombs = []struct{ name, content, want string }{
	{"recursion.jsonnet", `local f(x) = f(x + 1); f(1)`, "without end"},
	{"tailstrict.jsonnet", `local f(x) = f(x + 1) tailstrict; f(1)`, "too deep|took more|memory"},
	{"array.jsonnet", `std.makeArray(1e9, function(i) i)`, "memory|took more"},
	{"range.jsonnet", `std.length(std.range(1, 1e9))`, "memory|took more"},
	{"doubling.jsonnet", `local d(s, n) = if n == 0 then s else d(s + s, n - 1); [d('xxxxxxxxxxxxxxxx', 40)]`, "memory|took more"},
	{"exponential.jsonnet", `local fib(n) = if n < 2 then n else fib(n - 1) + fib(n - 2); fib(60)`, "took more than 3 s"},
	{"nested.jsonnet", strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000), "too deep"},
	{"nested-expression.jsonnet", strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000), "too deep|memory|took more"},
	{"result.jsonnet", `std.repeat('xxxxxxxxxx', 3000000)`, "text|memory|took more"},
	{"cycle.cue", `a: b: a`, "without end"},
	{"range.cue", "import \"list\"\na: list.Range(0, 1_000_000_000, 1)", "memory|took more"},
	{"doubling.cue", doublings(40), "memory|took more"},
	{"repeat.cue", "import \"strings\"\na: strings.Repeat(\"x\", 20_000_000_000)", "strings.Repeat"},
	{"power.cue", "import \"math\"\na: math.Pow(10, 2_000_000_000)", "math.Pow"},
	{"choices.cue", choices(14), "memory|took more"},
	{"comprehension.cue", "import \"list\"\nl: list.Range(0, 100, 1)\na: [for a in l for b in l for c in l for d in l {a + b + c + d}]", "memory|took more"},
	{"nested.cue", strings.Repeat("a: ", 5_000) + "1", "100 levels"},
	{"nested-expression.cue", "a: " + strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000), "nested"},
	{"aliases.yaml", aliases(20), "aliases"},
	{"flow.yaml", strings.Repeat("[", 1<<20), "never closed|100 levels"},
	{"blocks.yaml", blocks(2_000), "100 levels"},
	{"keys.yaml", strings.Repeat("? ", 1<<16), "100 levels|YAML"},
	{"quotes.yaml", strings.Repeat("\"\n", 1<<16), "quote|stands"},
	{"anchors.yaml", "[" + strings.Repeat("&a x, ", 1<<16) + "]", ""},
	{"lists.json", strings.Repeat("[", 1<<20), "100 levels"},
	{"maps.json", strings.Repeat(`{"a":`, 1<<18), "100 levels"},
}

// doublings is CUE text that doubles a string as many times.
func doublings(n int) string {
	var b strings.Builder
	b.WriteString("x0: \"xxxxxxxxxxxxxxxx\"\n")
	for i := range n {
		fmt.Fprintf(&b, "x%d: x%d + x%d\n", i+1, i, i)
	}
	return b.String()
}

// choices is CUE text whose evaluation tries 3^n combinations.
func choices(n int) string {
	var b strings.Builder
	b.WriteString("#A: {a: 1} | {a: 2} | {a: 3}\nv: #A")
	for i := range n {
		fmt.Fprintf(&b, " & (#A | {b%d: 1} | {c%d: 2})", i, i)
	}
	return b.String()
}

func aliases(n int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x]\n")
	for i := range n {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	return b.String()
}

func blocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestBombs(t *testing.T) {
	evaluator := NewEvaluator(Limits{Workers: 2, Deadline: 3 * time.Second, Time: -1, Memory: 256 << 20})
	t.Cleanup(evaluator.Close)
	for _, b := range bombs {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			_, diags := load(t, b.name, b.content, Options{Evaluator: evaluator, Root: t.TempDir()})
			checkPlaces(t, nil, diags)
			if b.want == "" && diags == nil {
				return
			}
			if len(diags) != 1 || !regexp.MustCompile(b.want).MatchString(diags[0].Message) {
				t.Errorf("want one diagnostic that says %q, have:\n%s", b.want, report(diags, b.name))
			}
		})
	}
}

// TestDeadlineCode makes sure that a program which was stopped is told from one that is wrong.
func TestDeadlineCode(t *testing.T) {
	evaluator := NewEvaluator(Limits{Workers: 1, Deadline: 300 * time.Millisecond})
	defer evaluator.Close()
	_, diags := load(t, "a.jsonnet", `local fib(n) = if n < 2 then n else fib(n - 1) + fib(n - 2); fib(60)`, Options{Evaluator: evaluator})
	if len(diags) != 1 || diags[0].Code != diag.Evaluation || diags[0].Message != "evaluation took more than 0.3 s" || diags[0].Span.Line != 0 {
		t.Errorf("have:\n%s", report(diags, "a.jsonnet"))
	}
}
