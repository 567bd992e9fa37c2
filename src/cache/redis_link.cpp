#include "cache/redis_link.hpp"

#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::cache {
namespace asio = boost::asio;
using base::ErrorCode;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr int kProofs = 3;  // pings, one of which must be fast

asio::awaitable<void> pause(std::chrono::milliseconds length) {
  asio::steady_timer timer(co_await asio::this_coro::executor, length);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace

RedisLink::RedisLink(asio::any_io_executor executor, const RedisTarget& target, net::TlsSettings* tls,
                     RedisLinkConfig config, base::Random& random, net::TaskScope& scope, OnChange on_change)
    : executor_(std::move(executor)),
      target_(target),
      tls_(tls),
      config_(config),
      scope_(scope),
      on_change_(std::move(on_change)),
      backoff_(random, config.first_pause, config.longest_pause) {}

asio::awaitable<void> RedisLink::keep() {
  for (;;) {
    const auto begin = SteadyClock::now();
    const auto why = co_await connect_and_serve();
    if (why.code == ErrorCode::kCancelled) co_return;
    const bool was_up = std::exchange(connection_, nullptr) != nullptr;
    on_change_(false, why);
    const auto held = was_up ? SteadyClock::now() - begin : SteadyClock::duration(0);
    co_await pause(backoff_.next(std::chrono::duration_cast<std::chrono::milliseconds>(held)));
  }
}

// Returns why there is no connection any more.
asio::awaitable<base::Error> RedisLink::connect_and_serve() {
  auto greeted = co_await greet_redis(target_, tls_, SteadyClock::now() + config_.connect_timeout);
  if (!greeted) co_return greeted.error();
  const auto proof = co_await prove_speed(*greeted->stream);
  if (!proof) co_return proof.error();
  slow_calls_ = 0;
  connection_ = std::make_shared<RedisConnection>(executor_, std::move(*greeted));
  scope_.spawn("write to Redis", RedisConnection::write(connection_));
  on_change_(true, {});
  co_return co_await RedisConnection::read(connection_);
}

// The first ping may be slow for reasons of our own, such as a busy thread.
asio::awaitable<base::Status> RedisLink::prove_speed(net::ByteStream& stream) const {
  for (int i = 0; i < kProofs; ++i) {
    const auto begin = SteadyClock::now();
    CO_TRY(const auto replies,
           co_await exchange(stream, std::move(RedisPipeline().add({"PING"})), begin + config_.connect_timeout));
    if (replies[0].is_error()) co_return base::fail(error_of(replies[0], target_.place()));
    if (SteadyClock::now() - begin <= config_.call_timeout) co_return base::Status{};
  }
  co_return base::fail(ErrorCode::kTimeout, fmt::format("{} needs more than {} ms to answer", target_.place(),
                                                        config_.call_timeout.count()));
}

base::Result<RedisLink::Started> RedisLink::start(const RedisPipeline& commands) {
  if (!is_up()) return base::fail(ErrorCode::kUnavailable, fmt::format("{} cannot be reached", target_.place()));
  if (connection_->bytes_unsent() + commands.bytes().size() > config_.max_bytes_unsent ||
      connection_->calls_under_way() >= config_.max_calls) {
    return base::fail(ErrorCode::kTooLarge, fmt::format("{} does not keep up with what it is sent", target_.place()));
  }
  return Started{connection_, connection_->start(commands)};
}

asio::awaitable<base::Result<RedisReplies>> RedisLink::finish(Started started) {
  auto replies = co_await started.connection->finish(started.call, started.call->started + config_.call_timeout);
  if (replies) {
    slow_calls_ = 0;
  } else if (!started.call->is_over) {
    note_slow(started);
  }
  co_return replies;
}

asio::awaitable<base::Result<RedisReplies>> RedisLink::call(RedisPipeline commands) {
  CO_TRY(auto started, start(commands));
  co_return co_await finish(std::move(started));
}

// Slow is a server that says nothing, not one that is still sending something large; and what began before the last
// slow call was given up may have waited for the same hiccup.
void RedisLink::note_slow(const Started& started) {
  const auto now = SteadyClock::now();
  const auto& connection = *started.connection;
  const bool is_sending =
      connection.last_heard() > started.call->started && now - connection.waiting_since() < config_.longest_reply;
  if (is_sending || started.call->started < last_slow_) return;
  last_slow_ = now;
  if (++slow_calls_ < config_.slow_calls_to_open) return;
  started.connection->close(
      {ErrorCode::kTimeout, fmt::format("{} did not answer within {} ms, {} times running", target_.place(),
                                        config_.call_timeout.count(), config_.slow_calls_to_open)});
}

}  // namespace tollgate::cache
