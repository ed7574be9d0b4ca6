// The server as the extension starts it, driven by Microsoft's own client of the protocol.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

const { createProtocolConnection, StreamMessageReader, StreamMessageWriter, ...protocol } = createRequire(import.meta.url)("vscode-languageserver-protocol/node");
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url)));
const program = process.env.BERTH ?? manifest.contributes.configuration.properties["berth.path"].default;

const run = `name: train
action: job
image: ghcr.io/acme/train:1.0
profile: trainer
resources: {gpu: 2}
schedule: "30 4 * * *"
time_zone: Europe/Berlin
`;

const profile = `apiVersion: berth/v1
kind: Profile
metadata: {name: trainer}
spec:
  description: Machines for training
  default: {resources: {cpu: "4", mem: 16Gi}}
  bounds: {gpu: {min: 1, max: 4}}
  accelerator: {resource: nvidia.com/gpu}
  nodes: [{name: large, allocatable: {cpu: "96", memory: 640Gi, nvidia.com/gpu: 8}}]
`;

const root = mkdtempSync(join(tmpdir(), "berth-editor-"));
const uri = (name) => pathToFileURL(join(root, name)).href;
const write = (name, text) => writeFileSync(join(root, name), text);
const published = new Map();
let connection, server, waiting = [];

before(async () => {
  mkdirSync(join(root, "runs"));
  mkdirSync(join(root, "profiles"));
  write("berth.yaml", "apiVersion: berth/v1\nkind: Project\nmetadata: {name: ml}\nspec: {environments: {dev: {namespace: d}, prod: {namespace: p}}}\n");
  write("profiles/trainer.yaml", profile);
  write("runs/train.yaml", run);
  server = spawn(program, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  connection.onNotification(protocol.PublishDiagnosticsNotification.type, (p) => {
    published.set(p.uri, p.diagnostics);
    waiting = waiting.filter((w) => !w());
  });
  connection.onRequest(protocol.RegistrationRequest.type, () => {});
  connection.onRequest(protocol.InlayHintRefreshRequest.type, () => {});
  connection.onRequest(protocol.CodeLensRefreshRequest.type, () => {});
  connection.listen();
  const { capabilities } = await connection.sendRequest(protocol.InitializeRequest.type, {
    processId: process.pid, rootUri: null, workspaceFolders: [{ uri: pathToFileURL(root).href, name: "ml" }],
    initializationOptions: { inlayHints: true, untrusted: false },
    capabilities: {
      workspace: { didChangeWatchedFiles: { dynamicRegistration: true }, codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true } },
      textDocument: { completion: { completionItem: { snippetSupport: true } } },
    },
  });
  assert.equal(capabilities.positionEncoding, "utf-16");
  await connection.sendNotification(protocol.InitializedNotification.type, {});
  await open("runs/train.yaml", run);
});

after(async () => {
  await connection.sendRequest(protocol.ShutdownRequest.type);
  const ended = new Promise((resolve) => server.on("exit", resolve));
  await connection.sendNotification(protocol.ExitNotification.type);
  assert.equal(await ended, 0);
  connection.dispose();
  rmSync(root, { recursive: true });
});

const versions = new Map();

async function open(name, text) {
  versions.set(name, 1);
  await connection.sendNotification(protocol.DidOpenTextDocumentNotification.type, { textDocument: { uri: uri(name), languageId: "yaml", version: 1, text } });
}

async function edit(name, text) {
  versions.set(name, versions.get(name) + 1);
  await connection.sendNotification(protocol.DidChangeTextDocumentNotification.type, {
    textDocument: { uri: uri(name), version: versions.get(name) }, contentChanges: [{ text }],
  });
}

// diagnostics waits until those of a file are as wanted.
function diagnostics(name, wanted) {
  return new Promise((resolve) => {
    const look = () => {
      const found = published.get(uri(name));
      if (!found || !wanted(found)) return false;
      resolve(found);
      return true;
    };
    if (!look()) waiting.push(look);
  });
}

const none = (found) => found.length === 0;
const some = (found) => found.length > 0;
const at = (name, line, character) => ({ textDocument: { uri: uri(name) }, position: { line, character } });

test("a mistake is said, its fix applied, and the file is right", async () => {
  await edit("runs/train.yaml", run.replace("time_zone", "timeZone"));
  const [d] = await diagnostics("runs/train.yaml", some);
  assert.equal(d.source, "berth");
  assert.deepEqual(d.range, { start: { line: 6, character: 0 }, end: { line: 6, character: 8 } });
  const [fix] = await connection.sendRequest(protocol.CodeActionRequest.type, { textDocument: { uri: uri("runs/train.yaml") }, range: d.range, context: { diagnostics: [d] } });
  const [change] = fix.edit.changes[uri("runs/train.yaml")];
  const lines = run.replace("time_zone", "timeZone").split("\n");
  lines[6] = lines[6].slice(0, change.range.start.character) + change.newText + lines[6].slice(change.range.end.character);
  await edit("runs/train.yaml", lines.join("\n"));
  await diagnostics("runs/train.yaml", none);
});

test("columns count UTF-16, with \\r\\n as well", async () => {
  await edit("runs/train.yaml", (run + "labels: {😀é: a, profil: b}\nenvs: [{name: A, value: 😀😀, vale: b}]\n").replaceAll("\n", "\r\n"));
  const found = await diagnostics("runs/train.yaml", some);
  assert.ok(found.some((d) => d.range.start.line === 8 && d.range.start.character === 30), JSON.stringify(found));
  await edit("runs/train.yaml", run);
  await diagnostics("runs/train.yaml", none);
});

