package review

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"
)

// WriteMarkdown writes a report for the comment of a pull request: one table, and for each run its fields folded away.
func WriteMarkdown(w io.Writer, r Report) error {
	c := &comment{}
	c.add(fmt.Sprintf("### %s → %s: %s\n", mdText(r.Before), mdText(r.After), summary(r)))
	if len(r.Runs) > 1 {
		c.add("\n" + tallyText(r) + "\n")
	}
	for i, note := range r.Notes {
		c.add(also(i == 0, "\n") + "- " + mdText(note) + "\n")
	}
	all := groups(r.Runs)
	if len(all) > 0 {
		c.add("\n| run | verdict | because of |\n| --- | --- | --- |\n")
	}
	for _, g := range all {
		c.add(fmt.Sprintf("| %s | **%s** | %s |\n", mdNames(g), g.Verdict, mdCauses(g.Item)))
	}
	// What matters to most comes first: a comment is cut at its end.
	c.add(mdTotals(r))
	c.add(mdCosts(r))
	c.add(mdQueues(r.Queues))
	for _, g := range all {
		c.add(mdGroup(r, g))
	}
	_, err := io.WriteString(w, c.text.String()+also(c.cut, "\nThe rest is too long for a comment: `berth diff` prints it.\n"))
	return err
}

// commentBytes is what a comment may have; GitHub takes 65,536 characters.
const commentBytes = 60_000

// comment is a text that ends where a comment has to.
type comment struct {
	text strings.Builder
	cut  bool
}

// add adds a part, as long as all before it had room.
func (c *comment) add(part string) {
	if c.cut = c.cut || c.text.Len()+len(part) > commentBytes; !c.cut {
		c.text.WriteString(part)
	}
}

// mdMost is how many names or commands are listed of runs that are alike.
const mdMost = 20

// mdList are the first of some texts as code, in lines.
func mdList(all []string) string {
	rest := ""
	if len(all) > mdMost {
		rest = fmt.Sprintf("<br>and %d more", len(all)-mdMost)
		all = all[:mdMost]
	}
	codes := make([]string, len(all))
	for i, text := range all {
		codes[i] = mdCode(text)
	}
	return strings.Join(codes, "<br>") + rest
}

// mdNames are the runs of a group in a cell of the table.
func mdNames(g *group) string {
	if g.Few() {
		return mdList(g.Names)
	}
	return g.Heading()
}

// WriteJSON writes a report as JSON, indented.
func WriteJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// mdCauses is the cell of a table with what caused the verdict, and the first refusal.
func mdCauses(i Item) string {
	var causes []string
	for _, c := range i.Causes {
		causes = append(causes, mdCode(c.String()))
	}
	if len(i.Refused) > 0 {
		causes = append(causes, "the API server **refuses** "+mdCode(i.Refused[0].Path))
	}
	return strings.Join(causes, "<br>")
}

// mdGroup is a section that folds. HTML stands in the summary, where forges read no Markdown.
func mdGroup(r Report, g *group) string {
	b := &strings.Builder{}
	name := g.Heading()
	if g.Few() {
		name = "<code>" + html.EscapeString(name) + "</code>"
	}
	fmt.Fprintf(b, "\n<details><summary>%s: %s</summary>\n\n", name, g.Verdict)
	fmt.Fprintf(b, "%s.\n", mdText(upperFirst(g.Why)))
	if !g.Few() {
		fmt.Fprintf(b, "\n- %s", mdList(g.Names))
	}
	for _, message := range g.Messages {
		fmt.Fprintf(b, "\n- %s", mdText(message))
	}
	for _, f := range g.About {
		fmt.Fprintf(b, "\n- %s: %s", mdText(f.Name), mdCode(f.Value))
	}
	for _, f := range g.Refused {
		fmt.Fprintf(b, "\n- **refused**: %s, %s: %s", mdText(f.Object), mdCode(f.Path), mdText(f.Reason))
	}
	for _, n := range g.Notes {
		fmt.Fprintf(b, "\n- %s", mdText(n))
	}
	if len(g.Commands) > 0 {
		fmt.Fprintf(b, "\n- %s %s", g.Ends(), mdList(g.Commands))
	}
	if !g.Few() || len(g.About)+len(g.Messages)+len(g.Refused)+len(g.Notes)+len(g.Commands) > 0 {
		b.WriteString("\n")
	}
	for _, o := range g.Objects {
		mdObject(b, r, g, o)
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// upperFirst makes the first byte a capital: the reasons begin with letters of ASCII.
func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// mdObject is the table of an object's changes.
func mdObject(b *strings.Builder, r Report, g *group, o ObjectChange) {
	fmt.Fprintf(b, "\n%s\n", mdCode(objectTitle(g, o)))
	if len(o.Fields) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| field | %s | %s | decided by |\n| --- | --- | --- | --- |\n", mdText(r.Before), mdText(r.After))
	for _, f := range o.Fields {
		where := ""
		if p := placeOf(f); p != nil {
			where = was(f) + p.String()
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdCode(fieldTitle(f)), mdValue(f.Before), mdValue(f.After), mdText(where))
	}
}

// mdValue is one side of a change, empty for a side that has none.
func mdValue(v *string) string {
	if v == nil {
		return ""
	}
	return mdCode(*v)
}

// mdCode is text as code in a cell of a table.
func mdCode(s string) string {
	if s == "" {
		return ""
	}
	return "<code>" + mdText(s) + "</code>"
}

// mdText is text that no reader of Markdown takes for markup, a link or somebody's name.
func mdText(s string) string {
	return mdEscapes.Replace(html.EscapeString(s))
}

// mdEscapes are the characters that Markdown, tables, mentions and bare links are made of. As references of HTML they
// are shown as they are.
var mdEscapes = strings.NewReplacer(
	"|", "&#124;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "[", "&#91;", "]", "&#93;", "\\", "&#92;", "@", "&#64;", "~", "&#126;",
	"://", "&#58;//", "\n", " ",
)

// mdTotals is a section that folds, empty for a report without sums.
func mdTotals(r Report) string {
	if len(r.Totals) == 0 {
		return ""
	}
	b := &strings.Builder{}
	b.WriteString("\n<details><summary>Requested at a time</summary>\n\n")
	fmt.Fprintf(b, "| where | resource | %s | %s |\n| --- | --- | --- | --- |\n", mdText(r.Before), mdText(r.After))
	for _, t := range r.Totals {
		for _, f := range figures(t) {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdText(totalTitle(t)), mdText(f.Name), f.Before, f.After)
		}
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// mdCosts are tables that do not fold: what a change costs is for everybody to see.
func mdCosts(r Report) string {
	if len(r.Costs) == 0 {
		return ""
	}
	b := &strings.Builder{}
	for _, c := range r.Costs {
		fmt.Fprintf(b, "\n| cost, %s | %s | %s |\n| --- | --- | --- |\n", mdText(c.Title()), mdText(r.Before), mdText(r.After))
		for _, row := range c.Rows() {
			fmt.Fprintf(b, "| %s | %s | %s |\n", row.What, row.Before, row.After)
		}
		for i, note := range c.Notes() {
			b.WriteString(also(i == 0, "\n") + "- " + mdText(note) + "\n")
		}
	}
	return b.String()
}
