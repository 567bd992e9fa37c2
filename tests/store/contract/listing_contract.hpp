// Listing: order, filters, pages, cursors. Part of tests/store/session_store_contract.hpp.
#pragma once

#include "tests/store/contract/contract_fixture.hpp"

namespace tollgate::store {

TEST_P(SessionStoreContract, ListsTheNewestChangeFirst) {
  const auto old = create(draft("Old", "ada", 1));
  create(draft("New", "ada", 2));
  EXPECT_EQ(titles({}), (std::vector<std::string>{"New", "Old"}));
  ASSERT_TRUE(append(old.id, answer("q", "x", "k", 10)));
  const auto page = list({});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->rows[0].title, "Old");
  EXPECT_EQ(page->rows[0].id, old.id);
  EXPECT_EQ(page->rows[0].head_seq, 2);
  EXPECT_EQ(page->rows[0].updated_at, at(10));
  EXPECT_EQ(page->rows[0].created_at, at(1));
  EXPECT_EQ(page->rows[0].protocol_hash, protocol_.hash);
  EXPECT_TRUE(page->next.empty());
}

TEST_P(SessionStoreContract, FiltersByOwnerStatusAndTitle) {
  create(draft("Triage of X-rays", "ada", 1));
  create(draft("100% automatic_reply", "ada", 2));
  const auto decided = create(draft("Chatbot", "bob", 3));
  ASSERT_TRUE(
      commit({.lease = acquire(decided.id), .status = SessionStatus::kDecided, .decision = "halt", .at = at(4)}));

  EXPECT_EQ(titles({.owner = "ada"}).size(), 2u);
  EXPECT_TRUE(titles({.owner = "eve"}).empty());
  EXPECT_EQ(titles({.status = SessionStatus::kDecided}), std::vector<std::string>{"Chatbot"});
  EXPECT_EQ(titles({.status = SessionStatus::kOpen}).size(), 2u);
  EXPECT_EQ(titles({.owner = "ada", .status = SessionStatus::kDecided}).size(), 0u);
  EXPECT_EQ(titles({.title_contains = "x-RAY"}), std::vector<std::string>{"Triage of X-rays"});
  EXPECT_EQ(titles({.title_contains = "0%"}), std::vector<std::string>{"100% automatic_reply"});
  EXPECT_EQ(titles({.title_contains = "c_r"}), std::vector<std::string>{"100% automatic_reply"});
  EXPECT_TRUE(titles({.title_contains = "T_i"}).empty());
  EXPECT_TRUE(titles({.title_contains = "\\"}).empty());
  EXPECT_TRUE(titles({.title_contains = "' OR 1=1 --"}).empty());
  EXPECT_EQ(list({.owner = "bob"})->rows.at(0).decision, "halt");
}

TEST_P(SessionStoreContract, PagesWithoutGapOrDuplicateAmongEqualTimes) {
  std::set<std::string> expected;
  for (int i = 0; i < 25; ++i) expected.insert(create(draft(fmt::format("s{:02}", i), "ada", i / 10)).title);
  for (const std::int64_t limit : {1, 3, 5, 25, 26}) {
    const auto found = titles({.limit = limit});
    EXPECT_EQ(found.size(), 25u) << "limit " << limit;
    EXPECT_EQ(std::set(found.begin(), found.end()), expected) << "limit " << limit;
    EXPECT_EQ(titles({.owner = "ada", .limit = limit}), found);
  }
}

TEST_P(SessionStoreContract, PagesOverUnchangedRowsWhileOthersChange) {
  std::vector<SessionRow> rows;
  for (int i = 0; i < 20; ++i) rows.push_back(create(draft(fmt::format("s{:02}", i), "ada", i)));
  int round = 0;
  const auto found = titles({.limit = 4}, [&] {
    // A row behind the cursor is changed, one is made, and one that was shown is removed.
    ++round;
    const auto& changed = rows[static_cast<std::size_t>(2 * round)];
    ASSERT_TRUE(append(changed.id, answer("q", "x", fmt::format("k{}", round), 100 + round)));
    create(draft(fmt::format("new{}", round), "ada", 200 + round));
    if (round == 1) ASSERT_TRUE(test::run(store().remove(rows[19].id)));
  });
  EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size()) << "a row was shown twice";
  for (int i = 1; i < 20; i += 2) {
    EXPECT_EQ(std::ranges::count(found, fmt::format("s{:02}", i)), 1) << "unchanged row " << i;
  }
}

TEST_P(SessionStoreContract, RefusesCursorsThatWereTamperedWithOrBelongToAnotherListing) {
  for (int i = 0; i < 3; ++i) create(draft("t", "ada", i));
  const auto cursor = list({.owner = "ada", .limit = 1})->next;
  ASSERT_FALSE(cursor.empty());
  const auto refused = [&](SessionFilter filter) { return code_of(list(std::move(filter))); };
  EXPECT_EQ(refused({.owner = "bob", .cursor = cursor}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.owner = "ada", .status = SessionStatus::kOpen, .cursor = cursor}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.owner = "ada", .title_contains = "t", .cursor = cursor}), ErrorCode::kInvalidArgument);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    auto altered = cursor;
    altered[i] = altered[i] == '1' ? '2' : '1';
    EXPECT_EQ(refused({.owner = "ada", .cursor = altered}), ErrorCode::kInvalidArgument) << "byte " << i;
  }
  EXPECT_EQ(refused({.owner = "ada", .cursor = cursor.substr(1)}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.owner = "ada", .cursor = std::string(100'000, 'a')}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.owner = "ada", .cursor = "\xff"}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(list({.owner = "ada", .limit = 2, .cursor = cursor})->rows.size(), 2u);  // the limit may change
}

TEST_P(SessionStoreContract, RefusesListingsOutOfBounds) {
  for (const std::int64_t limit : {std::int64_t{0}, std::int64_t{-1}, kMaxListLimit + 1}) {
    EXPECT_EQ(code_of(list({.limit = limit})), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(code_of(list({.title_contains = std::string(1000, 'a')})), ErrorCode::kTooLarge);
  EXPECT_EQ(code_of(list({.title_contains = "\xc3"})), ErrorCode::kInvalidArgument);
}

}  // namespace tollgate::store
