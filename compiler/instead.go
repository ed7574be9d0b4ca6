package compiler

import (
	"fmt"
	"regexp"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// What to write in place of a value of the wrong kind. Where the value says enough, the hint repeats it in the shape that
// the field takes: people bring the shapes of Compose, of `docker run` and of Kubernetes with them.

// instead words the way out for a value of another kind than its type.
func instead(n *source.Node, t *schema.Type, path string) string {
	switch {
	case n.Kind == source.Constraint:
		return "write a value; rules belong into a profile or a policy"
	case t.Kind == schema.TextKind:
		return insteadOfText(n, t, path)
	case t.Kind == schema.IntKind && t.Min != nil:
		return "write a number, " + interval(t, 0)
	case t.Kind == schema.BoolKind:
		return "write true or false"
	case t.Kind == schema.MapKind:
		return insteadOfMap(n, t)
	case t == &schema.TypeAmounts:
		return "write one amount, or {requests: …, limits: …}"
	case t == &schema.TypeCapabilities && n.Kind == source.List:
		return "write {add: [" + strings.Join(texts(n), ", ") + "]}"
	case t.Kind == schema.StructKind:
		if item := itemOf(n, t); item != "" {
			return "write " + item
		}
		return structHint(t)
	}
	return ""
}

// insteadOfText: a list or map around one text is probably that text.
func insteadOfText(n *source.Node, t *schema.Type, path string) string {
	text, only := onlyText(n)
	if best, ok := nearestChoice(text, t.Enum); only && ok {
		return "write " + best
	}
	switch {
	case len(t.Enum) > 0:
		return "write " + diag.OneOf(t.Enum)
	case only && t.AcceptsText(text):
		return "write " + flowText(text)
	case t.Name == "LabelValue" && n.Kind == source.Map && strings.HasSuffix(path, "selector.matchLabels") && len(n.Fields) > 0 && n.Fields[0].Node.Scalar():
		return "write the labels themselves: {" + n.Fields[0].Key + ": " + flowText(n.Fields[0].Node.Text) + "}"
	case t.Name == "LabelValue" && n.Kind == source.List:
		return "a label has one value; for one of several write an affinity with operator In"
	case strings.HasPrefix(path, "probes.") || strings.Contains(path, ".probes."):
		return "write http: /path and port beside it"
	}
	return "write one text"
}

// onlyText is the one text in a value, a list of one item or a map of one field; ok is false where it is empty or no
// scalar.
func onlyText(n *source.Node) (string, bool) {
	switch {
	case n.Kind == source.List && len(n.Items) == 1:
		n = n.Items[0]
	case n.Kind == source.Map && len(n.Fields) == 1:
		n = n.Fields[0].Node
	}
	return n.Text, n.Scalar() && n.Text != ""
}

// insteadOfMap joins `key=value` texts and lists of small maps to one map.
func insteadOfMap(n *source.Node, t *schema.Type) string {
	items := n.Items
	if n.Scalar() {
		items = []*source.Node{n}
	}
	var pairs []string
	for _, item := range items {
		key, value, ok := pairOf(item)
		if !ok && t.Elem.Kind == schema.StructKind && item.Scalar() {
			key, value, ok = item.Text, "{…}", true
		}
		if !ok {
			pairs = nil
			break
		}
		pairs = append(pairs, key+": "+value)
	}
	// A hint with more than three is no longer read.
	if len(pairs) == 0 || len(pairs) > 3 {
		return "write a map: {<name>: <value>}"
	}
	return "write a map: {" + strings.Join(pairs, ", ") + "}"
}

// pairOf reads `key=value`, `key: value` and a map of one field.
func pairOf(n *source.Node) (key, value string, ok bool) {
	if n.Kind == source.Map && len(n.Fields) == 1 && n.Fields[0].Node.Scalar() {
		return n.Fields[0].Key, flowText(n.Fields[0].Node.Text), true
	}
	if key, value, ok = strings.Cut(n.Text, "="); n.Kind == source.String && ok {
		return key, flowText(value), key != ""
	}
	return "", "", false
}

// itemOf is a list's item written as people write it elsewhere, in our shape; empty where that is not clear.
func itemOf(n *source.Node, t *schema.Type) string {
	if !n.Scalar() {
		return ""
	}
	switch t.Name {
	case "Env":
		if name, value, ok := pairOf(n); ok {
			return "{name: " + name + ", value: " + value + "}"
		}
	case "NodeSelectorPair":
		if key, value, ok := pairOf(n); ok {
			return "{key: " + key + ", value: " + value + "}"
		}
	case "ServicePort":
		// Compose and docker write the published port first: 80:8080.
		outside, inside, two := strings.Cut(n.Text, ":")
		switch port := &schema.TypePort; {
		case two && isPort(outside, port) && isPort(inside, port):
			return "{port: " + outside + ", target_port: " + inside + "}"
		case isPort(n.Text, port):
			return "{port: " + n.Text + "}"
		}
	case "Toleration":
		return tolerationOf(n.Text)
	case "Volume":
		return volumeOf(n.Text)
	}
	return partOf(n, t)
}

// partOf is itemOf of what a container is made of.
func partOf(n *source.Node, t *schema.Type) string {
	before, after, two := strings.Cut(n.Text, ":")
	switch port := &schema.TypePort; t.Name {
	case "ContainerPort":
		switch {
		case two && isPort(before, port) && isPort(after, port):
			return "{port: " + after + "}; a Service in front of it is service_ports: [{port: " + before + ", target_port: " + after + "}]"
		case isPort(n.Text, port):
			return "{port: " + n.Text + "}"
		}
	case "ContainerMount":
		if two && schema.TypeDNSLabel.AcceptsText(before) && strings.HasPrefix(after, "/") {
			return "{volume: " + before + ", mount_path: " + flowText(after) + "}"
		}
	case "Mount":
		if strings.HasPrefix(n.Text, "/") && !two {
			return "{mount_path: " + flowText(n.Text) + "}"
		}
	case "GRPC":
		if isPort(n.Text, port) {
			return "{port: " + n.Text + "}"
		}
	case "Hook":
		return "{exec: " + asList(n.Text) + "}"
	}
	return ""
}

// isPort reports whether a text is a number within the limits of a type.
func isPort(text string, t *schema.Type) bool {
	n, ok := parseInteger(text)
	return ok && n >= *t.Min && n <= *t.Max
}

// tolerationOf reads a taint as `kubectl taint` has it: key, key:Effect or key=value:Effect.
func tolerationOf(taint string) string {
	rest, effect, _ := strings.Cut(taint, ":")
	key, value, equal := strings.Cut(rest, "=")
	if !schema.TypeLabelKey.AcceptsText(key) || !schema.TypeLabelValue.AcceptsText(value) || strings.Contains(effect, ":") {
		return ""
	}
	toleration := "{key: " + key + ", operator: Exists"
	if equal {
		toleration = "{key: " + key + ", operator: Equal, value: " + flowText(value)
	}
	if effect != "" {
		toleration += ", effect: " + effect
	}
	return toleration + "}"
}

// volumeOf reads a mount as Compose has it: name:/path or name:/path:ro. A folder of the machine it runs on is no volume
// of a run, so that what is offered for it is a claim.
func volumeOf(mount string) string {
	parts := strings.Split(mount, ":")
	if len(parts) < 2 || !strings.HasPrefix(parts[1], "/") {
		return ""
	}
	name, spec := parts[0], "{claim_name: "+parts[0]+"}"
	if !schema.TypeDNSLabel.AcceptsText(name) {
		name, spec = "<name>", "{size: 10Gi}"
	}
	volume := "{volume_type: persistent_volume_claim, name: " + name + ", mount_path: " + parts[1] + ", spec: " + spec
	if len(parts) > 2 && parts[2] == "ro" {
		volume += ", read_only: true"
	}
	return volume + "}"
}

// listInstead words the way out for a value that has to be a list.
func listInstead(n *source.Node, elem *schema.Type) string {
	if item := itemOf(n, elem); item != "" {
		return "write [" + item + "]"
	}
	if n.Kind != source.Map {
		return "write a list of maps"
	}
	var items []string
	for i := range n.Fields {
		f := &n.Fields[i]
		value := "…"
		if f.Node.Scalar() {
			value = flowText(f.Node.Text)
		}
		switch {
		// `-name: x` without a space is a key to YAML.
		case strings.HasPrefix(f.Key, "-"):
			return "write a space after the dash: - " + strings.TrimPrefix(f.Key, "-") + ": " + value
		case elem.Name == "Env" && n.Field("name") == nil:
			items = append(items, "{name: "+f.Key+", value: "+value+"}")
		case elem.Name == "SecretRef" && schema.TypeShellName.AcceptsText(f.Key) && n.Field("name") == nil:
			items = append(items, "{name: "+secretFor(f)+", key: "+f.Key+"}")
		case elem.Name == "Volume" && f.Node.Scalar() && volumeOf(f.Key+":"+f.Node.Text) != "":
			items = append(items, volumeOf(f.Key+":"+f.Node.Text))
		// A map where arguments are wanted: each field is a flag and its value.
		case elem.Kind == schema.TextKind:
			items = append(items, `"--`+f.Key+`"`, value)
		}
	}
	if len(items) == 0 || len(items) > 6 {
		return "write a list: put the map into [ ], or '- ' before its first field"
	}
	return "write a list: [" + strings.Join(items, ", ") + "]"
}

// secretFor is the Secret that is meant by a variable's name and what stands behind it: that name, or one like the variable.
func secretFor(f *source.Field) string {
	if f.Node.Scalar() && schema.TypeDNSSubdomain.AcceptsText(f.Node.Text) && diag.SecretKind(f.Node.Text) == "" && !looksSecret(f.Node.Text) {
		return f.Node.Text
	}
	return strings.ToLower(strings.ReplaceAll(strings.Trim(f.Key, "_"), "_", "-"))
}

// valueSource turns Kubernetes' valueFrom into our words, empty where it is none.
func valueSource(f *source.Field, env *source.Node) string {
	field := f.Node.Get("fieldRef").Get("fieldPath")
	secret, config := f.Node.Get("secretKeyRef"), f.Node.Get("configMapKeyRef")
	name := env.Get("name")
	word := func(n *source.Node, key string) string {
		if v := n.Get(key); v.Scalar() {
			return flowText(v.Text)
		}
		return "…"
	}
	switch {
	case secret != nil && name.Scalar():
		return fmt.Sprintf("write it under secrets: {name: %s, key: %s, env: %s}", word(secret, "name"), word(secret, "key"), flowText(name.Text))
	case config != nil:
		return fmt.Sprintf("write config_map: %s and key: %s beside name", word(config, "name"), word(config, "key"))
	case field.Scalar():
		return "write field: " + flowText(field.Text)
	}
	return ""
}

// plainText matches what a flow map takes without quotes, and no reader for anything but text or a number.
var plainText = regexp.MustCompile(`^([A-Za-z_/][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*|[0-9]+(\.[0-9]+)?)$`)

// flowText is a text as it may stand in a hint: quoted where YAML needs it, and never a secret.
func flowText(text string) string {
	switch {
	case diag.SecretKind(text) != "" || len(text) > longestQuantity:
		return "…"
	case plainText.MatchString(text):
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
}
