-- Drives the server with Neovim's own client, without a screen. Anything unexpected ends Neovim with an error.
local root, program = os.getenv("ROOT"), os.getenv("PROGRAM")
local patience = 60000 -- milliseconds

local function fail(message)
  io.stderr:write(message .. "\n")
  vim.cmd("cquit")
end

local function eventually(what, condition)
  if not vim.wait(patience, condition, 20) then
    fail("not in time: " .. what .. "\n" .. vim.inspect(vim.diagnostic.get(0)))
  end
end

local function expect(what, condition)
  if not condition then
    fail(what)
  end
end

local function said(text)
  return function()
    for _, d in ipairs(vim.diagnostic.get(0)) do
      if d.message:find(text, 1, true) then
        return true
      end
    end
    return false
  end
end

local function nothing()
  return #vim.diagnostic.get(0) == 0
end

local told = {} -- how many diagnostics, by URI: Neovim keeps none of files that are not open
local function publish(err, result, context, config)
  told[result.uri] = #result.diagnostics
  vim.lsp.handlers["textDocument/publishDiagnostics"](err, result, context, config)
end

local client = vim.lsp.start_client({ name = "berth", cmd = { program, "lsp" }, root_dir = root, handlers = { ["textDocument/publishDiagnostics"] = publish } })
expect("the server starts", client)

local function open(name)
  vim.cmd("edit " .. root .. "/" .. name)
  vim.lsp.buf_attach_client(0, client)
  eventually("the client is attached", function() return vim.lsp.get_client_by_id(client).initialized end)
end

-- put writes a line, or removes it.
local function put(line, ...)
  vim.api.nvim_buf_set_lines(0, line, line + 1, true, { ... })
end

local function ask(method, line, character, more)
  local params = vim.tbl_extend("force", { textDocument = vim.lsp.util.make_text_document_params(), position = { line = line, character = character } }, more or {})
  local answers = vim.lsp.buf_request_sync(0, method, params, patience)
  expect(method .. " is answered", answers and answers[client] and not answers[client].err)
  return answers[client].result
end

local function labels(line, character)
  local found = {}
  for _, item in ipairs(ask("textDocument/completion", line, character).items) do
    found[item.label] = true
  end
  return found
end

open("runs/train.yaml")
eventually("a right run", nothing)

-- A mistake, its fix, and the file that is right again.
put(6, "timeZone: Europe/Berlin")
eventually("an unknown field", said("`timeZone`"))
local whole = { start = { line = 0, character = 0 }, ["end"] = { line = 99, character = 0 } }
local actions = ask("textDocument/codeAction", 0, 0, { range = whole, context = { diagnostics = {} } })
expect("a fix is offered", #actions > 0)
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
eventually("the mended run", nothing)
expect("the mended line", vim.api.nvim_buf_get_lines(0, 6, 7, true)[1] == "time_zone: Europe/Berlin")

-- Columns count UTF-16 in the protocol, and bytes here.
put(6, "envs: [{name: A, value: 😀é, vale: b}]")
eventually("an unknown field behind an emoji", said("`vale`"))
expect("its column", vim.diagnostic.get(0)[1].col == #"envs: [{name: A, value: 😀é, ")

-- Half written, then whole.
put(6, "resources: {gpu:")
eventually("half a line", function() return not nothing() end)
put(6, "time_zone: Europe/Berlin")
eventually("whole again", nothing)

-- Completion.
expect("profiles", labels(3, 9).trainer)
put(1, "action: ")
expect("actions", labels(1, 8).serve and not labels(1, 8)["true"])
put(1, "action: job")
put(6, "")
expect("fields", labels(6, 0).envs and not labels(6, 0).replicas)
put(6, "time_zone: Europe/Berlin")

-- Hover and definition.
expect("hover", ask("textDocument/hover", 3, 12).contents.value:find("Machines for training", 1, true))
expect("definition", ask("textDocument/definition", 3, 12)[1].uri:match("profiles/trainer.yaml$"))

-- A profile is edited beside the run, without being saved.
local run = vim.api.nvim_get_current_buf()
vim.cmd("set hidden")
open("profiles/trainer.yaml")
local before = vim.api.nvim_buf_get_lines(0, 0, -1, true)
vim.cmd("%s/max: 4/max: 1/")
vim.api.nvim_set_current_buf(run)
eventually("the profile's bound", said("profile trainer allows"))
vim.cmd("bnext")
vim.api.nvim_buf_set_lines(0, 0, -1, true, before)
vim.api.nvim_set_current_buf(run)
eventually("the bound is as it was", nothing)

-- berth.yaml changes on disk, where this client watches nothing for the server.
vim.fn.writefile({ "apiVersion: berth/v1", "kind: Project", "metadata: {name: ml}", "spec: {policies: [nowhere]}" }, root .. "/berth.yaml")
eventually("a mistake in berth.yaml", function() return told[vim.uri_from_fname(root .. "/berth.yaml")] == 1 end)

vim.fn.writefile({ "apiVersion: berth/v1", "kind: Project", "metadata: {name: ml}", "spec: {}" }, root .. "/berth.yaml")
eventually("berth.yaml is right again", function() return told[vim.uri_from_fname(root .. "/berth.yaml")] == 0 end)

-- A file is renamed.
vim.cmd("write! " .. root .. "/runs/renamed.yaml")
vim.cmd("bdelete!")
os.remove(root .. "/runs/train.yaml")
open("runs/renamed.yaml")
put(1, "action: jo")
eventually("the renamed file is checked", said("action"))

vim.lsp.stop_client(client)
eventually("the server ends", function() return vim.lsp.get_client_by_id(client) == nil end)
vim.cmd("qall!")
