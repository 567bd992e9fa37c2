#include "api/permissions.hpp"

#include <set>

#include "api/routes.hpp"
#include "tests/api/api_fixture.hpp"

namespace tollgate::api {
namespace {

using enum Role;

TEST(Permissions, LetReviewersWaiveButNotAnswer) {
  EXPECT_TRUE(is_permitted(Permission::kWaive, {kReviewer}));
  EXPECT_FALSE(is_permitted(Permission::kAnswer, {kReviewer}));
  EXPECT_FALSE(is_permitted(Permission::kWaive, {kOwner}));
}

TEST(Permissions, LetAuditorsReadOnly) {
  for (const auto permission : {Permission::kCreate, Permission::kAnswer, Permission::kRun, Permission::kWaive,
                                Permission::kFork, Permission::kShare, Permission::kDelete})
    EXPECT_FALSE(is_permitted(permission, {kAuditor}));
  EXPECT_TRUE(is_permitted(Permission::kRead, {kAuditor}));
  EXPECT_TRUE(is_permitted(Permission::kAudit, {kAuditor}));
}

TEST(Permissions, GrantNothingToWhoeverHasNoRole) {
  EXPECT_FALSE(is_permitted(Permission::kRead, {}));
  EXPECT_TRUE(is_permitted(Permission::kNone, {}));
}

TEST(Permissions, NeedTheScopeThatAWriteNeeds) {
  EXPECT_FALSE(is_in_scope(Permission::kAnswer, {.read = true}));
  EXPECT_TRUE(is_in_scope(Permission::kAnswer, {.write = true}));
  EXPECT_FALSE(is_in_scope(Permission::kAudit, {.read = true, .write = true}));
}

TEST(Permissions, ReadScopesAndRolesExactly) {
  EXPECT_TRUE(parse_scopes("read, write")->write);
  EXPECT_FALSE(parse_scopes(""));
  EXPECT_FALSE(parse_scopes("read,all"));
  for (const auto role : {kOwner, kContributor, kReviewer, kCommittee, kAuditor, kAdmin})
    EXPECT_EQ(parse_role(name(role)), role);
  EXPECT_FALSE(parse_role("Admin"));
}

// A route that somebody adds without thinking of rights must not be open.
TEST(Permissions, LeaveOpenOnlyWhatNobodyNeedsToBeKnownFor) {
  std::set<std::string_view> open;
  for (const auto& route : routes()) {
    if (route.permission == Permission::kNone) open.insert(route.operation);
    const bool in_session = route.pattern.find("{session}") != std::string_view::npos;
    EXPECT_TRUE(!in_session || (route.permission != Permission::kNone && route.permission != Permission::kKnown))
        << route.operation;
  }
  EXPECT_EQ(open, (std::set<std::string_view>{"isLive", "isReady", "showOpenApi", "signIn"}));
}

}  // namespace
}  // namespace tollgate::api
