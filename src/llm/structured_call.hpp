// One call whose reply is a JSON value that fits a schema, with one attempt at repair.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "llm/provider.hpp"

namespace tollgate::llm {

struct StructuredReply {
  base::Value value;  // fits the request's schema
  std::string model;  // "provider/model", for records
  ChatReply reply;    // as it came, at last
  Usage usage;        // of all calls made
  int calls = 0;      // made to a provider
  int saved = 0;      // answered by the cache or by another's call
};

// A reply that is no JSON or does not fit is shown to the model once with what is wrong; a second failure is kBadReply,
// never a made-up value. A refusal, or a reply cut at max_tokens, is kBadReply at once. `provider` must outlive the
// call. REQUIRES: request.reply_schema.
boost::asio::awaitable<base::Result<StructuredReply>> structured_call(Provider& provider, net::CallContext context,
                                                                      ChatRequest request);

}  // namespace tollgate::llm
