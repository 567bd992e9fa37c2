#include "cache/redis_cache.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "cache/redis_names.hpp"

namespace tollgate::cache {
namespace asio = boost::asio;
using base::ErrorCode;

namespace {

// Longer than any entry lives; begins anew with each entry that is stored under the tag.
constexpr std::chrono::milliseconds kGenerationTtl = kMaxTtl + std::chrono::days(1);
constexpr std::size_t kGenerationDigits = 16;
constexpr std::string_view kRelease =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

std::string to_text(std::uint64_t generation) {
  return fmt::format("{:016x}", generation);
}

// 0: there is none.
std::uint64_t read_generation(const RedisReply& reply) {
  std::uint64_t generation = 0;
  if (reply.kind != RedisReply::Kind::kString || reply.text.size() != kGenerationDigits) return 0;
  const auto* const end = reply.text.data() + reply.text.size();
  const auto [stop, error] = std::from_chars(reply.text.data(), end, generation, 16);
  return error == std::errc{} && stop == end ? generation : 0;
}

RedisPipeline set_generation(const std::string& tag, std::uint64_t generation, bool only_if_none) {
  const auto name = tag_name(tag);
  const auto text = to_text(generation);
  const auto ttl = std::to_string(kGenerationTtl.count());
  RedisPipeline commands;
  if (only_if_none) {
    commands.add({"SET", name, text, "PX", ttl, "NX"});
  } else {
    commands.add({"SET", name, text, "PX", ttl});
  }
  return commands;
}

RedisPipeline read_names(const std::vector<std::string>& names) {
  std::vector<std::string_view> words{"MGET"};
  words.insert(words.end(), names.begin(), names.end());
  return std::move(RedisPipeline().add(words));
}

std::vector<std::string> tag_names(const std::vector<std::string>& tags) {
  std::vector<std::string> names;
  for (const auto& tag : tags) names.push_back(tag_name(tag));
  return names;
}

std::vector<EntryTag> entry_tags(const std::vector<std::string>& tags, const RedisSeen& seen) {
  std::vector<EntryTag> out;
  for (std::size_t i = 0; i < tags.size(); ++i) out.push_back({tags[i], seen.tags[i]});
  return out;
}

std::vector<std::string> tags_of(const RedisEntry& entry) {
  std::vector<std::string> tags;
  for (const auto& tag : entry.tags) tags.push_back(tag.name);
  return tags;
}

// The values of MGET, as many as were asked for.
base::Result<std::vector<RedisReply>> values_of(RedisReplies replies, std::size_t count, const std::string& place) {
  auto& reply = replies.front();
  if (reply.is_error()) return base::fail(error_of(reply, place));
  if (reply.elements.size() == count) return std::move(reply.elements);
  return base::fail(ErrorCode::kBadReply, fmt::format("{} answers something else than was asked", place));
}

}  // namespace

RedisCache::RedisCache(asio::any_io_executor executor, RedisTarget target, std::shared_ptr<net::TlsSettings> tls,
                       RedisCacheConfig config, base::Clock& clock, base::Random& random, OnChange on_change)
    : target_(std::move(target)),
      tls_(std::move(tls)),
      config_(config),
      clock_(clock),
      random_(random),
      on_change_(std::move(on_change)),
      reads_(executor, target_, tls_.get(), config_.read, random_, scope_,
             [this](bool is_up, const base::Error& why) { note_link(is_up, why); }),
      writes_(executor, target_, tls_.get(), config_.write, random_, scope_,
              [this](bool is_up, const base::Error& why) { note_link(is_up, why); }),
      background_(executor, [this](std::string_view, std::string_view) { CounterBoard::add(counters_.errors); }),
      scope_(executor, [this](std::string_view task, std::string_view what) {
        report(RedisState::kDown, fmt::format("the task '{}' failed: {}", task, what));
      }) {}

RedisCache::~RedisCache() = default;

void RedisCache::start() {
  scope_.spawn("keep the connection that reads from Redis", reads_.keep());
  scope_.spawn("keep the connection that writes to Redis", writes_.keep());
}

// What was put last still goes out: a call takes some milliseconds at most.
asio::awaitable<base::Status> RedisCache::stop(net::Deadline deadline) {
  (void)co_await settle(std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(100)));
  background_.cancel();
  scope_.cancel();
  CO_TRY_STATUS(co_await background_.join(deadline));
  co_return co_await scope_.join(deadline);
}

