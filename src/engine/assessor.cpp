#include "engine/assessor.hpp"

#include <iterator>
#include <map>
#include <utility>

#include "engine/entries.hpp"
#include "llm/assess_prompt.hpp"
#include "llm/follow_up_prompt.hpp"
#include "protocol/precheck.hpp"

namespace tollgate::engine {

using base::Status;

Assessor::Assessor(SessionJournal& journal, ModelCalls& calls, const session::RunPolicy& policy)
    : journal_(journal), calls_(calls), policy_(policy) {}

store::Async<void> Assessor::assess(std::vector<std::string> questions) {
  std::vector<session::Assessment> assessments;
  std::vector<std::string> for_model;
  for (const auto& name : questions) {
    auto assessment = by_precheck(name);
    const auto& question = *session().protocol().find_question(name);
    const bool stands = !calls_.available() || assessment.score < session().protocol().rubric_of(question)->accept;
    if (stands) {
      assessments.push_back(std::move(assessment));
    } else {
      for_model.push_back(name);
    }
  }
  if (!for_model.empty()) {
    CO_TRY(auto judged, co_await by_model(std::move(for_model)));
    std::move(judged.begin(), judged.end(), std::back_inserter(assessments));
  }
  auto out = journal_.new_commit(journal_.now());
  for (const auto& assessment : assessments) out.events.push_back(assessed_event(assessment));
  CO_TRY_STATUS(co_await journal_.record(assessments, std::move(out)));
  if (policy_.mode == session::RunMode::kInteractive) co_return co_await ask_follow_ups(std::move(assessments));
  co_return Status{};
}

session::Assessment Assessor::blank(const std::string& name) const {
  const auto* before = session().assessment(name);
  session::Assessment assessment;
  assessment.question = name;
  assessment.number = before == nullptr ? 1 : before->number + 1;
  assessment.revision = session().latest(name)->revision;
  assessment.context = session().context_of(*session().protocol().find_question(name));
  assessment.at = journal_.now();
  return assessment;
}

session::Assessment Assessor::by_precheck(const std::string& name) const {
  const auto& question = *session().protocol().find_question(name);
  auto result = protocol::precheck(question, *session().protocol().rubric_of(question), session().latest(name)->value);
  auto assessment = blank(name);
  assessment.score = result.score;
  assessment.dimensions = result.dimensions;
  assessment.prechecks = std::move(result.fired);
  assessment.issues = std::move(result.issues);
  assessment.follow_ups = std::move(result.follow_ups);
  assessment.verdict = session::judge(session(), question, assessment.score);
  return assessment;
}

store::Async<std::vector<session::Assessment>> Assessor::by_model(std::vector<std::string> questions) {
  // Taken now: an answer that changes during the call is assessed again, because its context differs then.
  std::map<std::string, session::Assessment> blanks;
  for (const auto& name : questions) blanks.emplace(name, blank(name));
  CO_TRY(auto judged, co_await recalled(questions));
  std::erase_if(questions, [&judged](const auto& name) { return judged.contains(name); });
  if (!questions.empty()) {
    CO_TRY(auto asked, co_await asked_together(std::move(questions)));
    judged.merge(asked);
  }
  std::vector<session::Assessment> assessments;
  for (auto& [name, by] : judged) {
    const auto& question = *session().protocol().find_question(name);
    auto assessment = std::move(blanks.at(name));
    assessment.dimensions = by.judgement.dimensions;
    assessment.score =
        protocol::weighted_score(by.judgement.dimensions, session().protocol().rubric_of(question)->weights);
    assessment.issues = std::move(by.judgement.issues);
    assessment.follow_ups = std::move(by.judgement.follow_ups);
    assessment.assessor = session::Assessor::kLlm;
    assessment.model = std::move(by.model);
    assessment.verdict = session::judge(session(), question, assessment.score);
    assessments.push_back(std::move(assessment));
  }
  co_return assessments;
}

// What was judged before of the very same answer in the same context, in whatever session of this owner.
store::Async<Assessor::Judged> Assessor::recalled(const std::vector<std::string>& questions) {
  Judged judged;
  if (questions.size() < 2) co_return judged;  // the call itself is looked up
  const auto tier = llm::assess_tier(session(), questions);
  for (const auto& name : questions) {
    const std::vector<std::string> alone{name};
    CO_TRY(const auto reply, co_await calls_.recall(tier, llm::assess_request(session(), alone)));
    if (!reply) continue;
    auto judgements = llm::read_assess_reply(alone, reply->value);
    if (judgements) judged.emplace(name, JudgedBy{std::move(judgements->front()), reply->model});
  }
  co_return judged;
}

store::Async<Assessor::Judged> Assessor::asked_together(std::vector<std::string> questions) {
  std::map<std::string, llm::ChatRequest> alone;  // made now, of the answers that are asked about
  for (const auto& name : questions) alone.emplace(name, llm::assess_request(session(), {name}));
  CO_TRY(const auto reply,
         co_await calls_.call(llm::assess_tier(session(), questions), llm::assess_request(session(), questions)));
  CO_TRY(auto judgements, llm::read_assess_reply(questions, reply.value));
  Judged judged;
  for (auto& judgement : judgements) {
    const auto name = judgement.question;
    if (questions.size() > 1) {
      CO_TRY_STATUS(
          co_await calls_.remember(std::move(alone.at(name)), llm::part_of_assess_reply(reply.value, name), reply));
    }
    judged.emplace(name, JudgedBy{std::move(judgement), reply.model});
  }
  co_return judged;
}

// A rejected answer without a follow-up question gets one from the model, as a further assessment of the same score.
store::Async<void> Assessor::ask_follow_ups(std::vector<session::Assessment> assessments) {
  for (auto& assessment : assessments) {
    const bool silent = assessment.verdict == session::Verdict::kRejected && assessment.follow_ups.empty();
    if (!silent || !calls_.available()) continue;
    auto reply = co_await calls_.call(llm::Tier::kFast, llm::follow_up_request(session(), assessment.question));
    if (!reply) continue;  // a convenience: the issues stand without it
    assessment.number += 1;
    assessment.follow_ups = llm::read_follow_up_reply(reply->value);
    std::vector<session::Assessment> one{std::move(assessment)};
    CO_TRY_STATUS(co_await journal_.record(std::move(one), journal_.new_commit(journal_.now())));
  }
  co_return Status{};
}

}  // namespace tollgate::engine
