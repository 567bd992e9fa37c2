// The bridge from a coroutine to a blocking thread and back.
//
// await_reply() suspends the caller and hands a Reply to `submit`, which passes it to some thread; complete() resumes
// the caller on its own executor, which is kept busy (work guard) until then. Cancelling the caller completes it with
// kCancelled at once; the thread's later result is dropped. Whoever completes first wins, so nothing dangles.
// The caller's executor must run until the reply is in, as for any Asio operation.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.hpp"

namespace tollgate::store {

template <typename T>
class Reply {
 public:
  using Handler = boost::asio::any_completion_handler<void(base::Result<T>)>;

  Reply(const boost::asio::any_io_executor& executor, Handler handler, boost::asio::cancellation_slot slot)
      : work_(boost::asio::make_work_guard(executor)), handler_(std::move(handler)), slot_(slot) {}
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply() { complete(base::fail(base::ErrorCode::kUnavailable, "the store was closed before it could reply")); }

  // False once the caller has gone: work that was not begun may be left.
  bool wanted() const { return !completed_.load(std::memory_order_relaxed); }

  // Any thread; only the first call counts.
  void complete(base::Result<T> result) {
    if (completed_.exchange(true)) return;
    auto deliver = [handler = std::move(handler_), slot = slot_, result = std::move(result)]() mutable {
      if (slot.is_connected()) slot.clear();
      std::move(handler)(std::move(result));
    };
    boost::asio::post(work_.get_executor(), std::move(deliver));
    work_.reset();
  }

 private:
  boost::asio::executor_work_guard<boost::asio::any_io_executor> work_;
  Handler handler_;
  boost::asio::cancellation_slot slot_;  // used on the caller's executor only
  std::atomic<bool> completed_ = false;
};

// Submit: void(std::shared_ptr<Reply<T>>), shared because the thread and the cancellation both may answer.
template <typename T, typename Submit>
boost::asio::awaitable<base::Result<T>> await_reply(Submit submit) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  auto initiate = [executor, submit = std::move(submit)](auto handler) mutable {
    auto hand_over = std::move(submit);  // this lambda dies with the caller's frame, perhaps before hand_over returns
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    auto reply = std::make_shared<Reply<T>>(executor, std::move(handler), slot);
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(reply)](boost::asio::cancellation_type) {
        if (auto waiting = weak.lock()) {
          waiting->complete(base::fail(base::ErrorCode::kCancelled, "the wait for the store was cancelled"));
        }
      });
    }
    hand_over(std::move(reply));
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(base::Result<T>)>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace tollgate::store
