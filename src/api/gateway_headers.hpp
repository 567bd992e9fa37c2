// The headers with which a client of the gateway steers the cache, and those that tell it how its reply came about.
#pragma once

#include "api/message.hpp"
#include "base/result.hpp"
#include "llm/chat.hpp"

namespace tollgate::api {

// Cache-Control: no-cache, no-store, max-age=SECONDS, only-if-cached; X-Cache-TTL: SECONDS; X-Cache-Namespace: NAME.
// Unknown directives of Cache-Control mean nothing, as RFC 9111 has it. kInvalidArgument names the header.
base::Result<llm::CacheWish> read_cache_wish(const Request& request);

// X-Cache, Age, X-Cache-Key, X-Cache-TTL, X-Router-Provider, X-Router-Model, X-Router-Attempts, and X-Router-Cost-USD:
// what the call cost, 0 when none was made, `unpriced` when the table does not know.
void add_passage_headers(Reply& reply, const llm::ChatReply& from);

// The same of a stream, as far as it is known before its first byte: X-Router-Cost-USD is 0 or not there.
void add_stream_headers(Reply& reply, const llm::ReplyHead& head);

}  // namespace tollgate::api
