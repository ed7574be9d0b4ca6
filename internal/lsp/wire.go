package lsp

import "encoding/json"

// The parts of the Language Server Protocol 3.17 that this server speaks, named as the specification names them. No module
// with the types of 3.17 is maintained: those that are published stop at 3.16, which has no inlay hints.

// position is a place between two characters; both numbers count from 0.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"` // in UTF-16 code units
}

// textRange is a stretch of a document; its end is the place after its last character.
type textRange struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// location is a range in any document.
type location struct {
	URI   string    `json:"uri"`
	Range textRange `json:"range"`
}

// textEdit replaces a range; an empty range inserts.
type textEdit struct {
	Range   textRange `json:"range"`
	NewText string    `json:"newText"`
}

// workspaceEdit are edits by the URIs of documents.
type workspaceEdit struct {
	Changes map[string][]textEdit `json:"changes"`
}

// textDocument is a TextDocumentItem, or an identifier, where the text and perhaps the version are missing.
type textDocument struct {
	URI     string `json:"uri"`
	Version int    `json:"version"`
	Text    string `json:"text"`
}

// workspaceFolder is one of the folders open in the editor; its name for people is not read.
type workspaceFolder struct {
	URI string `json:"uri"`
}

// Lifecycle.

// initializeParams are the first message of the editor. RootURI is of clients that know no workspace folders.
type initializeParams struct {
	RootURI      string             `json:"rootUri"`
	Folders      []workspaceFolder  `json:"workspaceFolders"`
	Options      settings           `json:"initializationOptions"`
	Capabilities clientCapabilities `json:"capabilities"`
}

// clientCapabilities are the abilities that the server asks about; all others are passed over.
type clientCapabilities struct {
	Workspace struct {
		DidChangeWatchedFiles struct {
			DynamicRegistration bool `json:"dynamicRegistration"`
		} `json:"didChangeWatchedFiles"`
		CodeLens  refreshSupport `json:"codeLens"`
		InlayHint refreshSupport `json:"inlayHint"`
	} `json:"workspace"`
	TextDocument struct {
		Completion struct {
			CompletionItem struct {
				SnippetSupport bool `json:"snippetSupport"`
			} `json:"completionItem"`
		} `json:"completion"`
		DocumentSymbol struct {
			Hierarchical bool `json:"hierarchicalDocumentSymbolSupport"`
		} `json:"documentSymbol"`
	} `json:"textDocument"`
}

// refreshSupport says whether the editor can be asked to fetch lenses or hints anew.
type refreshSupport struct {
	RefreshSupport bool `json:"refreshSupport"`
}

// settings are what the user may choose.
type settings struct {
	InlayHints bool `json:"inlayHints"`
	// Untrusted says that the user does not trust the workspace: git is not started in it.
	Untrusted bool `json:"untrusted"`
}

// initializeResult is the answer to the first message.
type initializeResult struct {
	Capabilities serverCapabilities `json:"capabilities"`
	ServerInfo   serverInfo         `json:"serverInfo"`
}

// serverInfo is what editors show in their logs.
type serverInfo struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// serverCapabilities say which requests the editor may send; what is missing is not offered.
type serverCapabilities struct {
	PositionEncoding       string                `json:"positionEncoding"`
	TextDocumentSync       syncOptions           `json:"textDocumentSync"`
	CompletionProvider     completionOptions     `json:"completionProvider"`
	HoverProvider          bool                  `json:"hoverProvider"`
	DefinitionProvider     bool                  `json:"definitionProvider"`
	ReferencesProvider     bool                  `json:"referencesProvider"`
	DocumentSymbolProvider bool                  `json:"documentSymbolProvider"`
	CodeActionProvider     codeActionOptions     `json:"codeActionProvider"`
	CodeLensProvider       struct{}              `json:"codeLensProvider"`
	InlayHintProvider      bool                  `json:"inlayHintProvider"`
	ExecuteCommandProvider executeCommandOptions `json:"executeCommandProvider"`
	Workspace              workspaceCapabilities `json:"workspace"`
}

// syncOptions say how the text of documents comes to the server.
type syncOptions struct {
	OpenClose bool `json:"openClose"`
	Change    int  `json:"change"` // 2: incremental
	Save      bool `json:"save"`
}

// completionOptions name the characters after which the editor asks by itself.
type completionOptions struct {
	TriggerCharacters []string `json:"triggerCharacters"`
}

// codeActionOptions name the kinds of actions that there are.
type codeActionOptions struct {
	CodeActionKinds []string `json:"codeActionKinds"`
}

// executeCommandOptions name the commands that the editor can send back.
type executeCommandOptions struct {
	Commands []string `json:"commands"`
}

// workspaceCapabilities say that folders may come and go.
type workspaceCapabilities struct {
	WorkspaceFolders struct {
		Supported           bool `json:"supported"`
		ChangeNotifications bool `json:"changeNotifications"`
	} `json:"workspaceFolders"`
}

// registrationParams ask the editor for what it cannot be asked for at the start, such as watching files.
type registrationParams struct {
	Registrations []registration `json:"registrations"`
}

// registration is one of these; the ID would be used to take it back.
type registration struct {
	ID      string `json:"id"`
	Method  string `json:"method"`
	Options any    `json:"registerOptions"`
}

// watchOptions are the files to watch.
type watchOptions struct {
	Watchers []watcher `json:"watchers"`
}

// watcher is one pattern, in the syntax of the protocol's globs, relative to the workspace folders.
type watcher struct {
	GlobPattern string `json:"globPattern"`
}

// Documents.

// didOpenParams hold a document with its whole text.
type didOpenParams struct {
	TextDocument textDocument `json:"textDocument"`
}

