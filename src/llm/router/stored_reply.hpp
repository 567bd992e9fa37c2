// A reply as the cache keeps it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "llm/chat.hpp"

namespace tollgate::llm {

std::string write_stored_reply(const ChatReply& reply);
// nullopt: not written by this version. Without how it came about.
std::optional<ChatReply> read_stored_reply(std::string_view bytes);

}  // namespace tollgate::llm
