package adoption

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/source"
)

// Class is what became of one workload.
type Class string

// The classes, from the best to the worst.
const (
	Same    Class = "the same"
	Named   Class = "the same but for named defaults"
	Renamed Class = "the same but for named defaults and the Job's new name"
	Differs Class = "named differences"
	Refused Class = "refused"
	Invalid Class = "built, but the API server refuses it"
	Silent  Class = "different without a word"
	Unfit   Class = "no valid manifest, not counted"
)

// Classes are all of them in order.
var Classes = []Class{Same, Named, Renamed, Differs, Refused, Invalid, Silent}

// Server judges objects as the API server would.
type Server interface {
	// Takes says why the server refuses an object, nil where it takes it.
	Takes(object []byte) error
	// Silent lists where two objects differ, once the server has filled both, beyond what a report says.
	Silent(before, after []byte, said []importer.Difference) []string
}

// Unit is one workload and what became of it.
type Unit struct {
	File, Kind, Name string
	Class            Class
	Patched          bool
	// Why are the places and reasons that kept it from being the same.
	Why []string
}

// Measure imports every workload below a folder, each with what stands beside it, and says what became of it.
func Measure(root string, server Server) ([]Unit, error) {
	folders, err := read(root)
	if err != nil {
		return nil, err
	}
	var units []Unit
	for _, f := range folders {
		for _, name := range f.names {
			if slices.ContainsFunc(f.files[name], document.isWorkload) {
				units = append(units, f.measure(name, server)...)
			}
		}
	}
	return units, nil
}

func (f *folder) measure(name string, server Server) []Unit {
	valid := func(d document) bool { return !d.isWorkload() || server.Takes(d.text) == nil && !d.hasPlaceholder() }
	if !slices.ContainsFunc(f.files[name], func(d document) bool { return d.isWorkload() && valid(d) }) {
		return nil
	}
	path := f.path + "/" + name
	file, diags := source.FromBytes(path, f.stream(name, valid))
	if file == nil || diag.HasErrors(diags) {
		return []Unit{{File: path, Class: Unfit}}
	}
	result := importer.Runs([]*diag.File{file}, importer.Options{Dir: "/nowhere"})
	if len(result.Report.Objects) == 0 {
		return []Unit{{File: path, Class: Unfit, Why: texts(result.Diags)}}
	}
	var units []Unit
	for _, o := range result.Report.Objects {
		if d := (document{value: map[string]any{"apiVersion": o.APIVersion, "kind": o.Kind}}); d.isWorkload() {
			units = append(units, judge(path, o, result, server))
		}
	}
	return units
}

// judge puts one workload, with what stands in its run, into its class.
func judge(path string, workload importer.Taken, result *importer.Import, server Server) Unit {
	u := Unit{File: path, Kind: workload.Kind, Name: workload.Name, Class: Same}
	if workload.Refused != "" {
		u.Class, u.Why = Refused, []string{workload.Code + ": " + workload.Refused}
		return u
	}
	worse := func(c Class) {
		if slices.Index(Classes, c) > slices.Index(Classes, u.Class) {
			u.Class = c
		}
	}
	for _, o := range result.Report.Objects {
		if o.Run != workload.Run {
			continue
		}
		u.Patched = u.Patched || o.Patched
		for _, d := range o.Differences {
			switch {
			case d.Class == importer.Added:
				worse(Named)
			case o.Kind == "Job" && (d.Path == "metadata.name" || d.Path == "metadata.generateName"):
				worse(Renamed)
			default:
				worse(Differs)
				u.Why = append(u.Why, fmt.Sprintf("%s %s %s: %s", d.Class, o.Kind, plain(d.Path), d.Why))
			}
		}
	}
	for _, pair := range result.Pairs(workload.Run) {
		if err := server.Takes(pair.After); err != nil {
			worse(Invalid)
			u.Why = append(u.Why, err.Error())
			continue
		}
		for _, place := range server.Silent(pair.Before, pair.After, pair.Said) {
			worse(Silent)
			u.Why = append(u.Why, "silent: "+place)
		}
	}
	return u
}

// names are what differs from file to file in a path.
var names = regexp.MustCompile(`\[[^\]]*\]`)

func plain(path string) string { return names.ReplaceAllString(path, "[]") }

func texts(diags []diag.Diagnostic) []string {
	var all []string
	for _, d := range diags {
		all = append(all, d.Message)
	}
	return all
}

// Print writes the shares of the classes, and what kept the most workloads from being the same.
func Print(w io.Writer, units []Unit, most int) {
	counts, why, patched, all := map[Class]int{}, map[string]int{}, 0, 0
	for _, u := range units {
		if u.Class == Unfit {
			continue
		}
		all++
		counts[u.Class]++
		if u.Patched {
			patched++
		}
		for _, reason := range slices.Compact(slices.Sorted(slices.Values(u.Why))) {
			why[reason]++
		}
	}
	fmt.Fprintf(w, "%d workloads\n", all)
	share := func(n int) float64 { return 100 * float64(n) / float64(max(all, 1)) }
	for _, c := range Classes {
		fmt.Fprintf(w, "  %5.1f %% %4d  %s\n", share(counts[c]), counts[c], c)
	}
	fmt.Fprintf(w, "  %5.1f %% %4d  with a patch\n", share(patched), patched)
	reasons := slices.SortedFunc(maps.Keys(why), func(a, b string) int { return cmp.Or(why[b]-why[a], cmp.Compare(a, b)) })
	for _, r := range reasons[:min(most, len(reasons))] {
		fmt.Fprintf(w, "  %4d  %s\n", why[r], r)
	}
}

// String is a line about the workload, and one for each reason.
func (u Unit) String() string {
	text := fmt.Sprintf("%s: %s %s: %s", u.File, u.Kind, u.Name, u.Class)
	for _, reason := range u.Why {
		text += "\n    " + reason
	}
	return text
}
