// One exchange with a large language model, in no provider's dialect. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/pico_usd.hpp"
#include "base/sha256.hpp"
#include "base/value.hpp"
#include "cache/byte_cache.hpp"
#include "llm/router/target.hpp"
#include "llm/service_tier.hpp"
#include "net/http_message.hpp"

namespace tollgate::llm {

class Reservation;
struct ReplyHead;

enum class Tier { kFast, kBalanced, kPowerful };

// What a call is for: decides its tier, and labels metrics and prompts.
// kGateway: a call of a client of ours, passed on.
enum class Task { kAssess, kDraft, kFollowUp, kConsistency, kGateway };

std::string_view name(Tier tier);
std::string_view tier_named(std::string_view model);  // its name, if a tier was asked for; else empty
std::string_view name(Task task);

enum class Role { kUser, kAssistant };

struct Message {
  Role role = Role::kUser;
  std::string content;
};

// The reply must be one JSON value that fits `schema` (JSON Schema 2020-12: the subset of json_schema.hpp).
struct ReplySchema {
  std::string name;  // [a-zA-Z0-9_-]{1,64}
  base::Value schema;
};

// The formats that the gateway takes requests in.
enum class WireFormat { kOpenAi, kAnthropic };

// A request as a client of the gateway wrote it, to be passed on with as little change as the provider allows.
struct WireRequest {
  WireFormat format = WireFormat::kOpenAi;
  std::string body;      // one JSON object; ChatRequest::model counts instead of the model it names
  base::Sha256 meaning;  // of the body: body_meaning()
  bool streamed = false;
  std::vector<net::HttpHeader> headers{};  // those that change its meaning: anthropic-version, anthropic-beta
  bool wants_usage = false;                // OpenAI: its stream ends with the usage; Anthropic's always does
};

// Whom a call is for: whose answers it may be served, who pays, what can be purged by it.
struct CallScope {
  std::string tenant{};   // account; never served what was asked by another one
  std::string key{};      // id of the API key
  std::string session{};  // id
  // What the reply depends on beyond the request's own text: hashes of the protocol and of the answers read.
  std::vector<std::string> context{};
};

// What the caller wants of the response cache.
struct CacheWish {
  bool read = true;   // a stored reply will do
  bool store = true;  // and this one may be kept
  bool only = false;  // nothing but a stored reply: kTimeout when there is none
  std::optional<std::chrono::seconds> max_age{};
  std::optional<std::chrono::seconds> ttl{};  // instead of the task's
  std::string space{};                        // name of a part of the tenant's cache, to be purged by
};

// Told before another attempt is made; false gives up. Must not throw or block.
using RetryObserver = std::function<bool(const base::Error& why, int tries)>;

// Told once, before the first piece of a streamed reply. Must not throw or block.
using BeginObserver = std::function<void(ReplyHead head)>;

struct ChatRequest {
  Task task = Task::kAssess;
  std::string model{};  // of a router: a tier, PROVIDER/MODEL, or a model it knows; of a provider: its own name for it
  std::shared_ptr<const WireRequest> wire{};  // then of the others only `task` and `model` count
  std::string system{};
  std::vector<Message> messages{};
  std::optional<ReplySchema> reply_schema{};
  std::int64_t max_tokens = 2000;
  std::optional<double> temperature{};  // absent: the model's own default

  CallScope scope{};
  CacheWish cache{};
  RetryObserver on_retry{};
  BeginObserver on_begin{};
  // What is held back of a budget for this call, until the last that works on it is done: a call may outlive its
  // caller.
  std::shared_ptr<Reservation> held{};
  // Filled in by the router.
  std::vector<Target> targets{};            // in order of preference
  std::optional<base::Sha256> cache_key{};  // of a reply of the first of them
  bool may_share_call = false;              // with others of the same key
};

struct Usage {
  std::int64_t input_tokens = 0;           // all of the prompt, cached or not
  std::int64_t cached_input_tokens = 0;    // the part of it read from the provider's cache
  std::int64_t output_tokens = 0;          // reasoning included
  std::int64_t cache_write_tokens = 0;     // the part of the input written to the provider's cache for 5 minutes
  std::int64_t cache_write_1h_tokens = 0;  // and for an hour
  std::int64_t web_searches = 0;           // that the provider made for the reply
  ServiceTier service_tier = ServiceTier::kStandard;
};

// How the response cache took part.
enum class CacheOutcome { kBypass, kMiss, kHit, kCoalesced };
std::string_view name(CacheOutcome outcome);

// How a reply came about; filled in by the router.
struct Passage {
  Target target{};  // that made the reply
  CacheOutcome cache = CacheOutcome::kBypass;
  std::string cache_key{};  // 64 hex digits; empty: not looked up
  std::chrono::seconds age{0};
  std::chrono::seconds ttl{0};          // what is left of it, or what it was stored for
  int attempts = 0;                     // calls to providers
  std::optional<base::PicoUsd> cost{};  // nothing for replies that the cache has; nullopt: unpriced
  cache::Seen seen{};                   // how the tags of the first target's replies stood before the call
};

// What is known of a streamed reply before its first piece: not yet its cost, nor whether it will be kept.
struct ReplyHead {
  std::string provider{};
  std::string model{};                  // as it was asked for; of a stored reply as the provider named it
  std::chrono::microseconds latency{};  // of the provider, until it said something
  Passage passage{};
};

enum class FinishReason { kStop, kLength, kRefusal, kOther };

struct ChatReply {
  std::string
      text;  // of a wire request: the whole reply in the client's format, a JSON object or all events of a stream
  FinishReason finish = FinishReason::kStop;
  Usage usage{};
  std::string provider{};
  std::string model{};       // as the provider names it
  std::string request_id{};  // the provider's; empty when it sends none
  std::chrono::microseconds latency{};
  Passage passage{};
};

}  // namespace tollgate::llm
