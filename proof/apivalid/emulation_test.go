package apivalid

import (
	"os"
	"os/exec"
	"testing"
)

const emulatedEnv = "APIVALID_EMULATED"

// eras are questions whose answer changed, with the first release that says yes.
var eras = []struct{ of, patch, first string }{
	{"service", `[{"op": "replace", "path": "/metadata/name", "value": "1abc"}]`, "1.36"},
	{"devices", `[]`, "1.34"},
	{"job", `[{"op": "add", "path": "/spec/template/spec/volumes/-", "value": {"name": "i", "image": {"reference": "a:1"}}}]`, "1.35"},
}

// TestEmulate asks the releases about each of them. A process holds one release, so each gets a process of its own.
func TestEmulate(t *testing.T) {
	if minor := os.Getenv(emulatedEnv); minor != "" {
		judgeEras(t, minor)
		return
	}
	for _, minor := range []string{"1.33", "1.34", "1.35", "1.36", "1.37"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestEmulate$")
		cmd.Env = append(os.Environ(), emulatedEnv+"="+minor)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", minor, err, out)
		}
	}
}

func judgeEras(t *testing.T, minor string) {
	if err := Emulate(minor); err != nil {
		t.Fatal(err)
	}
	for _, e := range eras {
		err := CheckAll(applyPatch(t, goodJSON(t, e.of), []byte(e.patch)))
		if taken := err == nil; taken != (minor >= e.first) {
			t.Errorf("%s %s: taken is %t: %v", e.of, e.patch, taken, err)
		}
	}
}
