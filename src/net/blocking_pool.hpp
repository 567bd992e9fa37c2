// Threads for work that blocks or computes for more than a millisecond: SQLite, password hashes, PDF.
//
// Ownership: destroy it before the executors of the coroutines that await it; the destructor finishes queued work.
// Thread:    run() may be called from any thread; the coroutine resumes on its own executor.
// Cancel:    ignored. A started function cannot be stopped, so the caller always waits for its end.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>

namespace tollgate::net {

class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads);  // 1: functions run one after the other, in order
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // Calls `function` on a thread of the pool and returns what it returns or throws what it throws.
  template <typename Function>
  boost::asio::awaitable<std::invoke_result_t<Function&>> run(Function function) {
    using R = std::invoke_result_t<Function&>;
    // Shared: the pool's thread fills it, the coroutine reads it, and on shutdown either may be gone first.
    auto outcome = std::make_shared<Outcome<R>>();
    std::function<void()> work = [outcome, call = std::make_shared<Function>(std::move(function))] {
      outcome->keep(*call);
    };
    co_await perform(std::move(work));
    co_return outcome->take();
  }

 private:
  template <typename R>
  struct Outcome {
    template <typename Function>
    void keep(Function& function) {
      try {
        value.emplace(function());
      } catch (...) {
        failure = std::current_exception();
      }
    }
    R take() {
      if (failure) std::rethrow_exception(failure);
      return *std::move(value);
    }
    std::optional<R> value;
    std::exception_ptr failure;
  };

  boost::asio::awaitable<void> perform(std::function<void()> work);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <>
struct BlockingPool::Outcome<void> {
  template <typename Function>
  void keep(Function& function) {
    try {
      function();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  void take() const {
    if (failure) std::rethrow_exception(failure);
  }
  std::exception_ptr failure;
};

}  // namespace tollgate::net
