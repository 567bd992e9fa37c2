#include "net/blocking_pool.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tollgate::net {
namespace asio = boost::asio;

struct BlockingPool::Impl {
  explicit Impl(std::size_t count) : threads(count) {}
  asio::thread_pool threads;
};

BlockingPool::BlockingPool(std::size_t threads) : impl_(std::make_unique<Impl>(threads)) {}

BlockingPool::~BlockingPool() {
  impl_->threads.join();
}

// Not co_spawn(pool, …): cancelling the caller would then emit a signal across threads through a pointer that may
// dangle (asio #1332).
asio::awaitable<void> BlockingPool::perform(std::function<void()> work) {
  auto initiate = [this](auto handler, std::function<void()> job) {
    const auto home = asio::get_associated_executor(handler);
    // The guard keeps the caller's executor running while only the pool has something to do.
    auto on_pool = [job = std::move(job), handler = std::move(handler), guard = asio::make_work_guard(home)]() mutable {
      job();
      const auto back = guard.get_executor();
      asio::post(back, std::move(handler));
    };
    asio::post(impl_->threads, std::move(on_pool));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable, std::move(work));
}

}  // namespace tollgate::net
