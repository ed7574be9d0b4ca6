//go:build unix

package revision

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

const (
	huge = 160 << 20 // bytes of zeros, a few hundred KiB when they are packed

	// maxGit is what a git process of ours may take at most, in KiB, and maxOwn what the rest may, in bytes: together less
	// than the 100 MiB that docs/security.md promises.
	maxGit = 48 << 10
	maxOwn = 52 << 20
)

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// looseZeros stores a blob of zeros as git would, without ever having it in memory.
func (r repo) looseZeros(size int64) string {
	r.t.Helper()
	var packed bytes.Buffer
	sum, z := sha1.New(), zlib.NewWriter(&packed)
	w := io.MultiWriter(sum, z)
	fmt.Fprintf(w, "blob %d\x00", size)
	if _, err := io.CopyN(w, zeros{}, size); err != nil {
		r.t.Fatal(err)
	}
	z.Close()
	hash := hex.EncodeToString(sum.Sum(nil))
	r.write(filepath.Join(".git/objects", hash[:2], hash[2:]), packed.String())
	return hash
}

// packedZeros stores a pack of two objects: a blob of zeros, and a file of three bytes that is a delta of it.
func (r repo) packedZeros(size int64) (zerosHash, delta string) {
	r.t.Helper()
	var pack bytes.Buffer
	pack.WriteString("PACK")
	binary.Write(&pack, binary.BigEndian, []uint32{2, 2})
	object := func(kind byte, size int64, base int, content io.Reader) {
		b := kind<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			pack.WriteByte(b | 0x80)
			b = byte(size & 0x7f)
		}
		pack.WriteByte(b)
		if base > 0 {
			pack.Write(offset(base))
		}
		z := zlib.NewWriter(&pack)
		io.Copy(z, content)
		z.Close()
	}
	const blob, ofsDelta = 3, 6
	start := pack.Len()
	object(blob, size, 0, io.LimitReader(zeros{}, size))
	instructions := append(varint(uint64(size)), 3, 0x90, 3) // the result has 3 bytes, copied from 0
	object(ofsDelta, int64(len(instructions)), pack.Len()-start, bytes.NewReader(instructions))
	sum := sha1.Sum(pack.Bytes())
	pack.Write(sum[:])
	r.git(pack.String(), "index-pack", "--stdin")
	header := sha1.New()
	fmt.Fprintf(header, "blob %d\x00", size)
	io.CopyN(header, zeros{}, size)
	small := sha1.Sum([]byte("blob 3\x00\x00\x00\x00"))
	return hex.EncodeToString(header.Sum(nil)), hex.EncodeToString(small[:])
}

// offset is how far back the base of a delta stands, as a pack has it.
func offset(n int) []byte {
	b := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		b = append([]byte{0x80 | byte(n&0x7f)}, b...)
	}
	return b
}

func varint(n uint64) []byte { return binary.AppendUvarint(nil, n) }

// head makes a tree the one that HEAD has.
func (r repo) head(tree string) {
	r.t.Helper()
	r.git("", "update-ref", "HEAD", r.git("", "commit-tree", "-m", "hostile", tree))
}

func (r repo) mktree(lines ...string) string {
	r.t.Helper()
	return r.git(strings.Join(lines, "\n")+"\n", "mktree", "--missing")
}

// bounded reads HEAD in a process of its own and fails when that, or git for it, took more memory than may be.
func (r repo) bounded(want string) {
	r.t.Helper()
	runtime.GC()
	_, _, err := r.extract()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		r.t.Errorf("%v, want %q", err, want)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapSys > maxOwn {
		r.t.Errorf("Berth took %d MiB", m.HeapSys>>20)
	}
}

// memory hands an object out and fails when git took more for it than may be.
func (r repo) memory(hash string) error {
	r.t.Helper()
	o, err := r.open().objects()
	if err != nil {
		r.t.Fatal(err)
	}
	err = o.look([]string{hash}, func(_ int, a about) error {
		if a.size > 4<<20 {
			return errSize
		}
		return nil
	})
	if err == nil {
		err = o.read([]string{hash}, func(_ int, content io.Reader) error { _, err := io.Copy(io.Discard, content); return err })
	}
	o.close()
	if usage := o.cmd.ProcessState.SysUsage().(*syscall.Rusage); runtime.GOOS == "linux" && usage.Maxrss > maxGit {
		r.t.Errorf("git took %d MiB for %s", usage.Maxrss>>10, hash)
	}
	return err
}

// TestHostileSizes reads commits that are small and stand for more than any machine has.
func TestHostileSizes(t *testing.T) {
	r := newRepo(t)
	zero := r.looseZeros(huge)
	r.head(r.mktree("100644 blob " + zero + "\tzeros.yaml"))
	r.bounded("")
	if err := r.memory(zero); err != errSize {
		t.Error(err)
	}
	if dir, _, _ := r.extract(); dir != "" {
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Error("a file that is too large was written")
		}
	}

	packed := newRepo(t)
	zero, delta := packed.packedZeros(huge)
	packed.head(packed.mktree("100644 blob " + zero + "\tzeros.yaml"))
	packed.bounded("")
	if err := packed.memory(zero); err != errSize {
		t.Error(err)
	}
	// Three bytes that are a delta of all the zeros: git itself is told how much it may take.
	if err := packed.memory(delta); err == nil || !strings.Contains(err.Error(), "git: ") {
		t.Errorf("a delta of %d MiB was read: %v", huge>>20, err)
	}
}

// TestHostileTrees reads commits whose folders have no end.
func TestHostileTrees(t *testing.T) {
	r := newRepo(t)
	blob := r.git("x", "hash-object", "-w", "--stdin")
	var lines []string
	for i := range maxEntries + 1 {
		lines = append(lines, fmt.Sprintf("100644 blob %s\tf%06d", blob, i))
	}
	r.head(r.mktree(lines...))
	r.bounded(errSize.Error())

	deep := r.mktree("100644 blob " + blob + "\tf")
	for range maxDepth + 10 {
		deep = r.mktree("040000 tree " + deep + "\td")
	}
	r.head(deep)
	r.bounded("lies in more than 100 folders")

	wide := r.mktree("100644 blob " + blob + "\tf")
	for range 12 {
		lines = nil
		for i := range 10 {
			lines = append(lines, fmt.Sprintf("040000 tree %s\td%d", wide, i))
		}
		wide = r.mktree(lines...)
	}
	r.head(wide)
	r.bounded(errSize.Error())

	zero := r.looseZeros(huge)
	r.head(r.git("40000 d\x00"+raw(t, zero), "hash-object", "-t", "tree", "-w", "--literally", "--stdin"))
	r.bounded("a blob, where a folder should be")
}

func raw(t *testing.T, hash string) string {
	t.Helper()
	b, err := hex.DecodeString(hash)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
