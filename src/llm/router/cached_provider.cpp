#include "llm/router/cached_provider.hpp"

#include <algorithm>
#include <utility>

#include "llm/gateway/wire_replay.hpp"
#include "llm/router/cache_key.hpp"
#include "llm/router/stored_reply.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Sha256;
using std::chrono::seconds;

bool is_stream(const ChatRequest& request) {
  return request.wire && request.wire->streamed;
}

// Whether the frames of its stream hold all that the whole reply does.
bool streams_usage(const WireRequest& wire) {
  return wire.wants_usage || wire.format == WireFormat::kAnthropic;
}

// Under which a stream is kept as it went out, for requests that are the same to the byte.
std::string frames_digest(const ChatRequest& request, const Sha256& key) {
  return Sha256::of(std::string(key.view()) + "frames" + request.wire->body).to_hex();
}

// Its frames lie under a digest of their own: by this tag they go with the whole reply's key.
std::vector<std::string> frames_tags(std::vector<std::string> tags, const Sha256& key) {
  tags.push_back(key_tag(key.to_hex()));
  return tags;
}

// How the tags of either stood when they were looked up.
struct SeenBoth {
  cache::Seen whole{};
  cache::Seen frames{};
};

seconds between(base::Timestamp from, base::Timestamp to) {
  return std::max(seconds(0), std::chrono::duration_cast<seconds>(to - from));
}

