#include "store/sqlite/sqlite_error.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <sqlite3.h>

namespace tollgate::store {
namespace {

using base::Error;
using base::ErrorCode;

bool is_out_of_space(sqlite3* db, int code) {
  if ((code & 0xff) == SQLITE_FULL) return true;
  if ((code & 0xff) != SQLITE_IOERR || db == nullptr) return false;
  const int system = sqlite3_system_errno(db);
  return system == ENOSPC || system == EDQUOT || system == EFBIG;
}

Error explain(sqlite3* db, int code, const std::string& path) {
  if (is_out_of_space(db, code)) {
    return {ErrorCode::kNoSpace,
            fmt::format("no space left for the database {}: nothing was written. Free space on its disk (or raise the "
                        "quota) and repeat",
                        path)};
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable,
              fmt::format("the database {} is locked by another process: nothing was written. Repeat, or stop the "
                          "program that holds it",
                          path)};
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, fmt::format("{} is not a SQLite database, or its header is damaged: restore a "
                                               "backup, or name another file",
                                               path)};
    case SQLITE_CORRUPT:
      return {
          ErrorCode::kCorrupt,
          fmt::format("the database {} is damaged: stop tollgate, keep a copy of the file and restore a backup", path)};
    case SQLITE_CANTOPEN:
      return {ErrorCode::kUnavailable, fmt::format("cannot open the database {}: check that its folder exists and that "
                                                   "this user may read and write it",
                                                   path)};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::kUnavailable,
              fmt::format("the database {} cannot be written: give this user write permission for the file and its "
                          "folder",
                          path)};
    case SQLITE_TOOBIG: return {ErrorCode::kTooLarge, fmt::format("a value is too large for the database {}", path)};
    case SQLITE_NOMEM: return {ErrorCode::kUnavailable, fmt::format("not enough memory to use the database {}", path)};
    case SQLITE_IOERR:
      return {ErrorCode::kUnavailable,
              fmt::format("reading or writing the database {} failed: check the disk and the system's log", path)};
    default: return {ErrorCode::kInternal, fmt::format("the database {} refused a statement", path)};
  }
}

}  // namespace

Error sqlite_error(sqlite3* db, int code, const std::string& path, std::string_view statement) {
  Error error = explain(db, code, path);
  error.detail = fmt::format("SQLite {} ({}): {} in: {}", code, sqlite3_errstr(code),
                             db == nullptr ? "no connection" : sqlite3_errmsg(db), statement);
  return error;
}

}  // namespace tollgate::store
