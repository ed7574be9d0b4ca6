package diag

import (
	"fmt"
	"io"
	"strings"
)

// Workflow commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. Actions
// shows ten annotations of each severity a step and leaves the others in the log.

// In a command's text, % and line breaks have a meaning; in the value of a property, : and , too.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// printGitHub writes one command a line. GitHub shows an annotation's text as it is, so that notes and hint stand in
// it.
func printGitHub(w io.Writer, ds []Diagnostic, opts Options) error {
	for _, d := range ds {
		properties := append(githubPlace(d.Span, opts), "title="+githubProperty.Replace(string(d.Code)))
		_, err := fmt.Fprintf(w, "::%s %s::%s\n", d.Severity, strings.Join(properties, ","), githubText.Replace(wholeText(d, opts)))
		if err != nil {
			return err
		}
	}
	return nil
}

// githubPlace gives columns only for a range within one line, since GitHub refuses them for others. The end column is
// that of the first character behind the range, as other tools write it.
func githubPlace(s Span, opts Options) (properties []string) {
	if s.File == nil {
		return nil
	}
	properties = append(properties, "file="+githubProperty.Replace(visible(opts.repositoryPath(s.File.Name))))
	if !s.Known() {
		return properties
	}
	properties = append(properties, fmt.Sprintf("line=%d", s.Line))
	if s.EndLine > s.Line {
		return append(properties, fmt.Sprintf("endLine=%d", s.EndLine))
	}
	properties = append(properties, fmt.Sprintf("col=%d", s.Col))
	if s.EndLine == s.Line && s.EndCol > s.Col {
		properties = append(properties, fmt.Sprintf("endLine=%d,endColumn=%d", s.EndLine, s.EndCol))
	}
	return properties
}

// inRepository is a place by its path from the repository's root.
func (o Options) inRepository(s Span) Span {
	s.File = &File{Name: o.repositoryPath(s.File.Name)}
	return s
}

// wholeText is everything that is said of a mistake, for a format that has one text for all of it.
func wholeText(d Diagnostic, opts Options) string {
	var b strings.Builder
	b.WriteString(d.Message)
	for _, n := range d.Notes {
		b.WriteString("\nnote: ")
		if n.Span.File != nil {
			b.WriteString(where(opts.inRepository(n.Span)) + ": ")
		}
		b.WriteString(n.Message)
	}
	if d.Hint != "" {
		b.WriteString("\nhint: " + d.Hint)
	}
	return b.String()
}
