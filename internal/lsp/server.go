// Package lsp is the language server: it checks a project while its files are typed, and answers what editors ask about
// them. It speaks the Language Server Protocol 3.17.
package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"berth/internal/diag"
	"berth/internal/source"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"
	"github.com/creachadair/jrpc2/handler"
)

// Options are what the server needs of its process.
type Options struct {
	Version string
	// Now tells the time, for the next runs of schedules.
	Now func() time.Time
}

// ErrNoShutdown says that the client ended the server, or vanished, without asking it to shut down first.
var ErrNoShutdown = errors.New("the client left without a shutdown request")

// server is one session with one client.
type server struct {
	Options
	rpc       *jrpc2.Server
	evaluator *source.Evaluator
	docs      documents
	engine    *engine
	head      committed

	told      sync.Mutex // guards published
	published published

	mu       sync.Mutex // guards what follows
	client   clientCapabilities
	settings settings
	shutdown bool
}

// Serve serves one client until it leaves. The error is about the streams, or [ErrNoShutdown].
func Serve(in io.Reader, out io.Writer, opts Options) error {
	s := &server{Options: opts, evaluator: source.NewEvaluator(source.Limits{Time: -1, Output: math.MaxInt64})}
	defer s.evaluator.Close()
	defer s.head.close()
	s.docs.open = map[string]*document{}
	s.published = published{map[string][]diag.Diagnostic{}, map[string]string{}}
	s.engine = newEngine(s)
	s.rpc = jrpc2.NewServer(s.methods(), &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true, Concurrency: 4})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.engine.run(ctx) })
	running.Go(func() { s.engine.watch(ctx) })
	err := s.rpc.Start(channel.LSP(piped(in, out))).Wait()
	cancel()
	running.Wait()
	if err == nil && !s.shutdown {
		err = ErrNoShutdown
	}
	return err
}

// piped are the streams in a form that ends when the server stops: reading standard input itself cannot be interrupted.
func piped(in io.Reader, out io.Writer) (io.Reader, io.WriteCloser) {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, in)
		w.CloseWithError(err)
	}()
	return r, output{out, r}
}

// output is the stream to the client, whose closing ends the reading as well.
type output struct {
	io.Writer
	in *io.PipeReader
}

// Close closes the input, so that whoever reads it stops: the output itself needs no end.
func (o output) Close() error { return o.in.Close() }

// methods are what the server answers.
func (s *server) methods() handler.Map {
	return handler.Map{
		"initialize":                          safely(s.initialize),
		"initialized":                         safely(s.initialized),
		"shutdown":                            safely(s.shutDown),
		"exit":                                safely(s.exit),
		"$/cancelRequest":                     safely(s.cancel),
		"$/setTrace":                          safely(ignore),
		"textDocument/didOpen":                safely(s.didOpen),
		"textDocument/didChange":              safely(s.didChange),
		"textDocument/didClose":               safely(s.didClose),
		"textDocument/didSave":                safely(s.didSave),
		"workspace/didChangeWatchedFiles":     safely(s.didChangeWatched),
		"workspace/didChangeWorkspaceFolders": safely(s.didChangeFolders),
		"workspace/didChangeConfiguration":    safely(s.didChangeConfiguration),
		"textDocument/codeAction":             safely(s.codeActions),
		"textDocument/codeLens":               safely(s.codeLenses),
		"textDocument/completion":             safely(s.completion),
		"textDocument/definition":             safely(s.definition),
		"textDocument/documentSymbol":         safely(s.symbols),
		"textDocument/hover":                  safely(s.hover),
		"textDocument/inlayHint":              safely(s.inlayHints),
		"textDocument/references":             safely(s.references),
		"workspace/executeCommand":            safely(s.execute),
	}
}

// safely makes a handler whose panic is an answer with an error, and not the end of the server.
func safely[P, R any](handle func(context.Context, P) (R, error)) jrpc2.Handler {
	return func(ctx context.Context, req *jrpc2.Request) (result any, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = jrpc2.Errorf(jrpc2.InternalError, "berth: %s went wrong: %v\n%s", req.Method(), p, debug.Stack())
			}
		}()
		var params P
		if err := req.UnmarshalParams(&params); err != nil {
			return nil, err
		}
		return handle(ctx, params)
	}
}

// none is the answer to a notification, to which there is none.
type none = struct{}

// ignore takes a notification that the protocol has every server accept, and that changes nothing here.
func ignore(context.Context, json.RawMessage) (*none, error) { return nil, nil }

// initialize says what the server can do. Clients of before the workspace folders send one root alone; positions are in
// UTF-16, which is the only encoding that every client has.
func (s *server) initialize(_ context.Context, p initializeParams) (*initializeResult, error) {
	s.mu.Lock()
	s.client, s.settings = p.Capabilities, p.Options
	s.mu.Unlock()
	folders := p.Folders
	// rootUri is deprecated, but older editors send nothing else.
	if len(folders) == 0 && p.RootURI != "" {
		folders = []workspaceFolder{{p.RootURI}}
	}
	s.docs.changeFolders(folders, nil)
	r := &initializeResult{ServerInfo: serverInfo{"berth", s.Version}}
	c := &r.Capabilities
	c.PositionEncoding = "utf-16"
	c.TextDocumentSync = syncOptions{OpenClose: true, Change: 2, Save: true}
	c.CompletionProvider.TriggerCharacters = []string{":", " ", "-", "\"", "{", ","}
	c.HoverProvider, c.DefinitionProvider, c.ReferencesProvider, c.DocumentSymbolProvider, c.InlayHintProvider = true, true, true, true, true
	c.ExecuteCommandProvider.Commands = []string{showManifests}
	c.CodeActionProvider.CodeActionKinds = []string{quickFix, fixAll}
	c.Workspace.WorkspaceFolders.Supported, c.Workspace.WorkspaceFolders.ChangeNotifications = true, true
	return r, nil
}

