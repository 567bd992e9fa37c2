# shellcheck shell=bash
# Sourced by the tests here: a folder of their own, and a loud end.
set -euo pipefail

folder=$(mktemp -d)
server=
clean_up() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
cd "$folder"  # no tollgate.yaml of anybody is read

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
expect_exit() { # CODE COMMAND...: output lands in $folder/output
  local expected=$1 code=0
  shift
  "$@" >"$folder/output" 2>&1 || code=$?
  [[ $code == "$expected" ]] || { cat "$folder/output" >&2; fail "exit code $code instead of $expected: $*"; }
}
expect_output() { grep -qF -- "$1" "$folder/output" || { cat "$folder/output" >&2; fail "the output lacks: $1"; }; }
