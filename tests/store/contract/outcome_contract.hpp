// Commits under a lease, checkpoints and blobs. Part of tests/store/session_store_contract.hpp.
#pragma once

#include "tests/store/contract/contract_fixture.hpp"

namespace tollgate::store {

TEST_P(SessionStoreContract, CommitsOutcomesEventsCheckpointAndStatusTogether) {
  const auto id = create().id;
  const auto lease = acquire(id);
  const auto blob = blob_of("stage content");
  OutcomeCommit work{.lease = lease,
                     .outcomes = {outcome("q2", 3, "good"), outcome("q1", 1, Record{{"score", 8}})},
                     .blobs = {blob},
                     .checkpoints = {checkpoint(1, {blob})},
                     .events = {event("answer.assessed"), event("checkpoint.created")},
                     .status = SessionStatus::kDecided,
                     .decision = "proceed",
                     .at = at(9)};
  const auto head = commit(work);
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(*head, 3);

  const auto record = load(id);
  EXPECT_EQ(record.row.status, SessionStatus::kDecided);
  EXPECT_EQ(record.row.decision, "proceed");
  EXPECT_EQ(record.row.head_seq, 3);
  EXPECT_EQ(record.row.updated_at, at(9));
  ASSERT_EQ(record.outcomes.size(), 2u);
  EXPECT_EQ(record.outcomes[0].subject, "q1");
  EXPECT_EQ(record.outcomes[0].body.int_or("score", 0), 8);
  EXPECT_EQ(record.outcomes[1].version, 3);
  EXPECT_EQ(record.outcomes[1].at, at(2));
  ASSERT_EQ(record.checkpoints.size(), 1u);
  EXPECT_EQ(record.checkpoints[0].hash, work.checkpoints[0].hash);
  EXPECT_EQ(record.checkpoints[0].manifest, work.checkpoints[0].manifest);
  EXPECT_EQ(record.checkpoints[0].blobs, work.checkpoints[0].blobs);
  const auto log = events(id, 1);
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[1].type, "checkpoint.created");
  EXPECT_EQ(log[1].seq, 3);
  EXPECT_EQ(log[1].at, at(9));
  EXPECT_EQ(*test::run(store().blob(blob.digest)), "stage content");
}

TEST_P(SessionStoreContract, LeavesAnOutcomeThatExistsAsItIs) {
  const auto id = create().id;
  const auto lease = acquire(id);
  ASSERT_TRUE(commit({.lease = lease, .outcomes = {outcome("q", 1, "first")}, .at = at(2)}));
  ASSERT_TRUE(commit({.lease = lease, .outcomes = {outcome("q", 1, "second"), outcome("q", 2, "new")}, .at = at(3)}));
  const auto outcomes = load(id).outcomes;
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[0].body, base::Value("first"));
  EXPECT_EQ(outcomes[1].body, base::Value("new"));
}

TEST_P(SessionStoreContract, WritesTheEventsOfARepeatedCommitOnce) {
  const auto id = create().id;
  const auto blob = blob_of("content");
  const OutcomeCommit work{.lease = acquire(id),
                           .outcomes = {outcome("q", 1, "good")},
                           .blobs = {blob},
                           .checkpoints = {checkpoint(1, {blob})},
                           .events = {event("answer.assessed")},
                           .at = at(2)};
  EXPECT_EQ(*commit(work), 2);
  EXPECT_EQ(*commit(work), 2);
  EXPECT_EQ(events(id).size(), 2u);
}

TEST_P(SessionStoreContract, CommitsEventsAlone) {
  const auto id = create().id;
  EXPECT_EQ(*commit({.lease = acquire(id), .events = {event("error"), event("error")}, .at = at(2)}), 3);
}

