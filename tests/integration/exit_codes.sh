#!/usr/bin/env bash
# exit_codes.sh PROGRAM: exit codes tell what happened, messages name the place.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate=("$1" --store sqlite:sessions.db --provider offline)

expect_exit 2 "${tollgate[@]}" no-such-command
expect_exit 2 "${tollgate[@]}" run no-such-brief.yaml
expect_output no-such-brief.yaml

printf 'title: Sparse\nanswers:\n  no_such_question: 1\n' >wrong.yaml
expect_exit 2 "${tollgate[@]}" run wrong.yaml
expect_output wrong.yaml:3
expect_output no_such_question

printf 'title: Sparse\n' >sparse.yaml
expect_exit 4 "${tollgate[@]}" run sparse.yaml
expect_output "Open questions:"

printf 'no_such_setting: 1\n' >settings.yaml
expect_exit 2 "${tollgate[@]}" --config settings.yaml session list
expect_output settings.yaml:1

expect_exit 2 env TOLLGATE_NO_SUCH_SETTING=1 "${tollgate[@]}" session list
expect_output TOLLGATE_NO_SUCH_SETTING

expect_exit 0 "${tollgate[@]}" version
