#include "llm/gateway/wire_reply.hpp"

#include "llm/gateway/object_text.hpp"
#include "llm/gateway/passed_reply.hpp"
#include "llm/gateway/passed_stream.hpp"

namespace tollgate::llm {
namespace {

bool wants_usage(const WireRequest& request) {
  if (request.format != WireFormat::kOpenAi) return true;
  const auto body = gateway::read_object_text(request.body);
  if (!body) return false;
  const auto options = gateway::read_object_text(body->value_or_null("stream_options"));
  return options && options->value_or_null("include_usage") == "true";
}

}  // namespace

base::Result<ChatReply> read_wire_reply(WireFormat provider, WireFormat client, std::string_view body) {
  if (provider == client) return gateway::pass_reply(client, body);
  return base::fail(base::ErrorCode::kUnsupported, "the provider speaks another format than the client");
}

std::unique_ptr<StreamReader> make_wire_stream(WireFormat provider, const WireRequest& request) {
  using gateway::UsageChunk;
  const auto usage_chunk = wants_usage(request) ? UsageChunk::kKeep : UsageChunk::kDrop;
  return gateway::make_passed_stream(provider, usage_chunk);
}

}  // namespace tollgate::llm
