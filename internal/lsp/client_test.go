package lsp_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"berth/internal/cli"
	"berth/internal/source"
)

// TestMain lets the test's own program be `berth lsp`, and the process that evaluates CUE and Jsonnet.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "lsp" || os.Args[1] == source.EvaluateCommand) {
		os.Exit(cli.Main())
	}
	os.Exit(m.Run())
}

type object = map[string]any

// client drives the real program over pipes, as an editor does.
type client struct {
	t       testing.TB
	root    string
	process *exec.Cmd
	in      io.WriteCloser
	id      int
	version map[string]int
	text    map[string]string

	writing sync.Mutex
	mu      sync.Mutex
	arrived *sync.Cond
	answers map[int]json.RawMessage
	found   map[string][]found // by path, as published last
	calls   []string           // methods that the server called
	ended   bool
}

// found is a published diagnostic.
type found struct {
	Range    span   `json:"range"`
	Severity int    `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Related  []struct {
		Location struct {
			URI   string `json:"uri"`
			Range span   `json:"range"`
		} `json:"location"`
		Message string `json:"message"`
	} `json:"relatedInformation"`
}

type spot struct{ Line, Character int }

type span struct{ Start, End spot }

// start starts the server on a folder. Capabilities are the client's.
func start(t testing.TB, root string, capabilities object, options object) *client {
	t.Helper()
	c := &client{t: t, root: root, version: map[string]int{}, text: map[string]string{}, answers: map[int]json.RawMessage{}, found: map[string][]found{}}
	c.arrived = sync.NewCond(&c.mu)
	c.process = exec.Command(os.Args[0], "lsp")
	c.process.Dir = t.TempDir()
	c.process.Stderr = os.Stderr
	in, err1 := c.process.StdinPipe()
	out, err2 := c.process.StdoutPipe()
	if err := firstOf(err1, err2, c.process.Start()); err != nil {
		t.Fatal(err)
	}
	c.in = in
	go c.read(bufio.NewReader(out))
	t.Cleanup(c.stop)
	c.call("initialize", object{"processId": os.Getpid(), "rootUri": fileURI(root), "capabilities": capabilities, "initializationOptions": options})
	c.notify("initialized", object{})
	return c
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// stop ends the server as the protocol wants it, and expects that it goes in peace.
func (c *client) stop() {
	c.call("shutdown", nil)
	c.notify("exit", nil)
	if err := c.process.Wait(); err != nil {
		c.t.Errorf("the server ended with %v", err)
	}
}

func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

func (c *client) send(message object) {
	message["jsonrpc"] = "2.0"
	text, err := json.Marshal(message)
	if err != nil {
		c.t.Error(err)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(text), text)
}

func (c *client) notify(method string, params any) {
	c.send(object{"method": method, "params": params})
}

// patience is how long an answer may take before the test gives up: it is no measure of speed.
const patience = 2 * time.Minute

// ask sends a request and returns its answer, and the error in it.
func (c *client) ask(method string, params any) (result json.RawMessage, failure string) {
	c.t.Helper()
	c.id++
	id := c.id
	m := object{"id": id, "method": method}
	if params != nil {
		m["params"] = params
	}
	c.send(m)
	timer := time.AfterFunc(patience, func() { c.mu.Lock(); c.ended = true; c.mu.Unlock(); c.arrived.Broadcast() })
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.answers[id] == nil {
		if c.ended {
			c.t.Fatalf("no answer to %s", method)
		}
		c.arrived.Wait()
	}
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Message string }
	}
	if err := json.Unmarshal(c.answers[id], &answer); err != nil {
		c.t.Fatal(err)
	}
	if answer.Error != nil {
		return nil, answer.Error.Message
	}
	return answer.Result, ""
}

// call is ask for what has to succeed.
func (c *client) call(method string, params any) json.RawMessage {
	c.t.Helper()
	result, failure := c.ask(method, params)
	if failure != "" {
		c.t.Fatalf("%s: %s", method, failure)
	}
	return result
}

func (c *client) read(r *bufio.Reader) {
	for {
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		size, _ := strconv.Atoi(header.Get("Content-Length"))
		body := make([]byte, size)
		if err == nil {
			_, err = io.ReadFull(r, body)
		}
		c.mu.Lock()
		if err != nil {
			c.ended = true
		} else {
			c.take(body)
		}
		c.mu.Unlock()
		c.arrived.Broadcast()
		if err != nil {
			return
		}
	}
}

func (c *client) take(body []byte) {
	var m struct {
		ID     *int
		Method string
		Params json.RawMessage
	}
	if err := json.Unmarshal(body, &m); err != nil {
		c.t.Errorf("the server wrote %q: %v", body, err)
		return
	}
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var p struct {
			URI         string
			Diagnostics []found
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.t.Error(err)
		}
		u, _ := url.Parse(p.URI)
		c.found[u.Path] = p.Diagnostics
	case m.Method == "window/logMessage":
		c.t.Errorf("the server logged %s", m.Params)
	case m.Method != "" && m.ID != nil:
		c.calls = append(c.calls, m.Method)
		go c.send(object{"id": *m.ID, "result": nil})
	case m.ID != nil:
		c.answers[*m.ID] = body
	}
}

func (c *client) path(name string) string { return filepath.Join(c.root, filepath.FromSlash(name)) }

func (c *client) document(name string) object {
	return object{"uri": fileURI(c.path(name)), "version": c.version[name]}
}

// open opens a file with the text that it has on disk, or another one.
func (c *client) open(name string, text ...string) {
	c.t.Helper()
	c.version[name] = 1
	if len(text) == 0 {
		data, err := os.ReadFile(c.path(name))
		if err != nil {
			c.t.Fatal(err)
		}
		text = []string{string(data)}
	}
	c.text[name] = text[0]
	doc := c.document(name)
	doc["text"], doc["languageId"] = text[0], "yaml"
	c.notify("textDocument/didOpen", object{"textDocument": doc})
}

// edit replaces the whole text of a document.
func (c *client) edit(name, text string) {
	c.version[name]++
	c.text[name] = text
	c.notify("textDocument/didChange", object{"textDocument": c.document(name), "contentChanges": []object{{"text": text}}})
}

// settle waits until everything that was typed has been checked: the answer to a request for fixes comes after that.
func (c *client) settle(name string) []found {
	c.t.Helper()
	c.actions(name)
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.found[c.path(name)]
}

type action struct {
	Title, Kind string
	IsPreferred bool
	Edit        struct {
		Changes map[string][]edit
	}
}

type edit struct {
	Range   span
	NewText string
}

func (c *client) actions(name string) []action {
	c.t.Helper()
	var actions []action
	whole := object{"start": object{"line": 0, "character": 0}, "end": object{"line": 1 << 30, "character": 0}}
	params := object{"textDocument": c.document(name), "range": whole, "context": object{"diagnostics": []any{}}}
	c.decode(c.call("textDocument/codeAction", params), &actions)
	return actions
}

func (c *client) decode(data json.RawMessage, into any) {
	c.t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		c.t.Fatalf("%s: %v", data, err)
	}
}

// apply applies the edits of an action to the open documents.
func (c *client) apply(a action) {
	c.t.Helper()
	for uri, edits := range a.Edit.Changes {
		u, _ := url.Parse(uri)
		name, _ := filepath.Rel(c.root, u.Path)
		name = filepath.ToSlash(name)
		text := c.text[name]
		for i := len(edits) - 1; i >= 0; i-- {
			from, to := offsetOf(text, edits[i].Range.Start), offsetOf(text, edits[i].Range.End)
			text = text[:from] + edits[i].NewText + text[to:]
		}
		c.edit(name, text)
	}
}

// offsetOf is where a position of the protocol stands in a text.
func offsetOf(text string, at spot) int {
	offset := 0
	for range at.Line {
		offset += strings.IndexByte(text[offset:], '\n') + 1
	}
	units := 0
	for i, r := range text[offset:] {
		if units >= at.Character || r == '\n' {
			return offset + i
		}
		units += utf16.RuneLen(r)
	}
	return len(text)
}

// positionOf is where the mark | stands in a text, and the text without it.
func positionOf(t testing.TB, text string) (string, spot) {
	t.Helper()
	before, after, ok := strings.Cut(text, "|")
	if !ok {
		t.Fatalf("no | in %q", text)
	}
	line := strings.Count(before, "\n")
	last := before[strings.LastIndexByte(before, '\n')+1:]
	return before + after, spot{line, len(utf16.Encode([]rune(last)))}
}

func (c *client) at(name string, p spot) object {
	return object{"textDocument": c.document(name), "position": object{"line": p.Line, "character": p.Character}}
}

// write writes files below a folder.
func write(t testing.TB, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := firstOf(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// built is what `berth build` says of a project, one line a diagnostic, with columns as the protocol counts them.
func built(t testing.TB, root string) []string {
	t.Helper()
	var stderr bytes.Buffer
	cli.Program{Args: []string{"build", "--format", "json", "-o", t.TempDir()}, Dir: root, Stdout: io.Discard, Stderr: &stderr}.Run()
	var lines []string
	for line := range strings.Lines(stderr.String()) {
		var d struct {
			Code, Severity, File, Message, Hint string
			Line, Column                        int
		}
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		lines = append(lines, said(filepath.Join(root, filepath.FromSlash(d.File)), protocolPlace(t, root, d.File, d.Line, d.Column), d.Severity == "error", d.Code, d.Message, d.Hint))
	}
	return lines
}

func said(path string, at spot, isError bool, code, message, hint string) string {
	if hint != "" {
		message += "\n" + hint
	}
	return fmt.Sprintf("%s:%d:%d %t %s %s", path, at.Line, at.Character, isError, code, message)
}

// protocolPlace counts from 0 and in UTF-16 what a diagnostic counts from 1 and in characters.
func protocolPlace(t testing.TB, root, file string, line, column int) spot {
	if line == 0 {
		return spot{}
	}
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	text := []rune(strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")[line-1])
	return spot{line - 1, len(utf16.Encode(text[:min(column-1, len(text))]))}
}

// published is what the client was told, in the form of [built].
func (c *client) published() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for path, ds := range c.found {
		for _, d := range ds {
			lines = append(lines, said(path, d.Range.Start, d.Severity == 1, d.Code, d.Message, ""))
		}
	}
	return lines
}
