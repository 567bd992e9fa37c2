// OpenAI's request as Anthropic's.
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

class AnthropicRequestWriter {
 public:
  AnthropicRequestWriter(const json::object& from, std::string_view model) : from_(from) {
    to_["model"] = model;
    to_["max_tokens"] = max_tokens();
  }

  base::Result<json::object> write() {
    for (const auto& each : from_) {
      const std::string_view name = each.key();
      if (each.value().is_null()) continue;
      const auto rule = std::ranges::find(kRules, name, &Rule::name);
      if (rule == kRules.end()) return untranslatable(name);
      TRY_STATUS((this->*rule->apply)(name, each.value()));
    }
    TRY_STATUS(write_messages());
    TRY_STATUS(write_tools());
    return std::move(to_);
  }

 private:
  using Apply = base::Status (AnthropicRequestWriter::*)(std::string_view name, const json::value& value);
  struct Rule {
    std::string_view name;
    Apply apply;
  };

  const json::value& given(std::string_view name) const { return member(from_, name); }

  json::value max_tokens() const {
    for (const auto* name : {"max_completion_tokens", "max_tokens"}) {
      if (!given(name).is_null()) return given(name);
    }
    return kDefaultMaxTokens;
  }

  // Read elsewhere, or without effect on what the reply means.
  base::Status skip(std::string_view, const json::value&) { return {}; }

  base::Status copy(std::string_view name, const json::value& value) {
    to_[name] = value;
    return {};
  }

  base::Status refuse(std::string_view name, const json::value&) { return untranslatable(name); }

  // Members whose other values are what Anthropic does anyway.
  base::Status refuse_if_set(std::string_view name, const json::value& value) {
    const bool is_set = is_true(value) || (value.is_object() && !value.get_object().empty()) ||
                        (value.is_array() && !value.get_array().empty()) || (value.is_int64() && value.get_int64() > 0);
    return is_set ? base::Status(untranslatable(name)) : base::Status{};
  }

  base::Status one_choice(std::string_view name, const json::value& value) {
    return value == 1 ? base::Status{} : base::Status(untranslatable(name));
  }

  base::Status text_only(std::string_view name, const json::value& value) {
    return value == json::array{"text"} ? base::Status{} : base::Status(untranslatable(name));
  }

  // OpenAI's scale goes on to 2, where replies fall apart.
  base::Status temperature(std::string_view name, const json::value& value) {
    json::error_code code;
    const auto number = value.to_number<double>(code);
    if (code) return invalid(name, "must be a number");
    to_[name] = number > 1 ? json::value(1) : value;
    return {};
  }

  base::Status stop(std::string_view, const json::value& value) {
    to_["stop_sequences"] = value.is_string() ? json::value(json::array{value}) : value;
    return {};
  }

  base::Status effort(std::string_view name, const json::value& value) {
    const auto* text = value.if_string();
    if (!text) return invalid(name, "must be a text");
    const auto level = view(*text);
    if (level == "none") return {};
    const bool least = level == "minimal";
    output_config()["effort"] = least ? "low" : level == "xhigh" ? "max" : level;
    return {};
  }

  base::Status response_format(std::string_view name, const json::value& value) {
    const auto type = string_member(value, "type");
    if (type == "text") return {};
    if (type == "json_object") {
      wants_json_ = true;
      return {};
    }
    const auto& schema = member(member(value, "json_schema"), "schema");
    if (type != "json_schema" || !schema.is_object()) {
      return invalid(name, "must be of type text, json_object, or json_schema with a schema");
    }
    output_config()["format"] = {{"type", "json_schema"}, {"schema", to_anthropic_schema(schema)}};
    return {};
  }

  base::Status user(std::string_view, const json::value& value) {
    if (value.is_string() && !to_.contains("metadata")) to_["metadata"] = {{"user_id", value}};
    return {};
  }

  json::object& output_config() {
    auto& config = to_["output_config"];
    return config.is_object() ? config.get_object() : config.emplace_object();
  }

