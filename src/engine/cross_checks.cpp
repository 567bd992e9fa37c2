#include "engine/cross_checks.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/entries.hpp"
#include "llm/consistency_prompt.hpp"
#include "protocol/rules.hpp"

namespace tollgate::engine {
namespace {

using session::CheckOutcome;
using session::CheckOutcomeStatus;

CheckOutcomeStatus outcome_status(protocol::CheckStatus status) {
  switch (status) {
    case protocol::CheckStatus::kConsistent: return CheckOutcomeStatus::kConsistent;
    case protocol::CheckStatus::kContradiction: return CheckOutcomeStatus::kContradiction;
    case protocol::CheckStatus::kInapplicable: return CheckOutcomeStatus::kInapplicable;
    case protocol::CheckStatus::kUndetermined: break;
  }
  return CheckOutcomeStatus::kNotChecked;
}

const protocol::Check& check_named(const session::Session& session, const std::string& id) {
  const auto& checks = session.protocol().checks;
  return *std::find_if(checks.begin(), checks.end(), [&](const auto& candidate) { return candidate.id == id; });
}

store::Async<void> record(SessionJournal& journal, std::vector<CheckOutcome> outcomes) {
  auto out = journal.new_commit(journal.now());
  for (const auto& outcome : outcomes) {
    if (outcome.status == CheckOutcomeStatus::kContradiction)
      out.events.push_back(finding_event(check_named(journal.session(), outcome.check), outcome));
  }
  co_return co_await journal.record(std::move(outcomes), std::move(out));
}

}  // namespace

CheckOutcome evaluate_rule(const session::Session& session, const protocol::Check& check) {
  const auto result = protocol::evaluate_check(check, session.environment());
  return {.check = check.id,
          .status = outcome_status(result.status),
          .text = result.text,
          .inputs = session.inputs_of(check)};
}

store::Async<void> run_checks(SessionJournal& journal, std::vector<std::string> checks) {
  const auto& session = journal.session();
  std::vector<CheckOutcome> outcomes;
  for (const auto& check : session.protocol().checks) {
    if (std::find(checks.begin(), checks.end(), check.id) == checks.end()) continue;
    outcomes.push_back(evaluate_rule(session, check));
    outcomes.back().number = session.check_count(check.id) + 1;
    outcomes.back().at = journal.now();
  }
  co_return co_await record(journal, std::move(outcomes));
}

store::Async<void> ask_checks(SessionJournal& journal, ModelCalls& calls, std::vector<std::string> checks) {
  const auto& session = journal.session();
  // Taken now: what changes during the call is checked again, because the inputs differ then.
  std::map<std::string, base::Sha256> inputs;
  for (const auto& check : session.protocol().checks) inputs.emplace(check.id, session.inputs_of(check));
  CO_TRY(const auto reply, co_await calls.call(llm::Tier::kBalanced, llm::consistency_request(session, checks)));
  CO_TRY(const auto judgements, llm::read_consistency_reply(checks, reply.value));
  std::vector<CheckOutcome> outcomes;
  for (const auto& judgement : judgements) {
    const bool contradiction = judgement.consistency == llm::Consistency::kContradiction;
    outcomes.push_back({.check = judgement.check,
                        .number = session.check_count(judgement.check) + 1,
                        .status = contradiction ? CheckOutcomeStatus::kContradiction : CheckOutcomeStatus::kConsistent,
                        .text = judgement.explanation,
                        .model = reply.model,
                        .inputs = inputs.at(judgement.check),
                        .at = journal.now()});
  }
  co_return co_await record(journal, std::move(outcomes));
}

}  // namespace tollgate::engine
