// Ollama's chat (POST /api/chat), whole or as newline-delimited JSON.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::ollama {

std::string write_request(const ChatRequest& request, Delivery delivery);

// Token counts may be missing (a cached prompt): they read as 0.
base::Result<ChatReply> read_reply(std::string_view body);
std::unique_ptr<StreamReader> make_stream_reader();
base::Error read_error(int status, std::string_view body);

}  // namespace tollgate::llm::ollama
