#!/usr/bin/env node
// Starts the program of this platform, which stands in a package of its own.
const { spawnSync } = require("node:child_process");

const name = `NAME-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/bin/berth${process.platform === "win32" ? ".exe" : ""}`);
} catch {
  console.error(`berth: the package ${name} is not installed: npm leaves it out with --omit=optional, and there is none for every platform`);
  process.exit(2);
}
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) console.error(`berth: ${error.message}`);
if (signal) process.kill(process.pid, signal);
process.exit(status ?? 2);
