#include "llm/structured_call.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/json_schema.hpp"
#include "base/text.hpp"
#include "llm/reply_json.hpp"

namespace tollgate::llm {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kMaxQuotedReply = 8'000;

Result<base::Value> read_reply(const ChatReply& reply, const ReplySchema& schema) {
  TRY(auto value, extract_json(reply.text));
  if (const auto fits = base::validate(value, schema.schema); !fits) {
    return base::fail(ErrorCode::kBadReply, "the reply does not fit the schema: " + fits.error().message);
  }
  return value;
}

base::Status refuse_unfinished(const ChatReply& reply) {
  switch (reply.finish) {
    case FinishReason::kStop:
    case FinishReason::kOther: return {};
    case FinishReason::kLength:
      return base::fail(
          ErrorCode::kBadReply,
          fmt::format("{} cut its reply at the token limit; use a model with a larger limit", reply.model));
    case FinishReason::kRefusal:
      return base::fail(ErrorCode::kBadReply, fmt::format("{} refused to reply", reply.model));
  }
  return {};
}

void count(StructuredReply& out, const ChatReply& reply) {
  if (reply.passage.cache == CacheOutcome::kHit || reply.passage.cache == CacheOutcome::kCoalesced) {
    ++out.saved;
    return;
  }
  ++out.calls;
  out.usage.input_tokens += reply.usage.input_tokens;
  out.usage.cached_input_tokens += reply.usage.cached_input_tokens;
  out.usage.output_tokens += reply.usage.output_tokens;
}

}  // namespace

boost::asio::awaitable<Result<StructuredReply>> structured_call(Provider& provider, net::CallContext context,
                                                                ChatRequest request) {
  StructuredReply out;
  CO_TRY(ChatReply reply, co_await provider.complete(context, request));
  count(out, reply);
  CO_TRY_STATUS(refuse_unfinished(reply));
  auto value = read_reply(reply, *request.reply_schema);
  if (!value) {
    // Services refuse an empty message.
    request.messages.push_back({Role::kAssistant, base::trim(reply.text).empty()
                                                      ? "(nothing)"
                                                      : base::shortened(reply.text, kMaxQuotedReply)});
    request.messages.push_back(
        {Role::kUser,
         fmt::format("That cannot be used: {}. Send the whole JSON object again, corrected, and nothing else.",
                     value.error().message)});
    CO_TRY(reply, co_await provider.complete(context, request));
    count(out, reply);
    CO_TRY_STATUS(refuse_unfinished(reply));
    value = read_reply(reply, *request.reply_schema);
    if (!value)
      co_return base::fail(ErrorCode::kBadReply, fmt::format("{} twice sent a reply that cannot be used: {}",
                                                             reply.model, value.error().message));
  }
  out.value = *std::move(value);
  out.model = reply.provider + '/' + reply.model;
  out.reply = std::move(reply);
  co_return out;
}

}  // namespace tollgate::llm
