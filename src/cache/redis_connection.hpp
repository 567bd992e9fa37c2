// One connection to a Redis server, with any number of calls under way: they are sent in the order in which they are
// started, and answered in that order.
//
// Executor:  the one open() was awaited on (one thread).
// Ownership: shared by its two loops and its calls, none of which knows when the others end.
// Cancel:    a call that is given up leaves its replies to be thrown away when they come.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.hpp"
#include "cache/redis_target.hpp"
#include "cache/redis_wire.hpp"
#include "net/byte_stream.hpp"
#include "net/call_context.hpp"

namespace tollgate::cache {

using RedisReplies = std::vector<RedisReply>;

// A server to which a stream is open, which has let us in and is asked nothing at the moment.
struct RedisGreeted {
  std::unique_ptr<net::ByteStream> stream;
  std::uint64_t server = 0;  // differs after a restart; 0 where the server does not tell
};

// kUnavailable, kTimeout, kUnauthenticated (password), kBadReply.
boost::asio::awaitable<base::Result<RedisGreeted>> greet_redis(RedisTarget target, net::TlsSettings* tls,
                                                               net::Deadline deadline);

// One round trip on a stream that is used for nothing else. The first error reply is an error.
boost::asio::awaitable<base::Result<RedisReplies>> exchange(net::ByteStream& stream, RedisPipeline commands,
                                                            net::Deadline deadline);

base::Error error_of(const RedisReply& reply, const std::string& place);

class RedisConnection {
 public:
  struct Call {
    Call(const boost::asio::any_io_executor& executor, std::size_t replies_wanted)
        : wanted(replies_wanted), answered(executor) {}

    const std::size_t wanted;
    const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
    RedisReplies replies{};
    std::optional<base::Error> failure{};
    bool is_over = false;
    boost::asio::steady_timer answered;  // cancelled when the call is over
  };

  RedisConnection(boost::asio::any_io_executor executor, RedisGreeted greeted);

  // Both run until the connection breaks or is closed; read() then says why. Calls are answered only while both run.
  static boost::asio::awaitable<base::Error> read(std::shared_ptr<RedisConnection> self);
  static boost::asio::awaitable<void> write(std::shared_ptr<RedisConnection> self);

  // Takes its place in the order at once.
  std::shared_ptr<Call> start(const RedisPipeline& commands);
  // kTimeout at the deadline.
  boost::asio::awaitable<base::Result<RedisReplies>> finish(std::shared_ptr<Call> call, net::Deadline deadline);

  void close(base::Error why);  // what is under way fails with it
  bool is_open() const { return !closed_because_; }

  std::uint64_t server() const { return server_; }
  std::size_t bytes_unsent() const { return outgoing_.size() + being_written_; }
  std::size_t calls_under_way() const { return calls_.size(); }
  std::chrono::steady_clock::time_point last_heard() const { return last_heard_; }
  // When the call was started whose reply is the next to come.
  std::chrono::steady_clock::time_point waiting_since() const {
    return calls_.empty() ? std::chrono::steady_clock::now() : calls_.front()->started;
  }

 private:
  base::Status take_in(std::string_view bytes);
  void answer(RedisReply reply);

  // Constant after construction.
  const boost::asio::any_io_executor executor_;
  const std::unique_ptr<net::ByteStream> stream_;
  const std::uint64_t server_;
  // Used only on the executor.
  RedisReplyReader reader_;
  std::array<char, 65'536> buffer_{};
  std::string outgoing_;
  std::size_t being_written_ = 0;
  boost::asio::steady_timer more_to_write_;  // cancelled when there is
  std::deque<std::shared_ptr<Call>> calls_;  // not yet answered
  std::optional<base::Error> closed_because_;
  std::chrono::steady_clock::time_point last_heard_{};
};

}  // namespace tollgate::cache
