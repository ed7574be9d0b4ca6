package cli_test

import (
	"strings"
	"testing"
)

// A Jsonnet file is the same Job whatever line ends a checkout gave it, with what it imports.
func TestLineEndsOfJsonnet(t *testing.T) {
	files := map[string]string{
		"runs/a.jsonnet":     "local lib = import 'lib.libsonnet';\n{\n  name: 'a', action: 'job', image: 'x:1',\n  command: ['sh', '-c', lib.script + |||\n    set -e\n\n    train.py\n  ||| + importstr 'more.sh'],\n}\n",
		"runs/lib.libsonnet": "{ script: |||\n  cd /data\n||| }\n",
		"runs/more.sh":       "echo done\n",
		"berth.yaml":         aProject,
	}
	var built []string
	for _, end := range []string{"\n", "\r\n"} {
		dir, given := t.TempDir(), map[string]string{}
		for name, text := range files {
			given[name] = strings.ReplaceAll(text, "\n", end)
		}
		write(t, dir, given)
		r := run(dir, "build", "runs/a.jsonnet")
		if r.exit != 0 {
			t.Fatalf("exit %d\n%s", r.exit, r.stderr)
		}
		built = append(built, r.stdout)
	}
	if built[0] != built[1] || strings.Contains(built[1], `\r`) {
		t.Errorf("line ends count:\n%s\n%s", built[0], built[1])
	}
}
