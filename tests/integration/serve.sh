#!/usr/bin/env bash
# serve.sh PROGRAM BRIEF: the server answers on a free port and ends cleanly on SIGTERM. Speaks HTTP through bash alone.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate=("$1" --store sqlite:sessions.db --provider offline)

get() { # PATH: the whole reply lands in $folder/output
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
  cat <&3 >"$folder/output"
  exec 3>&-
}

expect_exit 0 "${tollgate[@]}" run "$2" --out charter --json
session=$(sed -nE 's/.*"session": "([^"]+)".*/\1/p' output)

start_server "${tollgate[@]}" serve --port 0
port=${url##*:}

get /health/ready
expect_output "HTTP/1.1 200"
get /api/v1/sessions
expect_output "$session"
get "/api/v1/sessions/$session/charter?format=json"
expect_output "tollgate-charter"
get /api/v1/sessions/00000000-0000-7000-8000-000000000000
expect_output "HTTP/1.1 404"
expect_output "application/problem+json"

stop_server
