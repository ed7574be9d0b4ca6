#!/usr/bin/env bash
# The steps of action.yml, so that they can be run anywhere.
set -euo pipefail

case $1 in
install)
  bin="${RUNNER_TEMP:?}/berth"
  mkdir -p "$bin"
  if [ -n "${VERSION:-}" ]; then
    os=$(uname -s | tr '[:upper:]' '[:lower:]')
    arch=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
    gh release download "$VERSION" --repo "${REPOSITORY:?}" --dir "$bin" --pattern "berth_*_${os}_${arch}.tar.gz" --pattern checksums.txt
    (cd "$bin" && sha256sum --check --ignore-missing checksums.txt && tar -xzf berth_*.tar.gz berth)
  else
    (cd "${HOME_OF_ACTION:?}" && CGO_ENABLED=0 go build -trimpath -o "$bin/berth" .)
  fi
  echo "$bin" >> "${GITHUB_PATH:?}"
  "$bin/berth" version
  ;;
check)
  berth -C "${DIRECTORY:-.}" check --format github
  ;;
diff)
  # 1 says that there is a difference.
  berth -C "${DIRECTORY:-.}" diff --against "origin/${GITHUB_BASE_REF:?}..." --output markdown >> "${GITHUB_STEP_SUMMARY:?}" || [ $? -eq 1 ]
  ;;
*)
  echo "install, check or diff" >&2
  exit 2
  ;;
esac
