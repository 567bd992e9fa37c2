// Anthropic's Messages API (POST /v1/messages, version 2023-06-01) as pure functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::anthropic {

// How a reply schema is asked for.
enum class JsonReplies {
  kOutputFormat,  // output_config.format: the service guarantees the schema
  kToolCall,      // a tool the model is made to call: for models and servers that lack the above
};

std::string write_request(const ChatRequest& request, JsonReplies json, Delivery delivery);

// The input of a tool call counts as the reply's text.
base::Result<ChatReply> read_reply(std::string_view body);
std::unique_ptr<StreamReader> make_stream_reader();
base::Error read_error(int status, std::string_view body);

}  // namespace tollgate::llm::anthropic
