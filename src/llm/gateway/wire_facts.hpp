// What the gateway must know of a client's request before it passes it on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat.hpp"

namespace tollgate::llm {

struct WireFacts {
  std::string model;
  bool streamed = false;
  bool wants_usage = false;  // OpenAI: stream_options.include_usage
  std::optional<double> temperature{};
  std::int64_t max_tokens = 0;   // 0: not given, or Anthropic's 0, which only warms the prompt cache
  std::int64_t choices = 1;      // OpenAI: n, so many replies to one prompt
  std::size_t prompt_bytes = 0;  // of the messages, the system prompt and the tools as they are written
};

// Checks the whole body as check_object() does, then the members above. Errors are kInvalidArgument and name the
// member: "messages: must be a list with at least one message". The caller bounds the body's size.
base::Result<WireFacts> read_wire_facts(WireFormat format, std::string_view body);

}  // namespace tollgate::llm