// didChangeParams hold the changes since the last version, in order.
type didChangeParams struct {
	TextDocument textDocument    `json:"textDocument"`
	Changes      []contentChange `json:"contentChanges"`
}

// contentChange replaces a range of the text that the change before it left.
type contentChange struct {
	Range *textRange `json:"range"` // nil: the whole document
	Text  string     `json:"text"`
}

// documentParams are of all messages about one document.
type documentParams struct {
	TextDocument textDocument `json:"textDocument"`
}

// didChangeWatchedParams name files on disk; how each changed is not read, since the file is looked at anyway.
type didChangeWatchedParams struct {
	Changes []struct {
		URI string `json:"uri"`
	} `json:"changes"`
}

// didChangeFoldersParams name the folders that were opened and closed.
type didChangeFoldersParams struct {
	Event struct {
		Added   []workspaceFolder `json:"added"`
		Removed []workspaceFolder `json:"removed"`
	} `json:"event"`
}

// didChangeConfigurationParams hold the settings under "berth".
type didChangeConfigurationParams struct {
	Settings struct {
		Berth settings `json:"berth"`
	} `json:"settings"`
}

// cancelParams name a request by its ID, which is a number or a string.
type cancelParams struct {
	ID json.RawMessage `json:"id"`
}

// Features.

// positionParams ask about a place in a document.
type positionParams struct {
	TextDocument textDocument `json:"textDocument"`
	Position     position     `json:"position"`
}

// rangeParams ask about a part of a document, mostly the visible one.
type rangeParams struct {
	TextDocument textDocument `json:"textDocument"`
	Range        textRange    `json:"range"`
}

// referenceParams ask for all mentions of what stands at a place, with or without the one that declares it.
type referenceParams struct {
	positionParams
	Context struct {
		IncludeDeclaration bool `json:"includeDeclaration"`
	} `json:"context"`
}

// diagnosticsParams replace all diagnostics of a document; an empty list takes them away. Version is nil for files not open.
type diagnosticsParams struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

// diagnostic is a mistake as the editor shows it. Severity is 1 for an error and 2 for a warning.
type diagnostic struct {
	Range    textRange     `json:"range"`
	Severity int           `json:"severity"`
	Code     string        `json:"code"`
	Source   string        `json:"source"`
	Message  string        `json:"message"`
	Tags     []int         `json:"tags,omitempty"`
	Related  []relatedInfo `json:"relatedInformation,omitempty"`
}

// relatedInfo is another place that has to do with a mistake.
type relatedInfo struct {
	Location location `json:"location"`
	Message  string   `json:"message"`
}

// codeActionParams ask what can be done in a range; Only names kinds, and empty means all.
type codeActionParams struct {
	TextDocument textDocument `json:"textDocument"`
	Range        textRange    `json:"range"`
	Context      struct {
		Only []string `json:"only"`
	} `json:"context"`
}

// codeAction is an offer to change the text.
type codeAction struct {
	Title       string        `json:"title"`
	Kind        string        `json:"kind"`
	Diagnostics []diagnostic  `json:"diagnostics,omitempty"`
	IsPreferred bool          `json:"isPreferred,omitempty"`
	Edit        workspaceEdit `json:"edit"`
}

// hover is what is shown at a place; the range is what it is about.
type hover struct {
	Contents markup     `json:"contents"`
	Range    *textRange `json:"range,omitempty"`
}

// markup is text of a kind, "markdown" or "plaintext".
type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// completionList are the offers at a place; an incomplete one is asked for again at each letter.
type completionList struct {
	IsIncomplete bool             `json:"isIncomplete"`
	Items        []completionItem `json:"items"`
}

// completionItem is one offer. Format is 2 for a snippet with tab stops and 1 for plain text.
type completionItem struct {
	Label         string    `json:"label"`
	Kind          int       `json:"kind"`
	Detail        string    `json:"detail,omitempty"`
	Documentation *markup   `json:"documentation,omitempty"`
	SortText      string    `json:"sortText,omitempty"`
	FilterText    string    `json:"filterText,omitempty"`
	Format        int       `json:"insertTextFormat,omitempty"` // 2: a snippet
	TextEdit      *textEdit `json:"textEdit,omitempty"`
}

// The kinds of completion item that are used.
const (
	fieldItem   = 5
	valueItem   = 12
	enumItem    = 20
	snippetItem = 15
)

// documentSymbol is an entry of the outline; its selection range, the key, has to lie within its range.
type documentSymbol struct {
	Name           string           `json:"name"`
	Detail         string           `json:"detail,omitempty"`
	Kind           int              `json:"kind"`
	Range          textRange        `json:"range"`
	SelectionRange textRange        `json:"selectionRange"`
	Children       []documentSymbol `json:"children,omitempty"`
}

// inlayHint is a text that the editor shows between the letters, and that is not in the document.
type inlayHint struct {
	Position    position `json:"position"`
	Label       string   `json:"label"`
	Tooltip     string   `json:"tooltip,omitempty"`
	PaddingLeft bool     `json:"paddingLeft"`
}

// codeLens is a line above a range that can be clicked.
type codeLens struct {
	Range   textRange `json:"range"`
	Command command   `json:"command"`
}

// command is what a click sends back to the server or to the editor.
type command struct {
	Title     string `json:"title"`
	Command   string `json:"command"`
	Arguments []any  `json:"arguments,omitempty"`
}

// executeCommandParams are a command with what it was given.
type executeCommandParams struct {
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments"`
}

// logMessageParams are a line for the editor's log. Type is 1 for an error, 2 for a warning, 3 for information.
type logMessageParams struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}
