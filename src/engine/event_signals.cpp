#include "engine/event_signals.hpp"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tollgate::engine {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kBuckets = 1024;

struct Waiter {
  Waiter(const asio::any_io_executor& executor, base::SessionId id) : session(id), timer(executor) {}

  const base::SessionId session;
  asio::steady_timer timer;  // used on its executor only
};

}  // namespace

struct EventSignals::Bucket {
  std::mutex mutex;
  std::uint64_t count = 0;
  // Shared with the posts that wake them: one may still be under way when the wait is over.
  std::vector<std::shared_ptr<Waiter>> waiters;

  void wake(const base::SessionId* only) {
    const std::lock_guard lock(mutex);
    ++count;
    for (const auto& waiter : waiters) {
      if (only == nullptr || waiter->session == *only) {
        asio::post(waiter->timer.get_executor(), [waiter] { waiter->timer.cancel(); });
      }
    }
  }
};

EventSignals::EventSignals() : buckets_(std::make_unique<Bucket[]>(kBuckets)) {}
EventSignals::~EventSignals() = default;

EventSignals::Bucket& EventSignals::bucket_of(const base::SessionId& session) const {
  return buckets_[session.uuid.random_bits() % kBuckets];
}

void EventSignals::notify(const base::SessionId& session) {
  bucket_of(session).wake(&session);
}

void EventSignals::notify_all() {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i].wake(nullptr);
}

std::uint64_t EventSignals::count(const base::SessionId& session) const {
  auto& bucket = bucket_of(session);
  const std::lock_guard lock(bucket.mutex);
  return bucket.count;
}

asio::awaitable<void> EventSignals::wait(base::SessionId session, std::uint64_t seen,
                                         std::chrono::milliseconds at_most) {
  auto& bucket = bucket_of(session);
  const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor, session);
  waiter->timer.expires_after(at_most);
  {
    const std::lock_guard lock(bucket.mutex);
    if (bucket.count != seen) co_return;
    bucket.waiters.push_back(waiter);
  }
  struct Leaving {
    Bucket& bucket;
    const std::shared_ptr<Waiter>& waiter;
    ~Leaving() {
      const std::lock_guard lock(bucket.mutex);
      std::erase(bucket.waiters, waiter);
    }
  } leaving{bucket, waiter};
  (void)co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

std::size_t EventSignals::waiting() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const std::lock_guard lock(buckets_[i].mutex);
    sum += buckets_[i].waiters.size();
  }
  return sum;
}

}  // namespace tollgate::engine
