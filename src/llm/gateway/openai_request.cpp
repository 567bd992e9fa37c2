// Anthropic's request as OpenAI's.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "llm/gateway/request_error.hpp"
#include "llm/gateway/translated_messages.hpp"
#include "llm/gateway/translated_request.hpp"
#include "llm/gateway/translated_schema.hpp"
#include "llm/gateway/translated_tools.hpp"

namespace tollgate::llm::gateway {
namespace {

// OpenAI has levels where Anthropic has a budget of tokens.
std::string_view effort_of(std::int64_t budget_tokens) {
  constexpr std::int64_t kLow = 4096;
  constexpr std::int64_t kMedium = 16384;
  if (budget_tokens <= kLow) return "low";
  return budget_tokens <= kMedium ? "medium" : "high";
}

class OpenAiRequestWriter {
 public:
  OpenAiRequestWriter(const json::object& from, std::string_view model, openai::TokenLimit limit)
      : from_(from), limit_(limit) {
    to_["model"] = model;
  }

  base::Result<json::object> write() {
    for (const auto& each : from_) {
      const std::string_view name = each.key();
      if (each.value().is_null()) continue;
      const auto rule = std::ranges::find(kRules, name, &Rule::name);
      if (rule == kRules.end()) return untranslatable(name);
      TRY_STATUS((this->*rule->apply)(name, each.value()));
    }
    TRY(to_["messages"], to_openai_messages(given("system"), given("messages")));
    TRY_STATUS(write_tools());
    return std::move(to_);
  }

 private:
  using Apply = base::Status (OpenAiRequestWriter::*)(std::string_view name, const json::value& value);
  struct Rule {
    std::string_view name;
    Apply apply;
  };

  const json::value& given(std::string_view name) const { return member(from_, name); }

  // Read elsewhere, or without effect on what the reply means.
  base::Status skip(std::string_view, const json::value&) { return {}; }

  base::Status copy(std::string_view name, const json::value& value) {
    to_[name] = value;
    return {};
  }

  base::Status refuse(std::string_view name, const json::value&) { return untranslatable(name); }

  base::Status refuse_if_set(std::string_view name, const json::value& value) {
    const bool is_empty = value.is_array() && value.get_array().empty();
    return is_empty ? base::Status{} : base::Status(untranslatable(name));
  }

  base::Status max_tokens(std::string_view name, const json::value& value) {
    if (value == 0) return untranslatable("max_tokens of 0");  // fills the prompt cache and gives no reply
    to_[limit_ == openai::TokenLimit::kMaxTokens ? name : "max_completion_tokens"] = value;
    return {};
  }

  base::Status stream(std::string_view name, const json::value& value) {
    to_[name] = value;
    if (is_true(value)) to_["stream_options"] = {{"include_usage", true}};
    return {};
  }

  base::Status stop(std::string_view, const json::value& value) {
    to_["stop"] = value;
    return {};
  }

  base::Status metadata(std::string_view, const json::value& value) {
    if (const auto& user = member(value, "user_id"); user.is_string()) to_["user"] = user;
    return {};
  }

  base::Status thinking(std::string_view, const json::value& value) {
    const bool has_budget = string_member(value, "type") == "enabled";
    if (has_budget && !to_.contains("reasoning_effort")) {
      to_["reasoning_effort"] = effort_of(count_member(value, "budget_tokens"));
    }
    return {};
  }

  base::Status output_config(std::string_view name, const json::value& value) {
    if (const auto effort = string_member(value, "effort"); !effort.empty()) {
      to_["reasoning_effort"] = effort == "max" ? "xhigh" : effort;
    }
    const auto& format = member(value, "format");
    return format.is_null() ? base::Status{} : output_format(name, format);
  }

  base::Status output_format(std::string_view name, const json::value& value) {
    const auto& schema = member(value, "schema");
    if (string_member(value, "type") != "json_schema" || !schema.is_object()) {
      return invalid(name, "must have a format of type json_schema with a schema");
    }
    to_["response_format"] = {{"type", "json_schema"},
                              {"json_schema", {{"name", "reply"}, {"strict", is_strict(schema)}, {"schema", schema}}}};
    return {};
  }

  base::Status write_tools() {
    const auto& tools = given("tools");
    if (tools.is_null() || (tools.is_array() && tools.get_array().empty())) return {};
    TRY(to_["tools"], to_openai_tools(tools));
    const auto& choice = given("tool_choice");
    if (choice.is_null()) return {};
    TRY(to_["tool_choice"], to_openai_tool_choice(choice));
    if (is_true(member(choice, "disable_parallel_tool_use"))) to_["parallel_tool_calls"] = false;
    return {};
  }

  static constexpr std::array kRules = std::to_array<Rule>({
      {"model", &OpenAiRequestWriter::skip},
      {"messages", &OpenAiRequestWriter::skip},
      {"system", &OpenAiRequestWriter::skip},
      {"tools", &OpenAiRequestWriter::skip},
      {"tool_choice", &OpenAiRequestWriter::skip},
      {"max_tokens", &OpenAiRequestWriter::max_tokens},
      {"stream", &OpenAiRequestWriter::stream},
      {"temperature", &OpenAiRequestWriter::copy},
      {"top_p", &OpenAiRequestWriter::copy},
      {"stop_sequences", &OpenAiRequestWriter::stop},
      {"metadata", &OpenAiRequestWriter::metadata},
      {"thinking", &OpenAiRequestWriter::thinking},
      {"output_config", &OpenAiRequestWriter::output_config},
      {"output_format", &OpenAiRequestWriter::output_format},
      {"top_k", &OpenAiRequestWriter::skip},
      {"service_tier", &OpenAiRequestWriter::skip},
      {"cache_control", &OpenAiRequestWriter::skip},
      {"context_management", &OpenAiRequestWriter::skip},
      {"mcp_servers", &OpenAiRequestWriter::refuse_if_set},
      {"container", &OpenAiRequestWriter::refuse},
      {"inference_geo", &OpenAiRequestWriter::refuse},
  });

  const json::object& from_;
  const openai::TokenLimit limit_;
  json::object to_;
};

}  // namespace

base::Result<json::object> to_openai_request(const json::object& anthropic, std::string_view model,
                                             openai::TokenLimit limit) {
  return OpenAiRequestWriter(anthropic, model, limit).write();
}

}  // namespace tollgate::llm::gateway
