// Runs one awaitable to its end from a test's thread: on an executor of its own, or on the IoThread there is.
#pragma once

#include <atomic>
#include <future>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace tollgate::test {

// An I/O thread as `tollgate serve` has them. As long as one is the chosen one, run() uses it, from every thread.
class IoThread {
 public:
  IoThread() : thread_([this] { context_.run(); }) {}
  ~IoThread() { stop(); }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::any_io_executor executor() { return context_.get_executor(); }
  std::thread::id id() const { return thread_.get_id(); }

  void choose() { chosen() = this; }

  // Before what its coroutines use is destroyed.
  void stop() {
    IoThread* self = this;
    chosen().compare_exchange_strong(self, nullptr);
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  template <typename T>
  T run(boost::asio::awaitable<T> task) {
    return boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future).get();
  }

  static std::atomic<IoThread*>& chosen() {
    static std::atomic<IoThread*> chosen = nullptr;
    return chosen;
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  std::thread thread_;
};

template <typename T>
T run(boost::asio::awaitable<T> task) {
  if (auto* const chosen = IoThread::chosen().load()) return chosen->run(std::move(task));
  boost::asio::io_context context(1);
  auto result = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
  context.run();
  return result.get();
}

}  // namespace tollgate::test
