package diag

import (
	"io"
	"net/url"
	"strings"
)

// SARIF 2.1.0 (OASIS, errata 01): the few of its objects that say what a diagnostic says. Plain structs, since the
// libraries for it bring the whole of the standard, builders included, for what are eighty lines here; that the output
// is right is shown by validating it against the official schema.

// sarifSchema is where the standard's own schema stands, by which readers know the version.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// sarifLog is the whole file (sarifLog, section 3.13).
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

// sarifRun is one call of one tool.
type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

// sarifTool names the tool by its driver; it has no extensions.
type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

// sarifDriver is Berth itself, with the rules that results refer to by index.
type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

// sarifRule is a code: its summary, and its page as help.
type sarifRule struct {
	ID               string     `json:"id"`
	ShortDescription *sarifText `json:"shortDescription,omitempty"`
	Help             *sarifText `json:"help,omitempty"`
}

// sarifText is a message; the text is required beside any Markdown.
type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

// sarifResult is a diagnostic. A note with a place is a related location, one without stands in the message.
type sarifResult struct {
	RuleID           string          `json:"ruleId"`
	RuleIndex        int             `json:"ruleIndex"`
	Level            string          `json:"level"`
	Message          sarifText       `json:"message"`
	Locations        []sarifLocation `json:"locations,omitempty"`
	RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
	Fixes            []sarifFix      `json:"fixes,omitempty"`
}

// sarifLocation is a place in a file, and by the field's path.
type sarifLocation struct {
	ID               int            `json:"id,omitempty"`
	PhysicalLocation *sarifPhysical `json:"physicalLocation,omitempty"`
	LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
	Message          *sarifText     `json:"message,omitempty"`
}

// sarifPhysical is a range in a file; without a region the file as a whole is meant.
type sarifPhysical struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           *sarifRegion  `json:"region,omitempty"`
}

// sarifArtifact is a file by its relative URI.
type sarifArtifact struct {
	URI string `json:"uri"`
}

// sarifLogical is a place that is no line: the path of a field.
type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
}

// sarifRegion is a range; the end column is that of the first character behind it, in Unicode code points.
type sarifRegion struct {
	StartLine   int32 `json:"startLine"`
	StartColumn int32 `json:"startColumn,omitempty"`
	EndLine     int32 `json:"endLine,omitempty"`
	EndColumn   int32 `json:"endColumn,omitempty"`
}

// sarifFix is a fix in words and as changes of files.
type sarifFix struct {
	Description     sarifText     `json:"description"`
	ArtifactChanges []sarifChange `json:"artifactChanges"`
}

// sarifChange is what changes in one file.
type sarifChange struct {
	ArtifactLocation sarifArtifact      `json:"artifactLocation"`
	Replacements     []sarifReplacement `json:"replacements"`
}

// sarifReplacement deletes a region and inserts a text there, none for a mere deletion.
type sarifReplacement struct {
	DeletedRegion   sarifRegion `json:"deletedRegion"`
	InsertedContent *sarifText  `json:"insertedContent,omitempty"`
}

// printSARIF writes one log. Results are an empty list where there are none: null would say that nothing was checked.
func printSARIF(w io.Writer, ds []Diagnostic, opts Options) error {
	rules, index := rulesOf(ds)
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "berth", Version: opts.Version, Rules: rules}},
		ColumnKind: "unicodeCodePoints",
		Results:    make([]sarifResult, 0, len(ds)),
	}
	for _, d := range ds {
		run.Results = append(run.Results, opts.result(d, index[d.Code]))
	}
	return writeJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}, "  ")
}

// rulesOf lists the codes that occur, in the order of their first diagnostic, with their pages.
func rulesOf(ds []Diagnostic) (rules []sarifRule, index map[Code]int) {
	rules, index = []sarifRule{}, map[Code]int{}
	for _, d := range ds {
		if _, known := index[d.Code]; known {
			continue
		}
		index[d.Code] = len(rules)
		rule := sarifRule{ID: string(d.Code)}
		if page, ok := Page(d.Code); ok {
			rule.ShortDescription = &sarifText{Text: Summary(d.Code)}
			rule.Help = &sarifText{Text: page, Markdown: page}
		}
		rules = append(rules, rule)
	}
	return rules, index
}

// result is a diagnostic as SARIF has it; rule is the index of its code among the rules.
func (o Options) result(d Diagnostic, rule int) sarifResult {
	r := sarifResult{RuleID: string(d.Code), RuleIndex: rule, Level: d.Severity.String()}
	said := Diagnostic{Message: d.Message, Hint: d.Hint}
	for _, n := range d.Notes {
		if n.Span.File == nil {
			said.Notes = append(said.Notes, n)
			continue
		}
		r.RelatedLocations = append(r.RelatedLocations, sarifLocation{ID: len(r.RelatedLocations) + 1,
			PhysicalLocation: o.physical(n.Span), Message: sarifMessage(n.Message)})
	}
	r.Message = *sarifMessage(wholeText(said, o))
	if d.Span.File != nil {
		place := sarifLocation{PhysicalLocation: o.physical(d.Span)}
		if d.Path != "" {
			place.LogicalLocations = []sarifLogical{{d.Path}}
		}
		r.Locations = []sarifLocation{place}
	}
	if d.Fix != nil && sarifRange(d.Fix.Span) != nil {
		r.Fixes = []sarifFix{o.fix(*d.Fix, said.Hint)}
	}
	return r
}

// physical is the place of a span that has a file.
func (o Options) physical(s Span) *sarifPhysical {
	return &sarifPhysical{o.artifact(s), sarifRange(s)}
}

// artifact is the file of a span from the repository's root, escaped as a URI.
func (o Options) artifact(s Span) sarifArtifact {
	return sarifArtifact{(&url.URL{Path: o.repositoryPath(s.name())}).String()}
}

// sarifRange is nil for a span that names no line, or is no range at all.
func sarifRange(s Span) *sarifRegion {
	if !s.Known() || s.Col < 1 {
		return nil
	}
	r := &sarifRegion{StartLine: s.Line, StartColumn: s.Col}
	if s.EndLine > s.Line && s.EndCol >= 1 || s.EndLine == s.Line && s.EndCol >= s.Col {
		r.EndLine, r.EndColumn = s.EndLine, s.EndCol
	}
	return r
}

// fix is a fix as SARIF has it; its description, which the standard asks for, is the hint.
func (o Options) fix(f Fix, hint string) sarifFix {
	replacement := sarifReplacement{DeletedRegion: *sarifRange(f.Span)}
	if f.Text != "" {
		replacement.InsertedContent = &sarifText{Text: f.Text}
	}
	if hint == "" {
		hint = "replace this"
	}
	return sarifFix{*sarifMessage(hint), []sarifChange{{o.artifact(f.Span), []sarifReplacement{replacement}}}}
}

// sarifMessage doubles braces, which enclose placeholders in a message string (section 3.11.5).
func sarifMessage(text string) *sarifText {
	return &sarifText{Text: strings.NewReplacer("{", "{{", "}", "}}").Replace(text)}
}
