# shellcheck shell=bash
# Sourced by the tests here: a folder of their own, and a loud end.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
server=
simulator=
postgres=
clean_up() {
  [[ -z $simulator ]] || kill "$simulator" 2>/dev/null || true
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  stop_postgres
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

# start_simulator COMMAND...: $provider is where it listens; $simulator is its process.
start_simulator() {
  local i
  "$@" >"$folder/simulator.log" 2>&1 &
  simulator=$!
  for ((i = 0; i < 200; i++)); do
    provider=$(grep -m1 -o 'http://.*' "$folder/simulator.log" || true)
    [[ -z $provider ]] || return 0
    sleep 0.05
  done
  fail "the simulator does not listen: $(cat "$folder/simulator.log")"
}

# start_postgres: $database is the URL of an empty database, or again of the one there was; $postgres is the server's
# process.
start_postgres() {
  local port=${database:-}
  mkdir -p "$folder/postgres"
  chmod 711 "$folder"  # as root the server is another user
  port=${port##*:} port=${port%/*}
  port=${port:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
  "$here/../fakes/postgres_server.sh" "$folder/postgres" "$port" -c fsync=off \
    >"$folder/postgres.log" 2>&1 &
  postgres=$!
  database="postgres://tollgate:s3cret-word@127.0.0.1:$port/postgres"
  until grep -qs 'ready to accept connections' "$folder/postgres.log"; do
    kill -0 "$postgres" 2>/dev/null || { cat "$folder/postgres.log" >&2; fail "PostgreSQL does not start"; }
    read -r -t 0.1 <> <(:) || true
  done
}
stop_postgres() { # at once, as by a crash
  [[ -n $postgres ]] || return 0
  kill -QUIT "$postgres" 2>/dev/null || true
  wait "$postgres" 2>/dev/null || true
  postgres=
}

stop_server() {
  kill -TERM "$server"
  wait "$server" || fail "the server ended with code $?"
  server=
}
