#!/usr/bin/env bash
# postgres_session.sh PROGRAM BRIEF DECISION RULE: a brief run on PostgreSQL ends as the brief says; the other commands
# work there too; what is wrong is said with its cure, and the password never.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
program=$1 brief=$2 decision=$3 rule=$4
start_postgres
export TOLLGATE_DATABASE_URL=$database TOLLGATE_PROVIDER=offline
outputs=$folder/outputs
expect_on_postgres() { # CODE ARGUMENT...
  local code=$1
  shift
  expect_exit "$code" "$program" "$@"
  cat output >>"$outputs"
}

expect_on_postgres 1 run "$brief" --out charter
expect_output "run \`tollgate migrate up\`"
expect_on_postgres 0 migrate status
expect_output "schema 0 of"
expect_output "pending: 0001_initial.sql"
expect_on_postgres 0 migrate up
expect_output "up to date"
expect_on_postgres 0 migrate up

expect_on_postgres 0 run "$brief" --out charter --json
expect_output "\"decision\": \"$decision\""
expect_output "\"rule\": \"$rule\""
session=$(sed -nE 's/.*"session": "([^"]+)".*/\1/p' output)
grep -qF "Rule $rule" charter/charter.md || fail "charter.md does not name the rule $rule"

# The same brief again is the same session, without new work.
expect_on_postgres 0 run "$brief" --out charter --json
expect_output "\"session\": \"$session\""

expect_on_postgres 0 session list
expect_output "$session"
expect_on_postgres 0 session show "$session"
expect_on_postgres 0 session verify "$session"
expect_on_postgres 0 session fork "$session" --checkpoint 1
expect_on_postgres 0 doctor
expect_output "readable, schema up to date"

start_server "$program" serve --port 0
expect_exit 0 curl -fsS "$url/api/v1/sessions/$session/decision"
expect_output "$rule"
expect_exit 0 curl -fsS "$url/api/v1/sessions?q=zzz&limit=5"

# It is ready as long as PostgreSQL is there, says why when it is not, and is again without a restart.
ready() { curl -sS -m 20 -o output -w '%{http_code}' "$url/health/ready"; }
expect_ready() { # CODE
  local reply
  for _ in {1..100}; do
    reply=$(ready)
    [[ $reply != "$1" ]] || return 0
    read -r -t 0.1 <> <(:) || true
  done
  fail "/health/ready replies $reply instead of $1: $(cat output)"
}
expect_ready 200
stop_postgres
expect_ready 503
expect_output "is PostgreSQL running there"
grep -qF s3cret-word output && fail "readiness tells the password"
[[ $(curl -sS -o output -w '%{http_code}' "$url/health/live") == 200 ]] || fail "not live without its database"
[[ $(curl -sS -o output -w '%{http_code}' "$url/api/v1/sessions/$session") == 503 ]] || fail "no 503 without a database"
expect_output unavailable
start_postgres
expect_ready 200
expect_exit 0 curl -fsS "$url/api/v1/sessions/$session/decision"
stop_server

# The command to go on with is printed without the password.
printf 'title: Nothing is known\nprotocol: vendor-security-review\n' >open.yaml
expect_on_postgres 4 --store "$database" run open.yaml --out open
expect_output "--store postgres://tollgate@"

# Encrypted where it lies, under one key and then under another.
one=$("$program" encryption new-key) two=$("$program" encryption new-key)
expect_on_postgres 0 encryption status
expect_output "not encrypted"
TOLLGATE_ENCRYPTION_KEY=$one expect_on_postgres 1 session list
expect_output "tollgate encryption rotate"
TOLLGATE_ENCRYPTION_KEY=$one expect_on_postgres 0 encryption rotate
expect_on_postgres 1 session list
expect_output "set TOLLGATE_ENCRYPTION_KEY"
export TOLLGATE_ENCRYPTION_KEY=$two TOLLGATE_ENCRYPTION_OLD_KEYS=$one
expect_on_postgres 0 session verify "$session"
expect_on_postgres 0 encryption rotate --json
export TOLLGATE_ENCRYPTION_OLD_KEYS=
expect_on_postgres 0 session verify "$session"
expect_on_postgres 0 encryption status --json
jq -e '.encrypted and .plain_values == 0 and .values_to_rotate == 0 and (.keys | length) == 1' output >/dev/null ||
  fail "state after rotation: $(cat output)"

expect_on_postgres 0 session delete "$session" --yes
expect_on_postgres 2 session show "$session"

unset TOLLGATE_DATABASE_URL
expect_on_postgres 1 --store "${database/s3cret-word/wrong-word}" session list
expect_output "check database_url"
expect_on_postgres 1 --store "${database%/*}/nowhere" session list
expect_output "create the database"
expect_on_postgres 2 --store "postgres://tollgate:s3cret-word%zz@127.0.0.1/x" session list
stop_postgres
expect_on_postgres 1 --store "$database" session list
expect_output "is PostgreSQL running there"

if grep -E 's3cret-word|wrong-word' "$outputs"; then fail "the password was printed"; fi
