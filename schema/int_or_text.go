package schema

import (
	"encoding/json"
	"strconv"
)

// IntOrText is a scalar that is an integer or a string: a port by number or by name, a count or a percentage. It holds the
// text of either, as Kubernetes' IntOrString is written: 8080, http, 25%.
type IntOrText string

// MarshalJSON writes a number where the text is a plain one, and a string otherwise: policies see what the run means.
func (v IntOrText) MarshalJSON() ([]byte, error) {
	if n, ok := wholeNumber(string(v)); ok {
		return json.Marshal(n)
	}
	return json.Marshal(string(v))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *IntOrText) UnmarshalJSON(text []byte) error {
	if n, ok := wholeNumber(string(text)); ok {
		*v = IntOrText(strconv.FormatInt(n, 10))
		return nil
	}
	return json.Unmarshal(text, (*string)(v))
}

// wholeNumber reads a plain decimal number, without leading zeros, signs of plus or fractions.
func wholeNumber(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == s
}

// Number is the number that the text is, if it is one.
func (v IntOrText) Number() (int64, bool) { return wholeNumber(string(v)) }
