// Package growth has tests alone: they grow whatever a user can write more of, and hold what Berth spends on it to its size.
package growth
