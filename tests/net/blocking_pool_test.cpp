#include "net/blocking_pool.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::net {
namespace {

namespace asio = boost::asio;

struct Threads {
  std::thread::id before, inside, after;
};

asio::awaitable<Threads> note_threads(BlockingPool& pool) {
  Threads threads;
  threads.before = std::this_thread::get_id();
  threads.inside = co_await pool.run([] { return std::this_thread::get_id(); });
  threads.after = std::this_thread::get_id();
  co_return threads;
}

void throw_full() {
  throw std::runtime_error("disk full");
}

TEST(BlockingPool, RunsTheFunctionOnItsOwnThreadAndResumesOnTheCallers) {
  asio::io_context context{1};
  BlockingPool pool(1);
  const auto threads = fakes::run_coroutine(context, note_threads(pool));
  EXPECT_NE(threads.inside, threads.before);
  EXPECT_EQ(threads.after, threads.before);
}

TEST(BlockingPool, HandsOverMoveOnlyResults) {
  asio::io_context context{1};
  BlockingPool pool(2);
  const auto result = fakes::run_coroutine(
      context, pool.run([owned = std::make_unique<int>(41)] { return std::make_unique<int>(*owned + 1); }));
  EXPECT_EQ(*result, 42);
}

TEST(BlockingPool, PassesOnWhatTheFunctionThrows) {
  asio::io_context context{1};
  BlockingPool pool(1);
  EXPECT_THROW(fakes::run_coroutine(context, pool.run(throw_full)), std::runtime_error);
}

}  // namespace
}  // namespace tollgate::net
