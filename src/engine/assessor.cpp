#include "engine/assessor.hpp"

#include <iterator>
#include <map>
#include <utility>

#include "engine/entries.hpp"
#include "llm/assess_prompt.hpp"
#include "llm/follow_up_prompt.hpp"
#include "protocol/precheck.hpp"

namespace tollgate::engine {

namespace asio = boost::asio;

using base::Status;

Assessor::Assessor(SessionJournal& journal, ModelCalls& calls, const session::RunPolicy& policy)
    : journal_(journal), calls_(calls), policy_(policy) {}

store::Async<void> Assessor::assess(std::vector<std::string> questions) {
  auto assessments = by_rules(questions);
  if (!questions.empty()) {
    CO_TRY(auto judged, co_await by_model(std::move(questions)));
    std::move(judged.begin(), judged.end(), std::back_inserter(assessments));
  }
  CO_TRY_STATUS(co_await record(assessments));
  std::erase_if(assessments, [this](const auto& each) { return !lacks_follow_ups(each); });
  co_return co_await ask_follow_ups(std::move(assessments));
}

store::Async<void> Assessor::recall(std::vector<std::string> questions) {
  auto assessments = by_rules(questions);
  for (const auto& names : judged_together(std::move(questions))) {
    auto recalled = co_await by_memory(names);
    std::move(recalled.begin(), recalled.end(), std::back_inserter(assessments));
  }
  // What is rejected without a word to the person is left to a call, after which one is asked for.
  std::erase_if(assessments, [this](const auto& each) { return lacks_follow_ups(each); });
  if (assessments.empty()) co_return Status{};
  co_return co_await record(std::move(assessments));
}

// A batch's group was judged by the model that its most demanding answer wants; a person's answers each by their own.
std::vector<std::vector<std::string>> Assessor::judged_together(std::vector<std::string> questions) const {
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> places;  // of the groups in `all`
  std::vector<std::vector<std::string>> all;
  for (auto& name : questions) {
    const auto& question = *session().protocol().find_question(name);
    auto place = all.size();
    if (policy_.mode == session::RunMode::kBatch)
      place = places.try_emplace({question.stage, question.group}, place).first->second;
    if (place == all.size()) all.emplace_back();
    all[place].push_back(std::move(name));
  }
  return all;
}

store::Async<void> Assessor::record(std::vector<session::Assessment> assessments) {
  auto out = journal_.new_commit(journal_.now());
  for (const auto& assessment : assessments) out.events.push_back(assessed_event(assessment));
  co_return co_await journal_.record(std::move(assessments), std::move(out));
}

// What the pre-checks judge alone; taken out of `questions`.
std::vector<session::Assessment> Assessor::by_rules(std::vector<std::string>& questions) const {
  std::vector<session::Assessment> assessments;
  std::erase_if(questions, [&](const std::string& name) {
    auto assessment = by_precheck(name);
    const auto& question = *session().protocol().find_question(name);
    const bool stands = !calls_.available() || assessment.score < session().protocol().rubric_of(question)->accept;
    if (stands) assessments.push_back(std::move(assessment));
    return stands;
  });
  return assessments;
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

// The answers may change while a model thinks: what is asked and whose assessment it becomes are taken in one turn. An
// answer that did change is assessed again, because its revision or context differs then.
std::vector<Assessor::ToJudge> Assessor::to_judge(const std::vector<std::string>& questions) const {
  std::vector<ToJudge> all;
  for (const auto& name : questions) all.push_back({blank(name), llm::assess_request(session(), {name})});
  return all;
}

session::Assessment Assessor::judged(session::Assessment assessment, llm::Judgement by, std::string model) const {
  const auto& question = *session().protocol().find_question(assessment.question);
  assessment.dimensions = by.dimensions;
  assessment.score = protocol::weighted_score(by.dimensions, session().protocol().rubric_of(question)->weights);
  assessment.issues = std::move(by.issues);
  assessment.follow_ups = std::move(by.follow_ups);
  assessment.assessor = session::Assessor::kLlm;
  assessment.model = std::move(model);
  assessment.verdict = session::judge(session(), question, assessment.score);
  return assessment;
}

// What was judged before of the very same answer in the same context, in whatever session of this owner.
asio::awaitable<std::vector<session::Assessment>> Assessor::by_memory(const std::vector<std::string>& questions) {
  std::vector<session::Assessment> assessments;
  const auto tier = llm::assess_tier(session(), questions);
  for (auto& each : to_judge(questions)) {
    const auto name = each.blank.question;
    const auto reply = co_await calls_.recall(tier, std::move(each.request));
    if (!reply) continue;
    auto judgements = llm::read_assess_reply({name}, reply->value);
    if (!judgements) continue;
    assessments.push_back(judged(std::move(each.blank), std::move(judgements->front()), reply->model));
  }
  co_return assessments;
}

store::Async<std::vector<session::Assessment>> Assessor::by_model(std::vector<std::string> questions) {
  auto all = to_judge(questions);
  CO_TRY(const auto reply,
         co_await calls_.call(llm::assess_tier(session(), questions), llm::assess_request(session(), questions)));
  CO_TRY(auto judgements, llm::read_assess_reply(questions, reply.value));
  std::vector<session::Assessment> assessments;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all.size() > 1) {
      auto part = llm::part_of_assess_reply(reply.value, questions[i]);
      calls_.remember(std::move(all[i].request), std::move(part), reply);
    }
    assessments.push_back(judged(std::move(all[i].blank), std::move(judgements[i]), reply.model));
  }
  co_return assessments;
}

// A person is to be told how to go on.
bool Assessor::lacks_follow_ups(const session::Assessment& assessment) const {
  return policy_.mode == session::RunMode::kInteractive && calls_.available() &&
         assessment.verdict == session::Verdict::kRejected && assessment.follow_ups.empty();
}

// The model's, as a further assessment of the same score.
store::Async<void> Assessor::ask_follow_ups(std::vector<session::Assessment> assessments) {
  for (auto& assessment : assessments) {
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
