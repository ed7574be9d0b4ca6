package specs

import (
	"math"
	"slices"
	"strings"

	"berth/schema"
)

// rest writes the fields of a struct of the schema that no table knows, each as often as odds says: a new field is drawn as
// soon as the schema has it.
func (g *Gen) rest(o Object, t *schema.Type, odds int) Object {
	for i := range t.Fields {
		f := &t.Fields[i]
		_, has := o[f.Name]
		if has || byHand[t.Name+"."+f.Name] || byHand[f.Name] && spread[t.Name] || !f.Required && !g.chance(g.oddsOf(t, f, odds)) {
			continue
		}
		if v := g.field(t, f); v != nil {
			o[f.Name] = v
		}
	}
	return o
}

// oddsOf are a field's own, or those of its struct.
func (g *Gen) oddsOf(t *schema.Type, f *schema.Field, odds int) int {
	if own, ok := likelihood[t.Name+"."+f.Name]; ok {
		return own
	}
	return odds
}

// field draws the value of a field: as its place wants it, as its name does, or as its type is.
func (g *Gen) field(t *schema.Type, f *schema.Field) any {
	for _, id := range []string{t.Name + "." + f.Name, f.Name} {
		if value, ok := special[id]; ok {
			return value(g)
		}
	}
	return g.typed(f.Type)
}

// typed draws a value of a type of the schema.
func (g *Gen) typed(t *schema.Type) any {
	if value, ok := ofType[t.Name]; ok {
		return value(g)
	}
	switch {
	case len(t.Either) > 0:
		return g.typed(pick(g, t.Either...))
	case len(t.Enum) > 0 && (len(t.Or) == 0 || g.chance(70)):
		return pick(g, t.Enum...)
	}
	switch t.Kind {
	case schema.IntKind:
		return g.whole(t)
	case schema.BoolKind:
		return g.chance(50)
	case schema.ListKind:
		return g.list(1, 2, func(g *Gen) any { return g.typed(t.Elem) })
	case schema.MapKind:
		return g.mapping(func() (string, any) { return g.typed(t.Key).(string), g.typed(t.Elem) })
	case schema.StructKind:
		return g.rest(Object{}, t, 35)
	case schema.AnyKind:
		return nil // only who knows its place can say something
	}
	return pick(g, slices.DeleteFunc([]string{"a", "/a", "example.com/a", "a b", "10%", "1h"}, func(s string) bool { return !t.AcceptsText(s) })...)
}

// whole is a number within a type's bounds, mostly a small one.
func (g *Gen) whole(t *schema.Type) int {
	low, high := 0, math.MaxInt32
	if t.Min != nil {
		low = int(*t.Min)
	}
	if t.Max != nil {
		high = int(min(*t.Max, math.MaxInt32))
	}
	if g.chance(70) {
		high = min(high, low+20)
	}
	return g.between(low, high)
}

// spread are the structs whose fields the tables of runs write.
var spread = map[string]bool{
	"JobSpec": true, "DeploySpec": true, "ServeSpec": true, "RunEnvironment": true, "MachineSettings": true, "RunDefaults": true, "ProjectEnvironment": true,
}

// byHand are the fields that a table or a function of this package writes.
var byHand = func() map[string]bool {
	known := map[string]bool{"action": true, "environments": true, "namespace": true, "labels": true, "annotations": true, "patches": true, "container_name": true}
	for _, table := range [][]field{machineFields, podFields, jobFields, replicaFields, serveFields} {
		for _, f := range table {
			known[f.name] = true
		}
	}
	for id := range strings.FieldsSeq(`
		Volume.volume_type Volume.name Volume.mount_path Volume.spec Volume.read_only Volume.sub_path Volume.mounts Volume.sub_path_expr
		Env.name Env.value Env.field Env.config_map Env.key SecretRef.name SecretRef.key SecretRef.env
		ProjectEnvironment.cloud ProjectEnvironment.kubernetes ProjectEnvironment.profile_set ProjectEnvironment.queue
		ProjectEnvironment.queue_priority ProjectEnvironment.priority ProjectEnvironment.kueue`) {
		known[id] = true
	}
	return known
}()

// actionType is the schema's type of a run of the action in the making.
func (g *Gen) actionType() *schema.Type {
	for _, a := range schema.ActionSpecs {
		if a.Action == g.action {
			return a.Type
		}
	}
	return &schema.TypeJobSpec
}
