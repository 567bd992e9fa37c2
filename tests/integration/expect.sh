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

# start_server COMMAND...: $url is where it listens; $server is its process.
start_server() {
  local line lines
  exec {lines}< <(exec "$@" 2>&1)
  server=$!
  read -r -t 60 -u "$lines" line || fail "the server said nothing"
  url=$(sed -nE 's|.*(http://127\.0\.0\.1:[0-9]+).*|\1|p' <<<"$line")
  [[ -n $url ]] || fail "no port in: $line"
}
stop_server() {
  kill -TERM "$server"
  wait "$server" || fail "the server ended with code $?"
  server=
}
