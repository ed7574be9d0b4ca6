package files

import (
	"errors"
	"os"
	"time"
)

// How long a build waits for another one that writes into the same folder, and how often it looks.
const (
	lockPatience = 10 * time.Second
	lockPause    = 20 * time.Millisecond
)

// errBusy is told after the wait for another build's lock.
var errBusy = errors.New("another build has been writing into it for 10 seconds")

// claim is a build's turn at an output folder.
type claim struct {
	folder *os.File
	// exclusive is false where the system has no lock for folders.
	exclusive bool
}

// lock waits for the turn.
func lock(root *os.Root) (claim, error) {
	folder, err := root.Open(".")
	if err != nil {
		return claim{}, err
	}
	exclusive, err := flock(folder)
	if err != nil {
		folder.Close()
		return claim{}, err
	}
	return claim{folder, exclusive}, nil
}

// release gives the folder free: the lock ends with the open file, and so with the process as well.
func (c claim) release() { c.folder.Close() }