TEST_P(SessionStoreContract, RefusesAZombiesCommit) {
  const auto id = create().id;
  const auto old = acquire(id, "S1", new_boot(), std::chrono::milliseconds(1));
  const auto taken = steal(old, new_boot());
  const auto blob = blob_of("zombie content");
  const auto refused = commit({.lease = old,
                               .outcomes = {outcome("q", 1, "stale")},
                               .blobs = {blob},
                               .events = {event("answer.assessed")},
                               .at = at(2)});
  EXPECT_EQ(code_of(refused), ErrorCode::kConflict);
  EXPECT_TRUE(load(id).outcomes.empty());
  EXPECT_EQ(load(id).row.head_seq, 1);
  EXPECT_EQ(code_of(test::run(store().blob(blob.digest))), ErrorCode::kNotFound);
  EXPECT_TRUE(commit({.lease = taken, .outcomes = {outcome("q", 1, "fresh")}, .at = at(2)}));
}

TEST_P(SessionStoreContract, RefusesCommitsWithoutALease) {
  const auto id = create().id;
  const auto lease = acquire(id);
  const auto refused = [&](Lease other) {
    return code_of(commit({.lease = std::move(other), .outcomes = {outcome("q", 1, "x")}, .at = at(2)}));
  };
  auto other = lease;
  other.owner = new_boot();
  EXPECT_EQ(refused(other), ErrorCode::kConflict);
  other = lease;
  other.fence += 1;
  EXPECT_EQ(refused(other), ErrorCode::kConflict);
  other = lease;
  other.scope = "S2";
  EXPECT_EQ(refused(other), ErrorCode::kConflict);
  other = lease;
  other.session = new_id();
  EXPECT_EQ(refused(other), ErrorCode::kNotFound);
  ASSERT_TRUE(test::run(store().release_lease(lease)));
  EXPECT_EQ(refused(lease), ErrorCode::kConflict);
}

TEST_P(SessionStoreContract, LetsAnExpiredOwnerCommitWhileNobodyElseTookTheLease) {
  const auto id = create().id;
  const auto lease = acquire(id, "S1", new_boot(), std::chrono::milliseconds(1));
  const auto expired = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  while (std::chrono::steady_clock::now() < expired) std::this_thread::yield();
  EXPECT_TRUE(commit({.lease = lease, .outcomes = {outcome("q", 1, "x")}, .at = at(2)}));
}

TEST_P(SessionStoreContract, OrdersZombieAndSuccessorUnderConcurrency) {
  const auto id = create().id;
  std::vector<base::BootId> owners;
  for (int i = 0; i < 8; ++i) owners.push_back(new_boot());
  // Each owner keeps the fences under which it committed; no older fence may commit after a newer one did.
  in_parallel([&](int i) {
    for (int round = 0; round < 10; ++round) {
      const auto lease =
          test::run(store().acquire_lease(id, "S1", owners[static_cast<std::size_t>(i)], std::chrono::milliseconds(1)));
      if (!lease) continue;
      auto entry = outcome("q", lease->fence * 100 + round, Record{{"fence", lease->fence}});
      (void)commit({.lease = *lease,
                    .outcomes = {std::move(entry)},
                    .events = {{.type = "answer.assessed", .body = Record{{"fence", lease->fence}}}},
                    .at = at(2)});
    }
  });
  std::int64_t newest = 0;
  for (const auto& written : events(id, 1)) {
    EXPECT_GE(written.body.int_or("fence", 0), newest);
    newest = written.body.int_or("fence", 0);
  }
}

TEST_P(SessionStoreContract, CommitsNothingWhenACheckpointNamesAMissingBlob) {
  const auto id = create().id;
  const auto refused = commit({.lease = acquire(id),
                               .outcomes = {outcome("q", 1, "x")},
                               .checkpoints = {checkpoint(1, {blob_of("never stored")})},
                               .events = {event("checkpoint.created")},
                               .status = SessionStatus::kDecided,
                               .decision = "proceed",
                               .at = at(2)});
  EXPECT_EQ(code_of(refused), ErrorCode::kPreconditionFailed);
  const auto record = load(id);
  EXPECT_TRUE(record.outcomes.empty());
  EXPECT_TRUE(record.checkpoints.empty());
  EXPECT_EQ(record.row.status, SessionStatus::kOpen);
  EXPECT_EQ(record.row.head_seq, 1);
}

