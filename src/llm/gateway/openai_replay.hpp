// OpenAI's replies, whole and as chunks.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/gateway/passed_stream.hpp"

namespace tollgate::llm::gateway {

base::Result<std::string> to_openai_stream(std::string_view body, UsageChunk usage_chunk);
base::Result<std::string> to_openai_whole(std::string_view frames);

}  // namespace tollgate::llm::gateway
