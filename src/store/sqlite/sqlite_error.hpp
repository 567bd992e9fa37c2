// SQLite's result codes as errors of ours, each naming the file and the cure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

struct sqlite3;

namespace tollgate::store {

// `code` is an extended result code of `db`, which may be null when opening failed. The statement goes to the detail.
base::Error sqlite_error(sqlite3* db, int code, const std::string& path, std::string_view statement);

}  // namespace tollgate::store
