package compiler

import "testing"

func TestConstraintWords(t *testing.T) {
	for expr, want := range map[string]string{
		`>=1 & <=8`:               "a value from 1 to 8",
		`1 | 2 | 4 | 8`:           "1, 2, 4 or 8",
		`*"ml" | "ml-dev"`:        "ml or ml-dev",
		`=~"^ghcr.io/acme/"`:      "a text that begins with ghcr.io/acme/",
		`!~":latest$"`:            "a text that does not match :latest$",
		`=~"a & b" & !="a | b"`:   "a text that matches a & b and anything but a | b",
		`int & >0`:                "a whole number and more than 0",
		`<=32Gi`:                  "32Gi or less",
		`string`:                  "a text",
		`"ClusterIP"`:             "ClusterIP",
		`"a\"b" | "c"`:            `a"b or c`,
		`(1 | 2) & <8`:            "",
		`strings.MaxRunes(5)`:     "",
		`_|_`:                     "",
		`>=other`:                 "",
		`[...string]`:             "",
		"\"unclosed":              "",
		`"a" | {b: 1}`:            "",
		`=~"x" & error("no way")`: "",
	} {
		if got := constraintWords(expr); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}
