// Runs one awaitable to its end on an executor of its own, from a test's thread.
#pragma once

#include <future>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace tollgate::test {

template <typename T>
T run(boost::asio::awaitable<T> task) {
  boost::asio::io_context context(1);
  auto result = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
  context.run();
  return result.get();
}

}  // namespace tollgate::test
