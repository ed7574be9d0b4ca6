package importer

import (
	"strconv"
	"strings"

	"berth/internal/source"
)

// yaml11 are the words that kubectl takes for a boolean when they are not quoted: it reads YAML 1.1.
var yaml11 = map[string]bool{
	"y": true, "Y": true, "yes": true, "Yes": true, "YES": true, "on": true, "On": true, "ON": true,
	"n": false, "N": false, "no": false, "No": false, "NO": false, "off": false, "Off": false, "OFF": false,
}

// scalarValue is a scalar as the API server gets it from kubectl: `yes` is a boolean, and 0400 is 256.
func scalarValue(n *source.Node) any {
	switch n.Kind {
	case source.Bool:
		return strings.EqualFold(n.Text, "true")
	case source.Int:
		if i, err := strconv.ParseInt(strings.ReplaceAll(n.Text, "_", ""), 0, 64); err == nil {
			return int(i)
		}
	case source.Float:
		if f, err := strconv.ParseFloat(n.Text, 64); err == nil {
			return f
		}
	case source.String:
		if b, ok := yaml11[n.Text]; ok && !n.Quoted {
			return b
		}
	}
	return n.Text
}
