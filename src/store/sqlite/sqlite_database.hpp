// One SQLite database as the stores over it share it: a writing thread and a few reading ones, reached from coroutines.
//
// Thread:  write() and read() may be awaited on any executor, and resume there.
// Lifetime: shared by the stores; the last one to go finishes what was accepted, then joins the threads.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/await_reply.hpp"
#include "store/session_store.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/sqlite_config.hpp"
#include "store/sqlite/writer.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

class SqliteDatabase {
 public:
  // Makes the file when it is missing, brings its schema up to date and checks the keys; errors as in
  // open_sqlite_store().
  static base::Result<std::shared_ptr<SqliteDatabase>> open(const SqliteConfig& config);

  const ValueCipher& cipher() const { return cipher_; }

  // `body`: Result<T>(Connection&), inside a transaction; it may run more than once, and its result counts only once it
  // is committed.
  template <typename T, typename Body>
  Async<T> write(Body body) {
    auto submit = [&writer = writer_, body = std::move(body)](std::shared_ptr<Reply<T>> reply) mutable {
      auto result = std::make_shared<std::optional<base::Result<T>>>();  // both halves of the job use it
      WriteJob job;
      job.run = [result, body = std::move(body)](Connection& db) -> base::Status {
        result->emplace(body(db));
        if (!**result) return base::fail((*result)->error());
        return {};
      };
      job.finish = [result, reply = std::move(reply)](base::Status committed) {
        reply->complete(committed ? std::move(**result) : base::Result<T>(base::fail(std::move(committed).error())));
      };
      writer.submit(std::move(job));
    };
    return await_reply<T>(std::move(submit));
  }

  // `body`: Result<T>(Connection&); all its statements see the same state of the database.
  template <typename T, typename Body>
  Async<T> read(Body body) {
    auto submit = [&readers = readers_, body = std::move(body)](std::shared_ptr<Reply<T>> reply) mutable {
      ReadJob job = [reply, body = std::move(body)](Connection& db) {
        if (reply->wanted()) reply->complete(read_or_explain<T>(db, body));
      };
      if (!readers.submit(job)) {
        reply->complete(base::fail(base::ErrorCode::kUnavailable,
                                   "the database cannot keep up: too many reads are waiting. Try again"));
      }
    };
    return await_reply<T>(std::move(submit));
  }

 private:
  SqliteDatabase(ValueCipher cipher, std::unique_ptr<Connection> writer,
                 std::vector<std::unique_ptr<Connection>> readers)
      : cipher_(std::move(cipher)), writer_(std::move(writer)), readers_(std::move(readers)) {}

  template <typename T, typename Body>
  static base::Result<T> read_consistently(Connection& db, const Body& body) {
    TRY_STATUS(db.execute("BEGIN"));
    auto result = body(db);
    auto ended = db.execute("COMMIT");
    if (!ended && db.in_transaction()) (void)db.execute("ROLLBACK");
    return result;
  }

  template <typename T, typename Body>
  static base::Result<T> read_or_explain(Connection& db, const Body& body) {
    try {  // the thread's boundary: an exception here would end the program
      return read_consistently<T>(db, body);
    } catch (const std::exception& exception) {
      if (db.in_transaction()) (void)db.execute("ROLLBACK");
      return base::fail(base::ErrorCode::kInternal, "a read failed unexpectedly", exception.what());
    }
  }

  const ValueCipher cipher_;
  Writer writer_;
  ReaderPool readers_;
};

}  // namespace tollgate::store
