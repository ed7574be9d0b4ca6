const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const scheme = "berth-manifests";
let client;

// activate starts `berth lsp`, and shows manifests beside the run that they come from, as it is typed.
exports.activate = async (context) => {
  const settings = vscode.workspace.getConfiguration("berth");
  const changed = new vscode.EventEmitter();
  const ask = async (args) => client.sendRequest("workspace/executeCommand", { command: "berth.manifests", arguments: args });
  const show = async ([uri, environment]) => {
    const query = JSON.stringify([uri, environment ?? ""]);
    const doc = vscode.Uri.from({ scheme, path: vscode.Uri.parse(uri).path + (environment ? "." + environment : "") + ".yaml", query });
    await vscode.window.showTextDocument(doc, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  };
  client = new LanguageClient("berth", "Berth", { command: settings.get("path"), args: ["lsp"] }, {
    documentSelector: ["yaml", "json", "cue", "jsonnet"].map((language) => ({ scheme: "file", language })),
    initializationOptions: { inlayHints: settings.get("inlayHints"), untrusted: !vscode.workspace.isTrusted },
    synchronize: { configurationSection: "berth" },
    middleware: { executeCommand: (command, args, next) => (command === "berth.manifests" ? show(args) : next(command, args)) },
  });
  const refresh = () => vscode.workspace.textDocuments.filter((d) => d.uri.scheme === scheme).forEach((d) => changed.fire(d.uri));
  context.subscriptions.push(
    changed, vscode.languages.onDidChangeDiagnostics(refresh), vscode.workspace.onDidChangeTextDocument((e) => e.document.uri.scheme === "file" && refresh()),
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri) => (await ask(JSON.parse(uri.query))).text,
    }),
  );
  await client.start();
};

exports.deactivate = () => client?.stop();
