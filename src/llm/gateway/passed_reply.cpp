#include "llm/gateway/passed_reply.hpp"

#include <algorithm>
#include <array>

#include <boost/json/monotonic_resource.hpp>

#include "llm/anthropic_wire.hpp"
#include "llm/gateway/anthropic_reply.hpp"
#include "llm/gateway/openai_reply.hpp"
#include "llm/gateway/wire_json.hpp"
#include "llm/openai_wire.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {
namespace {

FinishReason openai_finish(const json::value& choice) {
  if (!string_member(member(choice, "message"), "refusal").empty()) return FinishReason::kRefusal;
  return to_finish(openai_stop_reason(string_member(choice, "finish_reason")));
}

bool has_message(const json::value& choice) {
  return member(choice, "message").is_object();
}

base::Result<ChatReply> read_openai(const json::value& body, std::string_view text) {
  if (!member(body, "error").is_null()) return base::fail(openai::read_error(200, text));
  const auto* choices = member(body, "choices").if_array();
  if (!choices || choices->empty() || !std::ranges::all_of(*choices, has_message)) {
    return bad_reply("openai", "it has no choices");
  }
  ChatReply reply;
  for (const auto& choice : *choices) {
    if (reply.finish == FinishReason::kStop) reply.finish = openai_finish(choice);
  }
  reply.usage = openai_usage(body);
  return reply;
}

base::Result<ChatReply> read_anthropic(const json::value& body, std::string_view text) {
  if (string_member(body, "type") == "error") return base::fail(anthropic::read_error(200, text));
  if (!member(body, "content").is_array()) return bad_reply("anthropic", "it has no content");
  ChatReply reply;
  reply.finish = to_finish(anthropic_stop_reason(string_member(body, "stop_reason")));
  reply.usage = anthropic_usage(member(body, "usage"));
  return reply;
}

}  // namespace

base::Result<ChatReply> pass_reply(WireFormat format, std::string_view text) {
  constexpr std::size_t kArenaBytes = 8192;  // of the tree of nearly all
  const bool is_openai = format == WireFormat::kOpenAi;
  std::array<unsigned char, kArenaBytes> space;
  json::monotonic_resource arena(space.data(), space.size());
  const auto body = parse_text(text, &arena);
  if (!body || !body->is_object()) return bad_reply(is_openai ? "openai" : "anthropic", "not a JSON object");
  TRY(auto reply, is_openai ? read_openai(*body, text) : read_anthropic(*body, text));
  reply.model = string_member(*body, "model");
  reply.text = text;
  return reply;
}

}  // namespace tollgate::llm::gateway
