package lsp_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// runsOfSpeed is how many runs the project of the benchmarks has.
const runsOfSpeed = 1000

// speedProject writes a project of a thousand runs, half of them YAML and half JSON, with ten profiles of which all extend
// one, and two environments; and the files given.
func speedProject(b *testing.B, more map[string]string) string {
	b.Helper()
	root := b.TempDir()
	files := map[string]string{
		"berth.yaml":       project,
		"profiles/p0.yaml": speedProfile("p0", "{default: {resources: {cpu: {requests: 2}, mem: {requests: 4Gi}}}}"),
	}
	for i := 1; i < 10; i++ {
		files[fmt.Sprintf("profiles/p%d.yaml", i)] = speedProfile(fmt.Sprint("p", i), "{extends: p0, bounds: {mem: {max: 64Gi}}}")
	}
	for i := range runsOfSpeed {
		if i%2 == 0 {
			files[fmt.Sprintf("runs/r%d.yaml", i)] = fmt.Sprintf("name: r%d\naction: job\nimage: registry.example.com/train:1\nprofile: p%d\nenvs: [{name: STEP, value: \"%d\"}]\nresources: {mem: {limits: 8Gi}}\n", i, i%10, i)
		} else {
			files[fmt.Sprintf("runs/r%d.json", i)] = fmt.Sprintf("{\"name\": \"r%d\", \"action\": \"job\", \"image\": \"registry.example.com/train:1\",\n \"profile\": \"p%d\", \"envs\": [{\"name\": \"STEP\", \"value\": \"%d\"}],\n \"resources\": {\"mem\": {\"limits\": \"8Gi\"}}}\n", i, i%10, i)
		}
	}
	write(b, root, files)
	write(b, root, more)
	return root
}

func speedProfile(name, spec string) string {
	return fmt.Sprintf("apiVersion: berth/v1\nkind: Profile\nmetadata: {name: %s}\nspec: %s\n", name, spec)
}

// BenchmarkKeystroke takes the time from an edit of a run to its diagnostics, in a project of a thousand runs: median and
// worst of all edits, each of them wrong and right in turn; and the memory that the server has at the end. With
// `-benchtime 200x` it makes 200 edits.
func BenchmarkKeystroke(b *testing.B) {
	for _, format := range []struct {
		name, file, text, from, to string
		more                       map[string]string
	}{
		{name: "yaml", file: "runs/r0.yaml", from: "8Gi", to: "8Gx"},
		{name: "json", file: "runs/r1.json", from: "8Gi", to: "8Gx"},
		{name: "cue", file: "runs/one.cue", from: "8Gi", to: "8Gx", text: "name: \"one\"\naction: \"job\"\nimage: \"registry.example.com/train:1\"\nprofile: \"p1\"\nresources: mem: limits: \"8Gi\"\n"},
		{name: "jsonnet", file: "runs/one.jsonnet", from: "8Gi", to: "8Gx", text: "{name: 'one', action: 'job', image: 'registry.example.com/train:1', profile: 'p1', resources: {mem: {limits: '8Gi'}}}\n"},
		{name: "policies", file: "runs/r0.yaml", from: "registry.example.com", to: "docker.io", more: map[string]string{
			"berth.yaml": project + "  policies: [policies]\n", "policies/images.cue": "spec: image: =~\"^registry.example.com/\"\n"}},
	} {
		b.Run(format.name, func(b *testing.B) {
			more := format.more
			if format.text != "" {
				more = map[string]string{format.file: format.text}
			}
			root := speedProject(b, more)
			right, err := os.ReadFile(filepath.Join(root, format.file))
			if err != nil {
				b.Fatal(err)
			}
			wrong := strings.Replace(string(right), format.from, format.to, 1)
			c := start(b, root, object{}, nil)
			c.open(format.file)
			if found := c.settle(format.file); len(found) != 0 {
				b.Fatalf("the project is not right: %v", found)
			}
			took := make([]time.Duration, 0, b.N)
			for i := range b.N {
				text, mistakes := wrong, 1
				if i%2 == 1 {
					text, mistakes = string(right), 0
				}
				from := time.Now()
				c.edit(format.file, text)
				found := c.settle(format.file)
				took = append(took, time.Since(from))
				if len(found) != mistakes {
					b.Fatalf("edit %d: %d diagnostics, expected %d: %v", i, len(found), mistakes, found)
				}
			}
			report(b, took)
			b.ReportMetric(c.memory(), "MiB")
		})
	}
}

// BenchmarkProfile takes the time from an edit of a profile that all runs extend to the diagnostics of the last of them;
// and, when a run is edited while that goes on, until that run's diagnostics are there.
func BenchmarkProfile(b *testing.B) {
	for _, cancelled := range []bool{false, true} {
		b.Run(fmt.Sprintf("cancelled=%t", cancelled), func(b *testing.B) {
			root := speedProject(b, nil)
			c := start(b, root, object{}, nil)
			const profile, run = "profiles/p0.yaml", "runs/r0.yaml"
			c.open(profile)
			c.open(run)
			c.settle(run)
			right, edited := c.text[profile], c.text[run]
			var took []time.Duration
			for i := range b.N {
				c.edit(profile, strings.Replace(right, "4Gi", strconv.Itoa(4+i%2)+"Gi", 1))
				from := time.Now()
				if cancelled {
					time.Sleep(50 * time.Millisecond) // so that the check is under way
					from = time.Now()
					c.edit(run, edited+fmt.Sprintf("unknown%d: true\n", i))
					c.await(run, fmt.Sprintf("unknown%d", i))
				} else {
					c.settle(profile)
				}
				took = append(took, time.Since(from))
				c.settle(profile)
			}
			report(b, took)
		})
	}
}

// report says the median and the longest of the times.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "median-ms")
	b.ReportMetric(took[len(took)-1].Seconds()*1000, "worst-ms")
	b.ReportMetric(0, "ns/op")
}

// await waits for a diagnostic that says something.
func (c *client) await(name, something string) {
	c.t.Helper()
	timer := time.AfterFunc(patience, func() { c.mu.Lock(); c.ended = true; c.mu.Unlock(); c.arrived.Broadcast() })
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !slices.ContainsFunc(c.found[c.path(name)], func(f found) bool { return strings.Contains(f.Message, something) }) {
		if c.ended {
			c.t.Fatalf("nobody said %s", something)
		}
		c.arrived.Wait()
	}
}

// memory is the server's resident memory in MiB, 0 where the system does not tell.
func (c *client) memory() float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.process.Process.Pid))
	_, after, _ := bytes.Cut(status, []byte("VmRSS:"))
	var kib float64
	fmt.Sscan(string(after), &kib)
	return kib / 1024
}
