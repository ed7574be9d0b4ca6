package importer

import (
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// environment takes the container's variables. A variable of a form that no run knows remains where it is.
func (c *container) environment() {
	configMaps, secrets, envs := sequence(), sequence(), sequence()
	c.from.keep("envFrom", func(d dict) bool {
		to, ref := configMaps, d.sub("configMapRef")
		if ref == nil {
			to, ref = secrets, d.sub("secretRef")
		}
		// True keeps the item in the rest, which becomes a patch.
		if ref["name"] == nil || ref == nil {
			return true
		}
		to.Content = append(to.Content, wholeOf(ref, d))
		return false
	})
	list := c.from.list("env")
	// Kubernetes takes the last of several variables of one name.
	last := map[string]int{}
	for i, v := range list {
		if d, ok := v.(dict); ok {
			last[fmt.Sprint(d["name"])] = i
		}
	}
	i := -1
	c.from.keep("env", func(d dict) bool {
		i++
		name := fmt.Sprint(d["name"])
		if last[name] != i {
			return false // the later one wins; the comparison says that this one is gone
		}
		env, secret := variableOf(d)
		switch {
		case env != nil:
			envs.Content = append(envs.Content, env)
		case secret != nil:
			secrets.Content = append(secrets.Content, secret)
		default:
			return true
		}
		return false
	})
	c.to.put("config_maps", configMaps).put("secrets", secrets).put("envs", envs)
}

// wholeOf is a ConfigMap or Secret of which every key becomes a variable.
func wholeOf(ref, from dict) *yaml.Node {
	if len(ref) == 1 && from["prefix"] == nil {
		return plain(fmt.Sprint(ref["name"]))
	}
	o := newObject().text("name", fmt.Sprint(ref["name"]))
	move(o, from, [2]string{"prefix", "prefix"})
	move(o, ref, [2]string{"optional", "optional"})
	return line(o.Node)
}

// shellName is the name of a variable that a run may give to a key of a Secret.
var shellName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variableOf is a variable as one of a run's envs or secrets; both are nil when it is neither.
func variableOf(v dict) (env, secret *yaml.Node) {
	name := fmt.Sprint(v["name"])
	from := v.sub("valueFrom")
	o := newObject().text("name", name)
	// A variable without a value is empty, not missing.
	if from == nil {
		value := ""
		if v["value"] != nil {
			value = fmt.Sprint(v["value"])
		}
		return line(o.put("value", plain(value)).Node), nil
	}
	if ref := from.sub("fieldRef"); ref != nil {
		return line(o.text("field", fmt.Sprint(ref["fieldPath"])).Node), nil
	}
	if ref := from.sub("resourceFieldRef"); ref != nil {
		return line(amountOf(o, ref).Node), nil
	}
	if ref := from.sub("configMapKeyRef"); ref != nil {
		o.text("config_map", fmt.Sprint(ref["name"])).text("key", fmt.Sprint(ref["key"]))
		move(o, ref, [2]string{"optional", "optional"})
		return line(o.Node), nil
	}
	ref := from.sub("secretKeyRef")
	key := fmt.Sprint(ref["key"])
	// What is left is no source that a run has a word for, or a name that its secrets cannot take.
	if ref == nil || !shellName.MatchString(name) {
		return nil, nil
	}
	o = newObject().text("name", fmt.Sprint(ref["name"])).text("key", key)
	if name != key {
		o.text("env", name)
	}
	move(o, ref, [2]string{"optional", "optional"})
	return nil, line(o.Node)
}

// amountOf is an amount of a container as a field of the downward API.
func amountOf(o object, ref dict) object {
	o.text("field", fmt.Sprint(ref["resource"]))
	if divisor := ref["divisor"]; divisor != nil && fmt.Sprint(divisor) != "0" {
		o.text("divisor", fmt.Sprint(divisor))
	}
	if container, ok := ref["containerName"].(string); ok {
		o.text("container", container)
	}
	return o
}
