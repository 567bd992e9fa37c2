#include "llm/gateway/wire_replay.hpp"

#include "llm/gateway/anthropic_replay.hpp"
#include "llm/gateway/openai_replay.hpp"

namespace tollgate::llm {

base::Result<std::string> to_stream(WireFormat format, std::string_view whole_body, bool wants_usage) {
  using gateway::UsageChunk;
  if (format == WireFormat::kAnthropic) return gateway::to_anthropic_stream(whole_body);
  return gateway::to_openai_stream(whole_body, wants_usage ? UsageChunk::kKeep : UsageChunk::kDrop);
}

base::Result<std::string> to_whole(WireFormat format, std::string_view all_frames) {
  if (format == WireFormat::kAnthropic) return gateway::to_anthropic_whole(all_frames);
  return gateway::to_openai_whole(all_frames);
}

}  // namespace tollgate::llm
