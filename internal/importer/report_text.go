package importer

import (
	"encoding/json"
	"fmt"
	"strings"

	"berth/internal/diag"
)

// Text is the report for people.
func (r *Report) Text() string {
	var b strings.Builder
	for _, o := range r.Objects {
		fmt.Fprintf(&b, "%s:%d: %s %s%s", o.File, o.Line, o.Kind, o.Name, o.where())
		switch {
		case o.Refused != "":
			fmt.Fprintf(&b, " stays outside: %s\n", o.Refused)
			continue
		case o.As == asRun:
			fmt.Fprintf(&b, " → run %s\n", o.Run)
		default:
			fmt.Fprintf(&b, " → %s of run %s\n", o.As, o.Run)
		}
		o.lines(&b)
		if o.CutOver != "" {
			fmt.Fprintf(&b, "  applied   %s\n", o.CutOver)
		}
	}
	if r.Project != "" {
		b.WriteString("the project has to say, in berth.yaml:\n  " + strings.ReplaceAll(strings.TrimSpace(r.Project), "\n", "\n  ") + "\n")
	}
	return diag.Safe(b.String())
}

// where are the environments that an entry is about, where it is not all of them.
func (o *Taken) where() string {
	if len(o.Environments) == 0 {
		return ""
	}
	return " in " + diag.AllOf(o.Environments)
}

// lines are the object's differences, one a line; what was added for one reason stands on one.
func (o *Taken) lines(b *strings.Builder) {
	said := map[string]bool{}
	for _, d := range o.Differences {
		if d.Class != Added {
			fmt.Fprintf(b, "  %-9s %s%s: %s\n", d.Class, d.Path, d.values(), d.Why)
			continue
		}
		if said[d.Why] {
			continue
		}
		said[d.Why] = true
		fmt.Fprintf(b, "  %-9s %s: %s\n", d.Class, d.Why, o.places(d.Why))
	}
}

// places are the fields that were added for a reason, those below one field together.
func (o *Taken) places(why string) string {
	var above []string
	below, whole := map[string][]string{}, map[string]string{}
	for _, d := range o.Differences {
		if d.Class != Added || d.Why != why {
			continue
		}
		parent := diag.Parent(d.Path)
		if below[parent] == nil {
			above = append(above, parent)
		}
		below[parent], whole[parent] = append(below[parent], lastKey(d.Path)+d.values()), d.Path+d.values()
	}
	var all []string
	for _, parent := range above {
		if inner := below[parent]; len(inner) > 1 {
			all = append(all, parent+" {"+strings.Join(inner, ", ")+"}")
		} else {
			all = append(all, whole[parent])
		}
	}
	return strings.Join(all, "; ")
}

// stream is the project that the runs need as the first document of a stream, empty where they need none.
func (r *Report) stream() string {
	if r.Project == "" {
		return ""
	}
	return r.Project + "---\n"
}

// comment says what the project needs as a comment above the runs.
func (r *Report) comment() []byte {
	if r.Project == "" {
		return nil
	}
	return []byte("# These runs build in a project whose berth.yaml has:\n#   " +
		strings.ReplaceAll(strings.TrimSpace(r.Project), "\n", "\n#   ") + "\n")
}

// values are the old and the new value, as far as they fit on a line.
func (d Difference) values() string {
	switch {
	case d.Old == "" && d.New == "":
		return ""
	case d.Old == "":
		return " = " + short80(d.New)
	case d.New == "":
		return " was " + short80(d.Old)
	}
	return " " + short80(d.Old) + " → " + short80(d.New)
}

// short80 cuts a text to 80 characters, not bytes, the last of which then says that something was cut.
func short80(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// asText is a value as JSON, a plain text by itself; without what looks like a secret.
func asText(v any) string {
	if v == nil {
		return ""
	}
	text, ok := v.(string)
	if !ok {
		data, _ := json.Marshal(v) // of plain values
		text = string(data)
	}
	if text == "" {
		return `""`
	}
	return diag.Safe(text)
}
