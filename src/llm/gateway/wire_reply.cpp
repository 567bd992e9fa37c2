#include "llm/gateway/wire_reply.hpp"

#include "llm/gateway/object_text.hpp"
#include "llm/gateway/passed_reply.hpp"
#include "llm/gateway/passed_stream.hpp"
#include "llm/gateway/translated_stream.hpp"
#include "llm/gateway/wire_replay.hpp"

namespace tollgate::llm {
namespace {

bool wants_usage(const WireRequest& request) {
  if (request.format != WireFormat::kOpenAi) return true;
  const auto body = gateway::read_object_text(request.body);
  if (!body) return false;
  const auto options = gateway::read_object_text(body->value_or_null("stream_options"));
  return options && options->value_or_null("include_usage") == "true";
}

// A whole reply is translated as the stream that would have brought it: there is one way to translate, not two.
base::Result<ChatReply> translate_reply(WireFormat provider, WireFormat client, std::string_view body) {
  TRY_STATUS(gateway::pass_reply(provider, body));
  TRY(const auto frames, to_stream(provider, body, true));
  const auto reader = gateway::make_translated_stream(provider, client, gateway::UsageChunk::kKeep);
  TRY_STATUS(reader->feed(frames, {}));
  TRY(auto reply, reader->finish({}));
  TRY(reply.text, to_whole(client, reply.text));
  return reply;
}

}  // namespace

base::Result<ChatReply> read_wire_reply(WireFormat provider, WireFormat client, std::string_view body) {
  return provider == client ? gateway::pass_reply(client, body) : translate_reply(provider, client, body);
}

std::unique_ptr<StreamReader> make_wire_stream(WireFormat provider, const WireRequest& request) {
  using gateway::UsageChunk;
  const auto usage_chunk = wants_usage(request) ? UsageChunk::kKeep : UsageChunk::kDrop;
  if (provider == request.format) return gateway::make_passed_stream(provider, usage_chunk);
  return gateway::make_translated_stream(provider, request.format, usage_chunk);
}

}  // namespace tollgate::llm
