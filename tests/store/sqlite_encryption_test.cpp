// Encryption at rest as an embedded database does it: what its files hold, which keys open it, how keys are changed.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "store/encryption.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/sqlite_session_store.hpp"
#include "tests/store/run_async.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using testing::HasSubstr;
using Record = base::Value::Record;

const std::string kWords = "clinicians-can-override-the-alert";

EncryptionKey key_of(std::uint8_t byte) {
  EncryptionKey key;
  key.bytes.fill(byte);
  return key;
}
const EncryptionKey kOne = key_of(1);
const EncryptionKey kTwo = key_of(2);

class SqliteEncryptionTest : public testing::Test {
 protected:
  SqliteConfig with(EncryptionKeys keys) const { return {.path = path_, .keys = std::move(keys)}; }
  void open(EncryptionKeys keys) {
    store_.reset();
    auto opened = open_sqlite_store(with(std::move(keys)));
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }
  base::Error refusal(EncryptionKeys keys) {
    const auto opened = open_sqlite_store(with(std::move(keys)));
    EXPECT_FALSE(opened);
    return opened ? base::Error{} : opened.error();
  }

  // A session with the words in every kind of value.
  base::SessionId fill() {
    EXPECT_TRUE(test::run(store_->save_protocol({hash_, "demo", "1", "Demo", "{}"})));
    const auto id = base::SessionId::make(base::SystemClock().now(), random_);
    const NewSession session{.row = {.id = id,
                                     .title = "T",
                                     .owner = "local",
                                     .protocol_hash = hash_,
                                     .protocol_id = "demo",
                                     .settings = Record{{"settings", kWords}}},
                             .idempotency_key = id.to_string(),
                             .event_body = Record{{"event", kWords}}};
    EXPECT_TRUE(test::run(store_->create_session(session)));
    EXPECT_TRUE(answer(id, "k1"));
    const auto lease =
        test::run(store_->acquire_lease(id, "session", base::BootId::make(base::SystemClock().now(), random_), kLease));
    EXPECT_TRUE(lease);
    const Blob blob{base::Sha256::of(kWords), kWords};
    const CheckpointRow checkpoint{1, base::Sha256::of("c"), "{\"manifest\":\"" + kWords + "\"}", {blob.digest}};
    const auto committed =
        test::run(store_->commit({.lease = *lease,
                                  .outcomes = {{"assessment", "q", 1, Record{{"issue", kWords}}, {}}},
                                  .blobs = {blob},
                                  .checkpoints = {checkpoint},
                                  .events = {{0, "finding.raised", Record{{"text", kWords}}, {}}}}));
    EXPECT_TRUE(committed) << committed.error().message;
    EXPECT_TRUE(test::run(store_->release_lease(*lease)));
    return id;
  }
  base::Result<std::vector<AppendedInput>> answer(base::SessionId id, std::string key, base::Value value = kWords) {
    return test::run(store_->append_inputs(id, {{.entry = {.kind = "answer", .subject = "q", .body = std::move(value)},
                                                 .idempotency_key = std::move(key),
                                                 .event_type = "answer.submitted",
                                                 .event_body = Record{{"value", kWords}}}}));
  }

  void expect_whole(base::SessionId id) {
    const auto record = test::run(store_->load(id));
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(record->row.settings.string_or("settings", ""), kWords);
    EXPECT_EQ(*record->inputs.at(0).body.if_string(), kWords);
    EXPECT_EQ(record->outcomes.at(0).body.string_or("issue", ""), kWords);
    EXPECT_THAT(record->checkpoints.at(0).manifest, HasSubstr(kWords));
    EXPECT_EQ(*test::run(store_->blob(base::Sha256::of(kWords))), kWords);
    const auto events = test::run(store_->events(id, 0, 10));
    ASSERT_TRUE(events) << events.error().message;
    EXPECT_EQ(events->at(0).body.string_or("event", ""), kWords);
    EXPECT_EQ(events->at(2).body.string_or("text", ""), kWords);
  }