class CachedProvider final : public Provider {
 public:
  CachedProvider(std::unique_ptr<Provider> inner, cache::ByteCache& cache, base::Clock& clock, ReplyCacheConfig config,
                 CachePart part)
      : inner_(std::move(inner)), cache_(cache), clock_(clock), config_(std::move(config)), part_(part) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& asked,
                                              const TextSink& on_text) override {
    const auto ttl = ttl_of(config_, asked);
    const bool takes_part = ttl > seconds(0) && (asked.cache.read || asked.cache.store) && !asked.targets.empty();
    if (!takes_part) co_return co_await uncached(context, asked, on_text);
    auto request = asked;
    if (!request.cache_key) request.cache_key = cache_key(request, request.targets.front());
    const auto key = *request.cache_key;
    SeenBoth seen;
    if (request.cache.read) {
      auto found = co_await look_up(request, key, seen);
      if (found) {
        if (on_text && request.on_begin) request.on_begin({found->provider, found->model, {}, found->passage});
        if (on_text) on_text(found->text);
        co_return *std::move(found);
      }
      request.may_share_call = true;
    }
    if (request.cache.only)
      co_return base::fail(ErrorCode::kTimeout, "no stored reply, and only-if-cached was asked for");
    if (request.on_begin) tell_key(request);
    auto reply = co_await inner_->complete(context, request, on_text);
    if (!reply || part_ == CachePart::kLookUp) co_return with_key(std::move(reply), key);
    reply->passage.cache = outcome_of_call(request);
    if (reply->passage.target == request.targets.front()) reply->passage.seen = seen.whole;
    if (request.cache.store && is_worth_keeping(config_, *reply)) {
      reply->passage.ttl = ttl;
      keep(request, *reply, key, ttl, std::move(seen));
    }
    co_return with_key(std::move(reply), key);
  }

 private:
  asio::awaitable<Result<ChatReply>> uncached(const net::CallContext& context, const ChatRequest& request,
                                              const TextSink& on_text) {
    if (request.cache.only) co_return base::fail(ErrorCode::kTimeout, "replies to such requests are not stored");
    co_return co_await inner_->complete(context, request, on_text);
  }

  static CacheOutcome outcome_of_call(const ChatRequest& request) {
    return request.cache.read ? CacheOutcome::kMiss : CacheOutcome::kBypass;
  }

  // What this part adds to the head of a stream that a call makes.
  void tell_key(ChatRequest& request) const {
    request.on_begin = [part = part_, key = request.cache_key->to_hex(), outcome = outcome_of_call(request),
                        inner = std::move(request.on_begin)](ReplyHead head) {
      head.passage.cache_key = key;
      if (part == CachePart::kLookUpAndKeep) head.passage.cache = outcome;
      inner(std::move(head));
    };
  }

  static Result<ChatReply> with_key(Result<ChatReply> reply, const Sha256& key) {
    if (reply && reply->passage.cache_key.empty()) reply->passage.cache_key = key.to_hex();
    return reply;
  }

  asio::awaitable<std::optional<ChatReply>> look_up(const ChatRequest& request, const Sha256& key, SeenBoth& seen) {
    const auto tags = cache_tags(request, request.targets.front());
    const auto max_age = request.cache.max_age.value_or(seconds::max());
    std::optional<ChatReply> reply;
    if (is_stream(request)) {
      auto found = co_await cache_.get({frames_digest(request, key), frames_tags(tags, key)});
      seen.frames = std::move(found.seen);
      reply = take(found, max_age);
    }
    if (!reply) {
      auto found = co_await cache_.get({key.to_hex(), tags});
      seen.whole = std::move(found.seen);
      reply = take(found, max_age);
      if (reply && is_stream(request)) reply = as_stream(*std::move(reply), *request.wire);
    }
    if (reply) reply->passage.cache_key = key.to_hex();
    co_return reply;
  }

  static std::optional<ChatReply> as_stream(ChatReply reply, const WireRequest& wire) {
    auto frames = to_stream(wire.format, reply.text, wire.wants_usage);
    if (!frames) return std::nullopt;
    reply.text = *std::move(frames);
    return reply;
  }

  std::optional<ChatReply> take(const cache::Lookup& found, seconds max_age) const {
    if (!found) return std::nullopt;
    const auto now = clock_.now();
    const auto age = between(found->stored_at, now);
    if (age > max_age) return std::nullopt;
    auto reply = read_stored_reply(*found->bytes);
    if (!reply) return std::nullopt;
    reply->passage.cache = CacheOutcome::kHit;
    reply->passage.age = age;
    reply->passage.ttl = between(now, found->expires_at);
    return reply;
  }

  void keep(const ChatRequest& request, const ChatReply& reply, const Sha256& key, seconds ttl, SeenBoth seen) {
    const auto& maker = reply.passage.target;
    const bool is_first = maker == request.targets.front();
    const auto its_key = is_first ? key : cache_key(request, maker);
    const auto tags = cache_tags(request, maker);
    if (!is_first) seen = {};  // what was seen belongs to the first target's tags
    auto stored = write_stored_reply(reply);
    if (is_stream(request)) {
      cache_.put({frames_digest(request, its_key), frames_tags(tags, its_key)}, std::move(stored), ttl,
                 std::move(seen.frames));
      auto body = streams_usage(*request.wire) ? to_whole(request.wire->format, reply.text)
                                               : base::fail(ErrorCode::kUnsupported, "its frames lack the usage");
      if (!body) return;
      auto whole = reply;
      whole.text = *std::move(body);
      stored = write_stored_reply(whole);
    }
    cache_.put({its_key.to_hex(), tags}, std::move(stored), ttl, std::move(seen.whole));
  }

  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  cache::ByteCache& cache_;
  base::Clock& clock_;
  const ReplyCacheConfig config_;
  const CachePart part_;
};

}  // namespace

seconds ttl_of(const ReplyCacheConfig& config, const ChatRequest& request) {
  if (!config.keep_sampled && request.temperature.value_or(0) > 0) return seconds(0);
  if (request.cache.ttl) return std::min<seconds>(*request.cache.ttl, cache::kMaxTtl);
  const auto own = config.ttl_by_task.find(request.task);
  return own == config.ttl_by_task.end() ? config.ttl : own->second;
}

bool is_worth_keeping(const ReplyCacheConfig& config, const ChatReply& reply) {
  switch (reply.finish) {
    case FinishReason::kStop: return true;
    case FinishReason::kLength: return config.keep_cut_replies;
    case FinishReason::kRefusal:
    case FinishReason::kOther: return false;
  }
  return false;
}

std::unique_ptr<Provider> make_cached_provider(std::unique_ptr<Provider> inner, cache::ByteCache& cache,
                                               base::Clock& clock, ReplyCacheConfig config, CachePart part) {
  return std::make_unique<CachedProvider>(std::move(inner), cache, clock, std::move(config), part);
}

}  // namespace tollgate::llm
