#include "llm/draft_prompt.hpp"

#include "base/json.hpp"
#include "llm/answer_schema.hpp"
#include "llm/prompt_data.hpp"
#include "llm/schema_builder.hpp"
#include "protocol/answer_parser.hpp"

namespace tollgate::llm {
namespace {

using base::Value;

constexpr const char* kSystem =
    "You draft answers for a review of a project proposal, for a person who will check them. Use the brief and the "
    "earlier answers; keep every figure, name and date as given there. Where they are silent, choose what is most "
    "plausible for such a project and start that sentence with \"Assumption:\". Never make a project look safer, "
    "cheaper or better supported than the material says. Be concrete: people, systems, figures with units, dates. Long "
    "texts have 30 to 120 words. Where a draft was rejected, cure the listed issues. Write in the language of the "
    "brief.\n";

Value question_data(const session::Session& session, const protocol::Question& question) {
  Value::Record data{{"id", question.name}, {"question", question.ask}, {"help", question.help}};
  const auto* judged = session.assessment(question.name);
  const auto* latest = session.latest(question.name);
  if (judged != nullptr && latest != nullptr) {
    data.emplace("rejected_draft", latest->value);
    data.emplace("issues", Value::List(judged->issues.begin(), judged->issues.end()));
    data.emplace("follow_ups", Value::List(judged->follow_ups.begin(), judged->follow_ups.end()));
  }
  return data;
}

}  // namespace

ChatRequest draft_request(const session::Session& session, const session::Brief& brief,
                          const std::vector<std::string>& names) {
  const auto questions = find_questions(session.protocol(), names);
  Value::Record data = place_of(session, questions);
  data.emplace("project", session.info().title);
  data.emplace("brief", brief.text);
  data.emplace("context", context_of(session, questions));
  Value::List asked;
  std::vector<std::pair<std::string, Value>> members;
  for (const auto* question : questions) {
    asked.push_back(question_data(session, *question));
    members.emplace_back(question->name, answer_schema(session, *question));
  }
  data.emplace("questions", std::move(asked));
  ChatRequest request;
  request.task = Task::kDraft;
  request.system = std::string(kSystem) + kDataRule;
  request.messages.push_back({Role::kUser, base::to_pretty_json(std::move(data))});
  request.reply_schema = ReplySchema{"drafts", object_schema({{"answers", object_schema(std::move(members))}})};
  request.max_tokens = kThinkingTokens + 500 + 900 * static_cast<std::int64_t>(names.size());
  return request;
}

Drafts read_draft_reply(const protocol::Protocol& protocol, const std::vector<std::string>& names, const Value& reply) {
  Drafts drafts;
  for (const auto* question : find_questions(protocol, names)) {
    auto value = protocol::parse_answer(*question, reply["answers"][question->name]);
    if (value && (value->is_list() || !protocol::is_blank(*value))) {
      drafts.answers.emplace_back(question->name, *std::move(value));
    } else {
      drafts.unreadable.emplace_back(question->name, value ? "the draft is empty" : value.error().message);
    }
  }
  return drafts;
}

}  // namespace tollgate::llm
