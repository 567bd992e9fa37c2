// Keeps a connection to Redis open, and keeps callers from waiting for a server that is gone: a circuit breaker.
//
// While the link is down, calls fail at once. It goes down when the connection breaks, and when the server has been
// slow several times running; then it tries again by itself after a pause that grows, and is up only once the server
// has answered within the time that calls are given. So no call ever pays for finding out.
//
// Executor: the one given (one thread). Cancel: ends keep(). Everything given by reference must outlive it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"
#include "cache/redis_backoff.hpp"
#include "cache/redis_connection.hpp"
#include "net/task_scope.hpp"

namespace tollgate::cache {

struct RedisLinkConfig {
  std::chrono::milliseconds call_timeout{4};     // with the timer's own delay a request loses 5 at most
  int slow_calls_to_open = 3;                    // running, each begun after the one before was given up
  std::chrono::milliseconds longest_reply{500};  // a server that sends all that time is not slow before
  std::chrono::milliseconds connect_timeout{1'000};
  std::chrono::milliseconds first_pause{1'000};
  std::chrono::milliseconds longest_pause{30'000};
  std::size_t max_bytes_unsent = 16U << 20;
  std::size_t max_calls = 4'096;
};

class RedisLink {
 public:
  using OnChange = std::function<void(bool is_up, const base::Error& why)>;  // `why` is of no matter when it is up

  RedisLink(boost::asio::any_io_executor executor, const RedisTarget& target, net::TlsSettings* tls,
            RedisLinkConfig config, base::Random& random, net::TaskScope& scope, OnChange on_change);

  // Connects, and connects again, until it is cancelled.
  boost::asio::awaitable<void> keep();

  bool is_up() const { return connection_ != nullptr && connection_->is_open(); }
  std::uint64_t server() const { return connection_ ? connection_->server() : 0; }

  // Takes its place in the order at once, to be awaited by finish() or left alone.
  struct Started {
    std::shared_ptr<RedisConnection> connection;
    std::shared_ptr<RedisConnection::Call> call;
  };
  // kUnavailable: down. kTooLarge: too much is under way.
  base::Result<Started> start(const RedisPipeline& commands);
  boost::asio::awaitable<base::Result<RedisReplies>> finish(Started started);
  boost::asio::awaitable<base::Result<RedisReplies>> call(RedisPipeline commands);

 private:
  boost::asio::awaitable<base::Error> connect_and_serve();
  boost::asio::awaitable<base::Status> prove_speed(net::ByteStream& stream) const;
  void note_slow(const Started& started);

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  const RedisTarget& target_;
  net::TlsSettings* const tls_;
  const RedisLinkConfig config_;
  net::TaskScope& scope_;
  const OnChange on_change_;
  // Used only on the executor.
  RedisBackoff backoff_;
  std::shared_ptr<RedisConnection> connection_;  // null: down; shared with its loops
  int slow_calls_ = 0;
  std::chrono::steady_clock::time_point last_slow_{};
};

}  // namespace tollgate::cache
