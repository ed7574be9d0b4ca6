package rules

import (
	"encoding/json"
	"fmt"
	"reflect"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	// maxObject is how many bytes etcd takes in one request unless it is told otherwise (its --max-request-bytes).
	maxObject = 1536 << 10
	// maxArgument is how many bytes Linux takes as one argument, or as one variable with its name, the zero byte behind it
	// included (MAX_ARG_STRLEN of execve).
	maxArgument = 128 << 10
)

// objectSize refuses an object that the cluster cannot store. The API server stores its own kinds as protocol buffers, and
// what it adds itself comes on top, so that this is the least that the object takes.
func (j *judge) objectSize(o metav1.Object, root *place) {
	if atMost(reflect.ValueOf(o)) <= maxObject {
		return // as good as all: only what may be near the limit is copied to be measured
	}
	size := 0
	if sized, ok := o.(interface{ Size() int }); ok {
		// Of a copy: a quantity that is measured keeps its text, and one that is left out would be written as 0.
		if object, isObject := o.(runtime.Object); isObject {
			sized = object.DeepCopyObject().(interface{ Size() int })
		}
		size = sized.Size()
	} else if text, err := json.Marshal(o); err == nil {
		size = len(text)
	}
	if size > maxObject {
		j.refuse(diag.FileTooLarge, root.in("spec"), fmt.Sprintf("the object has %d bytes, and a cluster stores at most %d", size, maxObject),
			"put what is long into the image or a volume, or divide the run")
	}
}

// perValue is more than a value takes beside its text: in protocol buffers its tag, its length or a number, in JSON the
// name of its field, quotes and braces.
const perValue = 64

// atMost is more bytes than a value takes when it is stored: what every value may take, and six times the texts, since
// JSON writes a character that is not printed as six.
func atMost(v reflect.Value) int {
	n := perValue
	switch v.Kind() {
	case reflect.String:
		n += 6 * v.Len()
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			n += atMost(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return n + 6*v.Len()
		}
		for i := range v.Len() {
			n += atMost(v.Index(i))
		}
	case reflect.Map:
		return n + entriesAtMost(v)
	case reflect.Struct:
		if t := v.Type(); t == quantity || t == moment {
			return n // which take no more than a few digits, whatever they are made of
		}
		for i := range v.NumField() {
			n += atMost(v.Field(i))
		}
	}
	return n
}

// entriesAtMost is atMost of all entries of a map; those of most maps take no memory to look at.
func entriesAtMost(v reflect.Value) (n int) {
	switch m := v.Interface().(type) {
	case map[string]string:
		for key, text := range m {
			n += 2*perValue + 6*(len(key)+len(text))
		}
	case corev1.ResourceList:
		for name := range m {
			n += 2*perValue + 6*len(name)
		}
	default:
		for each := v.MapRange(); each.Next(); {
			n += atMost(each.Key()) + atMost(each.Value())
		}
	}
	return n
}

// The types whose own fields say nothing of how much they take.
var (
	quantity = reflect.TypeFor[resource.Quantity]()
	moment   = reflect.TypeFor[metav1.Time]()
)

// argumentSizes refuses arguments and variables with which Linux starts no program, although the API server takes them.
func (j *judge) argumentSizes(p *pod, c *container) {
	if p.OS != nil && p.OS.Name == corev1.Windows {
		return
	}
	for i, argument := range c.Command {
		j.argument(len(argument), "an argument", c.at.in("command").item(i))
	}
	for i, argument := range c.Args {
		j.argument(len(argument), "an argument", c.at.in("args").item(i))
	}
	for i, env := range c.Env {
		j.argument(len(env.Name)+len("=")+len(env.Value), "an environment variable with its name", c.at.in("env").item(i).in("value"))
	}
}

// argument refuses a text that Linux would not start a program with. size is in bytes, without the zero byte behind the
// text, which Linux counts too; what says which kind of text it is.
func (j *judge) argument(size int, what string, at *place) {
	if size >= maxArgument {
		j.refuse(diag.OutOfRange, at, fmt.Sprintf("this has %d bytes, and Linux takes less than %d as %s", size, maxArgument, what),
			"write it into a file: files mounts one from the repository")
	}
}
