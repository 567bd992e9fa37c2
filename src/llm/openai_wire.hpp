// OpenAI's chat completions (POST /v1/chat/completions), as its own service and its many imitators understand them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::openai {

// How a reply schema is asked for.
enum class JsonReplies {
  kJsonSchema,  // response_format json_schema: the service guarantees the schema
  kJsonObject,  // response_format json_object, the schema in the system prompt: for llama.cpp and other imitators
};

// What the bound of the reply's length is called.
enum class TokenLimit {
  kMaxCompletionTokens,  // OpenAI
  kMaxTokens,            // imitators that know the old name only
};

struct Options {
  JsonReplies json = JsonReplies::kJsonSchema;
  TokenLimit token_limit = TokenLimit::kMaxCompletionTokens;
};

std::string write_request(const ChatRequest& request, Options options, Delivery delivery);

base::Result<ChatReply> read_reply(std::string_view body);
std::unique_ptr<StreamReader> make_stream_reader();
base::Error read_error(int status, std::string_view body);

}  // namespace tollgate::llm::openai
