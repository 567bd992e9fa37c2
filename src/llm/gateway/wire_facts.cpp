#include "llm/gateway/wire_facts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/canonical_json.hpp"
#include "llm/gateway/object_text.hpp"
#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm {
namespace {

using gateway::ObjectText;
using gateway::parse_text;
namespace json = boost::json;

constexpr std::string_view kNull = "null";
constexpr std::array<std::string_view, 3> kPromptMembers = {"messages", "system", "tools"};

std::unexpected<base::Error> wrong(std::string_view member, std::string_view what) {
  return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("{}: {}", member, what));
}

base::Result<std::string> read_model(const ObjectText& body) {
  TRY(const json::value model, parse_text(body.value_or_null("model")));
  if (!model.is_string() || model.get_string().empty()) return wrong("model", "must be the name of a model");
  return std::string(gateway::view(model.get_string()));
}

base::Status check_messages(const ObjectText& body) {
  auto list = body.value_or_null("messages");
  const bool is_list = list.front() == '[';
  list.remove_prefix(1);
  if (is_list && list[list.find_first_not_of(" \t\r\n")] != ']') return {};
  return wrong("messages", "must be a list with at least one message");
}

base::Result<bool> read_flag(const ObjectText& object, std::string_view name, std::string_view path) {
  const auto text = object.value_or_null(name);
  if (text == "true") return true;
  if (text == "false" || text == kNull) return false;
  return wrong(path, "must be true or false");
}

base::Result<bool> read_wants_usage(const ObjectText& body) {
  const auto text = body.value_or_null("stream_options");
  if (text == kNull) return false;
  if (!text.starts_with('{')) return wrong("stream_options", "must be an object");
  TRY(const auto options, gateway::read_object_text(text));
  return read_flag(options, "include_usage", "stream_options.include_usage");
}

base::Result<std::optional<double>> read_temperature(WireFormat format, const ObjectText& body) {
  const auto text = body.value_or_null("temperature");
  if (text == kNull) return std::nullopt;
  TRY(const json::value temperature, parse_text(text));
  const double most = format == WireFormat::kOpenAi ? 2 : 1;
  json::error_code code;
  const auto number = temperature.to_number<double>(code);
  if (code || number < 0 || number > most)
    return wrong("temperature", fmt::format("must be a number of 0 to {}", most));
  return number;
}

base::Result<std::int64_t> read_limit(const ObjectText& body, std::string_view name, std::int64_t least) {
  const auto text = body.value_or_null(name);
  if (text == kNull) return 0;
  TRY(const json::value limit, parse_text(text));
  if (const auto* number = limit.if_int64(); number && *number >= least) return *number;
  return wrong(name, fmt::format("must be a whole number of {} or more", least));
}

base::Result<std::int64_t> read_max_tokens(WireFormat format, const ObjectText& body) {
  if (format == WireFormat::kAnthropic) {
    if (body.value_or_null("max_tokens") == kNull) return wrong("max_tokens", "is required");
    return read_limit(body, "max_tokens", 0);
  }
  TRY(const auto limit, read_limit(body, "max_completion_tokens", 1));
  TRY(const auto old, read_limit(body, "max_tokens", 1));
  return limit != 0 ? limit : old;
}

}  // namespace

base::Result<base::Sha256> body_meaning(std::string_view body) {
  const auto canonical = base::canonical_json(body, {"model", "stream", "stream_options"});
  if (!canonical) return wrong("the body", canonical.error().message);
  return base::Sha256::of(*canonical);
}

base::Result<WireFacts> read_wire_facts(WireFormat format, std::string_view text) {
  WireFacts facts;
  TRY(facts.meaning, body_meaning(text));
  TRY(const auto body, gateway::read_object_text(text));
  TRY(facts.model, read_model(body));
  TRY_STATUS(check_messages(body));
  TRY(facts.streamed, read_flag(body, "stream", "stream"));
  if (format == WireFormat::kOpenAi) {
    TRY(facts.wants_usage, read_wants_usage(body));
    TRY(const auto choices, read_limit(body, "n", 0));
    facts.choices = std::max<std::int64_t>(1, choices);
  }
  TRY(facts.temperature, read_temperature(format, body));
  TRY(facts.max_tokens, read_max_tokens(format, body));
  for (const auto& member : body.members) {
    if (std::ranges::find(kPromptMembers, member.name) != kPromptMembers.end()) {
      facts.prompt_bytes += member.end - member.begin;
    }
  }
  return facts;
}

}  // namespace tollgate::llm
