#include "llm/router/limited_provider.hpp"

#include <algorithm>
#include <list>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using std::chrono::steady_clock;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// Places for calls under way, used on one executor; handed from one call to the next in line.
class Places {
 public:
  explicit Places(std::size_t count) : free_(count) {}

  class Place {
   public:
    explicit Place(Places& places) : places_(&places) {}
    Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (places_) places_->leave();
    }

   private:
    Places* places_;
  };

  asio::awaitable<std::optional<Place>> enter(net::Deadline deadline) {
    if (free_ > 0) {
      --free_;
      co_return Place(*this);
    }
    Waiter waiter{asio::steady_timer(co_await asio::this_coro::executor, deadline)};
    const auto position = waiting_.insert(waiting_.end(), &waiter);
    const Leaving leaving{*this, waiter, position};
    co_await waiter.turn.async_wait(kAwait);
    if (!waiter.granted) co_return std::nullopt;
    waiter.granted = false;  // from here on the place itself gives it back
    waiter.taken = true;
    co_return Place(*this);
  }

 private:
  struct Waiter {
    asio::steady_timer turn;
    bool granted = false;
    bool taken = false;
  };
  // However the wait ends, also when its frame is destroyed: no dangling waiter, no lost place.
  struct Leaving {
    Places& places;
    Waiter& waiter;
    std::list<Waiter*>::iterator position;
    ~Leaving() {
      if (waiter.granted) {
        places.leave();
      } else if (!waiter.taken) {
        places.waiting_.erase(position);
      }
    }
  };

  void leave() {
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    Waiter* const next = waiting_.front();
    waiting_.pop_front();
    next->granted = true;
    next->turn.cancel();
  }

  std::size_t free_;
  std::list<Waiter*> waiting_;
};

class LimitedProvider final : public Provider {
 public:
  LimitedProvider(std::unique_ptr<Provider> inner, std::string provider, ProviderLimits limits, CallPaces& paces)
      : inner_(std::move(inner)),
        provider_(std::move(provider)),
        limits_(limits),
        paces_(paces),
        places_(limits.concurrency) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<base::Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                                    const TextSink& on_text) override {
    CO_TRY_STATUS(co_await wait_for_turn(context));
    std::optional<Places::Place> place;
    if (limits_.concurrency > 0) {
      auto entered = co_await places_.enter(context.deadline);
      if (!entered) co_return too_busy();
      place.emplace(*std::move(entered));
    }
    co_return co_await inner_->complete(context, request, on_text);
  }

 private:
  asio::awaitable<base::Status> wait_for_turn(const net::CallContext& context) {
    if (limits_.requests_per_minute == 0) co_return base::Status{};
    const auto now = steady_clock::now();
    const auto turn = paces_.reserve(provider_, limits_.requests_per_minute, now, context.deadline);
    if (!turn) co_return too_busy();
    if (*turn > now) {
      asio::steady_timer timer(co_await asio::this_coro::executor, *turn);
      const auto [cancelled] = co_await timer.async_wait(kAwait);
      if (cancelled) co_return base::fail(ErrorCode::kCancelled, "the call was cancelled");
    }
    co_return base::Status{};
  }

  std::unexpected<base::Error> too_busy() const {
    return base::fail(
        ErrorCode::kRateLimited,
        fmt::format("{} is called as often as its limits in the router's configuration allow", provider_));
  }

  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  const std::string provider_;
  const ProviderLimits limits_;
  CallPaces& paces_;
  // Used only on the executor.
  Places places_;
};

}  // namespace

std::optional<CallPaces::Time> CallPaces::reserve(const std::string& provider, std::int64_t per_minute, Time now,
                                                  Time latest) {
  const auto gap = std::chrono::nanoseconds(std::chrono::minutes(1)) / per_minute;
  const auto burst = gap * std::max<std::int64_t>(0, per_minute / 10 - 1);
  const std::lock_guard lock(mutex_);
  auto& next = next_[provider];
  next = std::max(next, now);
  const auto turn = std::max(now, next - burst);
  if (turn > latest) return std::nullopt;
  next += gap;
  return turn;
}

std::unique_ptr<Provider> make_limited_provider(std::unique_ptr<Provider> inner, std::string provider,
                                                ProviderLimits limits, CallPaces& paces) {
  if (limits.concurrency == 0 && limits.requests_per_minute == 0) return inner;
  return std::make_unique<LimitedProvider>(std::move(inner), std::move(provider), limits, paces);
}

}  // namespace tollgate::llm
