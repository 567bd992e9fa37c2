#include "llm/consistency_prompt.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/json.hpp"
#include "llm/prompt_data.hpp"
#include "llm/schema_builder.hpp"

namespace tollgate::llm {
namespace {

using base::Value;

constexpr const char* kSystem =
    "You look for contradictions between answers that different people gave in a review of a project proposal. For "
    "each "
    "check, read the answers it names and decide whether they fit together. Report a contradiction only where both "
    "sides are stated: quote the two figures or statements that cannot both hold, or say which stated need nothing "
    "meets. Missing detail is no contradiction. The explanation has at most two sentences and names the questions. "
    "Write in the language of the answers.\n";

constexpr std::size_t kMaxAnswerBytes = 6'000;

const protocol::Check* find_check(const protocol::Protocol& protocol, const std::string& id) {
  const auto it =
      std::find_if(protocol.checks.begin(), protocol.checks.end(), [&](const auto& check) { return check.id == id; });
  return it == protocol.checks.end() ? nullptr : &*it;
}

// Keyed by check, so that the schema itself wants each exactly once.
Value reply_schema(const std::vector<std::string>& ids) {
  const Value judgement =
      object_schema({{"consistent", Value::Record{{"type", "boolean"}}}, {"explanation", string_schema()}});
  std::vector<std::pair<std::string, Value>> members;
  for (const auto& id : ids) members.emplace_back(id, judgement);
  return object_schema({{"checks", object_schema(std::move(members))}});
}

}  // namespace

ChatRequest consistency_request(const session::Session& session, const std::vector<std::string>& ids) {
  const auto& protocol = session.protocol();
  Value::List checks;
  std::set<protocol::QuestionIndex> reads;
  for (const auto& id : ids) {
    const auto* check = find_check(protocol, id);
    if (check == nullptr) continue;
    Value::List names;
    for (const auto index : check->reads) names.push_back(protocol.questions[index].name);
    reads.insert(check->reads.begin(), check->reads.end());
    checks.push_back(Value::Record{{"id", id}, {"check", check->ask}, {"reads", std::move(names)}});
  }
  Value::List answers;
  for (const auto index : reads)
    answers.push_back(answered_question(session, protocol.questions[index], kMaxAnswerBytes));
  ChatRequest request;
  request.task = Task::kConsistency;
  request.system = std::string(kSystem) + kDataRule;
  request.messages.push_back({Role::kUser, base::to_pretty_json(Value::Record{{"review", protocol.title},
                                                                              {"project", session.info().title},
                                                                              {"checks", std::move(checks)},
                                                                              {"answers", std::move(answers)}})});
  request.reply_schema = ReplySchema{"consistency", reply_schema(ids)};
  request.max_tokens = kThinkingTokens + 300 + 200 * static_cast<std::int64_t>(ids.size());
  return request;
}

base::Result<std::vector<CheckJudgement>> read_consistency_reply(const std::vector<std::string>& ids,
                                                                 const Value& reply) {
  std::vector<CheckJudgement> judgements;
  for (const auto& id : ids) {
    const Value& item = reply["checks"][id];
    const bool* consistent = item["consistent"].if_bool();
    if (consistent == nullptr)
      return base::fail(base::ErrorCode::kBadReply, fmt::format("the model did not judge the check {}", id));
    judgements.push_back({id, *consistent ? Consistency::kConsistent : Consistency::kContradiction,
                          std::string(item.string_or("explanation", ""))});
  }
  return judgements;
}

}  // namespace tollgate::llm