test("a half-written file is checked", async () => {
  await edit("runs/train.yaml", run + "resources: {gpu:");
  await diagnostics("runs/train.yaml", some);
  await edit("runs/train.yaml", run);
  await diagnostics("runs/train.yaml", none);
});

test("completion in ten places", async () => {
  for (const [text, line, character, wanted] of [
    ["", 0, 0, "job"],
    ["name: a\n\n", 1, 0, "action"],
    ["name: a\naction: \n", 1, 8, "serve"],
    ["name: a\naction: job\nprofile: \n", 2, 9, "trainer"],
    ["name: a\naction: job\nprofile: trainer\nresources: {gpu: }\n", 3, 17, "4"],
    ["name: a\naction: job\nresources:\n  \n", 3, 2, "mem"],
    ["name: a\naction: job\nvolumes:\n- \n", 3, 2, "mount_path"],
    ["name: a\naction: job\nvolumes:\n- volume_type: \n", 3, 15, "empty_dir"],
    ["name: a\naction: job\nenvironments:\n  \n", 3, 2, "prod"],
    ["name: a\naction: job\ntime_zone: Europe/Ber\n", 2, 21, "Europe/Berlin"],
    ["name: a\naction: job\nschedule: \n", 2, 10, "@daily"],
    ["name: a\naction: job\nsuspend: \n", 2, 9, "true"],
  ]) {
    await edit("runs/train.yaml", text);
    const { items } = await connection.sendRequest(protocol.CompletionRequest.type, at("runs/train.yaml", line, character));
    assert.ok(items.some((i) => i.label === wanted), `${JSON.stringify(text)}: no ${wanted} in ${items.map((i) => i.label)}`);
  }
  await edit("runs/train.yaml", run);
});

test("hover, definition, references, symbols, hints, lenses and manifests", async () => {
  const textDocument = { uri: uri("runs/train.yaml") };
  const hover = await connection.sendRequest(protocol.HoverRequest.type, at("runs/train.yaml", 3, 12));
  assert.match(hover.contents.value, /fits 1 of 1 machines/);
  const [definition] = await connection.sendRequest(protocol.DefinitionRequest.type, at("runs/train.yaml", 3, 12));
  assert.equal(definition.uri, uri("profiles/trainer.yaml"));
  const references = await connection.sendRequest(protocol.ReferencesRequest.type, { ...at("profiles/trainer.yaml", 2, 18), context: { includeDeclaration: false } });
  assert.deepEqual(references.map((r) => r.uri), [uri("runs/train.yaml")]);
  const [symbol] = await connection.sendRequest(protocol.DocumentSymbolRequest.type, { textDocument });
  assert.equal(symbol.name, "train");
  const [hint] = await connection.sendRequest(protocol.InlayHintRequest.type, { textDocument, range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } } });
  assert.equal(hint.label, "cpu 4, mem 16Gi");
  const lenses = await connection.sendRequest(protocol.CodeLensRequest.type, { textDocument });
  assert.ok(lenses.some((l) => l.command.title.startsWith("next run ")));
  const manifests = await connection.sendRequest(protocol.ExecuteCommandRequest.type, { command: "berth.manifests", arguments: [textDocument.uri, "prod"] });
  assert.match(manifests.text, /namespace: p/);
});

test("a profile that is edited checks its runs", async () => {
  await open("profiles/trainer.yaml", profile);
  await edit("profiles/trainer.yaml", profile.replace("max: 4", "max: 1"));
  const [d] = await diagnostics("runs/train.yaml", some);
  assert.equal(d.relatedInformation[0].location.uri, uri("profiles/trainer.yaml"));
  await edit("profiles/trainer.yaml", profile);
  await diagnostics("runs/train.yaml", none);
});

test("a file that is renamed takes its diagnostics along", async () => {
  await edit("runs/train.yaml", run.replace("action: job", "action: jo"));
  await diagnostics("runs/train.yaml", some);
  write("runs/train.yaml", run.replace("action: job", "action: jo"));
  renameSync(join(root, "runs/train.yaml"), join(root, "runs/other.yaml"));
  await connection.sendNotification(protocol.DidCloseTextDocumentNotification.type, { textDocument: { uri: uri("runs/train.yaml") } });
  await open("runs/other.yaml", run.replace("action: job", "action: jo"));
  await connection.sendNotification(protocol.DidChangeWatchedFilesNotification.type, { changes: [{ uri: uri("runs/train.yaml"), type: 3 }, { uri: uri("runs/other.yaml"), type: 1 }] });
  await diagnostics("runs/other.yaml", some);
  await diagnostics("runs/train.yaml", none);
});

test("what is not the workspace's is refused", async () => {
  await assert.rejects(connection.sendRequest(protocol.HoverRequest.type, { textDocument: { uri: "file:///etc/passwd" }, position: { line: 0, character: 0 } }), /not a file inside a workspace folder/);
});

test("the manifest keeps a workspace from naming a program", () => {
  const path = manifest.contributes.configuration.properties["berth.path"];
  assert.equal(path.scope, "machine");
  assert.equal(manifest.capabilities.untrustedWorkspaces.supported, "limited");
  assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes("berth.path"));
});
