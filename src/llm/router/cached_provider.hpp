// Serves replies that were given before.
//
// Looked up under the first target of the request; kept under the target that made the reply, so that what a fallback
// said is never given out as the first one's. A stream is given again byte for byte to a request that is the same to
// the byte, and made from the whole reply for others. Never kept: failures, streams that broke off, refusals, replies
// cut at their limit (unless set).
#pragma once

#include <chrono>
#include <map>
#include <memory>

#include "base/clock.hpp"
#include "cache/byte_cache.hpp"
#include "llm/provider.hpp"

namespace tollgate::llm {

struct ReplyCacheConfig {
  std::chrono::seconds ttl{std::chrono::hours(24)};
  std::map<Task, std::chrono::seconds> ttl_by_task{};  // instead; 0: not kept
  bool keep_cut_replies = false;                       // those that ended at their token limit
  bool keep_sampled = true;                            // of requests with a temperature above 0
};

// A reply must be in the cache before its flight lands, or a request that comes in between would make a second call. So
// the cache stands on both sides of single-flight: outside it only looks up, inside it looks up again and keeps.
enum class CachePart { kLookUp, kLookUpAndKeep };

// How long a reply to it is kept; 0: not at all.
std::chrono::seconds ttl_of(const ReplyCacheConfig& config, const ChatRequest& request);
bool is_worth_keeping(const ReplyCacheConfig& config, const ChatReply& reply);

// `cache` is of the executor used; it and `clock` must outlive the provider.
std::unique_ptr<Provider> make_cached_provider(std::unique_ptr<Provider> inner, cache::ByteCache& cache,
                                               base::Clock& clock, ReplyCacheConfig config,
                                               CachePart part = CachePart::kLookUpAndKeep);

}  // namespace tollgate::llm
