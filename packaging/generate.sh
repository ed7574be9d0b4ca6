#!/bin/sh
# Writes what a release has beside the binary: completions for shells, and man pages.
set -eu
cd "$(dirname "$0")/.."
rm -rf packaging/generated
mkdir -p packaging/generated/completions
for shell in bash zsh fish powershell; do
  go run . completion "$shell" > "packaging/generated/completions/berth.$shell"
done
go run . man packaging/generated/man
