package review

import (
	"fmt"
	"strings"
)

// queues tells of the queues that differ.
func (t *text) queues(all []QueueState) {
	told := false
	for _, q := range all {
		if !q.differs() {
			continue
		}
		if !told {
			t.line("\n%sQueues, when all their runs run at once%s", t.bold, t.reset)
			told = true
		}
		t.line("  %s", q.Title())
		for _, row := range q.Supplies() {
			t.wrapped("    ", row.Name+": ", row.Change+also(row.Note != "", ": "+row.Note))
		}
		for _, row := range q.Waiting() {
			t.wrapped("    ", row.Name+": ", row.Change+also(row.Note != "", " ("+row.Note+")"))
		}
	}
}

// mdQueues tells of the queues that differ.
func mdQueues(all []QueueState) string {
	b := &strings.Builder{}
	for _, q := range all {
		if !q.differs() {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("\n<details><summary>Queues, when all their runs run at once</summary>\n")
		}
		fmt.Fprintf(b, "\n%s\n\n", mdCode(q.Title()))
		for _, row := range q.Supplies() {
			fmt.Fprintf(b, "- %s: %s%s\n", mdText(row.Name), mdText(row.Change), also(row.Note != "", ": **"+row.Note+"**"))
		}
		for _, row := range q.Waiting() {
			fmt.Fprintf(b, "- %s: %s%s\n", mdCode(row.Name), mdText(row.Change), also(row.Note != "", " ("+mdText(row.Note)+")"))
		}
	}
	return b.String() + also(b.Len() > 0, "\n</details>\n")
}
