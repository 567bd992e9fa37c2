#include "llm/router/flight.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tollgate::llm {

namespace asio = boost::asio;
using base::Result;

// Cancelling the timer wakes; only on its own executor, where the wait is begun in the same turn as it is announced.
struct Flight::Waiter {
  explicit Waiter(asio::any_io_executor its_executor) : executor(std::move(its_executor)), timer(executor) {}
  const asio::any_io_executor executor;
  asio::steady_timer timer;
};

void Flight::begin(ReplyHead head) {
  const std::lock_guard lock(mutex_);
  head_ = std::move(head);
}

void Flight::add(std::string_view piece) {
  const std::lock_guard lock(mutex_);
  pieces_.append(piece);
  wake_locked();
}

void Flight::end(Result<ChatReply> result) {
  const std::lock_guard lock(mutex_);
  result_ = std::make_shared<Result<ChatReply>>(std::move(result));
  when_abandoned_ = nullptr;
  wake_locked();
}

void Flight::when_abandoned(std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  if (!result_) when_abandoned_ = std::move(callback);
}

void Flight::take_seat() {
  const std::lock_guard lock(mutex_);
  ++seats_;
}

void Flight::leave() {
  std::function<void()> abandoned;
  {
    const std::lock_guard lock(mutex_);
    if (--seats_ == 0) std::swap(abandoned, when_abandoned_);
  }
  if (abandoned) abandoned();
}

void Flight::wake_locked() {
  for (const auto& waiting : waiting_) {
    if (const auto waiter = waiting.lock()) asio::dispatch(waiter->executor, [waiter] { waiter->timer.cancel(); });
  }
  waiting_.clear();
}

asio::awaitable<Result<ChatReply>> Flight::Seat::follow(net::Deadline deadline, const TextSink& on_text,
                                                        BeginObserver on_begin) {
  const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor);
  for (;;) {
    std::string news;
    std::optional<ReplyHead> head;
    std::shared_ptr<Result<ChatReply>> result;
    bool is_last = false;
    {
      const std::lock_guard lock(flight_->mutex_);
      if (on_text) news.assign(flight_->pieces_, heard_);
      if (!news.empty() && on_begin) head = flight_->head_;
      result = flight_->result_;
      is_last = flight_->seats_ == 1;
      if (news.empty() && !result) flight_->waiting_.push_back(waiter);
    }
    if (head) std::exchange(on_begin, nullptr)(*std::move(head));
    if (!news.empty()) {
      heard_ += news.size();
      on_text(news);
    }
    if (result && is_last) co_return std::move(*result);
    if (result) co_return *result;
    if (!news.empty()) continue;
    waiter->timer.expires_at(deadline);
    const auto [woken] = co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      co_return base::fail(base::ErrorCode::kCancelled, "the call was cancelled");
    if (!woken) co_return base::fail(base::ErrorCode::kTimeout, "the model did not reply in time");
  }
}

Flights::Joined Flights::join(const std::string& key) {
  const std::lock_guard lock(mutex_);
  auto& flight = by_key_[key];
  const bool is_first = !flight;
  if (is_first) flight = std::make_shared<Flight>();
  flight->take_seat();
  return {flight, Flight::Seat(flight), is_first};
}

void Flights::land(const std::string& key, const std::shared_ptr<Flight>& flight) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found != by_key_.end() && found->second == flight) by_key_.erase(found);
}

std::size_t Flights::under_way() const {
  const std::lock_guard lock(mutex_);
  return by_key_.size();
}

}  // namespace tollgate::llm
