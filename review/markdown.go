package review

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteMarkdown writes a report for the comment of a pull request: one table, and for each run its fields folded away.
func WriteMarkdown(w io.Writer, r Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s → %s: %s\n", mdText(r.Before), mdText(r.After), summary(r))
	if len(r.Runs) > 1 {
		fmt.Fprintf(&b, "\n%s\n", tallyText(r))
	}
	if len(r.Runs) > 0 {
		b.WriteString("\n| run | verdict | because of |\n| --- | --- | --- |\n")
	}
	for _, i := range r.Runs {
		fmt.Fprintf(&b, "| %s | **%s** | %s |\n", mdCode(title(i)), i.Verdict, mdCauses(i))
	}
	for _, i := range r.Runs {
		mdItem(&b, i)
	}
	mdTotals(&b, r.Totals)
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes a report as JSON, indented.
func WriteJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

func mdCauses(i Item) string {
	var causes []string
	for _, c := range i.Causes {
		causes = append(causes, mdCode(c.Field+at(c.Place)))
	}
	if len(i.Refused) > 0 {
		causes = append(causes, "the API server **refuses** "+mdCode(i.Refused[0].Path))
	}
	return strings.Join(causes, "<br>")
}

func mdItem(b *strings.Builder, i Item) {
	fmt.Fprintf(b, "\n<details><summary><code>%s</code>: %s</summary>\n\n", html.EscapeString(title(i)), i.Verdict)
	fmt.Fprintf(b, "%s.\n", mdText(upperFirst(i.Why)))
	for _, r := range i.Refused {
		fmt.Fprintf(b, "\n- **refused**: %s, %s: %s", mdText(r.Object), mdCode(r.Path), mdText(r.Reason))
	}
	for _, n := range i.Notes {
		fmt.Fprintf(b, "\n- %s", mdText(n))
	}
	if i.Command != "" {
		fmt.Fprintf(b, "\n- end the old one with %s", mdCode(i.Command))
	}
	if len(i.Refused)+len(i.Notes)+len(i.Command) > 0 {
		b.WriteString("\n")
	}
	for _, o := range i.Objects {
		mdObject(b, o)
	}
	b.WriteString("\n</details>\n")
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func mdObject(b *strings.Builder, o ObjectChange) {
	fmt.Fprintf(b, "\n%s\n", mdCode(objectTitle(o)))
	if len(o.Fields) == 0 {
		return
	}
	b.WriteString("\n| field | before | after | decided by |\n| --- | --- | --- | --- |\n")
	for _, f := range o.Fields {
		where := ""
		if p := placeOf(f); p != nil {
			where = was(f) + p.String()
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdCode(fieldTitle(f)), mdValue(f.Before), mdValue(f.After), mdText(where))
	}
}

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

var mdEscapes = strings.NewReplacer(
	"|", "&#124;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "[", "&#91;", "]", "&#93;", "\\", "&#92;", "@", "&#64;", "~", "&#126;",
	"://", "&#58;//", "\n", " ",
)

func mdTotals(b *strings.Builder, totals []Total) {
	if len(totals) == 0 {
		return
	}
	b.WriteString("\n<details><summary>Requested at a time</summary>\n\n| where | resource | before | after |\n| --- | --- | --- | --- |\n")
	for _, t := range totals {
		for _, f := range figures(t) {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdText(totalTitle(t)), mdText(f.Name), f.Before, f.After)
		}
	}
	b.WriteString("\n</details>\n")
}

// models are the devices of a total, sorted.
func models(t Total) []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(t.Before.Devices)), maps.Keys(t.After.Devices))
	slices.Sort(all)
	return slices.Compact(all)
}
