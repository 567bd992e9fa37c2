// Encryption at rest in PostgreSQL: what is not as in SQLite, which is its statements and its locks.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "store/postgres/postgres_encryption.hpp"
#include "tests/store/postgres_fixture.hpp"
#include "tests/store/stored_session.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using test::SharedPostgres;
using testing::HasSubstr;
using Record = base::Value::Record;
using Counts = std::map<std::string, std::int64_t>;

constexpr const char* kDatabase = "encryption";
const std::string kWords = "clinicians-can-override-the-alert";

EncryptionKey key_of(std::uint8_t byte) {
  EncryptionKey key;
  key.bytes.fill(byte);
  return key;
}
const EncryptionKey kOne = key_of(1);
const EncryptionKey kTwo = key_of(2);

class PostgresEncryption : public testing::Test {
 protected:
  PostgresConfig with(EncryptionKeys keys) const { return {.url = url_, .keys = std::move(keys)}; }
  SessionStore& open(EncryptionKeys keys) {
    stores_.emplace(with(std::move(keys)));
    return *stores_->sessions;
  }
  SessionStore& store() { return *stores_->sessions; }
  base::Error refusal(EncryptionKeys keys) const {
    const auto opened = PostgresDatabase::open(with(std::move(keys)), test::system_random());
    EXPECT_FALSE(opened);
    return opened ? base::Error{} : opened.error();
  }

  // The words in every kind of value: eight of them.
  base::SessionId fill() {
    auto draft = test::session_draft();
    draft.row.settings = Record{{"settings", kWords}};
    draft.event_body = Record{{"event", kWords}};
    const auto id = test::create_session(store(), draft);
    EXPECT_TRUE(answer(id, "k1"));
    const auto lease = test::run(store().acquire_lease(id, "session", test::new_owner(), std::chrono::minutes(1)));
    const Blob blob{base::Sha256::of(kWords), kWords};
    const auto committed = test::run(store().commit(
        {.lease = *lease,
         .outcomes = {{"assessment", "q", 1, Record{{"issue", kWords}}, {}}},
         .blobs = {blob},
         .checkpoints = {{1, base::Sha256::of("c"), "{\"manifest\":\"" + kWords + "\"}", {blob.digest}}},
         .events = {{0, "finding.raised", Record{{"text", kWords}}, {}}}}));
    EXPECT_TRUE(committed) << committed.error().message;
    return id;
  }
  base::Result<std::vector<AppendedInput>> answer(base::SessionId id, const std::string& key) {
    auto input = test::answer("q", kWords, key);
    input.event_body = Record{{"value", kWords}};
    return test::append(store(), id, std::move(input));
  }

  void expect_whole(base::SessionId id) {
    const auto record = test::run(store().load(id));
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(record->row.settings.string_or("settings", ""), kWords);
    EXPECT_EQ(*record->inputs.at(0).body.if_string(), kWords);
    EXPECT_EQ(record->outcomes.at(0).body.string_or("issue", ""), kWords);
    EXPECT_THAT(record->checkpoints.at(0).manifest, HasSubstr(kWords));
    EXPECT_EQ(*test::run(store().blob(base::Sha256::of(kWords))), kWords);
    const auto events = test::run(store().events(id, 0, 10));
    ASSERT_TRUE(events) << events.error().message;
    EXPECT_EQ(events->at(0).body.string_or("event", ""), kWords);
    EXPECT_EQ(events->at(1).body.string_or("value", ""), kWords);
    EXPECT_EQ(events->at(2).body.string_or("text", ""), kWords);
  }

  // How many rows hold the words as they are.
  static int plain_rows() {
    return std::stoi(SharedPostgres::server().execute(
        "SELECT count(*) FROM (SELECT s::text FROM session s UNION ALL SELECT i::text FROM input i UNION ALL "
        "SELECT o::text FROM outcome o UNION ALL SELECT e::text FROM event e UNION ALL SELECT c::text FROM checkpoint c "
        "UNION ALL SELECT encode(bytes, 'escape') FROM blob) AS rows (text) WHERE text LIKE '%override-the-alert%'",
        kDatabase));
  }

  base::Result<std::int64_t> rotate(EncryptionKeys keys, const RotationProgress& progress = [](auto, auto) {}) const {
    return rotate_postgres_encryption(with(std::move(keys)), progress);
  }
  Counts values() const { return postgres_encryption_status(with({}))->values; }

  const std::string url_ = SharedPostgres::empty_database(kDatabase);
  std::optional<test::PostgresStores> stores_;
};

TEST_F(PostgresEncryption, KeepsNoPlainWordInAnyRow) {
  open({kOne});
  const auto id = fill();
  EXPECT_EQ(plain_rows(), 0);
  expect_whole(id);
  EXPECT_TRUE(answer(id, "k1")->at(0).replayed);
}

