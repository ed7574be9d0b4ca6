package diag

import (
	"io"
	"net/url"
	"strings"
)

// SARIF 2.1.0 (OASIS, errata 01): the few of its objects that say what a diagnostic says. Plain structs, since the
// libraries for it bring the whole of the standard, builders included, for what are eighty lines here; that the output
// is right is shown by validating it against the official schema.

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string     `json:"id"`
	ShortDescription *sarifText `json:"shortDescription,omitempty"`
	Help             *sarifText `json:"help,omitempty"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifResult struct {
	RuleID           string          `json:"ruleId"`
	RuleIndex        int             `json:"ruleIndex"`
	Level            string          `json:"level"`
	Message          sarifText       `json:"message"`
	Locations        []sarifLocation `json:"locations,omitempty"`
	RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
	Fixes            []sarifFix      `json:"fixes,omitempty"`
}

type sarifLocation struct {
	ID               int            `json:"id,omitempty"`
	PhysicalLocation *sarifPhysical `json:"physicalLocation,omitempty"`
	LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
	Message          *sarifText     `json:"message,omitempty"`
}

type sarifPhysical struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
}

type sarifRegion struct {
	StartLine   int32 `json:"startLine"`
	StartColumn int32 `json:"startColumn,omitempty"`
	EndLine     int32 `json:"endLine,omitempty"`
	EndColumn   int32 `json:"endColumn,omitempty"`
}

type sarifFix struct {
	Description     sarifText     `json:"description"`
	ArtifactChanges []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	ArtifactLocation sarifArtifact      `json:"artifactLocation"`
	Replacements     []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	DeletedRegion   sarifRegion `json:"deletedRegion"`
	InsertedContent *sarifText  `json:"insertedContent,omitempty"`
}

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

func (o Options) physical(s Span) *sarifPhysical {
	return &sarifPhysical{o.artifact(s), sarifRange(s)}
}

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
