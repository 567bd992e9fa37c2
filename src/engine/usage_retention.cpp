#include "engine/usage_retention.hpp"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tollgate::engine {

namespace asio = boost::asio;

store::Async<std::int64_t> forget_old_usage(store::UsageStore& store, base::Date today, std::int64_t days) {
  const base::Date first_kept(today.day() - std::chrono::days(days));
  std::int64_t forgotten = 0;
  for (;;) {
    CO_TRY(const auto batch, co_await store.forget_usage(first_kept, kMaxForgottenAtOnce));
    forgotten += batch;
    if (batch < kMaxForgottenAtOnce) co_return forgotten;
  }
}

asio::awaitable<void> keep_usage_for(std::int64_t days, store::UsageStore& store, base::Clock& clock,
                                     RetentionTrouble on_trouble, std::chrono::milliseconds turn_length) {
  constexpr std::chrono::milliseconds kAfterFailure = std::chrono::hours(1);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    const auto done = co_await forget_old_usage(store, base::day_of(clock.now()), days);
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
    if (!done && on_trouble) on_trouble(done.error().message);
    timer.expires_after(done ? turn_length : std::min(turn_length, kAfterFailure));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace tollgate::engine
