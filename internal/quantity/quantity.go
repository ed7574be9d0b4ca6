// Package quantity reads, compares and counts with amounts as Kubernetes does, on its own type. It is the one reader of
// amounts: an amount that two parts of Berth took for different numbers would be judged as one and written as the other.
package quantity

import (
	"math"
	"math/big"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Quantity is an amount as Kubernetes holds it: exact down to a thousand-millionth, and at most 2^63-1 in binary units.
type Quantity = resource.Quantity

// longest is how many characters an amount may have, and longestExponent how many digits its exponent may: Kubernetes' own
// reader takes more, and minutes for it.
const (
	longest         = 64
	longestExponent = 3
)

// Parse reads an amount in Kubernetes' notation: 500m, 2, 1.5Gi, 1e3. It refuses what is none, and what is too long to read.
func Parse(text string) (Quantity, bool) {
	if len(text) > longest {
		return Quantity{}, false
	}
	if e := strings.IndexAny(text, "eE"); e >= 0 && len(strings.TrimLeft(text[e+1:], "+-")) > longestExponent {
		return Quantity{}, false
	}
	q, err := resource.ParseQuantity(text)
	return q, err == nil
}

// Of is the amount of so many.
func Of(n int64) Quantity { return *resource.NewQuantity(n, resource.DecimalSI) }

// IsWhole reports whether the amount has no fraction.
func IsWhole(q Quantity) bool {
	_, exact := q.AsScale(0)
	return exact
}

// IsMilli reports whether the amount is a whole number of thousandths.
func IsMilli(q Quantity) bool {
	_, exact := q.AsScale(resource.Milli)
	return exact
}

// IsCounted reports whether Kubernetes can count the amount. One in binary units that it cannot count is cut to the largest
// that it can, without a word.
func IsCounted(q Quantity) bool {
	order := q.CmpInt64(math.MaxInt64)
	return order < 0 || order == 0 && q.Format != resource.BinarySI
}

// Times is so many times an amount.
func Times(q Quantity, n int64) Quantity {
	product := q.DeepCopy()
	product.Mul(n)
	return product
}

// Ratio is how often part, which is not zero, goes into whole.
func Ratio(whole, part Quantity) *big.Rat { return new(big.Rat).Quo(rat(whole), rat(part)) }

// rat is the exact fraction of an amount: inf.Dec counts in powers of ten, of either sign.
func rat(q Quantity) *big.Rat {
	d := q.AsDec()
	ten := big.NewInt(10)
	if scale := int64(d.Scale()); scale >= 0 {
		return new(big.Rat).SetFrac(d.UnscaledBig(), ten.Exp(ten, big.NewInt(scale), nil))
	}
	return new(big.Rat).SetInt(ten.Mul(ten.Exp(ten, big.NewInt(-int64(d.Scale())), nil), d.UnscaledBig()))
}

// Digits is the amount without a unit: 0.5 for 500m, 4294967296 for 4Gi.
func Digits(q Quantity) string {
	digits := q.AsDec().String()
	if strings.Contains(digits, ".") {
		digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
	}
	return digits
}

// Bytes is a number of bytes in the largest binary unit that says it exactly.
func Bytes(n int64) string { return resource.NewQuantity(n, resource.BinarySI).String() }
