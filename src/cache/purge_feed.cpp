#include "cache/purge_feed.hpp"

#include <array>
#include <deque>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cache/redis_connection.hpp"
#include "cache/redis_names.hpp"

namespace tollgate::cache {
namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

// Shared by the coroutine that hears and the one that asks, neither of which knows when the other ends.
struct PurgeFeed::Subscription {
  Subscription(const asio::any_io_executor& executor, std::unique_ptr<net::ByteStream> its_stream)
      : stream(std::move(its_stream)), next_question(executor) {}

  void close(base::Error why) {
    if (closed_because) return;
    closed_because = std::move(why);
    stream->close();
    next_question.cancel();
  }

  const std::unique_ptr<net::ByteStream> stream;
  asio::steady_timer next_question;
  std::deque<SteadyClock::time_point> asked;  // and not yet answered
  std::optional<base::Error> closed_because{};
};

PurgeFeed::PurgeFeed(asio::any_io_executor executor, RedisTarget target, std::shared_ptr<net::TlsSettings> tls,
                     PurgeFeedConfig config, MemoryCache& memory, base::Random& random)
    : executor_(std::move(executor)),
      target_(std::move(target)),
      tls_(std::move(tls)),
      config_(config),
      memory_(memory),
      backoff_(random, config_.first_pause, config_.longest_pause),
      scope_(executor_, [this](std::string_view, std::string_view) { set_current_until({}); }) {}

void PurgeFeed::start() {
  scope_.spawn("hear of purges", keep());
}

asio::awaitable<base::Status> PurgeFeed::stop(net::Deadline deadline) {
  scope_.cancel();
  return scope_.join(deadline);
}

bool PurgeFeed::is_current() const {
  return SteadyClock::now().time_since_epoch().count() < current_until_.load(std::memory_order_acquire);
}

void PurgeFeed::set_current_until(SteadyClock::time_point time) {
  current_until_.store(time.time_since_epoch().count(), std::memory_order_release);
}

asio::awaitable<void> PurgeFeed::keep() {
  for (;;) {
    const auto begin = SteadyClock::now();
    const auto why = co_await subscribe_and_hear();
    set_current_until({});
    if (why.code == base::ErrorCode::kCancelled) co_return;
    const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begin);
    asio::steady_timer timer(executor_, backoff_.next(held));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// Returns why nothing is heard any more.
asio::awaitable<base::Error> PurgeFeed::subscribe_and_hear() {
  const auto begin = SteadyClock::now();
  auto greeted = co_await greet_redis(target_, tls_.get(), begin + config_.connect_timeout);
  if (!greeted) co_return greeted.error();
  RedisPipeline subscribe;
  subscribe.add({"SUBSCRIBE", kPurgeChannel});
  const auto subscribed = co_await exchange(*greeted->stream, std::move(subscribe), begin + config_.connect_timeout);
  if (!subscribed) co_return subscribed.error();
  if (subscribed->front().is_error()) co_return error_of(subscribed->front(), target_.place());

  memory_.clear();  // whatever was said meanwhile
  set_current_until(begin + config_.current_for);
  const auto subscription = std::make_shared<Subscription>(executor_, std::move(greeted->stream));
  scope_.spawn("ask for a sign of life", ask(subscription, config_));
  subscription->close(co_await hear(subscription));
  co_return *subscription->closed_because;
}

asio::awaitable<base::Error> PurgeFeed::hear(std::shared_ptr<Subscription> subscription) {
  RedisReplyReader reader;
  std::array<char, 16'384> buffer{};
  for (;;) {
    const auto count = co_await subscription->stream->read_some(buffer);
    if (!count) co_return count.error();
    reader.feed({buffer.data(), *count});
    for (;;) {
      const auto reply = reader.next();
      if (!reply) co_return reply.error();
      if (!*reply) break;
      take_in(*subscription, **reply);
    }
  }
}

// Static: it may end after the feed does. A question that is not answered makes the feed out of date, and the
// connection is given up.
asio::awaitable<void> PurgeFeed::ask(std::shared_ptr<Subscription> subscription, PurgeFeedConfig config) {
  RedisPipeline ping;
  ping.add({"PING"});
  while (!subscription->closed_because) {
    const auto now = SteadyClock::now();
    if (!subscription->asked.empty() && now - subscription->asked.front() > config.current_for) {
      co_return subscription->close({base::ErrorCode::kTimeout, "Redis gives no sign of life"});
    }
    subscription->asked.push_back(now);
    const auto written = co_await subscription->stream->write(ping.bytes());
    if (!written) co_return subscription->close(written.error());
    subscription->next_question.expires_after(config.ask_every);
    co_await subscription->next_question.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

// ["message", channel, text] or ["pong", ""].
void PurgeFeed::take_in(Subscription& subscription, const RedisReply& reply) {
  const auto& parts = reply.elements;
  if (parts.size() == 3 && parts[0].text == "message") return apply(parts[2].text);
  if (parts.size() != 2 || parts[0].text != "pong" || subscription.asked.empty()) return;
  set_current_until(subscription.asked.front() + config_.current_for);
  subscription.asked.pop_front();
}

void PurgeFeed::apply(std::string_view message) {
  base::Status applied = base::fail(base::ErrorCode::kUnsupported, "");
  if (message.starts_with(kTagPurged)) {
    applied = memory_.purge_tag(std::string(message.substr(kTagPurged.size())));
  } else if (message.starts_with(kKeyRemoved)) {
    applied = memory_.erase(std::string(message.substr(kKeyRemoved.size())));
  }
  if (!applied) memory_.clear();  // said by another version of this program: whatever it means, this covers it
}

}  // namespace tollgate::cache
