package revision

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// objects is a git process that hands out objects of a repository.
type objects struct {
	repository *Repository
	cmd        *exec.Cmd
	stop       context.CancelFunc
	in         io.WriteCloser
	out        *bufio.Reader
	words      *head
}

// about is what git says of an object before it is read.
type about struct {
	hash string
	kind string // blob, tree, commit or tag; empty where the object is missing
	size int64  // in bytes
}

func (r *Repository) objects() (*objects, error) {
	ctx, stop := context.WithCancel(context.Background())
	o := &objects{repository: r, cmd: r.git.command(ctx, "cat-file", "--batch-command"), stop: stop, words: &head{max: maxWords}}
	o.cmd.Stderr = o.words
	in, errIn := o.cmd.StdinPipe()
	out, errOut := o.cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, o.cmd.Start()); err != nil {
		stop()
		return nil, fmt.Errorf("git could not be run: %w", err)
	}
	o.in, o.out = in, bufio.NewReaderSize(out, 64<<10)
	return o, nil
}

// close ends the process, which holds nothing that is worth waiting for.
func (o *objects) close() {
	o.stop()
	o.in.Close()
	_ = o.cmd.Wait() // killed, as was asked
}

// look asks of objects what they are, many at a time, and hands the answers over in order.
func (o *objects) look(names []string, each func(i int, a about) error) error {
	return o.ask("info", names, func(i int) error {
		a, err := o.header()
		if err != nil {
			return err
		}
		return each(i, a)
	})
}

// read hands the content of objects over in order. What is too large has to be left out before: see [objects.look].
func (o *objects) read(names []string, each func(i int, content io.Reader) error) error {
	return o.ask("contents", names, func(i int) error {
		a, err := o.header()
		if err != nil {
			return err
		}
		if a.kind == "" {
			return o.repository.missing(names[i], "in a list of files")
		}
		content := &io.LimitedReader{R: o.out, N: a.size}
		if err := each(i, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return err
		}
		if _, err = o.out.Discard(1); err != nil { // the line's end, which is missing where git gave up
			return o.ended(err)
		}
		return nil
	})
}

// ask sends a command for each name while the answers are read. An answer that is refused ends the process, and with it
// the sender.
func (o *objects) ask(command string, names []string, answer func(i int) error) error {
	sent := make(chan error, 1)
	go func() {
		w := bufio.NewWriter(o.in)
		for _, name := range names {
			fmt.Fprintf(w, "%s %s\n", command, name) // its error stays with the writer
		}
		sent <- w.Flush()
	}()
	for i := range names {
		if err := answer(i); err != nil {
			o.stop()
			<-sent
			return err
		}
	}
	return <-sent
}

// header reads the line that comes before an object.
func (o *objects) header() (about, error) {
	line, err := o.out.ReadSlice('\n')
	if err != nil {
		return about{}, o.ended(err)
	}
	if name, ok := strings.CutSuffix(string(line), " missing\n"); ok {
		return about{hash: name}, nil
	}
	fields := strings.Fields(string(line))
	if len(fields) != 3 {
		return about{}, fmt.Errorf("git answers %q", strings.TrimSpace(string(line)))
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	return about{fields[0], fields[1], size}, err
}

// ended says why git ended before its last answer.
func (o *objects) ended(err error) error {
	o.in.Close()
	waited := o.cmd.Wait() // of a second time only that it is one
	if o.words.Len() == 0 {
		return fmt.Errorf("git ended without an answer: %w", errors.Join(err, waited))
	}
	return o.repository.incomplete(said(o.words, err))
}

// incomplete adds to git's words what helps where objects were left out of a clone.
func (r *Repository) incomplete(err error) error {
	if r.isPartial() {
		return fmt.Errorf("%w\nthis is a partial clone, and nothing is fetched for a review: `git fetch --refetch --no-filter` fetches all that is missing", err)
	}
	return err
}

// missing refuses an object that the repository does not have.
func (r *Repository) missing(hash, name string) error {
	return r.incomplete(fmt.Errorf("the object %.12s, which is %s, is not in this repository", hash, name))
}
