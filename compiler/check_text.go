package compiler

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// wrongText words why a text is refused: a choice, a quantity, or a name.
func (c *checker) wrongText(n *source.Node, span diag.Span, text string, t *schema.Type, path string) {
	d := diag.Diagnostic{Span: span, Path: path}
	switch {
	case t.Name == "Quantity":
		d = badQuantity(text, span, path)
	// These launchers are wanted often, and the nearest accepted word would mislead.
	case t == &schema.TypeLauncher && agents[strings.ToLower(text)]:
		d.Code, d.Message = diag.WrongValue, fmt.Sprintf("%s cannot be %s: it starts its processes through an agent in each of the other pods, and there is none", path, diag.Quote(text))
		d.Hint = "write launcher: torchrun, accelerate or jax, which are started in each pod by themselves"
	// What people patch is the pod, which is a part of another object here.
	case text == "Pod" && strings.HasSuffix(path, ".target.kind"):
		d = diag.Diagnostic{Code: diag.WrongValue, Span: span, Path: path, Message: "a run makes no Pod by itself: its pods come of a template",
			Hint: "write the kind of what makes them, " + diag.OneOf(podMakers) + ", and patch: {spec: {template: …}}, of a CronJob {spec: {jobTemplate: {spec: {template: …}}}}"}
	case len(t.Enum) > 0 && (len(t.Or) == 0 || t.Says == "") || t.Name == "KubernetesVersion":
		d = wrongChoice(text, span, path, slices.DeleteFunc(slices.Clone(t.Enum), func(s string) bool { return s == "" }))
	case text == "":
		d.Code, d.Message = diag.WrongValue, fmt.Sprintf("%s is empty", path)
		d.Hint = "write " + t.Says + ", or leave the field out"
		switch {
		case t == &schema.TypeImageName:
			d.Hint = "write " + t.Says
		case t.Says == "":
			d.Hint = "give it a value, or leave the field out"
		}
	default:
		d.Code = diag.BadName
		d.Message = fmt.Sprintf("%s %s is not valid: it has to be %s", path, diag.Quote(text), t.Says)
		d.Hint, d.Fix = nameHint(text, span, t)
	}
	c.refuse(n, d)
}

// agents are launchers that reach into the other pods by ssh or by an agent of their own, in lower case.
var agents = map[string]bool{"mpi": true, "mpirun": true, "openmpi": true, "horovod": true, "deepspeed": true, "ssh": true, "ray": true, "slurm": true, "srun": true}

// podMakers are the kinds of a patch's target whose objects make pods.
var podMakers = []string{"Job", "CronJob", "Deployment"}

// wrongChoice refuses a text that is none of a closed list. The fix is certain where only spelling differs (capitals,
// dashes): see [diag.SameName].
func wrongChoice(text string, span diag.Span, path string, choices []string) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: diag.WrongValue, Span: span, Path: path,
		Message: fmt.Sprintf("%s cannot be %s", path, diag.Quote(text)),
		Hint:    "write " + diag.OneOf(choices),
	}
	if best, ok := nearestChoice(text, choices); ok {
		d.Hint = fmt.Sprintf("did you mean %s? Accepted: %s", best, diag.OneOf(choices))
		d.Fix = replacement(span, best, diag.SameName(text, best))
	}
	return d
}

// nameHint offers the text with the letters that the rule refuses replaced, when that is a valid name.
func nameHint(text string, span diag.Span, t *schema.Type) (string, *diag.Fix) {
	if n := len([]rune(text)); t.MaxLen > 0 && n > t.MaxLen {
		return fmt.Sprintf("it has %d characters, %d too many", n, n-t.MaxLen), nil
	}
	if len(t.Either) > 0 {
		return "", nil // a number that was meant for a percentage, or the other way round, is nobody's to guess
	}
	for _, slug := range slugs(text, t.Name) {
		if slug != text && slug != "" && t.AcceptsText(slug) {
			return "write " + slug, replacement(span, slug, false)
		}
	}
	return "", nil
}

// slugs are names near a text that is none, the nearest first: a label keeps its capitals, a variable its underscores.
func slugs(text, rule string) []string {
	switch rule {
	case "AbsolutePath":
		return []string{"/" + text}
	case "RelativePath":
		return []string{strings.TrimLeft(text, "/")}
	case "ImageName":
		_, reference, schemed := strings.Cut(text, "://")
		if !schemed {
			reference = text
		}
		reference = strings.Trim(reference, " '\"“”‘’")
		return []string{reference, strings.ToLower(reference)}
	case "Host":
		return []string{hostOf(text), strings.ToLower(hostOf(text))}
	case "PathPrefix":
		path, _, _ := strings.Cut(text, "?")
		path, _, _ = strings.Cut(path, "#")
		return []string{"/" + strings.TrimLeft(path, "/")}
	case "Duration":
		return []string{text + "s"}
	case "PortName":
		slug := strings.ToLower(slugify(text, '-'))
		return []string{slug, "port-" + slug}
	case "EnvName", "ShellName":
		slug := slugify(text, '_')
		return []string{slug, "_" + slug}
	}
	// Labels and names of objects: the rule of the type accepts the first of these that fits.
	slug := slugify(text, '-')
	return []string{slug, strings.ToLower(slug), strings.ToLower(strings.ReplaceAll(slug, "_", "-")),
		strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(slug)), "/" + text, ">=" + text}
}

// hostOf is the host of a URL, or of a host with a port or a path.
func hostOf(text string) string {
	if _, rest, schemed := strings.Cut(text, "://"); schemed {
		text = rest
	}
	if end := strings.IndexAny(text, ":/?#"); end >= 0 {
		text = text[:end]
	}
	return strings.TrimSuffix(text, ".")
}

// slugify joins the words of a text; it is empty where a letter would be lost.
func slugify(text string, joint rune) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		case r == '.' && joint == '-':
			return r
		case r < utf8.RuneSelf:
			return joint
		}
		return utf8.RuneError
	}, strings.TrimSpace(text))
	if strings.ContainsRune(slug, utf8.RuneError) {
		return ""
	}
	return strings.Trim(slug, "-.")
}
