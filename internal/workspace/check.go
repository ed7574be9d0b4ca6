package workspace

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"berth/compiler"
	"berth/internal/diag"
)

// Check is what is wrong with the runs of a workspace, the part of each file apart, so that the part of a file that
// changes can be replaced. All parts together, sorted, are what building the runs would say.
type Check struct {
	// Rest is of no run: of the project, its profiles and its policies.
	Rest []diag.Diagnostic
	// Files has a part for every file that is read for runs, by its path.
	Files map[string]*Part
	// Cancelled says that the check was given up, so that parts are missing.
	Cancelled bool
}

// Part is what was found of the runs of one file.
type Part struct {
	Diagnostics []diag.Diagnostic
	// Claims are the names that no other run, and no other run's object, may have: two files that share one have to be
	// checked together.
	Claims []string
	// Environments are those that the file's runs declare.
	Environments []string
	// Runs counts the file's runs.
	Runs int
	// Profiles says that profiles stand in the file, which the runs of other files may name.
	Profiles bool
}

// CheckOptions says how [Workspace.Check] looks at the runs.
type CheckOptions struct {
	// Environments are those to compile for; the empty one is the runs themselves, and what their own environments make
	// wrong.
	Environments []string
	// Cancelled, if there is one, tells that nobody waits for the result any more.
	Cancelled func() bool
}

// Check compiles and renders all runs for each of the environments, and keeps only what was found. Loaded is what [Load]
// said of the workspace.
func (w *Workspace) Check(loaded []diag.Diagnostic, opts CheckOptions) *Check {
	c := &checking{w: w, check: &Check{Files: map[string]*Part{}}, parts: map[string]*Part{}, claims: map[string]map[string]bool{}}
	c.divide(loaded)
	if len(w.Runs) == 0 {
		return c.check // which is what is wrong, and all that is said
	}
	for _, environment := range opts.Environments {
		c.compile(environment, opts)
		if opts.Cancelled != nil && opts.Cancelled() {
			c.check.Cancelled = true
			break
		}
	}
	for name, part := range c.parts {
		part.Diagnostics = diag.Sort(part.Diagnostics)
		part.Claims = slices.Sorted(maps.Keys(c.claims[name]))
	}
	return c.check
}

// checking is a check under way.
type checking struct {
	w      *Workspace
	check  *Check
	parts  map[string]*Part // by the file's name
	mu     sync.Mutex       // guards claims
	claims map[string]map[string]bool
}

// divide makes the parts, and gives each what loading its file found.
func (c *checking) divide(loaded []diag.Diagnostic) {
	for _, s := range c.w.Sources {
		if s.Role == RunRole {
			part := &Part{}
			c.parts[s.Name], c.check.Files[s.Path], c.claims[s.Name] = part, part, map[string]bool{}
		}
	}
	for _, d := range loaded {
		c.found(d.Span.File, []diag.Diagnostic{d})
	}
	for i, doc := range c.w.Runs {
		part := c.parts[doc.File.Name]
		part.Runs++
		part.Environments = append(part.Environments, compiler.EnvironmentsOf(c.w.Runs[i:i+1], nil)...)
	}
	for _, part := range c.parts {
		slices.Sort(part.Environments)
		part.Environments = slices.Compact(part.Environments)
	}
	for _, doc := range c.w.Profiles {
		if part := c.parts[doc.File.Name]; part != nil {
			part.Profiles = true
		}
	}
}

// compile builds one environment's runs and passes on what is wrong run by run, as each is done. The empty environment is
// the runs by themselves, after which the environments that runs declare are judged as well.
func (c *checking) compile(environment string, opts CheckOptions) {
	o := c.w.Options(environment)
	o.Found, o.Cancelled, o.Declared = c.found, opts.Cancelled, opts.Environments
	c.w.compile(o, func(u *Unit, refused bool) {
		c.claim(environment, u)
		c.w.letGo(u, refused)
	})
	if environment == "" {
		c.w.judgeEnvironments(slices.Collect(c.check.Each()), opts.Cancelled, func(file *diag.File, d diag.Diagnostic) {
			c.found(file, []diag.Diagnostic{d})
		})
	}
}

// claim notes what a run and its objects are called.
func (c *checking) claim(environment string, u *Unit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	claims := c.claims[u.Doc.File.Name]
	if u.Plan.Name != "" {
		claims[strings.Join([]string{environment, u.Plan.Namespace, u.Plan.Name}, "/")] = true
	}
	for _, p := range u.nodePorts {
		claims[fmt.Sprintf("%s/nodePort/%d", environment, p.number)] = true
	}
	for _, o := range u.Objects {
		claims[strings.Join([]string{environment, o.Kind, o.Namespace, o.Name}, "/")] = true
	}
	for _, c := range u.claimed {
		claims[environment+"/"+c.what] = true
	}
}

// found gives diagnostics to the part of the file that they are of.
func (c *checking) found(file *diag.File, ds []diag.Diagnostic) {
	if file != nil {
		if part := c.parts[file.Name]; part != nil {
			part.Diagnostics = append(part.Diagnostics, ds...)
			return
		}
	}
	c.check.Rest = append(c.check.Rest, ds...)
}

// Each gives the diagnostics of all parts, in no order; one may come several times.
func (c *Check) Each() iter.Seq[diag.Diagnostic] {
	return func(yield func(diag.Diagnostic) bool) {
		for _, d := range c.Rest {
			if !yield(d) {
				return
			}
		}
		for _, part := range c.Files {
			for _, d := range part.Diagnostics {
				if !yield(d) {
					return
				}
			}
		}
	}
}

// All are the diagnostics of all parts, sorted.
func (c *Check) All() []diag.Diagnostic { return diag.Sort(slices.Collect(c.Each())) }