TEST_F(PostgresEncryption, RefusesAWrongOrMissingKeyAndOneForPlainSessions) {
  open({});
  fill();
  EXPECT_EQ(plain_rows(), 8);  // so that the search above can find them
  EXPECT_THAT(refusal({kOne}).message, HasSubstr("tollgate encryption rotate"));
  ASSERT_TRUE(rotate({kOne}));
  EXPECT_THAT(refusal({kTwo}).message, HasSubstr("TOLLGATE_ENCRYPTION_KEY has the key " + kTwo.id()));
  EXPECT_THAT(refusal({}).message, HasSubstr("set TOLLGATE_ENCRYPTION_KEY"));
}

TEST_F(PostgresEncryption, EncryptsWhatWasPlainAndLeavesNothingOfItInTheTables) {
  open({});
  const auto id = fill();
  const auto dead = [] {
    return SharedPostgres::server().execute("SELECT pg_relation_filenode('input')::text", kDatabase);
  };
  const auto before = dead();
  EXPECT_EQ(*rotate({kOne}), 8);
  EXPECT_EQ(values(), (Counts{{kOne.id(), 8}}));
  EXPECT_EQ(plain_rows(), 0);
  EXPECT_NE(dead(), before) << "the table was not written anew";
  EXPECT_THAT(answer(id, "k2").error().message, HasSubstr("set TOLLGATE_ENCRYPTION_KEY"));
  EXPECT_EQ(test::run(store().list({})).error().code, ErrorCode::kUnavailable);  // so the server is not ready
  open({kOne});
  expect_whole(id);
}

TEST_F(PostgresEncryption, ServesWhileTheKeyIsReplaced) {
  open({kOne});
  const auto id = fill();
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(answer(id, fmt::format("before {}", i)));
  open({kTwo, kOne});
  std::atomic<bool> rotated = false;
  int written = 0;
  std::thread client([&] {
    while (!rotated || written < 20) {
      const auto done = answer(id, fmt::format("during {}", written));
      ASSERT_TRUE(done) << done.error().message << done.error().detail;
      ++written;
    }
  });
  const auto sealed = rotate({kTwo, kOne});
  rotated = true;
  client.join();
  ASSERT_TRUE(sealed) << sealed.error().message << sealed.error().detail;
  EXPECT_EQ(*sealed, 1008);
  EXPECT_EQ(values(), (Counts{{kTwo.id(), 1008 + 2 * written}}));
  open({kTwo});
  expect_whole(id);
}

TEST_F(PostgresEncryption, RefusesToWriteWithAKeyThatIsBeingReplaced) {
  open({kOne, kTwo});
  const auto id = fill();
  const auto during = [&](auto, auto) {
    EXPECT_THAT(answer(id, "k2").error().message, HasSubstr("is being replaced"));
    EXPECT_FALSE(test::run(store().create_session(test::session_draft())));
    EXPECT_FALSE(test::run(store().save_blob({base::Sha256::of("x"), "x"})));
    EXPECT_THAT(refusal({kOne, kTwo}).message, HasSubstr("is being replaced"));
  };
  ASSERT_TRUE(rotate({kTwo, kOne}, during));
  EXPECT_THAT(answer(id, "k2").error().message, HasSubstr("was replaced"));
}

TEST_F(PostgresEncryption, GoesOnWithARotationThatWasInterrupted) {
  open({kOne});
  const auto id = fill();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(answer(id, fmt::format("k {}", i)));
  const EncryptionKeys keys{kTwo, kOne};
  int left = 2;
  const auto interrupt = [&](auto, auto) {
    if (--left == 0) throw std::runtime_error("interrupted");
  };
  EXPECT_THROW((void)rotate(keys, interrupt), std::runtime_error);
  EXPECT_EQ(values().size(), 2U);
  EXPECT_THAT(refusal({kTwo}).message, HasSubstr(kOne.id()));
  open(keys);  // serves in between
  expect_whole(id);
  ASSERT_TRUE(rotate(keys));
  EXPECT_EQ(values(), (Counts{{kTwo.id(), 608}}));
  open({kTwo});
  expect_whole(id);
}

TEST_F(PostgresEncryption, DoesNotReadAValueThatWasMovedOrForged) {
  open({kOne});
  const auto id = fill();
  const auto other = fill();
  SharedPostgres::server().execute(
      "UPDATE input SET body = (SELECT body FROM input WHERE session = '" + id.to_string() + "')", kDatabase);
  EXPECT_TRUE(test::run(store().load(id)));
  const auto moved = test::run(store().load(other));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::kCorrupt);
  SharedPostgres::server().execute("UPDATE event SET body = '\"forged\"'", kDatabase);
  EXPECT_THAT(test::run(store().events(id, 0, 10)).error().message, HasSubstr("is not encrypted"));
}

TEST_F(PostgresEncryption, EncryptsAFileThatLooksEncryptedAlready) {
  open({});
  const std::string bytes = "sealed:1:" + kOne.id() + ":\xff\x01 any";
  const Blob lookalike{base::Sha256::of(bytes), bytes};
  ASSERT_TRUE(test::run(store().save_blob(lookalike)));
  ASSERT_TRUE(rotate({kOne}));
  open({kOne});
  EXPECT_EQ(test::run(store().blob(lookalike.digest)).value_or("not readable"), bytes);
}

}  // namespace
}  // namespace tollgate::store