asio::awaitable<base::Status> RedisCache::settle(net::Deadline deadline) {
  return background_.join(deadline);
}

asio::awaitable<Lookup> RedisCache::get(Key key) {
  auto found = co_await read(std::move(key));
  if (found) co_return *std::move(found);
  co_return Lookup{.seen = {.redis = RedisSeen{.reached = false}}};
}

asio::awaitable<base::Result<Lookup>> RedisCache::read(Key key) {
  CounterBoard::add(counters_.misses);  // until it is a hit
  CO_TRY_STATUS(check_key(key));
  auto names = tag_names(key.tags);
  names.insert(names.begin(), entry_name(key.digest));
  CO_TRY(auto values, co_await values_of_names(std::move(names)));
  Lookup found;
  const auto stored = std::move(values.replies.front());
  values.replies.erase(values.replies.begin());
  found.seen.redis = look_at(key.tags, values.replies, values.server);
  if (stored.kind == RedisReply::Kind::kString) {
    auto entry = read_entry(*base::Sha256::parse(key.digest), stored.text);
    if (entry && co_await is_in_force(key, *entry, *found.seen.redis)) found.hit = hit_from(key, *std::move(entry));
  }
  if (found.hit) {
    CounterBoard::add(counters_.misses, -1);
    CounterBoard::add(counters_.hits);
  }
  co_return found;
}

asio::awaitable<base::Result<RedisCache::Values>> RedisCache::values_of_names(std::vector<std::string> names) {
  auto started = reads_.start(read_names(names));
  if (!started) {
    CounterBoard::add(counters_.errors);
    co_return base::fail(started.error());
  }
  const auto server = started->connection->server();
  auto replies = co_await reads_.finish(*std::move(started));
  auto values = replies ? values_of(*std::move(replies), names.size(), target_.place())
                        : base::Result<std::vector<RedisReply>>(base::fail(replies.error()));
  if (!values) {
    CounterBoard::add(counters_.errors);
    co_return base::fail(values.error());
  }
  co_return Values{*std::move(values), server};
}

// A tag that has no generation yet is given one now and not when something is stored, so that a purge in between can
// be told.
RedisSeen RedisCache::look_at(const std::vector<std::string>& tags, const std::vector<RedisReply>& generations,
                              std::uint64_t server) {
  RedisSeen seen{.reached = true, .server = server};
  for (std::size_t i = 0; i < generations.size(); ++i) {
    auto generation = read_generation(generations[i]);
    if (generation == 0) {
      generation = new_generation();
      (void)writes_.start(set_generation(tags[i], generation, true));  // if it fails, nothing under the tag counts
    }
    seen.tags.push_back(generation);
  }
  return seen;
}

// None of the tags that it was stored with has been purged since. They are those asked with, seen already, unless
// somebody else stored it.
asio::awaitable<bool> RedisCache::is_in_force(const Key& key, const RedisEntry& entry, const RedisSeen& seen) {
  if (entry.server != seen.server || entry.expires_at <= clock_.now()) co_return false;
  const auto tags = tags_of(entry);
  auto generations = seen.tags;
  if (tags != key.tags) {
    const auto values = co_await values_of_names(tag_names(tags));
    if (!values || values->server != seen.server) co_return false;
    generations.clear();
    for (const auto& reply : values->replies) generations.push_back(read_generation(reply));
  }
  co_return std::ranges::equal(entry.tags, generations, {}, &EntryTag::generation);
}

