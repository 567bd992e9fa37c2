#include "llm/router/stored_reply.hpp"

#include "base/json.hpp"

namespace tollgate::llm {
namespace {

using base::Value;

constexpr std::int64_t kVersion = 1;

Value write_usage(const Usage& usage) {
  return Value::List{usage.input_tokens,
                     usage.cached_input_tokens,
                     usage.output_tokens,
                     usage.cache_write_tokens,
                     usage.cache_write_1h_tokens,
                     usage.web_searches,
                     static_cast<int>(usage.service_tier)};
}

std::optional<Usage> read_usage(const Value& value) {
  const auto* list = value.if_list();
  if (!list || list->size() != 7) return std::nullopt;
  const auto at = [list](std::size_t i) { return (*list)[i].if_int() ? *(*list)[i].if_int() : 0; };
  if (at(6) < 0 || at(6) > static_cast<int>(ServiceTier::kOther)) return std::nullopt;
  return Usage{at(0), at(1), at(2), at(3), at(4), at(5), static_cast<ServiceTier>(at(6))};
}

}  // namespace

// A line of JSON, then the text as it is: it may be long, and is not to be quoted again.
std::string write_stored_reply(const ChatReply& reply) {
  std::string out = base::to_json(Value::Record{{"version", kVersion},
                                                {"finish", static_cast<int>(reply.finish)},
                                                {"usage", write_usage(reply.usage)},
                                                {"provider", reply.provider},
                                                {"model", reply.model},
                                                {"request_id", reply.request_id}});
  out.push_back('\n');
  out += reply.text;
  return out;
}

std::optional<ChatReply> read_stored_reply(std::string_view bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto head = base::parse_json(bytes.substr(0, end));
  if (!head || head->int_or("version", 0) != kVersion) return std::nullopt;
  const auto finish = head->int_or("finish", -1);
  const auto usage = read_usage((*head)["usage"]);
  if (finish < 0 || finish > static_cast<int>(FinishReason::kOther) || !usage) return std::nullopt;
  return ChatReply{.text = std::string(bytes.substr(end + 1)),
                   .finish = static_cast<FinishReason>(finish),
                   .usage = *usage,
                   .provider = std::string(head->string_or("provider", "")),
                   .model = std::string(head->string_or("model", "")),
                   .request_id = std::string(head->string_or("request_id", ""))};
}

}  // namespace tollgate::llm
