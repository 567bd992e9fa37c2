// Result<T>: a value or an Error. The return type of everything that can fail for a reason the caller should handle.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace tollgate::base {

template <typename T>
using Result = std::expected<T, Error>;

using Status = Result<void>;

// return fail(ErrorCode::kNotFound, "session … does not exist");
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string detail = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(detail)});
}

[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected(std::move(error));
}

}  // namespace tollgate::base

#define TOLLGATE_CONCAT_INNER(a, b) a##b
#define TOLLGATE_CONCAT(a, b) TOLLGATE_CONCAT_INNER(a, b)
#define TOLLGATE_TRY_WITH(leave, result, declaration, expression) \
  auto&& result = (expression);                                   \
  if (!result) leave std::unexpected(std::move(result).error());  \
  declaration = *std::move(result)

// TRY(auto config, load(path));   — declares config, or returns load's error from this function.
#define TRY(declaration, expression) \
  TOLLGATE_TRY_WITH(return, TOLLGATE_CONCAT(try_result_, __COUNTER__), declaration, expression)
// TRY_STATUS(check(config));      — the same for a Status.
#define TRY_STATUS(expression) \
  if (auto try_status = (expression); !try_status) return std::unexpected(std::move(try_status).error())

// The same two inside coroutines. The expression usually is a co_await.
#define CO_TRY(declaration, expression) \
  TOLLGATE_TRY_WITH(co_return, TOLLGATE_CONCAT(try_result_, __COUNTER__), declaration, expression)
#define CO_TRY_STATUS(expression) \
  if (auto try_status = (expression); !try_status) co_return std::unexpected(std::move(try_status).error())
