package plane

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// tableFile is what PLANE_TABLE wrote when every change was last made.
const tableFile = "table.md"

// The table that the documents lead to is of the changes that are there, each of them by one at least who applies it, and all
// came as they were said.
func TestTableIsOfTheseChanges(t *testing.T) {
	text, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 5 || strings.HasPrefix(line, "| change") {
			continue
		}
		rows = append(rows, strings.TrimPrefix(cells[0], "| ")+" "+cells[1])
		if cells[4] != "yes |" {
			t.Errorf("not as it was said: %s", line)
		}
	}
	possible, made := map[string]bool{}, map[string]bool{}
	for _, c := range changes {
		for i, step := range c.steps {
			if i == 0 || strings.HasPrefix(step, scaleTo) {
				continue
			}
			name := fmt.Sprintf("%s (%d)", c.name, i)
			for _, flavour := range flavoursOf(c.flavours, "full") {
				row := name + " " + flavour
				possible[row] = true
				made[name] = made[name] || slices.Contains(rows, row)
			}
			if !made[name] {
				t.Errorf("%s has no row: write the table anew with %s", name, tableEnv)
			}
		}
	}
	for _, row := range rows {
		if !possible[row] {
			t.Errorf("%s is no change any more", row)
		}
	}
}
