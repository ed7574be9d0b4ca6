package quantity

import (
	"math"
	"testing"
)

// amounts grow from line to line; those of one line are equal.
var amounts = [][]string{
	{"0", "0m", "0Ei", "0.0", "000"},
	{"0.5m", "0.0005", "500u"},
	{"1m", "0.001", "1e-3"},
	{"500m", "0.5", ".5", "+.5"},
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
	{"9223372036854775807", "8Ei"}, // cut to the largest
	{"9223372036854775808"},
}

func TestOrder(t *testing.T) {
	for i, line := range amounts {
		for j, other := range amounts {
			for _, a := range line {
				for _, b := range other {
					x, okX := Parse(a)
					y, okY := Parse(b)
					if got, want := x.Cmp(y), min(max(i-j, -1), 1); !okX || !okY || got != want {
						t.Errorf("%s against %s: %d, want %d", a, b, got, want)
					}
					if y.Sign() != 0 {
						if got, want := Ratio(x, y).Cmp(Ratio(y, y)), min(max(i-j, -1), 1); got != want {
							t.Errorf("%s against %s as a ratio: %d, want %d", a, b, got, want)
						}
					}
				}
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", "x", "1 Gi", "1GB", "1e1000", "1e-1000", "1E99999999999", "0000000000000000000000000000000000000000000000000000000000000000001", "1,5", "0x10", "--1"} {
		if q, ok := Parse(text); ok {
			t.Errorf("%q is read as %s", text, q.String())
		}
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		text                  string
		whole, milli, counted bool
		digits                string
	}{
		{"0", true, true, true, "0"},
		{"4", true, true, true, "4"},
		{"4.0", true, true, true, "4"},
		{"500m", false, true, true, "0.5"},
		{"0.5m", false, false, true, "0.0005"},
		{"1500m", false, true, true, "1.5"},
		{"2000m", true, true, true, "2"},
		{"1.5Ki", true, true, true, "1536"},
		{"1.3333Ki", false, false, true, "1365.2992"},
		{"0.3333333333Gi", false, false, true, "357913941.29754194"},
		{"4Gi", true, true, true, "4294967296"},
		{"1e3", true, true, true, "1000"},
		{"9223372036854775807", true, true, true, "9223372036854775807"},
		{"9223372036854775808", true, true, false, "9223372036854775808"},
		{"8Ei", true, true, false, "9223372036854775807"},
		{"999Ei", true, true, false, "9223372036854775807"},
		{"1e300", true, true, false, ""},
	} {
		q, ok := Parse(c.text)
		if !ok || IsWhole(q) != c.whole || IsMilli(q) != c.milli || IsCounted(q) != c.counted {
			t.Errorf("%s: whole %v, thousandths %v, counted %v", c.text, IsWhole(q), IsMilli(q), IsCounted(q))
		}
		if got := Digits(q); c.digits != "" && got != c.digits {
			t.Errorf("%s has the digits %s, want %s", c.text, got, c.digits)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int64
		want string
	}{
		{"500m", 3, "1500m"}, {"8Gi", 4, "32Gi"}, {"1.5Gi", 3, "4608Mi"}, {"1.5Gi", 2, "3Gi"}, {"1", 0, "0"}, {"1G", 8, "8G"}, {"0.333", 3, "999m"},
	} {
		q, _ := Parse(c.text)
		product := Times(q, c.n)
		if got := product.String(); got != c.want {
			t.Errorf("%d times %s is %s, want %s", c.n, c.text, got, c.want)
		}
		if again, _ := Parse(c.text); q.Cmp(again) != 0 {
			t.Errorf("%s has become %s", c.text, q.String())
		}
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 1: "1", 1024: "1Ki", 1536: "1536", 3 << 29: "1536Mi", 1 << 40: "1Ti", math.MaxInt64: "9223372036854775807"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d bytes are %s, want %s", n, got, want)
		}
	}
}
