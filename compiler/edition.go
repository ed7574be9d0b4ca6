package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// editions are those that there are.
func (o Options) editions() []schema.Edition {
	if len(o.Editions) > 0 {
		return o.Editions
	}
	return schema.Editions
}

// edition is the project's, or the first where none is said; one that is not known is refused before.
func (o Options) edition() *schema.Edition {
	all := o.editions()
	if o.Project != nil && o.Project.Spec.Edition != nil {
		for i := range all {
			if all[i].Number == *o.Project.Spec.Edition {
				return &all[i]
			}
		}
	}
	return &all[0]
}

// knownEdition refuses an edition that this version does not know: its defaults are not these.
func (c *compilation) knownEdition() []diag.Diagnostic {
	if c.Project == nil || c.Project.Spec.Edition == nil || *c.Project.Spec.Edition == c.edition().Number {
		return nil
	}
	all := c.editions()
	newest := all[len(all)-1].Number
	d := diag.Diagnostic{Code: diag.WrongValue, Path: "spec.edition",
		Message: fmt.Sprintf("there is no edition %d: this version of Berth knows up to %d", *c.Project.Spec.Edition, newest),
		Hint:    fmt.Sprintf("write edition: %d, or use a version of Berth that has the other", newest)}
	if _, n, whole := source.Find(c.Project.Tree, "edition"); whole {
		d.Span, d.Fix = n.Span, replacement(n.Span, fmt.Sprint(newest), false)
	}
	return []diag.Diagnostic{d}
}
