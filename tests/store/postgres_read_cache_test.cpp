// What was read before is given out again only as long as it is what the database holds.
#include "store/lru_cache.hpp"
#include "tests/store/postgres_fixture.hpp"
#include "tests/store/stored_session.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using test::SharedPostgres;

TEST(LruCacheTest, KeepsWhatWasUsedLastWithinItsBound) {
  LruCache<int, std::string> cache(100);
  for (int i = 0; i < 4; ++i) cache.put(i, std::to_string(i), 25);
  ASSERT_NE(cache.find(0), nullptr);
  cache.put(4, "4", 25);
  EXPECT_EQ(cache.find(1), nullptr);
  EXPECT_EQ(*cache.find(0), "0");
  cache.put(0, "large", 26);
  EXPECT_EQ(cache.find(0), nullptr) << "neither the new one, nor the old one";
  EXPECT_NE(cache.find(4), nullptr);
}

// Two programs on one database: what one writes, the other one has read before.
class PostgresReadCacheTest : public testing::Test {
 protected:
  SessionStore& reader() { return *reader_.sessions; }
  SessionStore& writer() { return *writer_.sessions; }
  SessionRecord read(base::SessionId id) { return test::value_of(test::run(reader().load(id))); }
  std::int64_t round_trips() { return reader_.database->pool_counters().round_trips; }

  const std::string url_ = SharedPostgres::empty_database("cache");
  test::PostgresStores reader_{PostgresConfig{.url = url_}};
  test::PostgresStores writer_{PostgresConfig{.url = url_}};
};

TEST_F(PostgresReadCacheTest, GivesEveryChangeThatAnotherProgramMade) {
  const auto id = test::create_session(writer());
  EXPECT_TRUE(read(id).inputs.empty());
  for (int i = 1; i <= 20; ++i) {
    ASSERT_TRUE(test::append(writer(), id, test::answer("q", i, fmt::format("k{}", i))));
    EXPECT_EQ(read(id).inputs.size(), static_cast<std::size_t>(i));
    EXPECT_EQ(read(id).row.head_seq, 1 + i);
  }
  const auto lease = *test::run(writer().acquire_lease(id, "session", test::new_owner(), std::chrono::minutes(1)));
  ASSERT_TRUE(test::run(writer().commit({.lease = lease, .outcomes = {{"decision", "", 1, "proceed", {}}}, .at = {}})));
  EXPECT_EQ(read(id).outcomes.size(), 1U) << "a commit without an event";
  ASSERT_TRUE(test::run(writer().commit(
      {.lease = lease, .status = SessionStatus::kDecided, .decision = "proceed", .at = test::second(9)})));
  EXPECT_EQ(read(id).row.decision, "proceed");
  ASSERT_TRUE(test::run(writer().remove(id)));
  EXPECT_EQ(test::run(reader().load(id)).error().code, ErrorCode::kNotFound);
}

TEST_F(PostgresReadCacheTest, ReadsASessionOnceAndAsksForItsVersionAfterThat) {
  const auto id = test::create_session(writer());
  ASSERT_TRUE(test::append(writer(), id, test::answer("q", "what was said", "k")));
  EXPECT_EQ(*read(id).inputs.at(0).body.if_string(), "what was said");
  // Altered behind the program's back, which only load_afresh() looks for.
  SharedPostgres::server().execute("UPDATE input SET body = '\"altered\"'", "cache");
  EXPECT_EQ(*read(id).inputs.at(0).body.if_string(), "what was said");
  const auto before = round_trips();
  read(id);
  EXPECT_EQ(round_trips() - before, 1);
  EXPECT_EQ(*test::run(reader().load_afresh(id))->inputs.at(0).body.if_string(), "altered");
  EXPECT_EQ(*read(id).inputs.at(0).body.if_string(), "altered");
}

TEST_F(PostgresReadCacheTest, ListsWhatIsThereNow) {
  const auto first = test::create_session(writer(), test::session_draft("First"));
  const auto second = test::create_session(writer(), test::session_draft("Second"));
  const auto titles = [&] {
    std::vector<std::string> found;
    for (const auto& row : test::run(reader().list({}))->rows) found.push_back(row.title + " " + row.decision);
    return found;
  };
  EXPECT_EQ(titles().size(), 2U);
  const auto lease = *test::run(writer().acquire_lease(first, "session", test::new_owner(), std::chrono::minutes(1)));
  ASSERT_TRUE(test::run(
      writer().commit({.lease = lease, .status = SessionStatus::kDecided, .decision = "halt", .at = test::second(9)})));
  EXPECT_EQ(titles(), (std::vector<std::string>{"First halt", "Second "}));
  ASSERT_TRUE(test::run(writer().remove(second)));
  test::create_session(writer(), test::session_draft("Third"));
  EXPECT_EQ(titles(), (std::vector<std::string>{"First halt", "Third "}));
}

}  // namespace
}  // namespace tollgate::store
