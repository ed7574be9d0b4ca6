package diag

import (
	"slices"
	"strings"
	"testing"
)

var runFields = strings.Fields(`action image command args working_dir image_pull_policy image_pull_secrets service_account
	node_selector volumes resources secrets envs tolerations affinity runtime_class priority_class profile schedule time_zone
	concurrency_policy starting_deadline_seconds successful_history failed_history suspend backoff_limit
	active_deadline_seconds ttl_seconds_after_finished parallelism completions replicas fs_group run_as_user run_as_group
	security shm strategy service_ports service_type service_name probes run_policy rerun environments patches`)

func TestNearest(t *testing.T) {
	machines := []string{"a100-40gb", "a100-80gb", "h100-80gb", "l4", "cpu-small"}
	for _, c := range []struct {
		word  string
		known []string
		want  string // empty: nothing
	}{
		// The same name in another spelling.
		{"nodeSelector", runFields, "node_selector"},
		{"backoffLimit", runFields, "backoff_limit"},
		{"ttlSecondsAfterFinished", runFields, "ttl_seconds_after_finished"},
		{"timezone", runFields, "time_zone"},
		{"FS-Group", runFields, "fs_group"},
		{"clusterip", []string{"ClusterIP", "NodePort", "LoadBalancer"}, "ClusterIP"},
		// Slips of the finger.
		{"imgae", runFields, "image"},
		{"relpicas", runFields, "replicas"},
		{"schedul", runFields, "schedule"},
		{"env", runFields, "envs"},
		{"service_port", runFields, "service_ports"},
		{"tolerrations", runFields, "tolerations"},
		{"gup", []string{"cpu", "mem", "gpu", "disk"}, "gpu"},
		{"cpus", []string{"cpu", "mem", "gpu", "disk"}, "cpu"},
		{"prd", []string{"dev", "prod"}, "prod"},
		{"a100-40g", machines, "a100-40gb"},
		{"A100_80GB", machines, "a100-80gb"},
		// The same words in another order.
		{"nameClaim", []string{"claim_name", "size"}, "claim_name"},
		{"type_service", runFields, "service_type"},
		// The beginning of exactly one.
		{"memory", []string{"cpu", "mem", "gpu", "disk"}, "mem"},
		{"concurrency", runFields, "concurrency_policy"},
		{"a100", machines, ""},
		{"service", runFields, ""},
		// Nothing like it.
		{"x", runFields, ""},
		{"", runFields, ""},
		{"___", []string{"_", "-"}, ""},
		{"qa", []string{"dev", "prod"}, ""},
		{"host_network", runFields, ""},
		{"restart", runFields, ""},
		{"gpu", nil, ""},
		{strings.Repeat("image", 50), runFields, ""},
	} {
		if got, ok := Nearest(c.word, c.known); got != c.want || ok != (c.want != "") {
			t.Errorf("Nearest(%q) = %q, %t, want %q", c.word, got, ok, c.want)
		}
	}
}

func TestNearby(t *testing.T) {
	machines := []string{"h100-80gb", "a100-80gb", "a100-40gb", "l4", "a100-40gb"}
	for _, c := range []struct {
		word string
		n    int
		want []string
	}{
		{"a100", 3, []string{"a100-40gb", "a100-80gb"}},
		{"a100-40g", 3, []string{"a100-40gb", "a100-80gb"}},
		{"a100-40g", 1, []string{"a100-40gb"}},
		{"tpu", 3, nil},
	} {
		if got := Nearby(c.word, machines, c.n); !slices.Equal(got, c.want) {
			t.Errorf("Nearby(%q, %d) = %q, want %q", c.word, c.n, got, c.want)
		}
	}
}

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"nodeSelector", "node_selector", true}, {"NODE-SELECTOR", "nodeSelector", true}, {"env", "envs", false}, {"_", "-", false}} {
		if got := SameName(c.a, c.b); got != c.want {
			t.Errorf("SameName(%q, %q) = %t", c.a, c.b, got)
		}
	}
}
