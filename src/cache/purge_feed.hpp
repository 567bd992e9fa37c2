// Hears of purges that other nodes make, and applies them to this process's memory tier.
//
// Memory may be trusted only while the feed is current: every purge up to a moment ago has been heard of. The feed asks
// the server once a second for a sign of life on the connection on which purges arrive; an answer proves that all that
// was said before it has arrived. When the connection was lost, purges may have been missed, so memory is cleared when
// it is there again.
//
// Executor:  run() on one executor; is_current() may be called on any thread.
// Ownership: one per process; memory must outlive it. REQUIRES: stop() is awaited before it is destroyed.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"
#include "cache/memory_cache.hpp"
#include "cache/redis_backoff.hpp"
#include "cache/redis_target.hpp"
#include "cache/redis_wire.hpp"
#include "net/byte_stream.hpp"
#include "net/task_scope.hpp"

namespace tollgate::cache {

struct PurgeFeedConfig {
  std::chrono::milliseconds ask_every{1'000};
  std::chrono::milliseconds current_for{3'000};  // after an answered question was asked
  std::chrono::milliseconds connect_timeout{1'000};
  std::chrono::milliseconds first_pause{1'000};
  std::chrono::milliseconds longest_pause{30'000};
};

class PurgeFeed {
 public:
  PurgeFeed(boost::asio::any_io_executor executor, RedisTarget target, std::shared_ptr<net::TlsSettings> tls,
            PurgeFeedConfig config, MemoryCache& memory, base::Random& random);

  void start();
  boost::asio::awaitable<base::Status> stop(net::Deadline deadline);

  bool is_current() const;

 private:
  struct Subscription;

  boost::asio::awaitable<void> keep();
  boost::asio::awaitable<base::Error> subscribe_and_hear();
  boost::asio::awaitable<base::Error> hear(std::shared_ptr<Subscription> subscription);
  static boost::asio::awaitable<void> ask(std::shared_ptr<Subscription> subscription, PurgeFeedConfig config);
  void take_in(Subscription& subscription, const RedisReply& reply);
  void apply(std::string_view message);
  void set_current_until(std::chrono::steady_clock::time_point time);

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  const RedisTarget target_;
  const std::shared_ptr<net::TlsSettings> tls_;  // shared by all that connect on the executor
  const PurgeFeedConfig config_;
  MemoryCache& memory_;
  // Any thread.
  std::atomic<std::chrono::steady_clock::rep> current_until_{0};
  // Used only on the executor.
  RedisBackoff backoff_;
  net::TaskScope scope_;
};

}  // namespace tollgate::cache
