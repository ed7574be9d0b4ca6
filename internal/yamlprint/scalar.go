package yamlprint

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// errNumber is for NaN and the infinities, which JSON cannot say.
var errNumber = errors.New("the number has no finite decimal form")

// scalar writes a value of one line and ends it. A type that has no form in YAML is an error that names it.
func (p *printer) scalar(v reflect.Value, pl *plan, at place) {
	p.gap(at)
	switch pl.form {
	case asBool:
		p.dst = strconv.AppendBool(p.dst, v.Bool())
	case asInt:
		p.dst = strconv.AppendInt(p.dst, v.Int(), 10)
	case asUint:
		p.dst = strconv.AppendUint(p.dst, v.Uint(), 10)
	case asFloat:
		p.float(v.Float(), v.Type().Bits())
	case asNumber:
		p.number(v.String())
	case asBytes:
		p.dst = appendScalar(p.dst, base64.StdEncoding.EncodeToString(v.Bytes()))
	case asQuantity:
		p.quantity(v)
	default:
		p.fail(fmt.Errorf("%s", pl.refusal))
	}
	p.endLine()
}

// quantity writes the canonical text. It works on a copy, since a Quantity keeps the text it once gave, and that of a
// shared object must not be written to.
func (p *printer) quantity(v reflect.Value) {
	q := *addressable(v).Interface().(*resource.Quantity)
	p.dst = appendScalar(p.dst, q.String())
}

// word writes a scalar that needs no quotes.
func (p *printer) word(text string, at place) {
	p.gap(at)
	p.dst = append(p.dst, text...)
	p.endLine()
}

// gap parts a scalar from the key or dash before it.
func (p *printer) gap(at place) {
	if at != atStart {
		p.dst = append(p.dst, ' ')
	}
}

// float writes f as encoding/json does, but for the exponent, see [printer.number].
func (p *printer) float(f float64, bits int) {
	text, err := json.Marshal(f)
	if bits == 32 {
		text, err = json.Marshal(float32(f))
	}
	if err != nil {
		p.fail(errNumber)
		return
	}
	p.number(string(text))
}

// number writes a JSON number. YAML 1.1 takes an exponent only after a decimal point and with a sign: `1e3` is text to
// it, so that is written as `1.0e+3`.
func (p *printer) number(text string) {
	if _, err := strconv.ParseFloat(text, 64); err != nil || !json.Valid([]byte(text)) {
		p.fail(errNumber)
		return
	}
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(text), "e")
	p.dst = append(p.dst, mantissa...)
	if !hasExponent {
		return
	}
	if !strings.Contains(mantissa, ".") {
		p.dst = append(p.dst, ".0"...)
	}
	p.dst = append(p.dst, 'e')
	if exponent[0] != '+' && exponent[0] != '-' {
		p.dst = append(p.dst, '+')
	}
	p.dst = append(p.dst, exponent...)
}
