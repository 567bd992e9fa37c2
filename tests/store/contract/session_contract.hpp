// Protocols, creating, removing. Part of tests/store/session_store_contract.hpp.
#pragma once

#include "tests/store/contract/contract_fixture.hpp"

namespace tollgate::store {

TEST_P(SessionStoreContract, KeepsAProtocolByItsHash) {
  const auto found = test::run(store().protocol(protocol_.hash));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->hash, protocol_.hash);
  EXPECT_EQ(found->id, "demo");
  EXPECT_EQ(found->version, "1.0");
  EXPECT_EQ(found->title, "Demo");
  EXPECT_EQ(found->canonical, "{}");
}

TEST_P(SessionStoreContract, LeavesAKnownProtocolAsItIs) {
  auto again = protocol_;
  again.title = "Another title";
  ASSERT_TRUE(test::run(store().save_protocol(again)));
  EXPECT_EQ(test::run(store().protocol(protocol_.hash))->title, "Demo");
}

TEST_P(SessionStoreContract, DoesNotFindAnUnknownProtocol) {
  EXPECT_EQ(code_of(test::run(store().protocol(base::Sha256::of("other")))), ErrorCode::kNotFound);
}

TEST_P(SessionStoreContract, CreatesASessionWithItsFirstEvent) {
  auto session = draft("Kartierung der Ärzte 🩺", "ada", 5);
  session.row.status = SessionStatus::kDecided;
  session.row.head_seq = 99;
  const auto row = create(session);
  EXPECT_EQ(row.id, session.row.id);
  EXPECT_EQ(row.title, session.row.title);
  EXPECT_EQ(row.owner, "ada");
  EXPECT_EQ(row.protocol_hash, protocol_.hash);
  EXPECT_EQ(row.protocol_id, "demo");
  EXPECT_EQ(row.settings, session.row.settings);
  EXPECT_EQ(row.status, SessionStatus::kOpen);
  EXPECT_EQ(row.decision, "");
  EXPECT_FALSE(row.origin);
  EXPECT_EQ(row.created_at, at(5));
  EXPECT_EQ(row.updated_at, at(5));
  EXPECT_EQ(row.head_seq, 1);

  const auto log = events(row.id);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].seq, 1);
  EXPECT_EQ(log[0].type, "session.created");
  EXPECT_EQ(log[0].body, session.event_body);
  EXPECT_EQ(log[0].at, at(5));
  EXPECT_EQ(load(row.id).row.settings, session.row.settings);
}

TEST_P(SessionStoreContract, ReturnsTheFirstSessionForARepeatedKey) {
  auto first = draft("First");
  auto second = draft("Second");
  second.idempotency_key = first.idempotency_key;
  create(first);
  const auto row = create(second);
  EXPECT_EQ(row.id, first.row.id);
  EXPECT_EQ(row.title, "First");
  EXPECT_EQ(events(row.id).size(), 1u);
  EXPECT_EQ(code_of(test::run(store().load(second.row.id))), ErrorCode::kNotFound);
}

TEST_P(SessionStoreContract, KeepsTheKeysOfOwnersApart) {
  auto ada = draft("A", "ada");
  auto bob = draft("B", "bob");
  bob.idempotency_key = ada.idempotency_key;
  EXPECT_NE(create(ada).id, create(bob).id);
}

TEST_P(SessionStoreContract, RefusesAnIdThatIsTaken) {
  auto first = draft("First");
  create(first);
  auto second = draft("Second");
  second.row.id = first.row.id;
  EXPECT_EQ(code_of(test::run(store().create_session(second))), ErrorCode::kConflict);
}

TEST_P(SessionStoreContract, RefusesASessionWhoseProtocolIsNotStored) {
  auto session = draft("T");
  session.row.protocol_hash = base::Sha256::of("unknown");
  EXPECT_EQ(code_of(test::run(store().create_session(session))), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(code_of(test::run(store().load(session.row.id))), ErrorCode::kNotFound);
}

TEST_P(SessionStoreContract, CreatesOneSessionWhenManyUseTheSameKeyAtOnce) {
  std::vector<NewSession> drafts;
  for (int i = 0; i < 8; ++i) {
    drafts.push_back(draft("T"));
    drafts.back().idempotency_key = "same";
  }
  std::vector<SessionRow> rows(8);
  in_parallel([&](int i) { rows[static_cast<std::size_t>(i)] = create(drafts[static_cast<std::size_t>(i)]); });
  for (const auto& row : rows) EXPECT_EQ(row.id, rows[0].id);
  EXPECT_EQ(list({})->rows.size(), 1u);
}

TEST_P(SessionStoreContract, RemovesASessionWithAllOfIt) {
  const auto id = create().id;
  ASSERT_TRUE(append(id, answer("q", "x", "k1")));
  const auto lease = acquire(id);
  ASSERT_TRUE(commit({.lease = lease, .outcomes = {outcome("q", 1, "x")}, .at = at(2)}));
  ASSERT_TRUE(test::run(store().remove(id)));
  EXPECT_EQ(code_of(test::run(store().load(id))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(test::run(store().remove(id))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(append(id, answer("q", "x", "k1"))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(commit({.lease = lease, .at = at(3)})), ErrorCode::kNotFound);
  EXPECT_TRUE(test::run(store().release_lease(lease)));
  EXPECT_TRUE(list({})->rows.empty());
}

TEST_P(SessionStoreContract, StartsAfreshWhenARemovedSessionsKeyIsUsedAgain) {
  const auto session = draft("T");
  create(session);
  ASSERT_TRUE(append(session.row.id, answer("q", "x", "k1")));
  ASSERT_TRUE(test::run(store().remove(session.row.id)));
  EXPECT_EQ(create(session).head_seq, 1);
  EXPECT_FALSE(append(session.row.id, answer("q", "y", "k1"))->at(0).replayed);
}

TEST_P(SessionStoreContract, RemovesBlobsWithTheLastSessionThatNamesThem) {
  const auto own = blob_of("own");
  const auto shared = blob_of("shared");
  const auto unnamed = blob_of("unnamed");
  ASSERT_TRUE(test::run(store().save_blob(unnamed)));
  const auto one = create("One").id;
  const auto two = create("Two").id;
  ASSERT_TRUE(commit(
      {.lease = acquire(one), .blobs = {own, shared}, .checkpoints = {checkpoint(1, {own, shared})}, .at = at(2)}));
  ASSERT_TRUE(commit({.lease = acquire(two), .checkpoints = {checkpoint(1, {shared})}, .at = at(2)}));

  ASSERT_TRUE(test::run(store().remove(one)));
  EXPECT_EQ(code_of(test::run(store().blob(own.digest))), ErrorCode::kNotFound);
  EXPECT_EQ(*test::run(store().blob(shared.digest)), "shared");
  ASSERT_TRUE(test::run(store().remove(two)));
  EXPECT_EQ(code_of(test::run(store().blob(shared.digest))), ErrorCode::kNotFound);
  EXPECT_EQ(*test::run(store().blob(unnamed.digest)), "unnamed");
}

}  // namespace tollgate::store
