#!/usr/bin/env bash
# api_session.sh PROGRAM BRIEF: a session from creation to charter by curl alone, with what the same brief answers.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate=("$1" --store sqlite:sessions.db --provider offline)

expect_exit 0 "${tollgate[@]}" run "$2" --out charter --json
model=$(sed -nE 's/.*"session": "([^"]+)".*/\1/p' output)
start_server "${tollgate[@]}" serve --port 0
api=$url/api/v1
send() { # METHOD PATH [BODY]
  curl -sS --fail-with-body -X "$1" "$api$2" ${3:+-H 'Content-Type: application/json' --data "$3"}
}

protocol=$(send GET "/sessions/$model" | jq -r .protocol)
send GET "/sessions/$model/questions" | jq '[.questions[] | {key: .question, value: .value}] | from_entries' >answers.json
session=$(send POST /sessions "$(jq -n --arg p "$protocol" '{title: "Payroll by curl", protocol: $p}')" | jq -r .id)

for _ in {1..20}; do # each round opens the next stages
  send GET "/sessions/$session/questions" | jq -r '.questions[] | select(.value == null) | .question' >open.txt
  while read -r question; do
    value=$(jq -c --arg q "$question" '.[$q]' answers.json)
    [[ $value == null ]] || send PUT "/sessions/$session/answers/$question" "{\"value\": $value}" >reply.json
  done <open.txt
  for _ in {1..100}; do
    [[ $(send GET "/sessions/$session/progress" | jq .working) == false ]] && break
    sleep 0.1
  done
  [[ $(send GET "/sessions/$session/progress" | jq .decided) == true ]] && break
done

send GET "/sessions/$session/decision" >output
expect_output '"outcome"'
for format in md html pdf json; do
  send GET "/sessions/$session/charter?format=$format" >"charter.$format"
  [[ -s charter.$format ]] || fail "no charter as $format"
done
cp charter.md output
expect_output "Payroll by curl"
expected=$(send GET "/sessions/$model/decision" | jq -r .decision.outcome)
[[ $(send GET "/sessions/$session/decision" | jq -r .decision.outcome) == "$expected" ]] || fail "decided otherwise"

# One wins, the other is told.
question=$(jq -r 'keys[0]' answers.json)
revision=$(send GET "/sessions/$session/questions" | jq -r --arg q "$question" '.questions[] | select(.question == $q).revision')
for writer in one two; do
  curl -sS -o "$writer.json" -w '%{http_code}\n' -X PUT "$api/sessions/$session/answers/$question" -H "If-Match: \"$revision\"" \
    -H 'Content-Type: application/json' --data "$(jq -c --arg q "$question" '{value: .[$q]}' answers.json)" >"$writer.code" &
  writers+=($!)
done
wait "${writers[@]}"
sort one.code two.code | tr '\n' ' ' >output
expect_output "412"
grep -qE '^20[02] 412' output || fail "two edits of one revision: $(cat output)"
stop_server
