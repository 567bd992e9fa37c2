#!/usr/bin/env bash
# encryption.sh PROGRAM BRIEF: what is stored is plain without a key and hidden with one; keys are set, missed, changed.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate=("$1" --store sqlite:sessions.db --provider offline)
expect_exit_with() { # KEYS CODE COMMAND...: the keys by commas, the first one encrypts
  local keys=$1
  shift
  TOLLGATE_ENCRYPTION_KEY=${keys%%,*} TOLLGATE_ENCRYPTION_OLD_KEYS=${keys#"${keys%%,*}"} expect_exit "$@"
}
new_key() { "$1" encryption new-key; }
one=$(new_key "$1")
two=$(new_key "$1")
[[ $one != "$two" && ${#one} == 64 ]] || fail "no new keys: $one $two"

# A word of the answers that stands nowhere else: the protocol, which is stored plain, cites answers like these.
sed '1,/^answers:/!s/ the / theqx /g' "$2" >brief.yaml
brief=brief.yaml
words_on_disk() { cat sessions.db* | grep -ao theqx | wc -l; }

expect_exit 0 "${tollgate[@]}" run "$brief" --out plain --json
session=$(sed -nE 's/.*"session": "([^"]+)".*/\1/p' output)
[[ $(words_on_disk) -gt 20 ]] || fail "only $(words_on_disk) words in a plain database: the search is wrong"
expect_exit 0 "${tollgate[@]}" encryption status
expect_output "sessions.db: not encrypted"

# A key is refused until what is there is encrypted.
expect_exit_with "$one" 1 "${tollgate[@]}" session list
expect_output "tollgate encryption rotate"
expect_exit_with "$one" 0 "${tollgate[@]}" encryption rotate
[[ $(words_on_disk) == 0 ]] || fail "words are left after rotate"
expect_exit_with "$one" 0 "${tollgate[@]}" run "$brief" --out encrypted --new
[[ $(words_on_disk) == 0 ]] || fail "words of a new session are on the disk"
expect_exit_with "$one" 0 "${tollgate[@]}" session verify "$session"
expect_exit_with "$one" 0 "${tollgate[@]}" session export "$session" --format md --out again.md
cmp plain/charter.md again.md || fail "another charter after encryption"

# Without the key, or with another one, nothing is read and nothing destroyed.
for keys in "" "$two"; do
  expect_exit_with "$keys" 1 "${tollgate[@]}" session list
  expect_output TOLLGATE_ENCRYPTION_KEY
  expect_exit_with "$keys" 1 "${tollgate[@]}" serve --port 0
  expect_output TOLLGATE_ENCRYPTION_KEY
  expect_exit_with "$keys" 1 "${tollgate[@]}" run "$brief" --out wrong
  expect_exit_with "$keys" 1 "${tollgate[@]}" doctor
done
expect_exit_with "$one" 0 "${tollgate[@]}" session verify "$session"

# A server with both keys goes on while they change places.
export TOLLGATE_ENCRYPTION_KEY=$two TOLLGATE_ENCRYPTION_OLD_KEYS=$one
start_server "${tollgate[@]}" serve --port 0
curl -sS --fail "$url/health/ready" >/dev/null
expect_exit 0 "${tollgate[@]}" encryption rotate --json
jq -e '.values > 100' output >/dev/null || fail "nothing rotated: $(cat output)"
curl -sS --fail "$url/health/ready" >/dev/null
curl -sS --fail "$url/api/v1/sessions/$session/charter?format=md" >charter.md
[[ -s charter.md ]] || fail "no charter after rotation"
stop_server
export TOLLGATE_ENCRYPTION_OLD_KEYS=
expect_exit 0 "${tollgate[@]}" session verify "$session"
expect_exit 0 "${tollgate[@]}" encryption status --json
jq -e '.encrypted and .plain_values == 0 and .values_to_rotate == 0 and (.keys | length) == 1' output >/dev/null ||
  fail "state after rotation: $(cat output)"

# One that has only the old key is not ready any more, and says why.
export TOLLGATE_ENCRYPTION_KEY=$one TOLLGATE_ENCRYPTION_OLD_KEYS=$two
start_server "${tollgate[@]}" serve --port 0
expect_exit_with "$two,$one" 0 "${tollgate[@]}" encryption rotate
[[ $(curl -sS -o output -w '%{http_code}' "$url/health/ready") == 503 ]] || fail "ready with a key that was replaced"
expect_output TOLLGATE_ENCRYPTION_KEY
stop_server

for secret in "$one" "$two"; do
  grep -rqaF "$secret" . && fail "a key is in a file here: $(grep -rlaF "$secret" .)"
done
exit 0
