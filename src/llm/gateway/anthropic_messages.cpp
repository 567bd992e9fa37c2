// OpenAI's messages as Anthropic's.
#include <string>
#include <utility>

#include <fmt/format.h>

#include "llm/gateway/request_error.hpp"
#include "llm/gateway/translated_content.hpp"
#include "llm/gateway/translated_messages.hpp"

namespace tollgate::llm::gateway {
namespace {

bool is_blank(const json::object& block) {
  return string_member(block, "type") == "text" && string_member(block, "text").empty();
}

class ConversationWriter {
 public:
  base::Status add(const json::value& message, const std::string& path) {
    const auto role = string_member(message, "role");
    const auto& content = member(message, "content");
    if (role == "user") return add_content("user", content, path);
    if (role == "assistant") return add_assistant(message, path);
    if (role == "tool") return add_tool_result(message, path);
    if (role == "system" || role == "developer") return add_system(content, path);
    if (role == "function") return untranslatable(fmt::format("{} of role function", path));
    return invalid(fmt::format("{}.role", path), "must be system, developer, user, assistant or tool");
  }

  AnthropicConversation take() { return std::move(conversation_); }

 private:
  // The parts of a content, whichever of its two forms it has. Anthropic refuses texts that are empty.
  static base::Result<json::array> blocks_of(const json::value& content, const std::string& path) {
    json::array blocks;
    if (const auto* text = content.if_string()) {
      if (!text->empty()) blocks.push_back(text_part(view(*text)));
      return blocks;
    }
    if (content.is_null()) return blocks;
    const auto* parts = content.if_array();
    if (!parts) return invalid(fmt::format("{}.content", path), "must be a text or a list of parts");
    for (const auto& part : *parts) {
      const auto place = fmt::format("{}.content[{}]", path, &part - parts->data());
      if (string_member(part, "type") == "refusal") {
        blocks.push_back(text_part(string_member(part, "refusal")));
        continue;
      }
      TRY(auto block, to_anthropic_block(part, place));
      if (!is_blank(block)) blocks.push_back(std::move(block));
    }
    return blocks;
  }

  base::Status add_content(std::string_view role, const json::value& content, const std::string& path) {
    TRY(auto blocks, blocks_of(content, path));
    for (auto& block : blocks) add_block(role, std::move(block));
    return {};
  }

  base::Status add_system(const json::value& content, const std::string& path) {
    TRY(auto blocks, blocks_of(content, path));
    for (auto& block : blocks) {
      if (string_member(block, "type") != "text") return invalid(fmt::format("{}.content", path), "must be text");
      conversation_.system.push_back(std::move(block));
    }
    return {};
  }

  base::Status add_assistant(const json::value& message, const std::string& path) {
    for (const auto* name : {"audio", "function_call"}) {
      if (!member(message, name).is_null()) return untranslatable(fmt::format("{}.{}", path, name));
    }
    TRY_STATUS(add_content("assistant", member(message, "content"), path));
    if (const auto refusal = string_member(message, "refusal"); !refusal.empty()) {
      add_block("assistant", text_part(refusal));
    }
    const auto& calls = member(message, "tool_calls");
    if (calls.is_null()) return {};
    const auto* list = calls.if_array();
    if (!list) return invalid(fmt::format("{}.tool_calls", path), "must be a list");
    for (const auto& call : *list) {
      TRY_STATUS(add_call(call, fmt::format("{}.tool_calls[{}]", path, &call - list->data())));
    }
    return {};
  }

  base::Status add_call(const json::value& call, const std::string& path) {
    if (string_member(call, "type") == "custom") return untranslatable(fmt::format("{} of type custom", path));
    const auto& function = member(call, "function");
    const auto name = string_member(function, "name");
    if (name.empty()) return invalid(fmt::format("{}.function.name", path), "must be the name of a tool");
    const auto arguments = string_member(function, "arguments");
    const auto input = parse_text(arguments.empty() ? "{}" : arguments);
    if (!input || !input->is_object()) {
      return invalid(fmt::format("{}.function.arguments", path), "must be the text of a JSON object");
    }
    conversation_.called_tools.emplace_back(name);
    add_block("assistant",
              {{"type", "tool_use"}, {"id", string_member(call, "id")}, {"name", name}, {"input", *input}});
    return {};
  }

  base::Status add_tool_result(const json::value& message, const std::string& path) {
    const auto id = string_member(message, "tool_call_id");
    if (id.empty()) return invalid(fmt::format("{}.tool_call_id", path), "must be the id of a tool call");
    json::object block{{"type", "tool_result"}, {"tool_use_id", id}};
    const auto& content = member(message, "content");
    if (content.is_string()) {
      block["content"] = content;
    } else {
      TRY(block["content"], blocks_of(content, path));
    }
    add_block("user", std::move(block));
    return {};
  }

  // Messages of one role that follow each other become one: all results of a turn's calls must come together.
  void add_block(std::string_view role, json::value block) {
    auto& messages = conversation_.messages;
    if (messages.empty() || string_member(messages.back(), "role") != role) {
      messages.push_back({{"role", role}, {"content", json::array()}});
    }
    messages.back().get_object()["content"].get_array().push_back(std::move(block));
  }

  AnthropicConversation conversation_;
};

}  // namespace

base::Result<AnthropicConversation> to_anthropic_messages(const json::value& messages) {
  const auto* list = messages.if_array();
  if (!list) return invalid("messages", "must be a list with at least one message");
  ConversationWriter writer;
  for (const auto& message : *list) {
    TRY_STATUS(writer.add(message, fmt::format("messages[{}]", &message - list->data())));
  }
  auto conversation = writer.take();
  if (conversation.messages.empty())
    return invalid("messages", "must have one message that is no instruction or empty");
  return conversation;
}

}  // namespace tollgate::llm::gateway
