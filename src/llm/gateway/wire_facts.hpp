// What the gateway must know of a client's request before it passes it on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/sha256.hpp"
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
  base::Sha256 meaning{};
};

// One digest for all bodies that ask a given model for the same: the order of members, white space, the model's name
// and how the reply is delivered do not count. Checks the whole body, which must be one JSON object as RFC 8259 has it:
// valid UTF-8, no key twice in one object, at most 64 levels deep. The caller bounds its size.
base::Result<base::Sha256> body_meaning(std::string_view body);

// Checks the body as body_meaning() does, then the members above. Errors are kInvalidArgument and name the member:
// "messages: must be a list with at least one message".
base::Result<WireFacts> read_wire_facts(WireFormat format, std::string_view body);

}  // namespace tollgate::llm
