// Package tools holds programs that look at Berth from outside: which licences its parts have, what it is made of, and
// which of its parts have known weaknesses. docs/security.md tells how to call them.
package tools

//go:generate sh -c "go run ./licences > ../docs/licences.md"
