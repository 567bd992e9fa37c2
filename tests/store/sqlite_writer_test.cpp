#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "store/sqlite/database_file.hpp"
#include "store/sqlite/writer.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate::store {
namespace {

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    EXPECT_TRUE(create_database_file(path_));
    auto connection = *Connection::open(path_, Connection::Access::kReadWrite);
    EXPECT_TRUE(connection->execute("CREATE TABLE t (x INTEGER NOT NULL, filler TEXT)"));
    writer_ = std::make_unique<Writer>(std::move(connection));
  }

  using Body = std::move_only_function<base::Status(Connection&)>;

  static Body insert(std::int64_t x) {
    return [x](Connection& db) -> base::Status {
      TRY_STATUS(db.execute("INSERT INTO t (x) VALUES (?)", x));
      return {};
    };
  }

  std::future<base::Status> submit(Body body) {
    auto reply = std::make_shared<std::promise<base::Status>>();
    auto future = reply->get_future();
    writer_->submit({std::move(body), [reply](base::Status status) { reply->set_value(std::move(status)); }});
    return future;
  }

  // Occupies the writer until released, so that what follows is queued.
  std::promise<void> hold() {
    std::promise<void> release;
    auto entered = std::make_shared<std::promise<void>>();
    auto inside = entered->get_future();
    submit([entered, released = release.get_future().share()](Connection&) -> base::Status {
      entered->set_value();
      released.wait();
      return {};
    });
    inside.wait();
    return release;
  }

  std::vector<std::int64_t> stored() {
    auto db = *Connection::open(path_, Connection::Access::kReadOnly);
    auto rows = *db->query("SELECT x FROM t ORDER BY x");
    std::vector<std::int64_t> found;
    while (*rows.step()) found.push_back(rows.integer(0));
    return found;
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_.file("writer.db");
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, CommitsQueuedJobsTogether) {
  auto release = hold();
  std::vector<std::future<base::Status>> replies;
  for (int i = 0; i < 100; ++i) replies.push_back(submit(insert(i)));
  release.set_value();
  for (auto& reply : replies) EXPECT_TRUE(reply.get());
  EXPECT_EQ(writer_->commits(), 2u);  // the holder's, and one for the hundred
  EXPECT_EQ(stored().size(), 100u);
}

TEST_F(WriterTest, AcknowledgesOnlyWhatAnotherConnectionCanSee) {
  auto seen = std::make_shared<std::promise<std::size_t>>();
  writer_->submit({insert(1), [this, seen](base::Status) { seen->set_value(stored().size()); }});
  EXPECT_EQ(seen->get_future().get(), 1u);
}

TEST_F(WriterTest, UndoesAFailingJobAlone) {
  auto release = hold();
  auto first = submit(insert(1));
  auto failing = submit([](Connection& db) -> base::Status {
    TRY_STATUS(db.execute("INSERT INTO t (x) VALUES (2)"));
    return base::fail(base::ErrorCode::kConflict, "no");
  });
  auto throwing = submit([](Connection& db) -> base::Status {
    TRY_STATUS(db.execute("INSERT INTO t (x) VALUES (3)"));
    throw std::runtime_error("bug");
  });
  auto last = submit(insert(4));
  release.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(failing.get().error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(throwing.get().error().code, base::ErrorCode::kInternal);
  EXPECT_TRUE(last.get());
  EXPECT_EQ(stored(), (std::vector<std::int64_t>{1, 4}));
}

TEST_F(WriterTest, RunsTheOthersAgainWhenAJobLosesTheTransaction) {
  auto release = hold();
  auto first = submit(insert(1));
  auto losing = submit([](Connection& db) -> base::Status {
    TRY_STATUS(db.execute("ROLLBACK"));  // as SQLite does by itself after some I/O errors
    return base::fail(base::ErrorCode::kNoSpace, "full");
  });
  auto last = submit(insert(3));
  release.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(losing.get().error().code, base::ErrorCode::kNoSpace);
  EXPECT_TRUE(last.get());
  EXPECT_EQ(stored(), (std::vector<std::int64_t>{1, 3}));
}

TEST_F(WriterTest, FailsTheWholeBatchWhenTheCommitFails) {
  auto release = hold();
  auto first = submit(insert(1));
  auto breaking = submit([](Connection& db) -> base::Status {
    TRY_STATUS(
        db.execute_script("CREATE TABLE p (x INTEGER PRIMARY KEY);"
                          "CREATE TABLE c (x REFERENCES p (x) DEFERRABLE INITIALLY DEFERRED);"
                          "INSERT INTO c VALUES (1);"));  // found out at COMMIT only
    return {};
  });
  release.set_value();
  EXPECT_FALSE(first.get());
  EXPECT_FALSE(breaking.get());
  EXPECT_TRUE(stored().empty());
  EXPECT_TRUE(submit(insert(5)).get());
}

TEST_F(WriterTest, RefusesMoreThanItsQueueHolds) {
  auto release = hold();
  std::vector<std::future<base::Status>> replies;
  for (int i = 0; i < 5000; ++i) replies.push_back(submit(insert(i)));
  EXPECT_EQ(replies.back().get().error().code, base::ErrorCode::kUnavailable);
  release.set_value();
  EXPECT_TRUE(replies.front().get());
}

TEST_F(WriterTest, FinishesQueuedJobsBeforeItEnds) {
  auto release = hold();
  std::vector<std::future<base::Status>> replies;
  for (int i = 0; i < 10; ++i) replies.push_back(submit(insert(i)));
  release.set_value();
  writer_.reset();
  for (auto& reply : replies) EXPECT_TRUE(reply.get());
  EXPECT_EQ(stored().size(), 10u);
}

}  // namespace
}  // namespace tollgate::store