// watched are the files whose changes on disk matter.
const watched = "**/*.{yaml,yml,json,cue,jsonnet,libsonnet}"

// initialized starts the work, and asks the client to watch the disk. A client that cannot, or refuses, is no reason to
// stop: the server then looks itself every few seconds.
func (s *server) initialized(ctx context.Context, _ json.RawMessage) (*none, error) {
	s.engine.begin()
	if !s.capabilities().Workspace.DidChangeWatchedFiles.DynamicRegistration {
		s.engine.poll.Store(true)
		return nil, nil
	}
	watch := registration{"watch", "workspace/didChangeWatchedFiles", watchOptions{[]watcher{{watched}}}}
	go func() { // the answer comes when this notification has been dealt with
		if _, err := s.rpc.Callback(context.WithoutCancel(ctx), "client/registerCapability", registrationParams{[]registration{watch}}); err != nil {
			s.engine.poll.Store(true)
		}
	}()
	return nil, nil
}

// capabilities are what the client said it can do; they are set once, by initialize.
func (s *server) capabilities() clientCapabilities {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client
}

// chosen are the user's settings.
func (s *server) chosen() settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// shutDown remembers that the end was announced. By the protocol, an exit without it is a failure.
func (s *server) shutDown(context.Context, json.RawMessage) (*none, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shutdown = true
	return nil, nil
}

// exit ends the server, after this notification has been dealt with.
func (s *server) exit(context.Context, json.RawMessage) (*none, error) {
	go s.rpc.Stop() // which waits for this notification
	return nil, nil
}

// cancel ends the work on a request that the editor no longer waits for.
func (s *server) cancel(_ context.Context, p cancelParams) (*none, error) {
	s.rpc.CancelRequest(string(p.ID))
	return nil, nil
}

// didOpen takes a document's text, which may differ from the file on disk.
func (s *server) didOpen(_ context.Context, p didOpenParams) (*none, error) {
	if path, ok := s.docs.put(p.TextDocument); ok {
		s.engine.changed(path)
	}
	return nil, nil
}

// didChange takes changes to a document that is open; those to others are passed over.
func (s *server) didChange(_ context.Context, p didChangeParams) (*none, error) {
	if path, ok := s.docs.change(p); ok {
		s.engine.changed(path)
	}
	return nil, nil
}

// didClose lets the file on disk count again, and has it checked.
func (s *server) didClose(_ context.Context, p documentParams) (*none, error) {
	if path, ok := s.docs.remove(p.TextDocument.URI); ok {
		s.engine.closed(path)
	}
	return nil, nil
}

// didSave is of interest for files that others import alone: they read it from disk, where the editor's text stands only now.
func (s *server) didSave(_ context.Context, p documentParams) (*none, error) {
	if path, ok := s.docs.within(p.TextDocument.URI); ok && imported(path) {
		s.engine.appeared(path) // other files read it from disk
	}
	return nil, nil
}

// didChangeWatched hears of files that were made, changed or removed on disk, by the editor or by others.
func (s *server) didChangeWatched(_ context.Context, p didChangeWatchedParams) (*none, error) {
	for _, c := range p.Changes {
		if path, ok := s.docs.within(c.URI); ok {
			s.engine.appeared(path)
		}
	}
	return nil, nil
}

// didChangeFolders checks all open documents again, since a folder decides which of them are the server's business.
func (s *server) didChangeFolders(_ context.Context, p didChangeFoldersParams) (*none, error) {
	s.docs.changeFolders(p.Event.Added, p.Event.Removed)
	for path := range s.docs.texts() {
		s.engine.changed(path)
	}
	return nil, nil
}

// didChangeConfiguration takes new settings, and asks the editor to fetch anew what they change.
func (s *server) didChangeConfiguration(_ context.Context, p didChangeConfigurationParams) (*none, error) {
	s.mu.Lock()
	s.settings.InlayHints = p.Settings.Berth.InlayHints
	s.mu.Unlock()
	s.refresh()
	return nil, nil
}

// refresh has the client ask again for what it shows beside the text.
func (s *server) refresh() {
	c := s.capabilities().Workspace
	for method, wanted := range map[string]bool{"workspace/inlayHint/refresh": c.InlayHint.RefreshSupport, "workspace/codeLens/refresh": c.CodeLens.RefreshSupport} {
		if wanted {
			go func() { _, _ = s.rpc.Callback(context.Background(), method, nil) }() // a client that is gone needs nothing
		}
	}
}

// log tells the client's log what went wrong.
func (s *server) log(format string, args ...any) {
	_ = s.rpc.Notify(context.Background(), "window/logMessage", logMessageParams{1, fmt.Sprintf(format, args...)}) // nowhere else to say it
}

// outside is the answer to a request about a file that is none of the client's folders'.
func outside(uri string) error {
	return jrpc2.Errorf(jrpc2.InvalidParams, "%s is not a file inside a workspace folder", uri)
}

// wants reports whether a client that asks for some kinds only wants this one.
func wants(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool { return kind == o || len(kind) > len(o) && kind[:len(o)+1] == o+"." })
}
