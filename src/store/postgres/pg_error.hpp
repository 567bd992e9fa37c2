// What PostgreSQL and libpq complain about, as errors of ours: by SQLSTATE, never by the wording. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace tollgate::store {

// What the server said about the statement that failed last.
struct PgFailure {
  std::string sqlstate{};    // five characters; empty: the connection was lost, or nothing failed
  std::string constraint{};  // that was violated, if one was
  std::string message{};
  bool connection_lost = false;
};

// `place` names the database in messages.
base::Error explain_failure(const PgFailure& failure, const std::string& place);

// Of an attempt to connect: `message` is libpq's, with the SQLSTATE in it where the server refused.
base::Error explain_refusal(std::string_view message, const std::string& place);

// The transaction was undone by the server and may be repeated as it is.
bool is_transient(std::string_view sqlstate);

inline constexpr std::string_view kForeignKeyViolation = "23503";
inline constexpr std::string_view kUniqueViolation = "23505";
inline constexpr std::string_view kUnknownStatement = "26000";

}  // namespace tollgate::store