TEST_P(SessionStoreContract, KeepsCheckpointsInOneUnbrokenLine) {
  const auto id = create().id;
  const auto lease = acquire(id);
  EXPECT_EQ(code_of(commit({.lease = lease, .checkpoints = {checkpoint(2, {})}, .at = at(2)})),
            ErrorCode::kPreconditionFailed);
  ASSERT_TRUE(commit({.lease = lease, .checkpoints = {checkpoint(1, {}), checkpoint(2, {})}, .at = at(2)}));
  auto other = checkpoint(2, {});
  other.hash = base::Sha256::of("another content");
  EXPECT_EQ(code_of(commit({.lease = lease, .checkpoints = {other}, .at = at(2)})), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(load(id).checkpoints.size(), 2u);
}

TEST_P(SessionStoreContract, ForksFromACheckpoint) {
  const auto blob = blob_of("shared");
  const auto parent = create("Parent").id;
  ASSERT_TRUE(commit({.lease = acquire(parent), .blobs = {blob}, .checkpoints = {checkpoint(1, {blob})}, .at = at(2)}));
  auto fork = draft("Fork");
  fork.row.origin = Origin{parent, 1};
  fork.origin_checkpoint = checkpoint(0, {blob});
  const auto row = create(fork);
  ASSERT_TRUE(row.origin);
  EXPECT_EQ(row.origin->session, parent);
  EXPECT_EQ(row.origin->checkpoint, 1);
  ASSERT_TRUE(commit({.lease = acquire(row.id), .checkpoints = {checkpoint(1, {})}, .at = at(3)}));
  const auto checkpoints = load(row.id).checkpoints;
  ASSERT_EQ(checkpoints.size(), 2u);
  EXPECT_EQ(checkpoints[0].seq, 0);
  EXPECT_EQ(checkpoints[0].blobs, std::vector{blob.digest});
  EXPECT_EQ(checkpoints[1].seq, 1);
}

TEST_P(SessionStoreContract, RefusesAForkWhoseBlobsAreGone) {
  auto fork = draft("Fork");
  fork.row.origin = Origin{new_id(), 1};
  fork.origin_checkpoint = checkpoint(0, {blob_of("gone")});
  EXPECT_EQ(code_of(test::run(store().create_session(fork))), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(code_of(test::run(store().load(fork.row.id))), ErrorCode::kNotFound);
}

TEST_P(SessionStoreContract, KeepsBlobsByteForByte) {
  std::string bytes;
  for (int i = 0; i < 70'000; ++i) bytes.push_back(static_cast<char>(i));
  const auto blob = blob_of(bytes);
  ASSERT_TRUE(test::run(store().save_blob(blob)));
  ASSERT_TRUE(test::run(store().save_blob(blob)));
  EXPECT_EQ(*test::run(store().blob(blob.digest)), bytes);
  ASSERT_TRUE(test::run(store().save_blob(blob_of(""))));
  EXPECT_EQ(*test::run(store().blob(base::Sha256::of(""))), "");
}

TEST_P(SessionStoreContract, RefusesABlobWhoseDigestDoesNotFit) {
  const Blob forged{base::Sha256::of("something else"), "bytes"};
  EXPECT_EQ(code_of(test::run(store().save_blob(forged))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(test::run(store().blob(forged.digest))), ErrorCode::kNotFound);
  const auto id = create().id;
  EXPECT_EQ(code_of(commit({.lease = acquire(id), .blobs = {forged}, .at = at(2)})), ErrorCode::kInvalidArgument);
}

}  // namespace tollgate::store
