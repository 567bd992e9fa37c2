#!/usr/bin/env bash
# api_session_node.sh PROGRAM BRIEF SCRIPT: a session by SCRIPT, with fetch and EventSource alone; ends as the brief does.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate=("$1" --store sqlite:sessions.db --provider offline)

expect_exit 0 "${tollgate[@]}" run "$2" --out charter --json
model=$(sed -nE 's/.*"session": "([^"]+)".*/\1/p' output)
start_server "${tollgate[@]}" serve --port 0
expected=$(curl -sS "$url/api/v1/sessions/$model/decision" | jq -r .decision.outcome)
expect_exit 0 timeout 100 node "$3" "$url" "$model"
expect_output "\"outcome\":\"$expected\""
expect_output '"charter":true'
expect_output '"in_order":true,"unique":true'
stop_server