std::optional<Hit> RedisCache::hit_from(const Key& key, RedisEntry entry) const {
  auto bytes = std::optional(std::move(entry.bytes));
  if (config_.sealing.open) bytes = config_.sealing.open(*std::move(bytes), *base::Sha256::parse(key.digest));
  if (!bytes) return std::nullopt;
  auto tags = tags_of(entry);
  if (tags == key.tags) tags.clear();
  return Hit{.bytes = std::make_shared<const std::string>(*std::move(bytes)),
             .stored_at = entry.stored_at,
             .expires_at = entry.expires_at,
             .tier = Tier::kRedis,
             .other_tags = std::move(tags)};
}

std::uint64_t RedisCache::new_generation() {
  std::array<std::uint8_t, 8> bytes{};
  random_.fill(bytes.data(), bytes.size());
  std::uint64_t generation = 0;
  for (const auto byte : bytes) generation = generation << 8 | byte;
  return std::max<std::uint64_t>(generation, 1);
}

void RedisCache::put(Key key, std::string bytes, std::chrono::seconds ttl, Seen seen) {
  const auto now = clock_.now();
  store(key,
        {.bytes = std::make_shared<const std::string>(std::move(bytes)),
         .stored_at = now,
         .expires_at = now + std::min(ttl, kMaxTtl)},
        seen);
}

void RedisCache::store(const Key& key, const Hit& value, const Seen& seen) {
  if (!check_key(key)) return CounterBoard::add(counters_.errors);
  if (value.expires_at <= clock_.now() || value.bytes->size() > config_.max_value_bytes) return;
  if (seen.redis && !seen.redis->reached) return;
  if (std::chrono::steady_clock::now() < no_writes_until_) return CounterBoard::add(counters_.errors);

  RedisEntry entry{.bytes = *value.bytes, .stored_at = value.stored_at, .expires_at = value.expires_at};
  if (config_.sealing.seal)
    entry.bytes = config_.sealing.seal(std::move(entry.bytes), *base::Sha256::parse(key.digest));
  if (seen.redis || key.tags.empty()) {
    entry.server = seen.redis ? seen.redis->server : writes_.server();
    if (seen.redis) entry.tags = entry_tags(key.tags, *seen.redis);
    return send(key, entry);
  }
  auto generations = writes_.start(read_names(tag_names(key.tags)));
  if (!generations) return CounterBoard::add(counters_.errors);
  background_.spawn("store in Redis", send_as_of(key, std::move(entry), *std::move(generations)));
}

asio::awaitable<void> RedisCache::send_as_of(Key key, RedisEntry entry, RedisLink::Started generations) {
  entry.server = generations.connection->server();
  auto replies = co_await writes_.finish(std::move(generations));
  if (!replies || replies->front().elements.size() != key.tags.size()) {
    CounterBoard::add(counters_.errors);
    co_return;
  }
  entry.tags = entry_tags(key.tags, look_at(key.tags, replies->front().elements, entry.server));
  send(key, entry);
}

void RedisCache::send(const Key& key, const RedisEntry& entry) {
  const auto ttl = std::to_string((entry.expires_at - clock_.now()).count());
  const auto generation_ttl = std::to_string(kGenerationTtl.count());
  RedisPipeline commands;
  commands.add({"SET", entry_name(key.digest), write_entry(*base::Sha256::parse(key.digest), entry), "PX", ttl});
  for (const auto& tag : key.tags) commands.add({"PEXPIRE", tag_name(tag), generation_ttl});
  auto started = writes_.start(commands);
  if (!started) return CounterBoard::add(counters_.errors);
  background_.spawn("store in Redis", note_stored(*std::move(started)));
}

asio::awaitable<void> RedisCache::note_stored(RedisLink::Started started) {
  const auto replies = co_await writes_.finish(std::move(started));
  if (!replies) {
    CounterBoard::add(counters_.errors);
  } else if (replies->front().is_error()) {
    note_refusal(error_of(replies->front(), target_.place()));
  } else {
    CounterBoard::add(counters_.stores);
    if (std::exchange(refuses_writes_, false)) report(RedisState::kUp, {});
  }
}

