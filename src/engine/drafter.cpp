#include "engine/drafter.hpp"

#include <utility>

#include <fmt/format.h>

#include "llm/draft_prompt.hpp"

namespace tollgate::engine {

using base::Status;
using base::Value;

namespace {
constexpr int kMaxUnreadable = 2;
}

Drafter::Drafter(SessionJournal& journal, ModelCalls& calls, session::RunPolicy& policy, const session::Brief& brief)
    : journal_(journal), calls_(calls), policy_(policy), brief_(brief) {}

store::Async<void> Drafter::draft(std::vector<std::string> questions) {
  const auto& session = journal_.session();
  CO_TRY(const auto reply, co_await calls_.call(llm::Tier::kBalanced, llm::draft_request(session, brief_, questions)));
  auto drafts = llm::read_draft_reply(session.protocol(), questions, reply.value);
  std::vector<Keyed<session::Answer>> answers;
  for (auto& [name, value] : drafts.answers) {
    const auto next = session.revisions(name).size() + 1;
    answers.push_back({{.question = name,
                        .value = std::move(value),
                        .source = session::AnswerSource::kDrafted,
                        .author = reply.model,
                        .at = journal_.now()},
                       fmt::format("drafted:{}:{}", name, next)});
  }
  for (const auto& [name, why] : drafts.unreadable) note_unreadable(name, why);
  if (answers.empty()) co_return Status{};
  co_return co_await journal_.append(std::move(answers), {});
}

void Drafter::note_unreadable(const std::string& question, const std::string& why) {
  journal_.observe("draft.unreadable", Value::Record{{"question", question}, {"why", why}});
  if (++unreadable_[question] >= kMaxUnreadable) policy_.not_draftable.insert(question);
}

}  // namespace tollgate::engine
