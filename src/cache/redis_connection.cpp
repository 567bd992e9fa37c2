#include "cache/redis_connection.hpp"

#include <array>
#include <charconv>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::cache {
namespace asio = boost::asio;
using base::ErrorCode;

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kRunIdDigits = 16;  // of 40, as many as fit a number

// "run_id:" is followed by 40 hexadecimal digits.
std::uint64_t run_of(const RedisReply& info) {
  constexpr std::string_view kField = "run_id:";
  const auto at = info.text.find(kField);
  std::uint64_t run = 0;
  if (info.is_error() || at == std::string::npos || info.text.size() < at + kField.size() + kRunIdDigits) return run;
  const auto* const first = info.text.data() + at + kField.size();
  std::from_chars(first, first + kRunIdDigits, run, 16);
  return run;
}

}  // namespace

base::Error error_of(const RedisReply& reply, const std::string& place) {
  const std::string_view text = reply.text;
  if (text.starts_with("WRONGPASS") || text.starts_with("NOAUTH") || text.starts_with("NOPERM") ||
      text.starts_with("ERR invalid password") || text.starts_with("ERR AUTH")) {
    return {ErrorCode::kUnauthenticated,
            fmt::format("{} does not let us in: check user and password in TOLLGATE_REDIS_URL", place), reply.text};
  }
  if (text.starts_with("OOM")) {
    return {ErrorCode::kNoSpace, fmt::format("{} is full: raise its maxmemory or set a maxmemory-policy", place),
            reply.text};
  }
  return {ErrorCode::kUnavailable, fmt::format("{} refuses: {}", place, reply.text), reply.text};
}

asio::awaitable<base::Result<RedisReplies>> exchange(net::ByteStream& stream, RedisPipeline commands,
                                                     net::Deadline deadline) {
  stream.expire_at(deadline);
  CO_TRY_STATUS(co_await stream.write(commands.bytes()));
  RedisReplyReader reader;
  RedisReplies replies;
  std::array<char, 16'384> buffer{};
  while (replies.size() < commands.size()) {
    stream.expire_at(deadline);
    CO_TRY(const auto count, co_await stream.read_some(buffer));
    reader.feed({buffer.data(), count});
    for (;;) {
      CO_TRY(auto reply, reader.next());
      if (!reply) break;
      replies.push_back(std::move(*reply));
    }
  }
  stream.expire_at(net::Deadline::max());
  co_return replies;
}

asio::awaitable<base::Result<RedisGreeted>> greet_redis(RedisTarget target, net::TlsSettings* tls,
                                                        net::Deadline deadline) {
  RedisGreeted greeted;
  CO_TRY(greeted.stream, co_await net::open_stream(target.server, tls, deadline));
  RedisPipeline hello;
  if (!target.user.empty()) {
    hello.add({"AUTH", target.user, target.password});
  } else if (!target.password.empty()) {
    hello.add({"AUTH", target.password});
  }
  if (target.database != 0) hello.add({"SELECT", std::to_string(target.database)});
  hello.add({"PING"});
  hello.add({"INFO", "server"});
  CO_TRY(const auto replies, co_await exchange(*greeted.stream, hello, deadline));
  for (std::size_t i = 0; i + 1 < replies.size(); ++i) {
    if (replies[i].is_error()) co_return base::fail(error_of(replies[i], target.place()));
  }
  greeted.server = run_of(replies.back());
  co_return greeted;
}

RedisConnection::RedisConnection(asio::any_io_executor executor, RedisGreeted greeted)
    : executor_(std::move(executor)),
      stream_(std::move(greeted.stream)),
      server_(greeted.server),
      more_to_write_(executor_) {}

asio::awaitable<base::Error> RedisConnection::read(std::shared_ptr<RedisConnection> self) {
  while (self->is_open()) {
    const auto count = co_await self->stream_->read_some(self->buffer_);
    if (!count) {
      self->close(count.error());
    } else if (const auto status = self->take_in({self->buffer_.data(), *count}); !status) {
      self->close(status.error());
    }
  }
  co_return *self->closed_because_;
}

asio::awaitable<void> RedisConnection::write(std::shared_ptr<RedisConnection> self) {
  while (self->is_open()) {
    if (self->outgoing_.empty()) {
      self->more_to_write_.expires_at(net::Deadline::max());
      co_await self->more_to_write_.async_wait(kToken);
      continue;
    }
    auto bytes = std::exchange(self->outgoing_, {});
    self->being_written_ = bytes.size();
    const auto written = co_await self->stream_->write(std::move(bytes));
    self->being_written_ = 0;
    if (!written) self->close(written.error());
  }
}

std::shared_ptr<RedisConnection::Call> RedisConnection::start(const RedisPipeline& commands) {
  auto call = std::make_shared<Call>(executor_, commands.size());
  if (closed_because_) {
    call->failure = closed_because_;
    call->is_over = true;
    return call;
  }
  outgoing_ += commands.bytes();
  calls_.push_back(call);
  more_to_write_.cancel();
  return call;
}

asio::awaitable<base::Result<RedisReplies>> RedisConnection::finish(std::shared_ptr<Call> call,
                                                                    net::Deadline deadline) {
  if (!call->is_over) {
    call->answered.expires_at(deadline);
    co_await call->answered.async_wait(kToken);
  }
  if (!call->is_over) co_return base::fail(ErrorCode::kTimeout, "Redis did not answer in time");
  if (call->failure) co_return base::fail(*call->failure);
  co_return std::move(call->replies);
}

void RedisConnection::close(base::Error why) {
  if (closed_because_) return;
  closed_because_ = std::move(why);
  stream_->close();
  more_to_write_.cancel();
  for (const auto& call : std::exchange(calls_, {})) {
    call->failure = closed_because_;
    call->is_over = true;
    call->answered.cancel();
  }
}

base::Status RedisConnection::take_in(std::string_view bytes) {
  last_heard_ = std::chrono::steady_clock::now();
  reader_.feed(bytes);
  for (;;) {
    TRY(auto reply, reader_.next());
    if (!reply) return {};
    if (calls_.empty()) return base::fail(ErrorCode::kBadReply, "Redis answered without being asked");
    answer(std::move(*reply));
  }
}

void RedisConnection::answer(RedisReply reply) {
  const auto call = calls_.front();
  call->replies.push_back(std::move(reply));
  if (call->replies.size() < call->wanted) return;
  calls_.pop_front();
  call->is_over = true;
  call->answered.cancel();
}

}  // namespace tollgate::cache
