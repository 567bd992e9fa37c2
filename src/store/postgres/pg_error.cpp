#include "store/postgres/pg_error.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace tollgate::store {
namespace {

using base::Error;
using base::ErrorCode;

Error told(ErrorCode code, std::string message) {
  return {code, std::move(message)};
}

Error explain_class(std::string_view sqlstate, const std::string& place) {
  const auto kind = sqlstate.substr(0, 2);
  if (kind == "08" || kind == "57" || kind == "58")
    return told(ErrorCode::kUnavailable, fmt::format("{} broke off: is the server being restarted? Repeat", place));
  if (kind == "53")
    return told(ErrorCode::kUnavailable, fmt::format("{} has not enough resources now: repeat later", place));
  if (kind == "54") return told(ErrorCode::kTooLarge, fmt::format("a value is too large for {}", place));
  if (kind == "40")
    return told(ErrorCode::kUnavailable,
                fmt::format("{} undid the change because others changed the same: repeat it", place));
  if (kind == "22") return told(ErrorCode::kInvalidArgument, fmt::format("{} cannot store one of the values", place));
  if (kind == "28")
    return told(ErrorCode::kUnavailable,
                fmt::format("{} refuses this user or password: check database_url and pg_hba.conf", place));
  if (kind == "XX")
    return told(ErrorCode::kCorrupt, fmt::format("{} is damaged: see the server's log, restore a backup", place));
  return told(ErrorCode::kInternal, fmt::format("{} refused a statement", place));
}

Error explain_state(std::string_view sqlstate, const std::string& place) {
  const auto is = [sqlstate](std::string_view state) { return sqlstate == state; };
  if (is("53100"))
    return told(
        ErrorCode::kNoSpace,
        fmt::format("no space left on the server of {}: nothing was written. Free space there and repeat", place));
  if (is("53300"))
    return told(
        ErrorCode::kUnavailable,
        fmt::format("{} has no connection left: lower database_pool_max, raise the server's max_connections, or "
                    "put PgBouncer before it",
                    place));
  if (is("57P03")) return told(ErrorCode::kUnavailable, fmt::format("{} is starting up: repeat in a moment", place));
  if (is("57014"))
    return told(ErrorCode::kTimeout,
                fmt::format("{} took too long and was stopped (database_statement_timeout_seconds): "
                            "nothing was written",
                            place));
  if (is("55P03") || is("25P03"))
    return told(ErrorCode::kTimeout, fmt::format("others hold what was asked for in {} too long: nothing was written. "
                                                 "Repeat",
                                                 place));
  if (is("25006"))
    return told(ErrorCode::kUnavailable, fmt::format("{} is read-only, a standby perhaps: name the primary, or add "
                                                     "?target_session_attrs=read-write with all hosts to database_url",
                                                     place));
  if (is("3D000"))
    return told(ErrorCode::kUnavailable, fmt::format("{} does not exist: create the database (createdb)", place));
  if (is("42501"))
    return told(
        ErrorCode::kUnavailable,
        fmt::format("this user may not use the tables of {}: GRANT it the rights, or make it their owner", place));
  if (is("42P01") || is("42703") || is("42883"))
    return told(ErrorCode::kPreconditionFailed,
                fmt::format("{} has not the schema this program needs: run `tollgate migrate up`", place));
  if (is("26000") || is("42P05"))
    return told(
        ErrorCode::kUnavailable,
        fmt::format("{} does not keep prepared statements: with a pooler in between, set database_pooler: on", place));
  return explain_class(sqlstate, place);
}

bool is_sqlstate(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; });
}

// "… FATAL:  28P01: password …": libpq gives no code for a refused connection, but writes it when told to be verbose.
std::string_view sqlstate_in(std::string_view message) {
  for (auto at = message.find(":  "); at != std::string_view::npos; at = message.find(":  ", at + 1)) {
    const auto code = message.substr(std::min(at + 3, message.size()), 5);
    if (code.size() == 5 && is_sqlstate(code) && message.substr(at + 8).starts_with(':')) return code;
  }
  return {};
}

}  // namespace

Error explain_failure(const PgFailure& failure, const std::string& place) {
  auto error = failure.sqlstate.empty()
                   ? told(ErrorCode::kUnavailable,
                          fmt::format("the connection to {} was lost: whether a change was stored is unknown. Repeat "
                                      "it, which is safe",
                                      place))
                   : explain_state(failure.sqlstate, place);
  error.detail =
      fmt::format("PostgreSQL {}: {}", failure.sqlstate.empty() ? "connection" : failure.sqlstate, failure.message);
  return error;
}

Error explain_refusal(std::string_view message, const std::string& place) {
  const auto sqlstate = sqlstate_in(message);
  auto error = sqlstate.empty()
                   ? told(ErrorCode::kUnavailable,
                          fmt::format("cannot connect to {}: is PostgreSQL running there, and reachable?", place))
                   : explain_state(sqlstate, place);
  if (!sqlstate.empty() && error.code == ErrorCode::kInternal) error.code = ErrorCode::kUnavailable;
  error.detail = std::string(message.substr(0, message.find_last_not_of('\n') + 1));
  return error;
}

bool is_transient(std::string_view sqlstate) {
  return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == kUnknownStatement;
}

}  // namespace tollgate::store
