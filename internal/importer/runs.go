package importer

import (
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// Runs turns a file into bare runs, as YAML: Python source with calls of a function's `run(…)`, or Kubernetes Jobs,
// CronJobs and Deployments with their Services. What a run has no field for becomes a patch of the object; what is left
// out is a warning. There is no text when anything is an error.
func Runs(file *diag.File) ([]byte, []diag.Diagnostic) {
	var runs []object
	var diags []diag.Diagnostic
	if strings.HasSuffix(file.Name, ".py") {
		runs, diags = fromPython(file)
	} else {
		var docs []source.Document
		if docs, diags = source.Load(file, source.Options{}); !diag.HasErrors(diags) {
			var more []diag.Diagnostic
			runs, more = fromObjects(flatten(docs))
			diags = append(diags, more...)
		}
	}
	if diag.HasErrors(diags) {
		return nil, diags
	}
	return write(runs), diags
}
