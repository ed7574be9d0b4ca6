package compiler

import (
	"math/big"
	"testing"
)

// amounts grow from line to line; those of one line are equal. Some are read as thousandths and some as fractions.
var amounts = [][]string{
	{"0", "0m", "0Ei", "0.0", "000"},
	{"0.5m", "0.0005"},
	{"1m", "0.001", "1e-3"},
	{"500m", "0.5", ".5"},
	{"1", "1000m", "1.", "01", "1e0"},
	{"1023"},
	{"1Ki", "1024"},
	{"1.5Ki", "1536"},
	{"1Mi", "1024Ki", "1048576"},
	{"4G", "4000M", "4e9", "4E9"},
	{"4Gi", "4096Mi", "4294967296"},
	{"8P", "8E15"},
	{"9P", "9000T"},
	{"8Pi"},
	{"9223372036854775807m"},
	{"9223372036854775808m"},
	{"1E", "1000P"},
	{"1Ei", "1024Pi"},
	{"9223372036854775807"},
	{"9223372036854775808", "8Ei"},
}

func TestQuantitiesAreExactAndOrdered(t *testing.T) {
	for i, line := range amounts {
		for j, other := range amounts {
			for _, a := range line {
				for _, b := range other {
					qa, okA := parseQuantity(a)
					qb, okB := parseQuantity(b)
					want := min(max(i-j, -1), 1)
					if got := qa.cmp(qb); !okA || !okB || got != want {
						t.Errorf("%s against %s: %d, want %d", a, b, got, want)
					}
					if got := qa.rat().Cmp(qb.rat()); got != want {
						t.Errorf("%s against %s as fractions: %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}

func TestQuantityOfALongFraction(t *testing.T) {
	q, ok := parseQuantity("0.3333333333Gi")
	want := new(big.Rat).Mul(big.NewRat(3333333333, 10_000_000_000), big.NewRat(1<<30, 1))
	if !ok || q.isWhole() || q.rat().Cmp(want) != 0 {
		t.Errorf("0.3333333333Gi is %s", q.rat())
	}
}
