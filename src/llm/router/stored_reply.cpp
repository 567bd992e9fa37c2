#include "llm/router/stored_reply.hpp"

#include "base/json.hpp"

namespace tollgate::llm {
namespace {

using base::Value;

constexpr std::int64_t kVersion = 1;

std::string write_usage(const Usage& usage) {
  std::string list = "[";
  for (const auto count : {usage.input_tokens, usage.cached_input_tokens, usage.output_tokens, usage.cache_write_tokens,
                           usage.cache_write_1h_tokens, usage.web_searches}) {
    list.append(std::to_string(count)).append(",");
  }
  return list.append(std::to_string(static_cast<int>(usage.service_tier))).append("]");
}

std::optional<Usage> read_usage(const Value& value) {
  const auto* list = value.if_list();
  if (!list || list->size() != 7) return std::nullopt;
  const auto at = [list](std::size_t i) { return (*list)[i].if_int() ? *(*list)[i].if_int() : 0; };
  if (at(6) < 0 || at(6) > static_cast<int>(ServiceTier::kOther)) return std::nullopt;
  return Usage{at(0), at(1), at(2), at(3), at(4), at(5), static_cast<ServiceTier>(at(6))};
}

}  // namespace

// A line of JSON, then the text as it is: it may be long, and is not to be quoted again. The line is put together by
// hand: as a Value it would cost more than all else that is done to keep a reply.
std::string write_stored_reply(const ChatReply& reply) {
  constexpr std::size_t kLineBytes = 512;  // of nearly all
  std::string out;
  out.reserve(kLineBytes + reply.text.size());
  const auto add = [&out](std::string_view name, std::string_view json) {
    out.append(out.empty() ? "{\"" : ",\"").append(name).append("\":").append(json);
  };
  add("version", std::to_string(kVersion));
  add("finish", std::to_string(static_cast<int>(reply.finish)));
  add("usage", write_usage(reply.usage));
  add("provider", base::to_json(reply.provider));
  add("model", base::to_json(reply.model));
  add("request_id", base::to_json(reply.request_id));
  return out.append("}\n").append(reply.text);
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
