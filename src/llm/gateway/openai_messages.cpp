// Anthropic's messages as OpenAI's.
#include <string>
#include <utility>

#include <fmt/format.h>

#include "llm/gateway/request_error.hpp"
#include "llm/gateway/translated_content.hpp"
#include "llm/gateway/translated_messages.hpp"

namespace tollgate::llm::gateway {
namespace {

// A content's blocks, whichever of its two forms it has.
base::Result<json::array> blocks_of(const json::value& content, const std::string& path) {
  if (const auto* text = content.if_string()) return json::array{text_part(view(*text))};
  if (const auto* blocks = content.if_array()) return *blocks;
  return invalid(fmt::format("{}.content", path), "must be a text or a list of blocks");
}

bool is_thinking(std::string_view type) {
  return type == "thinking" || type == "redacted_thinking";
}

class MessageWriter {
 public:
  base::Status add_system(const json::value& system) {
    if (system.is_null()) return {};
    std::string text;
    if (system.is_string()) {
      text = view(system.get_string());
    } else {
      const auto* blocks = system.if_array();
      if (!blocks) return invalid("system", "must be a text or a list of blocks");
      for (const auto& block : *blocks) {
        if (string_member(block, "type") != "text") {
          return invalid(fmt::format("system[{}]", &block - blocks->data()), "must be a block of text");
        }
        if (!text.empty()) text += "\n\n";
        text += string_member(block, "text");
      }
    }
    if (!text.empty()) messages_.push_back({{"role", "system"}, {"content", text}});
    return {};
  }

  base::Status add(const json::value& message, const std::string& path) {
    const auto role = string_member(message, "role");
    TRY(const auto blocks, blocks_of(member(message, "content"), path));
    if (role == "user") return add_user(blocks, path);
    if (role == "assistant") return add_assistant(blocks, path);
    return invalid(fmt::format("{}.role", path), "must be user or assistant");
  }

  json::array take() { return std::move(messages_); }

 private:
  base::Status add_user(const json::array& blocks, const std::string& path) {
    json::array parts;
    for (const auto& block : blocks) {
      const auto place = fmt::format("{}.content[{}]", path, &block - blocks.data());
      if (string_member(block, "type") == "tool_result") {
        TRY_STATUS(add_tool_result(block, place, parts));
      } else {
        TRY(auto part, to_openai_part(block, place));
        parts.push_back(std::move(part));
      }
    }
    if (parts.empty()) return {};
    const bool plain = parts.size() == 1 && string_member(parts[0], "type") == "text";
    auto content = plain ? member(parts[0], "text") : json::value(std::move(parts));
    messages_.push_back({{"role", "user"}, {"content", std::move(content)}});
    return {};
  }

  // A tool's message takes text only; what else there is goes into the user's message that follows.
  base::Status add_tool_result(const json::value& block, const std::string& path, json::array& parts) {
    const auto id = string_member(block, "tool_use_id");
    if (id.empty()) return invalid(fmt::format("{}.tool_use_id", path), "must be the id of a tool call");
    std::string text = is_true(member(block, "is_error")) ? "Error: " : "";
    if (!member(block, "content").is_null()) {
      TRY(const auto results, blocks_of(member(block, "content"), path));
      bool first = true;
      for (const auto& result : results) {
        TRY(auto part, to_openai_part(result, fmt::format("{}.content[{}]", path, &result - results.data())));
        if (string_member(part, "type") != "text") {
          parts.push_back(std::move(part));
          continue;
        }
        if (!std::exchange(first, false)) text += '\n';
        text += string_member(part, "text");
      }
    }
    messages_.push_back({{"role", "tool"}, {"tool_call_id", id}, {"content", text}});
    return {};
  }

  base::Status add_assistant(const json::array& blocks, const std::string& path) {
    std::string text;
    json::array calls;
    for (const auto& block : blocks) {
      const auto type = string_member(block, "type");
      const auto place = fmt::format("{}.content[{}]", path, &block - blocks.data());
      if (type == "text") {
        text += string_member(block, "text");
      } else if (type == "tool_use") {
        calls.push_back(to_call(block));
      } else if (type.empty()) {
        return invalid(place, "must be an object with a type");
      } else if (!is_thinking(type)) {
        return untranslatable(fmt::format("{} of type {}", place, type));
      }
    }
    if (text.empty() && calls.empty()) return {};
    json::object message{{"role", "assistant"}};
    message["content"] = text.empty() ? json::value() : json::value(json::string_view(text));
    if (!calls.empty()) message["tool_calls"] = std::move(calls);
    messages_.push_back(std::move(message));
    return {};
  }

  static json::object to_call(const json::value& block) {
    const auto& input = member(block, "input");
    return {{"id", string_member(block, "id")},
            {"type", "function"},
            {"function",
             {{"name", string_member(block, "name")}, {"arguments", input.is_object() ? to_text(input) : "{}"}}}};
  }

  json::array messages_;
};

}  // namespace

base::Result<json::array> to_openai_messages(const json::value& system, const json::value& messages) {
  const auto* list = messages.if_array();
  if (!list) return invalid("messages", "must be a list with at least one message");
  MessageWriter writer;
  TRY_STATUS(writer.add_system(system));
  for (const auto& message : *list) {
    TRY_STATUS(writer.add(message, fmt::format("messages[{}]", &message - list->data())));
  }
  return writer.take();
}

}  // namespace tollgate::llm::gateway
