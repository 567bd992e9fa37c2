#!/usr/bin/env bash
# usage.sh PROGRAM SIMULATOR: what calls cost is in the account after the server has ended, on SQLite and on PostgreSQL;
# a key's budget knows after the start what was spent before it.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate=$1
start_simulator "$2"
cat >llm.yaml <<YAML
llm: 1
providers:
  - {name: openai, kind: openai, base_urls: [$provider], api_key_env: OPENAI_API_KEY}
tiers: {fast: [openai/gpt-5.5], balanced: [openai/gpt-5.5], powerful: [openai/gpt-5.5]}
YAML
export OPENAI_API_KEY=sk-test TOLLGATE_LLM_CONFIG=llm.yaml TOLLGATE_ACCOUNTS=on

ask() { # KEY TEXT; prints the status
  curl -sS -m 20 -D headers -o reply -w '%{http_code}' -H "Authorization: Bearer $1" -H 'Content-Type: application/json' \
    --data "{\"model\":\"fast\",\"max_tokens\":1000,\"messages\":[{\"role\":\"user\",\"content\":\"$2\"}]}" \
    "$url/v1/chat/completions"
}
used() { "$tollgate" usage --by "$1" --json | jq -r "$2"; }

check() { # on the database of TOLLGATE_DATABASE_URL
  "$tollgate" account add ann >/dev/null
  local key id cost
  key=$("$tollgate" key create ann --budget-usd-per-day 0.05 --requests-per-minute 100 2>key.log)
  grep -q "at most 100 requests a minute and \$0.05 a day" key.log || fail "the key's limits are not told: $(cat key.log)"
  id=${key:0:11}
  start_server "$tollgate" serve --port 0
  [[ $(ask "$key" Hello) == 200 ]] || fail "the first call was refused: $(cat reply)"
  cost=$(sed -n 's/^X-Router-Cost-USD: \(.*\)\r$/\1/Ip' headers)
  [[ $(ask "$key" Hello) == 200 ]] || fail "the same call was refused"
  stop_server
  [[ $(used key '.rows[] | "\(.name) \(.calls) \(.hits) \(.cost_usd) \(.saved_usd)"') == "$id 1 1 $cost $cost" ]] ||
    fail "the account differs: $(used key .)"
  [[ $(used task '.rows[] | "\(.name) \(.hit_rate)"') == "gateway 0.5" ]] || fail "no hit rate: $(used task .)"
  [[ $(used tier '.rows[0].name') == fast ]] || fail "no tier: $(used tier .)"

  # Until the budget is used up; then it is so after a new start, too.
  start_server "$tollgate" serve --port 0
  local i status=200
  for ((i = 0; i < 50 && status == 200; i++)); do status=$(ask "$key" "Call $i"); done
  [[ $status == 429 && $i -gt 1 ]] || fail "after $i calls: $status $(cat reply)"
  grep -qi '^retry-after:' headers || fail "no Retry-After: $(cat headers)"
  stop_server
  start_server "$tollgate" serve --port 0
  [[ $(ask "$key" Again) == 429 ]] || fail "the budget was forgotten: $(cat reply)"
  [[ $(curl -sS -H "Authorization: Bearer $key" "$url/api/v1/usage" | jq .total.calls) == "$i" ]] ||
    fail "not $i calls: $(used day .)"
  stop_server
}

export TOLLGATE_DATABASE_URL=sqlite:usage.db
check
start_postgres
export TOLLGATE_DATABASE_URL=$database
"$tollgate" migrate up >/dev/null
check

# What is older than is to be kept is deleted when a server starts.
export TOLLGATE_DATABASE_URL=sqlite:usage.db
python3 - <<'PYTHON'
import sqlite3

with sqlite3.connect("usage.db") as db:
    db.execute("UPDATE usage SET day = '2020-02-01'")
PYTHON
old() { "$tollgate" usage --from 2020-02-01 --to 2020-02-01 --json | jq .total.calls; }
start_server "$tollgate" serve --port 0
for ((i = 0; i < 100 && $(old) > 0; i++)); do sleep 0.05; done
[[ $(old) == 0 ]] || fail "old rows are still there: $(old) calls"
stop_server
