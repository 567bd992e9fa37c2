#!/usr/bin/env bash
# The gateway before simulated providers: cache headers by curl, then the official Node SDKs. $1: tollgate, $2: its
# simulator, $3: the folder of the SDKs' script.
set -euo pipefail
tollgate=$1
simulator=$2
sdk=$3
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
fail() {
  echo "gateway: $*" >&2
  cat "$work"/*.log >&2
  exit 1
}
wait_for_line() { # file, pattern; prints the line
  local i
  for ((i = 0; i < 200; i++)); do
    if grep -m1 "$2" "$1" 2>/dev/null; then return; fi
    sleep 0.05
  done
  fail "no '$2' in $1"
}

"$simulator" --log "$work/requests" >sim.log 2>&1 &
pids+=($!)
provider=$(wait_for_line sim.log 'listening on' | grep -o 'http://.*')
router() { # MODEL of the tier balanced
  cat >llm.yaml <<YAML
llm: 1
providers:
  - {name: openai, kind: openai, base_urls: [$provider], api_key_env: OPENAI_API_KEY}
  - {name: anthropic, kind: anthropic, base_urls: [$provider], api_key_env: ANTHROPIC_API_KEY}
tiers: {fast: [openai/gpt-5.4-nano], balanced: [$1], powerful: [anthropic/claude-opus-5-5]}
YAML
}
router openai/gpt-5.5
env -i PATH="$PATH" HOME="$work" OPENAI_API_KEY=sk-test ANTHROPIC_API_KEY=sk-ant-test TOLLGATE_LLM_CONFIG=llm.yaml \
  "$tollgate" serve --port 0 >serve.log 2>&1 &
server=$!
pids+=("$server")
url=$(wait_for_line serve.log 'Listening on' | grep -o 'http://[0-9.:]*')

body='{"model":"balanced","messages":[{"role":"user","content":"Hello"}]}'
ask() { curl -sS -m 20 -D headers -o reply -H 'Content-Type: application/json' "$@" "$url/v1/chat/completions"; }
header() { sed -n "s/^$1: \(.*\)\r$/\1/Ip" headers; }
calls() { wc -l <"$work/requests"; }

ask --data "$body"
[[ $(header x-cache) == MISS ]] || fail "the first request was no miss: $(cat headers)"
[[ $(header x-router-cost-usd) =~ ^0\.0[0-9]+$ ]] || fail "no cost: $(cat headers)"
cp reply first
before=$(calls)
ask --data "{ \"messages\": [{\"content\":\"Hello\", \"role\":\"user\"}], \"model\": \"balanced\" }"
[[ $(header x-cache) == HIT && -n $(header age) ]] || fail "the same request in another order was no hit"
[[ $(header x-router-cost-usd) == 0 ]] || fail "a hit is not free: $(cat headers)"
cmp -s reply first || fail "the hit differs from the first reply"
[[ $(calls) == "$before" ]] || fail "a hit made a call"
ask --data "$body" -H 'Cache-Control: no-cache'
[[ $(calls) == $((before + 1)) ]] || fail "no-cache made no call"
ask --data '{"model":"balanced","messages":[{"role":"user","content":"Other"}]}' -H 'Cache-Control: only-if-cached'
[[ $(head -1 headers) == *504* ]] || fail "only-if-cached was not refused with 504"
status=$(curl -sS -o reply -w '%{http_code}' -H 'Content-Type: text/plain' --data "$body" "$url/v1/chat/completions")
[[ $status == 400 ]] || fail "a body that a page of another site may send was taken: $status"

# Streams tell of the same, as far as it is known before their first byte.
stream='{"model":"balanced","stream":true,"messages":[{"role":"user","content":"Streamed"}]}'
ask --data "$stream"
[[ $(header x-cache) == MISS && $(header x-router-attempts) == 1 && $(header x-router-provider) == openai ]] ||
  fail "the first stream was no miss: $(cat headers)"
[[ -z $(header x-router-cost-usd) && $(header x-router-overhead-us) =~ ^[0-9]+$ ]] ||
  fail "a stream's cost is known before it is made: $(cat headers)"
key=$(header x-cache-key)
cp reply first
ask --data "$stream"
[[ $(header x-cache) == HIT && $(header x-cache-key) == "$key" && -n $(header age) && -n $(header x-cache-ttl) ]] ||
  fail "the same stream was no hit: $(cat headers)"
[[ $(header x-router-cost-usd) == 0 ]] || fail "a stream from the cache is not free: $(cat headers)"
cmp -s reply first || fail "the hit differs from the first stream"
ask --data "$stream" -H 'Cache-Control: no-cache'
[[ $(header x-cache) == BYPASS ]] || fail "no-cache was no bypass: $(cat headers)"

# The router's file is read again on SIGHUP; a broken one changes nothing.
router anthropic/claude-sonnet-5-5
kill -HUP "$server"
wait_for_line serve.log 'read again' >/dev/null
ask --data "$body"
[[ $(header x-router-provider) == anthropic ]] || fail "SIGHUP changed nothing: $(cat headers)"
router nobody/x
kill -HUP "$server"
wait_for_line serve.log 'stay as they were: llm.yaml:5' >/dev/null
ask --data "$body"
[[ $(header x-router-provider) == anthropic ]] || fail "a broken file changed something: $(cat headers)"

# A hundred at once, none of them asked before: one call.
before=$(calls)
alike='{"model":"balanced","messages":[{"role":"user","content":"All at once"}]}'
seq 100 | xargs -P 20 -I{} curl -sS -m 20 -o /dev/null -H 'Content-Type: application/json' --data "$alike" \
  "$url/v1/chat/completions"
[[ $(calls) == $((before + 1)) ]] || fail "a hundred alike made $(($(calls) - before)) calls"

cp "$sdk"/package.json "$sdk"/package-lock.json "$sdk"/use.mjs .
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1 || fail "npm could not install the SDKs"
node use.mjs "$url" || fail "the SDKs met what they did not expect"
