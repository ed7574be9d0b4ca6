// Package operators is the module of tests that hold Berth to the code of the operators that it writes for. It is apart from the
// others because these are built with an older Kubernetes, and their feature gates would share one table.
package operators
