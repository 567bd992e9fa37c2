// One SQLite connection with its prepared statements.
//
// Not thread-safe: a connection belongs to one thread at a time. Statements are prepared once per SQL text and kept;
// a Statement borrows one, and gives it back (reset, bindings cleared) when it goes out of scope. It must not outlive
// the connection, and the same SQL must not be borrowed twice at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/sha256.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tollgate::store {

class Connection;

class Statement {
 public:
  Statement(Connection& connection, sqlite3_stmt* raw) : connection_(&connection), raw_(raw) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Parameters in order; text is copied.
  void bind(std::int64_t value);
  void bind(std::string_view text);
  void bind(const base::Sha256& digest);
  void bind(std::nullptr_t);
  void bind_bytes(std::string_view bytes);
  template <typename T>
  void bind(const std::optional<T>& value) {
    value ? bind(*value) : bind(nullptr);
  }

  // True: there is a row to read. False: the end.
  base::Result<bool> step();

  // Columns of the row, from 0. Views live until the next step.
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::string_view bytes(int column) const;
  base::Sha256 digest(int column) const;
  bool is_null(int column) const;

 private:
  Connection* connection_;
  sqlite3_stmt* raw_;
  int next_ = 1;  // parameter
  int bind_error_ = 0;
};

struct Bytes {  // a parameter bound as a BLOB
  std::string_view view;
};

class Connection {
 public:
  enum class Access { kReadWrite, kReadOnly };

  // Opens an existing file (an empty one is a new database) with the settings of this store: WAL, a full fsync for
  // each commit, foreign keys, busy timeout. Errors as in sqlite_error().
  static base::Result<std::unique_ptr<Connection>> open(const std::string& path, Access access);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // auto rows = db.query("SELECT … WHERE id = ?", id);  then rows->step().
  template <typename... Args>
  base::Result<Statement> query(std::string_view sql, const Args&... args) {
    auto statement = prepare(sql);
    if (statement) (bind_one(*statement, args), ...);
    return statement;
  }

  // Runs a statement to its end; the number of rows it changed.
  template <typename... Args>
  base::Result<std::int64_t> execute(std::string_view sql, const Args&... args) {
    TRY(auto statement, query(sql, args...));
    return run(statement);
  }

  base::Status execute_script(std::string_view sql);  // several statements, unprepared
  bool in_transaction() const;
  const std::string& path() const { return path_; }
  base::Error error(int code, std::string_view sql) const;
  sqlite3* raw() const { return raw_; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  Connection(sqlite3* raw, std::string path) : raw_(raw), path_(std::move(path)) {}
  base::Result<Statement> prepare(std::string_view sql);
  base::Result<std::int64_t> run(Statement& statement);
  base::Status configure(Access access);
  base::Status enter_wal_mode();

  template <typename T>
  static void bind_one(Statement& statement, const T& value) {
    statement.bind(value);
  }
  static void bind_one(Statement& statement, const Bytes& value) { statement.bind_bytes(value.view); }

  sqlite3* raw_;
  const std::string path_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> prepared_;
};

}  // namespace tollgate::store
