package review

import _ "embed"

// FormatVersion is the version of a report as JSON. What is added raises its second number; nothing else changes without
// raising the first.
const FormatVersion = "1.0"

// JSONSchema describes a report as JSON.
//
//go:embed diff.schema.json
var JSONSchema []byte
