#include "llm/follow_up_prompt.hpp"

#include "base/json.hpp"
#include "llm/prompt_data.hpp"
#include "llm/schema_builder.hpp"

namespace tollgate::llm {
namespace {

using base::Value;

constexpr const char* kSystem =
    "An answer in a review of a project proposal needs work. Write one to three follow-up questions that would get "
    "what is missing. Each asks for one concrete thing (a figure, a name, a date, an example) and can be answered in "
    "one sentence. Do not repeat the question, do not praise, do not lecture. Write in the language of the answer.\n";

}  // namespace

ChatRequest follow_up_request(const session::Session& session, const std::string& name) {
  const auto& question = *session.protocol().find_question(name);
  Value::Record data = place_of(session, {&question});
  data.emplace("project", session.info().title);
  const auto* judged = session.assessment(name);
  data.emplace("question", question.ask);
  data.emplace("help", question.help);
  data.emplace("answer", session.latest(name)->value);
  data.emplace("issues", Value::List(judged->issues.begin(), judged->issues.end()));
  ChatRequest request;
  request.task = Task::kFollowUp;
  request.system = std::string(kSystem) + kDataRule;
  request.messages.push_back({Role::kUser, base::to_pretty_json(std::move(data))});
  request.reply_schema =
      ReplySchema{"follow_ups", object_schema({{"follow_ups", array_schema(string_schema(), 1, 3)}})};
  request.max_tokens = kThinkingTokens + 300;
  return request;
}

std::vector<std::string> read_follow_up_reply(const Value& reply) {
  std::vector<std::string> out;
  for (const auto& item : *reply["follow_ups"].if_list()) out.push_back(*item.if_string());
  return out;
}

}  // namespace tollgate::llm
