// Leases and their fences. Part of tests/store/session_store_contract.hpp.
#pragma once

#include "tests/store/contract/contract_fixture.hpp"

namespace tollgate::store {

TEST_P(SessionStoreContract, GivesALeaseToOneOwnerAtATime) {
  const auto id = create().id;
  const auto mine = acquire(id);
  EXPECT_EQ(mine.session, id);
  EXPECT_EQ(mine.scope, "S1");
  EXPECT_GE(mine.fence, 1);
  const auto refused = test::run(store().acquire_lease(id, "S1", new_boot(), kLong));
  EXPECT_EQ(code_of(refused), ErrorCode::kConflict);
}

TEST_P(SessionStoreContract, GivesTheOwnerItsLeaseAgainWithTheSameFence) {
  const auto id = create().id;
  const auto owner = new_boot();
  const auto first = acquire(id, "S1", owner);
  EXPECT_EQ(acquire(id, "S1", owner).fence, first.fence);
}

TEST_P(SessionStoreContract, LeasesScopesAndSessionsApart) {
  const auto one = create("One").id;
  const auto two = create("Two").id;
  acquire(one, "S1", new_boot());
  acquire(one, "S2", new_boot());
  acquire(two, "S1", new_boot());
}

TEST_P(SessionStoreContract, RaisesTheFenceWithEachAcquisition) {
  const auto id = create().id;
  auto held = acquire(id);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(test::run(store().release_lease(held)));
    const auto next = acquire(id);
    EXPECT_GT(next.fence, held.fence);
    held = next;
  }
}

TEST_P(SessionStoreContract, LetsAnExpiredLeaseBeTaken) {
  const auto id = create().id;
  const auto old = acquire(id, "S1", new_boot(), std::chrono::milliseconds(1));
  const auto taken = steal(old, new_boot());
  EXPECT_GT(taken.fence, old.fence);
  EXPECT_EQ(code_of(test::run(store().renew_lease(old, kLong))), ErrorCode::kConflict);
  EXPECT_TRUE(test::run(store().renew_lease(taken, kLong)));
}

TEST_P(SessionStoreContract, LetsALostLeaseBeReleasedWithoutHarm) {
  const auto id = create().id;
  const auto old = acquire(id, "S1", new_boot(), std::chrono::milliseconds(1));
  const auto taken = steal(old, new_boot());
  EXPECT_TRUE(test::run(store().release_lease(old)));
  EXPECT_TRUE(test::run(store().renew_lease(taken, kLong)));
  EXPECT_EQ(code_of(test::run(store().acquire_lease(id, "S1", new_boot(), kLong))), ErrorCode::kConflict);
}

TEST_P(SessionStoreContract, RefusesLeasesOnUnknownSessionsAndOfImpossibleLength) {
  EXPECT_EQ(code_of(test::run(store().acquire_lease(new_id(), "S1", new_boot(), kLong))), ErrorCode::kNotFound);
  const auto id = create().id;
  for (const auto ttl : {std::chrono::milliseconds(0), std::chrono::milliseconds(-5), kMaxLease + kLong}) {
    EXPECT_EQ(code_of(test::run(store().acquire_lease(id, "S1", new_boot(), ttl))), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(code_of(test::run(store().acquire_lease(id, "", new_boot(), kLong))), ErrorCode::kInvalidArgument);
}

TEST_P(SessionStoreContract, GivesALeaseToOneOfManyAtOnce) {
  const auto id = create().id;
  std::vector<base::BootId> owners;
  for (int i = 0; i < 8; ++i) owners.push_back(new_boot());
  std::atomic<int> won = 0;
  in_parallel([&](int i) {
    won += test::run(store().acquire_lease(id, "S1", owners[static_cast<std::size_t>(i)], kLong)) ? 1 : 0;
  });
  EXPECT_EQ(won, 1);
}

}  // namespace tollgate::store
