package diag

// Problem is a mistake whose place is still a path into a plan: rules and renderers see typed values, and the
// compiler, which keeps the positions, turns their problems into diagnostics.
type Problem struct {
	Code     Code
	Severity Severity
	// Path is the field in the plan, as in spec.volumes[1].mount_path or spec.resources["nvidia.com/gpu"].limits. Where
	// the plan has no such field, the nearest parent that stands in a file is meant.
	Path string
	// AtKey points at the field's key instead of its value, which is right where the field itself is the mistake.
	AtKey   bool
	Message string
	Hint    string
	// Replace, when it is not empty, is the text that would be right; Certain says that nothing else can be meant.
	Replace string
	Certain bool
	// Related are paths whose places explain the problem, each with its own message.
	Related []RelatedPath
}

// RelatedPath is a second place of a [Problem].
// The path is in the plan, or in the profile below `machine.`, or below [TargetPath].
type RelatedPath struct {
	Path    string
	Message string
}

// TargetPath is the path of a field of the plan's target, such as `gitops`, which the project or the profile decides.
func TargetPath(field string) string { return "target." + field }

// Setting is the place where the project or the profile says a field of the target; there is none where that is the
// tool's default.
func Setting(field string) RelatedPath {
	return RelatedPath{Path: TargetPath(field), Message: field + " is set here"}
}
