// Runs coroutines on one executor, step by step, from a test's thread.
#pragma once

#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

namespace tollgate::test {

class DrivenContext {
 public:
  boost::asio::any_io_executor executor() { return context_.get_executor(); }

  // Begins a coroutine and lets it go as far as it can at once.
  template <typename T>
  std::future<T> begin(boost::asio::awaitable<T> task) {
    auto result = boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future);
    poll();
    return result;
  }

  template <typename T>
  T finish(std::future<T> result) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("the coroutine does not end");
      context_.restart();
      context_.run_one_for(std::chrono::milliseconds(100));
    }
    return result.get();
  }

  template <typename T>
  T run(boost::asio::awaitable<T> task) {
    return finish(begin(std::move(task)));
  }

  void poll() {
    context_.restart();
    context_.poll();
  }
  void run_for(std::chrono::milliseconds length) {
    boost::asio::steady_timer timer(context_, length);
    bool is_over = false;
    timer.async_wait([&](const boost::system::error_code&) { is_over = true; });
    context_.restart();
    while (!is_over) context_.run_one();
  }

 private:
  boost::asio::io_context context_{1};
};

}  // namespace tollgate::test
