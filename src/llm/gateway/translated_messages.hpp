// Translates the conversation of a request.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm::gateway {

// Anthropic's side: the instructions stand apart, roles alternate, results of tools are blocks of a user's message.
struct AnthropicConversation {
  json::array system;    // text blocks
  json::array messages;  // content always as a list of blocks
  std::vector<std::string> called_tools;
};

base::Result<AnthropicConversation> to_anthropic_messages(const json::value& openai_messages);

// OpenAI's side: one list, the system prompt first.
base::Result<json::array> to_openai_messages(const json::value& anthropic_system,
                                             const json::value& anthropic_messages);

}  // namespace tollgate::llm::gateway