  // How often the words stand in the database's files, as they are.
  int words_on_disk() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(path_).parent_path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      std::stringstream bytes;
      bytes << file.rdbuf();
      const auto text = bytes.str();
      for (auto at = text.find(kWords); at != std::string::npos; at = text.find(kWords, at + 1)) ++count;
    }
    return count;
  }

  base::Result<std::int64_t> rotate(EncryptionKeys keys, const RotationProgress& progress = [](auto, auto) {}) const {
    return rotate_sqlite_encryption(with(std::move(keys)), progress);
  }
  std::map<std::string, std::int64_t> values() const { return sqlite_encryption_status(with({}))->values; }
  void execute(std::string_view sql) const {
    const auto db = Connection::open(path_, Connection::Access::kReadWrite);
    ASSERT_TRUE(db);
    const auto done = (*db)->execute(sql);
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_GT(*done, 0);
  }

  static constexpr std::chrono::milliseconds kLease{60'000};
  base::SystemRandom random_;
  const base::Sha256 hash_ = base::Sha256::of("{}");
  test::TemporaryFolder folder_;
  const std::string path_ = folder_.file("data/tollgate.db");
  std::unique_ptr<SessionStore> store_;
};

TEST_F(SqliteEncryptionTest, KeepsNoPlainWordInAnyOfItsFiles) {
  open({kOne});
  const auto id = fill();
  EXPECT_EQ(words_on_disk(), 0);
  expect_whole(id);
  store_.reset();
  EXPECT_EQ(words_on_disk(), 0);
  open({kOne});
  expect_whole(id);
}

TEST_F(SqliteEncryptionTest, KeepsEverythingPlainWithoutAKey) {
  open({});
  expect_whole(fill());
  EXPECT_GE(words_on_disk(), 7);  // settings, input, outcome, manifest, blob, events: so the search above can find them
}

TEST_F(SqliteEncryptionTest, KnowsARepeatedInputAgain) {
  open({kOne});
  const auto id = fill();
  EXPECT_TRUE(answer(id, "k1")->at(0).replayed);
  EXPECT_EQ(answer(id, "k1", "other").error().code, ErrorCode::kConflict);
  open({kTwo, kOne});
  EXPECT_TRUE(answer(id, "k1")->at(0).replayed);
}

TEST_F(SqliteEncryptionTest, RefusesAWrongOrMissingKeyAndNamesTheSetting) {
  open({kOne});
  const auto id = fill();
  store_.reset();
  const auto wrong = refusal({kTwo});
  EXPECT_EQ(base::exit_code(wrong.code), 1);
  EXPECT_THAT(wrong.message, HasSubstr("encrypted with the key " + kOne.id()));
  EXPECT_THAT(wrong.message, HasSubstr("TOLLGATE_ENCRYPTION_KEY has the key " + kTwo.id()));
  const auto missing = refusal({});
  EXPECT_EQ(base::exit_code(missing.code), 1);
  EXPECT_THAT(missing.message, HasSubstr("set TOLLGATE_ENCRYPTION_KEY"));
  open({kOne});
  expect_whole(id);
}

TEST_F(SqliteEncryptionTest, RefusesAKeyForPlainSessionsUntilTheyAreEncrypted) {
  open({});
  const auto id = fill();
  store_.reset();
  const auto refused = refusal({kOne});
  EXPECT_EQ(base::exit_code(refused.code), 1);
  EXPECT_THAT(refused.message, HasSubstr("tollgate encryption rotate"));
  open({});  // nothing was changed
  expect_whole(id);
  store_.reset();
  EXPECT_EQ(*rotate({kOne}), 8);
  open({kOne});
  expect_whole(id);
}

TEST_F(SqliteEncryptionTest, LeavesNothingPlainBehindWhenPlainSessionsAreEncrypted) {
  open({});
  const auto removed = fill();
  const auto id = fill();
  ASSERT_TRUE(answer(removed, "long", std::string(20'000, 'x') + kWords + std::string(20'000, 'x')));
  ASSERT_TRUE(test::run(store_->remove(removed)));
  EXPECT_GT(words_on_disk(), 0);
  ASSERT_TRUE(rotate({kOne}));  // beside the store that is still open
  EXPECT_EQ(words_on_disk(), 0);
  open({kOne});
  expect_whole(id);
}

