//go:build unix

package files

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

const (
	killsEnv     = "BERTH_KILLS"      // how many builds are killed; a few where it is not set
	killsDirEnv  = "BERTH_KILLS_DIR"  // a folder on a small disk, which is filled meanwhile
	tortureDir   = "BERTH_TORTURE"    // the folder of a process that builds
	tortureTree  = "BERTH_TREE"       // which tree it writes
	tortureLimit = "BERTH_FILE_LIMIT" // how many bytes a file may have before writing it fails
)

// tortured is one of three trees, which share some files and contradict each other in others.
func tortured(kind int) []File {
	var want []File
	for i := range 60 {
		if (i+kind)%3 > 0 {
			text := fmt.Sprintf("%d of %d\n", i, kind*(i%2))
			want = append(want, File{Path: fmt.Sprintf("d%d/f%d.yaml", i%7, i), Data: bytes.Repeat([]byte(text), 20+10*i)})
		}
	}
	return want
}

// TestTorture kills builds at random, two at a time into one folder, some of which cannot write every file, and on a disk
// that is full where a small one is given. Whatever stands then is whole: no half file under a name of the tree, and
// nothing lost that is not Berth's. The build after them makes it right.
func TestTorture(t *testing.T) {
	kills, err := strconv.Atoi(os.Getenv(killsEnv))
	if err != nil {
		kills = 12
	}
	base := os.Getenv(killsDirEnv)
	if base == "" {
		base = t.TempDir()
	}
	dir := filepath.Join(base, "out")
	write(t, dir, tortured(0))
	foreign := map[string]string{"theirs.txt": "mine", "d1/theirs.txt": "mine", "k/theirs.yaml": "mine"}
	for name, text := range foreign {
		put(t, dir, name, text)
	}
	random := rand.New(rand.NewPCG(1, uint64(kills)))
	died, failed := 0, 0
	for round := 0; died < kills && round < 20*kills; round++ {
		fill(t, base, random)
		for _, end := range []func() (bool, bool){begin(t, dir, random), begin(t, dir, random)} {
			killed, failure := end()
			died, failed = died+count01(killed), failed+count01(failure)
		}
		checkWholeOrForeign(t, dir, foreign)
	}
	t.Logf("%d builds were killed, %d could not write", died, failed)
	if died < kills {
		t.Errorf("%d of %d builds were killed before they ended", died, kills)
	}
	os.Remove(filepath.Join(base, "ballast"))
	write(t, dir, tortured(1))
	if status := write(t, dir, tortured(1)); !status.Clean() {
		t.Errorf("not settled: %s", status.Drift())
	}
	checkWholeOrForeign(t, dir, foreign)
}

func count01(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// fill takes some of a small disk's room, or gives it back.
func fill(t *testing.T, base string, random *rand.Rand) {
	t.Helper()
	if os.Getenv(killsDirEnv) == "" {
		return
	}
	data := make([]byte, random.IntN(64)<<12)
	if err := os.WriteFile(filepath.Join(base, "ballast"), data, 0o644); err != nil && random.IntN(1000) == 0 {
		t.Log(err) // which is what it is for
	}
}

// begin starts a build in a process of its own. What it returns ends it, or waits for its end, and reports whether it was
// killed, and whether it said that it could not write.
func begin(t *testing.T, dir string, random *rand.Rand) func() (killed, failed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestTortureChild$")
	cmd.Env = append(os.Environ(), tortureDir+"="+dir, tortureTree+"="+strconv.Itoa(random.IntN(3)))
	if random.IntN(4) == 0 {
		cmd.Env = append(cmd.Env, tortureLimit+"="+strconv.Itoa(random.IntN(9000)))
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	wait := time.Duration(random.IntN(12000)) * time.Microsecond
	return func() (killed, failed bool) {
		if _, err := out.Read(make([]byte, len(ready))); err != nil {
			t.Fatal("a build said nothing: ", err)
		}
		time.Sleep(wait)
		cmd.Process.Kill() // unless it has ended
		said, _ := io.ReadAll(out)
		cmd.Wait()
		return !cmd.ProcessState.Exited(), bytes.Contains(said, []byte("cannot write"))
	}
}

const ready = "begin\n"

// TestTortureChild is the process that begin starts.
func TestTortureChild(t *testing.T) {
	dir := os.Getenv(tortureDir)
	if dir == "" {
		t.Skip("only in a process of TestTorture")
	}
	kind, err := strconv.Atoi(os.Getenv(tortureTree))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Print(ready)
	if limit, err := strconv.ParseUint(os.Getenv(tortureLimit), 10, 64); err == nil {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := Write(dir, tortured(kind), Options{Workers: 2}); err != nil {
		fmt.Println(err)
	}
	os.Exit(0)
}

// checkWholeOrForeign holds that every file below dir is one of some tree, whole, or a stranger's, as it was.
func checkWholeOrForeign(t *testing.T, dir string, foreign map[string]string) {
	t.Helper()
	known := map[string]bool{}
	for kind := range 3 {
		for _, f := range tortured(kind) {
			known[f.Path+"\x00"+string(f.Data)] = true
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, IndexName))
	if err == nil {
		_, err = decodeIndex(text)
	}
	if err != nil {
		t.Fatalf("the index: %v", err)
	}
	stands := snapshot(t, dir, false)
	for name, content := range stands {
		if content != "/" && foreign[name] == "" && !isTemporary(filepath.Base(name)) && !known[name+"\x00"+content] {
			t.Fatalf("%s is no file of any tree: %.60q", name, content)
		}
	}
	for name, content := range foreign {
		if stands[name] != content {
			t.Fatalf("%s, which is not Berth's, is lost", name)
		}
	}
}