  base::Status write_messages() {
    TRY(auto conversation, to_anthropic_messages(given("messages")));
    auto& system = conversation.system;
    if (wants_json_) system.push_back({{"type", "text"}, {"text", "Reply with one JSON object and nothing else."}});
    if (system.size() == 1) {
      to_["system"] = member(system[0], "text");
    } else if (!system.empty()) {
      to_["system"] = std::move(system);
    }
    to_["messages"] = std::move(conversation.messages);
    called_tools_ = std::move(conversation.called_tools);
    return {};
  }

  base::Status write_tools() {
    const auto& tools = given("tools");
    if (tools.is_null() || (tools.is_array() && tools.get_array().empty())) {
      declare_called_tools();
      return {};
    }
    TRY(to_["tools"], to_anthropic_tools(tools));
    TRY(auto choice, to_anthropic_tool_choice(given("tool_choice"), given("parallel_tool_calls")));
    if (!choice.is_null()) to_["tool_choice"] = std::move(choice);
    return {};
  }

  // Anthropic takes no conversation with calls of tools that are not declared, OpenAI does.
  void declare_called_tools() {
    if (called_tools_.empty()) return;
    std::ranges::sort(called_tools_);
    const auto repeated = std::ranges::unique(called_tools_);
    called_tools_.erase(repeated.begin(), repeated.end());
    json::array tools;
    for (const auto& name : called_tools_) tools.push_back({{"name", name}, {"input_schema", {{"type", "object"}}}});
    to_["tools"] = std::move(tools);
    to_["tool_choice"] = {{"type", "none"}};
  }

  static constexpr std::array kRules = std::to_array<Rule>({
      {"model", &AnthropicRequestWriter::skip},
      {"messages", &AnthropicRequestWriter::skip},
      {"max_tokens", &AnthropicRequestWriter::skip},
      {"max_completion_tokens", &AnthropicRequestWriter::skip},
      {"tools", &AnthropicRequestWriter::skip},
      {"tool_choice", &AnthropicRequestWriter::skip},
      {"parallel_tool_calls", &AnthropicRequestWriter::skip},
      {"stream_options", &AnthropicRequestWriter::skip},
      {"stream", &AnthropicRequestWriter::copy},
      {"top_p", &AnthropicRequestWriter::copy},
      {"top_k", &AnthropicRequestWriter::copy},
      {"temperature", &AnthropicRequestWriter::temperature},
      {"stop", &AnthropicRequestWriter::stop},
      {"response_format", &AnthropicRequestWriter::response_format},
      {"reasoning_effort", &AnthropicRequestWriter::effort},
      {"user", &AnthropicRequestWriter::user},
      {"safety_identifier", &AnthropicRequestWriter::user},
      {"n", &AnthropicRequestWriter::one_choice},
      {"modalities", &AnthropicRequestWriter::text_only},
      {"seed", &AnthropicRequestWriter::skip},
      {"store", &AnthropicRequestWriter::skip},
      {"metadata", &AnthropicRequestWriter::skip},
      {"service_tier", &AnthropicRequestWriter::skip},
      {"prompt_cache_key", &AnthropicRequestWriter::skip},
      {"prompt_cache_retention", &AnthropicRequestWriter::skip},
      {"prediction", &AnthropicRequestWriter::skip},
      {"verbosity", &AnthropicRequestWriter::skip},
      {"frequency_penalty", &AnthropicRequestWriter::skip},
      {"presence_penalty", &AnthropicRequestWriter::skip},
      {"logit_bias", &AnthropicRequestWriter::refuse_if_set},
      {"logprobs", &AnthropicRequestWriter::refuse_if_set},
      {"top_logprobs", &AnthropicRequestWriter::refuse_if_set},
      {"audio", &AnthropicRequestWriter::refuse},
      {"web_search_options", &AnthropicRequestWriter::refuse},
      {"functions", &AnthropicRequestWriter::refuse},
      {"function_call", &AnthropicRequestWriter::refuse},
  });

  const json::object& from_;
  json::object to_;
  bool wants_json_ = false;
  std::vector<std::string> called_tools_;
};

}  // namespace

base::Result<json::object> to_anthropic_request(const json::object& openai, std::string_view model) {
  return AnthropicRequestWriter(openai, model).write();
}

}  // namespace tollgate::llm::gateway