TEST_F(SqliteEncryptionTest, BringsAllValuesUnderTheNewKey) {
  open({kOne});
  const auto id = fill();
  open({kTwo, kOne});
  ASSERT_TRUE(answer(id, "k2"));
  EXPECT_EQ(values(), (std::map<std::string, std::int64_t>{{kOne.id(), 8}, {kTwo.id(), 2}}));
  expect_whole(id);
  EXPECT_EQ(*rotate({kTwo, kOne}), 8);
  EXPECT_EQ(values(), (std::map<std::string, std::int64_t>{{kTwo.id(), 10}}));
  open({kTwo});
  expect_whole(id);
  EXPECT_EQ(*rotate({kTwo}), 0);
}

TEST_F(SqliteEncryptionTest, NeedsTheOldKeyUntilNothingIsUnderIt) {
  open({kOne});
  fill();
  open({kTwo, kOne});
  store_.reset();
  EXPECT_THAT(refusal({kTwo}).message, HasSubstr(kOne.id()));
  EXPECT_FALSE(rotate({kTwo}));
  EXPECT_EQ(rotate({}).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(SqliteEncryptionTest, ServesWhileTheKeyIsReplaced) {
  open({kOne});
  const auto id = fill();
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(answer(id, fmt::format("before {}", i)));
  open({kTwo, kOne});
  std::atomic<bool> rotated = false;
  int written = 0;
  std::thread client([&] {
    while (!rotated || written < 20) {
      const auto done = answer(id, fmt::format("during {}", written));
      ASSERT_TRUE(done) << done.error().message;
      ++written;
    }
  });
  const auto sealed = rotate({kTwo, kOne});
  rotated = true;
  client.join();
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_EQ(*sealed, 1008);
  EXPECT_EQ(values(), (std::map<std::string, std::int64_t>{{kTwo.id(), 1008 + 2 * written}}));
  open({kTwo});
  expect_whole(id);
}

TEST_F(SqliteEncryptionTest, RefusesToWriteWithAKeyThatIsBeingReplaced) {
  open({kOne, kTwo});
  const auto id = fill();
  const auto during = [&](auto, auto) {
    EXPECT_THAT(answer(id, "k2").error().message, HasSubstr("is being replaced"));
    EXPECT_EQ(test::run(store_->list({})).error().code, ErrorCode::kUnavailable);  // so the server is not ready
    EXPECT_THAT(refusal({kOne, kTwo}).message, HasSubstr("is being replaced"));
  };
  ASSERT_TRUE(rotate({kTwo, kOne}, during));
  EXPECT_THAT(answer(id, "k2").error().message, HasSubstr("was replaced"));
}

TEST_F(SqliteEncryptionTest, StopsARotationThatAnotherOneOvertook) {
  open({kOne});
  const auto id = fill();
  store_.reset();
  const auto three = key_of(3);
  const EncryptionKeys all{three, kTwo, kOne};
  int batches = 0;
  const auto overtake = [&](auto, auto) {
    if (++batches > 1) return;
    EXPECT_THROW((void)rotate(all, [](auto, auto) { throw std::runtime_error("interrupted"); }), std::runtime_error);
  };
  const auto stopped = rotate({kTwo, kOne}, overtake);
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr(three.id()));
  EXPECT_EQ(batches, 1);
  EXPECT_EQ(values(), (std::map<std::string, std::int64_t>{{kOne.id(), 7}, {three.id(), 1}}));
  EXPECT_EQ(*rotate(all), 7);
  open({three});
  expect_whole(id);
}

TEST_F(SqliteEncryptionTest, RefusesToWritePlainWordsOnceItIsEncrypted) {
  open({});
  const auto id = fill();
  ASSERT_TRUE(rotate({kOne}));
  EXPECT_THAT(answer(id, "k2").error().message, HasSubstr("set TOLLGATE_ENCRYPTION_KEY"));
  EXPECT_EQ(test::run(store_->load(id)).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(words_on_disk(), 0);
}

// Killed after its first batch, before its last one, and in between.
TEST_F(SqliteEncryptionTest, GoesOnWithARotationThatWasKilled) {
  for (const bool plain : {false, true}) {
    store_.reset();
    std::filesystem::remove_all(folder_.file("data"));
    open(plain ? EncryptionKeys{} : EncryptionKeys{kOne});
    const auto id = fill();
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(answer(id, fmt::format("k {}", i)));
    store_.reset();
    const auto keys = plain ? EncryptionKeys{kTwo} : EncryptionKeys{kTwo, kOne};
    for (const int batches : {1, 3, 4}) {
      const pid_t child = ::fork();
      if (child == 0) {
        int left = batches;
        (void)rotate(keys, [&](auto, auto) {
          if (--left == 0) (void)::raise(SIGKILL);
        });
        ::_exit(0);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_TRUE(WIFSIGNALED(status));
      EXPECT_GT(values().size(), 1U);
      open(keys);  // serves in between
      expect_whole(id);
      store_.reset();
    }
    if (!plain) EXPECT_THAT(refusal({kTwo}).message, HasSubstr(kOne.id()));
    ASSERT_TRUE(rotate(keys));
    EXPECT_EQ(values(), (std::map<std::string, std::int64_t>{{kTwo.id(), 1008}}));
    EXPECT_EQ(words_on_disk(), 0);
    open({kTwo});
    expect_whole(id);
  }
}

TEST_F(SqliteEncryptionTest, DoesNotReadAValueThatWasMovedOrForged) {
  open({kOne});
  const auto id = fill();
  const auto other = fill();
  store_.reset();
  execute("UPDATE input SET body = (SELECT body FROM input ORDER BY session LIMIT 1)");
  open({kOne});
  EXPECT_TRUE(test::run(store_->load(id)));
  const auto moved = test::run(store_->load(other));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(moved.error().message, HasSubstr("answer q in the database was changed, or moved"));
  execute("UPDATE input SET body = '\"forged\"'");
  EXPECT_THAT(test::run(store_->load(id)).error().message, HasSubstr("answer q in the database is not encrypted"));
}

TEST_F(SqliteEncryptionTest, NoticesACheckValueThatWasForged) {
  open({kOne});
  fill();
  store_.reset();
  execute("UPDATE encryption_key SET check_value = 'some values may not be sealed yet'");
  EXPECT_EQ(refusal({kOne}).code, ErrorCode::kCorrupt);
}

TEST_F(SqliteEncryptionTest, EncryptsAFileThatLooksEncryptedAlready) {
  open({});
  const auto id = fill();
  const std::string bytes = "sealed:1:" + kOne.id() + ":anything";
  const Blob lookalike{base::Sha256::of(bytes), bytes};
  ASSERT_TRUE(test::run(store_->save_blob(lookalike)));
  EXPECT_EQ(*test::run(store_->blob(lookalike.digest)), bytes);
  const auto before_its_turn = [&](std::int64_t sealed, auto) {
    if (sealed > 1) return;
    open({kOne});
    EXPECT_EQ(test::run(store_->blob(lookalike.digest)).value_or("not readable"), bytes);
  };
  ASSERT_TRUE(rotate({kOne}, before_its_turn));
  open({kOne});
  EXPECT_EQ(test::run(store_->blob(lookalike.digest)).value_or("not readable"), bytes);
  expect_whole(id);
}

TEST_F(SqliteEncryptionTest, TellsItsStateWithoutAKey) {
  EXPECT_EQ(sqlite_encryption_status(with({})).error().code, ErrorCode::kNotFound);
  open({});
  fill();
  EXPECT_TRUE(sqlite_encryption_status(with({}))->keys.empty());
  EXPECT_EQ(values(), (std::map<std::string, std::int64_t>{{"", 8}}));
  ASSERT_TRUE(rotate({kOne}));
  const auto status = sqlite_encryption_status(with({}));
  ASSERT_EQ(status->keys.size(), 1U);
  EXPECT_EQ(status->keys.at(0).id, kOne.id());
  EXPECT_FALSE(status->keys.at(0).retired);
}

}  // namespace
}  // namespace tollgate::store
