package diag

import (
	"embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A code's page is pages/CODE.md. Its first line is "# CODE: what it is, in a few words". Under the headings "## Wrong"
// and "## Right" stand examples that a test builds: every fenced block there is a file, whose name follows its language as
// in
//
//	```yaml title=profiles/a100.yaml
//
// and is run.yaml where none is given. A block of the language `console` is not a file but the command to run among the
// files, after "$ "; without one it is `berth build run.yaml`. The word `escaped` in the info string says that \uXXXX
// stands for a character that could not be seen on the page. Under "## Wrong (illustration)" stands what no command
// refuses as it is written there.

//go:embed pages/*.md
var pages embed.FS

// Codes lists every code in alphabetical order.
func Codes() []Code {
	entries, err := pages.ReadDir("pages")
	if err != nil {
		return nil // cannot be: the folder is part of the program
	}
	var codes []Code
	for _, e := range entries {
		codes = append(codes, Code(strings.TrimSuffix(e.Name(), ".md")))
	}
	slices.Sort(codes) // the folder's order counts the extension in
	return codes
}

// Page is the text that `berth errors CODE` prints: Markdown that also reads well as it is.
func Page(code Code) (text string, ok bool) {
	data, err := pages.ReadFile("pages/" + string(code) + ".md")
	return string(data), err == nil
}

// Summary is what a code means in a few words.
func Summary(code Code) string {
	page, _ := Page(code)
	title, _, _ := strings.Cut(page, "\n")
	_, summary, _ := strings.Cut(title, ": ")
	return summary
}

// Example is a set of files and what to do with them.
type Example struct {
	Files        map[string]string // content by path
	Command      string            // as a user would type it, beginning with `berth`
	Illustration bool              // shows the idea; no command refuses it as it stands
}

// Examples reads a code's wrong and right example off its page.
func Examples(code Code) (wrong, right Example, ok bool) {
	page, ok := Page(code)
	if !ok {
		return wrong, right, false
	}
	wrong, right = newExample(), newExample()
	var into *Example // the example that blocks belong to at this place of the page
	var name, language string
	var block strings.Builder
	inBlock, escaped := false, false
	for line := range strings.Lines(page) {
		info, fence := strings.CutPrefix(strings.TrimRight(line, "\n"), "```")
		switch {
		case fence && inBlock:
			inBlock = false
			into.add(name, language, block.String(), escaped)
		case fence:
			language, name, escaped = blockInfo(info)
			inBlock = true
			block.Reset()
		case inBlock:
			block.WriteString(line)
		case strings.HasPrefix(line, "## "):
			into = exampleUnder(line, &wrong, &right)
		}
	}
	return wrong, right, true
}

// newExample is an example of one run, which is what most are.
func newExample() Example {
	return Example{Files: map[string]string{}, Command: "berth build run.yaml"}
}

// exampleUnder is the example that a heading begins, or nil.
func exampleUnder(heading string, wrong, right *Example) *Example {
	switch strings.TrimSpace(heading) {
	case "## Wrong":
		return wrong
	case "## Wrong (illustration)":
		wrong.Illustration = true
		return wrong
	case "## Right":
		return right
	}
	return nil
}

// blockInfo reads what follows the three backquotes: `yaml title=run.yaml escaped`.
func blockInfo(info string) (language, name string, escaped bool) {
	name = "run.yaml"
	for i, word := range strings.Fields(info) {
		if title, ok := strings.CutPrefix(word, "title="); ok {
			name = title
		} else if word == "escaped" {
			escaped = true
		} else if i == 0 {
			language = word
		}
	}
	return language, name, escaped
}

// add takes one fenced block of a page. The example is nil for a block that stands under neither heading.
func (e *Example) add(name, language, content string, escaped bool) {
	switch {
	case e == nil: // a block under another heading
	case language == "console":
		e.Command = strings.TrimSpace(strings.TrimPrefix(content, "$ "))
	case escaped:
		e.Files[name] = unescape(content)
	default:
		e.Files[name] = content
	}
}

// escape matches \uXXXX, as the pages write what cannot be seen.
var escape = regexp.MustCompile(`\\u[0-9a-f]{4}`)

// unescape puts the characters in the place of their escapes.
func unescape(s string) string {
	return escape.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[2:], 16, 16)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
}

// Reference renders every page as one document, with a table of contents. The text that extra returns for a code, such
// as the message that a user sees, stands below its wrong example; extra may be nil.
func Reference(extra func(Code) string) string {
	var contents, body strings.Builder
	contents.WriteString("# Errors and warnings\n\nEvery diagnostic has one of these codes. `berth errors CODE` prints a code's page.\n\nA warning that is meant is left out where its code stands under `allow_lints`, in a run or under `defaults` in the project,\nwith the reason that a reviewer reads: `allow_lints: {moving-tag: the newest image is meant}`.\n\n")
	contents.WriteString("| code | meaning |\n|---|---|\n")
	for _, code := range Codes() {
		contents.WriteString("| [`" + string(code) + "`](#" + string(code) + ") | " + strings.ReplaceAll(Summary(code), "|", `\|`) + " |\n")
		page, _ := Page(code)
		_, rest, _ := strings.Cut(page, "\n")
		body.WriteString("\n## " + string(code) + "\n\n" + sentence(Summary(code)) + "\n")
		before, right, _ := strings.Cut(rest, "\n## Right")
		body.WriteString(demote(before))
		if extra != nil {
			if text := strings.TrimSpace(extra(code)); text != "" {
				body.WriteString("\n" + text + "\n")
			}
		}
		body.WriteString(demote("\n## Right" + right))
	}
	return contents.String() + body.String()
}

// sentence makes a summary one.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// demote makes the headings of a page those of a chapter, and leaves code blocks alone.
func demote(page string) string {
	var out strings.Builder
	inBlock := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			inBlock = !inBlock
		}
		if !inBlock && strings.HasPrefix(line, "#") {
			out.WriteByte('#')
		}
		out.WriteString(line)
	}
	return out.String()
}
