// Accounts, keys, sign-ins, memberships and the audit log.
#pragma once

#include "tests/store/contract/contract_fixture.hpp"

namespace tollgate::store {

class IdentityStoreContract : public SessionStoreContract {
 protected:
  IdentityStore& identities() { return fixture_->identities(); }

  void add(std::string name, std::string role = "contributor") {
    ASSERT_TRUE(test::run(identities().save_account({std::move(name), std::move(role), "hash", at(0), false})));
  }
  static ApiKey key(std::string id, std::string account, std::int64_t second = 0) {
    return {.id = id,
            .secret = base::Sha256::of(id),
            .account = std::move(account),
            .label = "label",
            .scopes = "read,write",
            .created_at = at(second),
            .expires_at = at(1'000)};
  }
  template <typename T>
  ErrorCode refusal(const base::Result<T>& result) {
    EXPECT_FALSE(result);
    return result ? ErrorCode::kInternal : result.error().code;
  }
};

TEST_P(IdentityStoreContract, KeepsAccountsAndReplacesThem) {
  EXPECT_EQ(refusal(test::run(identities().account("ann"))), ErrorCode::kNotFound);
  add("bob");
  add("ann", "reviewer");
  ASSERT_TRUE(test::run(identities().save_account({"ann", "admin", "other", at(9), true})));
  const auto ann = test::run(identities().account("ann"));
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->role, "admin");
  EXPECT_EQ(ann->password_hash, "other");
  EXPECT_TRUE(ann->disabled);
  EXPECT_EQ(ann->created_at, at(0));
  const auto all = test::run(identities().accounts());
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at(0).name, "ann");
}

TEST_P(IdentityStoreContract, FindsAKeyByItsSecretAlone) {
  add("ann");
  ASSERT_TRUE(test::run(identities().save_key(key("tg_1", "ann"))));
  const auto found = test::run(identities().key(base::Sha256::of("tg_1")));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "tg_1");
  EXPECT_EQ(found->account, "ann");
  EXPECT_EQ(found->scopes, "read,write");
  EXPECT_EQ(found->expires_at, at(1'000));
  EXPECT_FALSE(found->revoked_at);
  EXPECT_EQ(refusal(test::run(identities().key(base::Sha256::of("tg_2")))), ErrorCode::kNotFound);
}

TEST_P(IdentityStoreContract, KeepsWhatAKeyMayDoAndSpend) {
  add("ann");
  ASSERT_TRUE(test::run(identities().save_key(key("tg_1", "ann"))));
  auto limited = key("tg_2", "ann");
  limited.requests_per_minute = 60;
  limited.budget_per_day = base::PicoUsd(2'500'000'000'000);
  ASSERT_TRUE(test::run(identities().save_key(limited)));
  const auto free = test::run(identities().key(base::Sha256::of("tg_1")));
  EXPECT_FALSE(free->requests_per_minute);
  EXPECT_FALSE(free->budget_per_day);
  const auto found = test::run(identities().key(base::Sha256::of("tg_2")));
  EXPECT_EQ(found->requests_per_minute, 60);
  EXPECT_EQ(found->budget_per_day->to_string(), "2.5");
}

TEST_P(IdentityStoreContract, RefusesKeysOfNobodyAndKnownIds) {
  EXPECT_EQ(refusal(test::run(identities().save_key(key("tg_1", "ann")))), ErrorCode::kPreconditionFailed);
  add("ann");
  ASSERT_TRUE(test::run(identities().save_key(key("tg_1", "ann"))));
  EXPECT_EQ(refusal(test::run(identities().save_key(key("tg_1", "ann")))), ErrorCode::kConflict);
}

TEST_P(IdentityStoreContract, RevokesAKeyOnceAndKeepsTheFirstTime) {
  add("ann");
  ASSERT_TRUE(test::run(identities().save_key(key("tg_1", "ann"))));
  ASSERT_TRUE(test::run(identities().save_key(key("tg_2", "ann", 5))));
  ASSERT_TRUE(test::run(identities().revoke_key("tg_1", {}, at(1))));
  ASSERT_TRUE(test::run(identities().revoke_key("tg_1", "ann", at(2))));
  EXPECT_EQ(test::run(identities().key(base::Sha256::of("tg_1")))->revoked_at, at(1));
  EXPECT_EQ(test::run(identities().keys({}))->at(0).id, "tg_2");
  EXPECT_EQ(refusal(test::run(identities().revoke_key("tg_3", {}, at(1)))), ErrorCode::kNotFound);
}

TEST_P(IdentityStoreContract, KeepsTheKeysOfAccountsApart) {
  add("ann");
  add("bob");
  ASSERT_TRUE(test::run(identities().save_key(key("tg_1", "ann"))));
  ASSERT_TRUE(test::run(identities().save_key(key("tg_2", "bob"))));
  const auto of_ann = test::run(identities().keys("ann"));
  ASSERT_EQ(of_ann->size(), 1u);
  EXPECT_EQ(of_ann->at(0).id, "tg_1");
  EXPECT_EQ(test::run(identities().keys({}))->size(), 2u);
  EXPECT_EQ(refusal(test::run(identities().revoke_key("tg_2", "ann", at(1)))), ErrorCode::kNotFound);
  EXPECT_FALSE(test::run(identities().key(base::Sha256::of("tg_2")))->revoked_at);
}

TEST_P(IdentityStoreContract, ForgetsASignInThatEnded) {
  add("ann");
  const auto token = base::Sha256::of("token");
  const auto later = base::SystemClock().now() + std::chrono::hours(1);
  EXPECT_EQ(refusal(test::run(identities().save_sign_in({token, "eve", later}))), ErrorCode::kPreconditionFailed);
  ASSERT_TRUE(test::run(identities().save_sign_in({token, "ann", later})));
  EXPECT_EQ(test::run(identities().sign_in(token))->account, "ann");
  ASSERT_TRUE(test::run(identities().end_sign_in(token)));
  ASSERT_TRUE(test::run(identities().end_sign_in(token)));
  EXPECT_EQ(refusal(test::run(identities().sign_in(token))), ErrorCode::kNotFound);

  const auto old = base::Sha256::of("old");
  ASSERT_TRUE(test::run(identities().save_sign_in({old, "ann", base::Timestamp{}})));
  ASSERT_TRUE(test::run(identities().save_sign_in({token, "ann", later})));
  EXPECT_EQ(refusal(test::run(identities().sign_in(old))), ErrorCode::kNotFound);
}

TEST_P(IdentityStoreContract, SaysWhoTakesPartInASession) {
  add("ann");
  add("bob");
  const auto session = create(draft("Triage", "ann")).id;
  EXPECT_EQ(test::run(identities().access(session, "ann"))->owner, "ann");
  EXPECT_EQ(test::run(identities().access(session, "bob"))->role, "");
  ASSERT_TRUE(test::run(identities().save_member(session, {"bob", "auditor"})));
  ASSERT_TRUE(test::run(identities().save_member(session, {"bob", "reviewer"})));
  EXPECT_EQ(test::run(identities().access(session, "bob"))->role, "reviewer");
  EXPECT_EQ(test::run(identities().members(session))->size(), 1u);
  EXPECT_EQ(test::run(store().list({.visible_to = "bob"}))->rows.size(), 1u);
  ASSERT_TRUE(test::run(identities().save_member(session, {"bob", ""})));
  EXPECT_TRUE(test::run(identities().members(session))->empty());
  EXPECT_TRUE(test::run(store().list({.visible_to = "bob"}))->rows.empty());
  EXPECT_EQ(test::run(store().list({.visible_to = "ann"}))->rows.size(), 1u);
}

TEST_P(IdentityStoreContract, RefusesMembersOfNothingAndNobody) {
  add("ann");
  EXPECT_EQ(refusal(test::run(identities().save_member(new_id(), {"ann", "auditor"}))), ErrorCode::kNotFound);
  EXPECT_EQ(refusal(test::run(identities().members(new_id()))), ErrorCode::kNotFound);
  EXPECT_EQ(refusal(test::run(identities().access(new_id(), "ann"))), ErrorCode::kNotFound);
  EXPECT_EQ(refusal(test::run(identities().save_member(create().id, {"eve", "auditor"}))),
            ErrorCode::kPreconditionFailed);
}

TEST_P(IdentityStoreContract, LetsMembershipsGoWithTheSession) {
  add("ann");
  const auto session = create().id;
  ASSERT_TRUE(test::run(identities().save_member(session, {"ann", "auditor"})));
  ASSERT_TRUE(test::run(store().remove(session)));
  EXPECT_EQ(refusal(test::run(identities().members(session))), ErrorCode::kNotFound);
}

TEST_P(IdentityStoreContract, ReadsTheAuditLogFromItsEnd) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(test::run(identities().append_audit({.at = at(i),
                                                     .actor = "ann",
                                                     .key = "tg_1",
                                                     .operation = "putAnswer",
                                                     .target = fmt::format("/{}", i),
                                                     .address = "192.0.2.7",
                                                     .request_id = "r",
                                                     .status = 200})));
  }
  const auto newest = test::run(identities().audit(std::int64_t{1} << 53, 2));
  ASSERT_EQ(newest->size(), 2u);
  EXPECT_EQ(newest->at(0).target, "/4");
  EXPECT_EQ(newest->at(0).at, at(4));
  EXPECT_EQ(newest->at(0).status, 200);
  const auto older = test::run(identities().audit(newest->back().id, 10));
  ASSERT_EQ(older->size(), 3u);
  EXPECT_EQ(older->at(0).target, "/2");
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(IdentityStoreContract);

}  // namespace tollgate::store
