#!/usr/bin/env bash
# session_budget.sh PROGRAM SIMULATOR BRIEF: a session stops at its budget, also after a new start and in the server, and
# goes on when the budget is raised.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate=$1 brief=$3
start_simulator "$2" --log requests
cat >llm.yaml <<YAML
llm: 1
providers:
  - {name: openai, kind: openai, base_urls: [$provider], api_key_env: OPENAI_API_KEY}
tiers: {fast: [openai/gpt-5.4-nano], balanced: [openai/gpt-5.5], powerful: [openai/gpt-5.5]}
YAML
export OPENAI_API_KEY=sk-test TOLLGATE_LLM_CONFIG=llm.yaml TOLLGATE_DATABASE_URL=sqlite:sessions.db
export TOLLGATE_SESSION_BUDGET_USD=0.05
run() { "$tollgate" run "$brief" --out charter; }
calls() { wc -l <requests; }
cost() { "$tollgate" usage --by session --json | jq -r '.rows[0].cost_usd'; }

expect_exit 1 run
spent=$(cost)
expect_output "\$$spent of \$0.05 were spent; raise \`session_budget_usd\`"
made=$(calls)
[[ $made -gt 0 ]] || fail "no call was made at all"

expect_exit 1 run
expect_output "\$$spent of \$0.05 were spent"
[[ $(calls) == "$made" ]] || fail "a session whose budget is used up made $(($(calls) - made)) calls"

start_server "$tollgate" serve --port 0
session=$(curl -sS "$url/api/v1/sessions" | jq -r '.sessions[0].id')
curl -sS -X POST -H 'Content-Type: application/json' --data '{}' "$url/api/v1/sessions/$session/run" >/dev/null
for ((i = 0; i < 200; i++)); do
  progress=$(curl -sS "$url/api/v1/sessions/$session/progress")
  [[ $(jq -r .failure.code <<<"$progress") != out_of_credit ]] || break
  sleep 0.05
done
[[ $(jq -r .failure.detail <<<"$progress") == *"of \$0.05 were spent"* ]] || fail "the server does not say why: $progress"
[[ $(calls) == "$made" ]] || fail "the server made $(($(calls) - made)) calls"
stop_server

TOLLGATE_SESSION_BUDGET_USD=3 expect_exit 0 run
[[ $(calls) -gt $made && -s charter/charter.md ]] || fail "the session did not go on"
