package layouts

import (
	"berth/internal/yamlprint"
	"berth/renderers"
)

// Separator stands between the objects of a stream.
const Separator = "---\n"

// Stream prints objects as one YAML stream, with `---` between them. Printing fails only for values that have no YAML
// form, such as text that is not UTF-8.
func Stream(objects []renderers.Object) ([]byte, error) {
	var out []byte
	for i, o := range objects {
		if i > 0 {
			out = append(out, Separator...)
		}
		if o.Text != nil {
			out = append(out, o.Text...)
			continue
		}
		var err error
		if out, err = yamlprint.Append(out, o.Value); err != nil {
			return nil, err
		}
	}
	return out, nil
}
