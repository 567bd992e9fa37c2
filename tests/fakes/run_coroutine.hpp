// Runs one coroutine to its end on an io_context and returns what it returns, or throws what it throws.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace tollgate::fakes {

template <typename T>
T run_coroutine(boost::asio::io_context& context, boost::asio::awaitable<T> coroutine) {
  std::optional<T> result;
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(context, std::move(coroutine), [&](const std::exception_ptr& error, T value) {
    failure = error;
    result.emplace(std::move(value));
    done = true;
  });
  context.restart();
  while (!done && context.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

inline void run_coroutine(boost::asio::io_context& context, boost::asio::awaitable<void> coroutine) {
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(context, std::move(coroutine), [&](const std::exception_ptr& error) {
    failure = error;
    done = true;
  });
  context.restart();
  while (!done && context.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tollgate::fakes
