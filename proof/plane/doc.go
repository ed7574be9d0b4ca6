// Package plane holds what `berth diff` says of a change against what a control plane does: API server, controllers and
// scheduler are real, machines are not, and Flux' own library or kubectl applies what Berth wrote. The tests run with PLANE
// in the environment: see proof/README.md.
package plane
