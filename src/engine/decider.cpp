#include "engine/decider.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/chain_link.hpp"
#include "engine/entries.hpp"
#include "protocol/answer_environment.hpp"
#include "protocol/rules.hpp"

namespace tollgate::engine {

store::Async<void> decide(SessionJournal& journal) {
  const auto& session = journal.session();
  protocol::AnswerEnvironment environment(session.protocol(), session.facts(),
                                          [&session](std::string_view question) -> const base::Value* {
                                            const auto* answer = session.in_force(question);
                                            return answer == nullptr ? nullptr : &answer->value;
                                          });
  environment.set_findings(session.findings());
  const auto result = protocol::decide(session.protocol(), session.info().profile, environment);
  if (!result)
    co_return base::fail(base::ErrorCode::kInternal,
                         fmt::format("the rule {} became undecidable while deciding", result.error().rule));
  const auto* last = journal.last_checkpoint();
  if (last == nullptr) co_return base::fail(base::ErrorCode::kInternal, "a decision before any gate has passed");
  const auto* before = session.decision();
  const session::Decision decision{.number = before == nullptr ? 1 : before->number + 1,
                                   .profile = session.info().profile,
                                   .result = *result,
                                   .inputs = session.decision_inputs(),
                                   .at = journal.now(),
                                   .checkpoint = last->seq + 1};
  CO_TRY(auto closing, session::make_closing(session, decision, *last));
  auto out = journal.new_commit(decision.at);
  out.events = {decision_event(decision), charter_event(decision)};
  add_link(out, std::move(closing));
  out.status = store::SessionStatus::kDecided;
  out.decision = std::string(protocol::name(result->outcome));
  std::vector<session::Decision> decisions{decision};
  co_return co_await journal.record(std::move(decisions), std::move(out));
}

}  // namespace tollgate::engine
