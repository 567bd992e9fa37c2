#!/usr/bin/env bash
# brief_session.sh PROGRAM BRIEF DECISION RULE: an offline session ends with that decision, four charters, an intact chain.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
program=$1 brief=$2 decision=$3 rule=$4
tollgate=("$program" --store sqlite:sessions.db --provider offline)

expect_exit 0 "${tollgate[@]}" run "$brief" --out charter --json
expect_output "\"decision\": \"$decision\""
expect_output "\"rule\": \"$rule\""
session=$(sed -nE 's/.*"session": "([^"]+)".*/\1/p' output)

for format in md html pdf json; do
  [[ -s charter/charter.$format ]] || fail "charter.$format is missing or empty"
done
head -c 5 charter/charter.pdf | grep -q '^%PDF-' || fail "charter.pdf is no PDF"
grep -qF "Rule $rule" charter/charter.md || fail "charter.md does not name the rule $rule"

expect_exit 0 "${tollgate[@]}" session verify "$session"

# The same brief again is the same session, without new work.
expect_exit 0 "${tollgate[@]}" run "$brief" --out charter --json
expect_output "\"session\": \"$session\""
