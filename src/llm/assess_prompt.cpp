#include "llm/assess_prompt.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "llm/prompt_data.hpp"
#include "llm/schema_builder.hpp"

namespace tollgate::llm {
namespace {

using base::Value;

constexpr const char* kSystem =
    "You assess answers given in a review of a project proposal. Judge each answer on its own, against its question, "
    "its help text and its guidance, with the context answers as background. Give five whole numbers from 0 to 10:\n"
    "- specificity: names the people, systems, processes and cases concerned instead of general words\n"
    "- measurability: gives figures with units, baselines, targets or dates where the question calls for them\n"
    "- completeness: covers every part of the question\n"
    "- coherence: consistent within itself and with the context\n"
    "- relevance: answers this question and not another one\n"
    "9-10 excellent, 7-8 good enough to decide on, 5-6 needs work, 0-4 insufficient. Length, style and confidence earn "
    "nothing. An honest \"not known yet\" with who will find out by when is an answer. List at most four issues, one "
    "sentence each, only what would change the score. Where the answer needs work, give one to three follow-up "
    "questions that a busy person can answer in a sentence each; otherwise give none. Write in the language of the "
    "answers.\n";

Value question_data(const session::Session& session, const protocol::Question& question) {
  const auto* rubric = session.protocol().rubric_of(question);
  const auto* answer = session.latest(question.name);
  return Value::Record{{"id", question.name},
                       {"question", question.ask},
                       {"help", question.help},
                       {"guidance", rubric == nullptr ? "" : rubric->guidance},
                       {"answer", answer == nullptr ? Value() : answer->value}};
}

// Keyed by question, so that the schema itself wants each exactly once.
Value reply_schema(const std::vector<std::string>& questions) {
  const Value judgement = object_schema({{"specificity", integer_schema(0, 10)},
                                         {"measurability", integer_schema(0, 10)},
                                         {"completeness", integer_schema(0, 10)},
                                         {"coherence", integer_schema(0, 10)},
                                         {"relevance", integer_schema(0, 10)},
                                         {"issues", array_schema(string_schema(), 0, 4)},
                                         {"follow_ups", array_schema(string_schema(), 0, 3)}});
  std::vector<std::pair<std::string, Value>> members;
  for (const auto& question : questions) members.emplace_back(question, judgement);
  return object_schema({{"assessments", object_schema(std::move(members))}});
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const auto& item : *list.if_list()) out.push_back(*item.if_string());
  return out;
}

}  // namespace

Tier assess_tier(const session::Session& session, const std::vector<std::string>& questions) {
  Tier tier = Tier::kFast;
  for (const auto* question : find_questions(session.protocol(), questions)) {
    const auto* rubric = session.protocol().rubric_of(*question);
    if (rubric == nullptr) continue;
    if (rubric->tier == "powerful") return Tier::kPowerful;
    if (rubric->tier == "balanced") tier = Tier::kBalanced;
  }
  return tier;
}

ChatRequest assess_request(const session::Session& session, const std::vector<std::string>& names) {
  const auto questions = find_questions(session.protocol(), names);
  Value::Record data = place_of(session, questions);
  data.emplace("context", context_of(session, questions));
  Value::List answers;
  for (const auto* question : questions) answers.push_back(question_data(session, *question));
  data.emplace("answers", std::move(answers));
  ChatRequest request;
  request.task = Task::kAssess;
  request.system = std::string(kSystem) + kDataRule;
  request.messages.push_back({Role::kUser, base::to_pretty_json(std::move(data))});
  request.reply_schema = ReplySchema{"assessments", reply_schema(names)};
  request.max_tokens = kThinkingTokens + 400 + 350 * static_cast<std::int64_t>(names.size());
  return request;
}

Value part_of_assess_reply(const Value& reply, const std::string& question) {
  return Value::Record{{"assessments", Value::Record{{question, reply["assessments"][question]}}}};
}

base::Result<std::vector<Judgement>> read_assess_reply(const std::vector<std::string>& questions, const Value& reply) {
  std::vector<Judgement> judgements;
  for (const auto& name : questions) {
    const Value& item = reply["assessments"][name];
    if (!item["issues"].is_list() || !item["follow_ups"].is_list())
      return base::fail(base::ErrorCode::kBadReply, fmt::format("the model did not judge {}", name));
    const auto dimension = [&](std::string_view key) { return static_cast<int>(item.int_or(key, 0)); };
    judgements.push_back({name,
                          {dimension("specificity"), dimension("measurability"), dimension("completeness"),
                           dimension("coherence"), dimension("relevance")},
                          texts(item["issues"]),
                          texts(item["follow_ups"])});
  }
  return judgements;
}

}  // namespace tollgate::llm
