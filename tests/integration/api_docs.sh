#!/usr/bin/env bash
# api_docs.sh PROGRAM DOCS: every `sh` example of docs/api.md, in order, against a server with accounts.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate_program=$1
docs=$2
tollgate() { "$tollgate_program" "$@"; }
export TOLLGATE_DATABASE_URL=sqlite:sessions.db TOLLGATE_PROVIDER=offline TOLLGATE_ACCOUNTS=on

awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$docs" >examples.sh
grep -q curl examples.sh || fail "no examples in $docs"
start_server "$tollgate_program" serve --port 0
sed -i "s|http://127.0.0.1:8080|$url|g" examples.sh
printf 'correct horse battery\n' >password.txt
# shellcheck disable=SC1091  # made above
{ set -x; source ./examples.sh; } >output 2>&1 || { cat output >&2; fail "an example of $docs failed"; }
set +x
expect_output '"outcome"'
expect_output 'event: session.created'
stop_server