asio::awaitable<base::Status> RedisCache::remove(std::string digest) {
  CO_TRY_STATUS(check_digest(digest));
  RedisPipeline commands;
  commands.add({"DEL", entry_name(digest)});
  commands.add({"PUBLISH", kPurgeChannel, std::string(kKeyRemoved) + digest});
  co_return co_await tell(std::move(commands), digest);
}

// A full server refuses to set, but not to delete, which does the same: without a generation nothing counts.
asio::awaitable<base::Status> RedisCache::purge(std::string tag) {
  CO_TRY_STATUS(check_tag(tag));
  RedisPipeline commands;
  commands.add({"DEL", tag_name(tag)});
  commands.add(set_generation(tag, new_generation(), false));
  commands.add({"PUBLISH", kPurgeChannel, std::string(kTagPurged) + tag});
  co_return co_await tell(std::move(commands), tag);
}

// The first command and the last have to succeed.
asio::awaitable<base::Status> RedisCache::tell(RedisPipeline commands, std::string what) {
  auto replies = co_await writes_.call(std::move(commands));
  std::optional<base::Error> failure;
  if (!replies) {
    failure = std::move(replies).error();
  } else if (replies->front().is_error() || replies->back().is_error()) {
    failure = error_of(replies->front().is_error() ? replies->front() : replies->back(), target_.place());
  }
  if (!failure) co_return base::Status{};
  CounterBoard::add(counters_.errors);
  co_return base::fail(failure->code,
                       fmt::format("Redis could not be told to forget '{}', so other nodes may still use it; repeat it "
                                   "when Redis is back: {}",
                                   what, failure->message),
                       failure->detail);
}

asio::awaitable<Claim> RedisCache::claim(std::string name, std::chrono::milliseconds ttl) {
  Claim claim{.token = to_text(new_generation()) + to_text(new_generation())};
  RedisPipeline ask;
  ask.add({"SET", claim_name(name), claim.token, "PX", std::to_string(ttl.count()), "NX"});
  auto started = reads_.start(ask);
  if (!started) co_return claim;
  const auto connection = started->connection;
  const auto replies = co_await reads_.finish(*std::move(started));
  if (!replies) {  // it may be ours all the same, and nobody would release it
    RedisPipeline give_back;
    give_back.add({"EVAL", kRelease, "1", claim_name(name), claim.token});
    if (connection->is_open()) (void)connection->start(give_back);
  } else if (replies->front().is_ok()) {
    claim.outcome = ClaimOutcome::kMine;
  } else if (replies->front().kind == RedisReply::Kind::kNil) {
    claim.outcome = ClaimOutcome::kTaken;
  }
  co_return claim;
}

// On the connection of the values, so that it comes after them. If it fails, the claim ends with its time.
void RedisCache::release(const std::string& name, const std::string& token) {
  RedisPipeline commands;
  commands.add({"EVAL", kRelease, "1", claim_name(name), token});
  (void)writes_.start(commands);
}

void RedisCache::note_link(bool is_up, const base::Error& why) {
  if (!is_up) {
    report(RedisState::kDown, why.detail.empty() ? why.message : fmt::format("{} ({})", why.message, why.detail));
  } else if (reads_.is_up() && writes_.is_up()) {
    refuses_writes_ = false;
    no_writes_until_ = {};
    report(RedisState::kUp, {});
  }
}

void RedisCache::note_refusal(const base::Error& why) {
  CounterBoard::add(counters_.errors);
  refuses_writes_ = true;
  no_writes_until_ = std::chrono::steady_clock::now() + config_.write.first_pause;
  if (is_up()) report(RedisState::kRefusesWrites, fmt::format("{} ({})", why.message, why.detail));
}

void RedisCache::report(RedisState state, const std::string& why) {
  if (reported_ == state) return;
  reported_ = state;
  if (on_change_) on_change_(state, why);
}

}  // namespace tollgate::cache
