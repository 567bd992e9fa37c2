#include <gmock/gmock.h>

#include "tests/api/accounts_fixture.hpp"

namespace tollgate::api {
namespace {

using base::Value;
using testing::HasSubstr;

class UsageRoutes : public test::AccountsTest {
 protected:
  void SetUp() override {
    add("ann", "tg_1", "gateway", "fast", {.calls = 3, .hits = 1, .cost = usd("0.054399"), .saved = usd("0.01")});
    add("ann", "", "assess", "balanced", {.calls = 1, .unpriced = 1});
    add("bob", "tg_2", "gateway", "fast", {.calls = 1, .hits = 4, .input_tokens = 100, .cost = usd("1")});
  }
  void add(std::string account, std::string key, std::string task, std::string tier, store::UsageTotals totals) {
    const store::UsageSubject subject{.day = *base::Date::parse("2026-11-27"),
                                      .account = std::move(account),
                                      .key = std::move(key),
                                      .session = {},
                                      .task = std::move(task),
                                      .tier = std::move(tier),
                                      .provider = "anthropic",
                                      .model = "claude-opus-5"};
    ASSERT_TRUE(
        run(usage_->add_usage({.writer = writer_, .number = ++number_, .at = {}, .rows = {{subject, totals}}})));
  }
  static base::PicoUsd usd(std::string_view text) { return *base::PicoUsd::parse(text); }
  Reply usage_as(const std::string& key, const std::string& query) {
    return send_as(key, "GET", "/api/v1/usage?from=2026-11-01&to=2026-11-30" + query);
  }

  const base::BootId writer_ = base::BootId::make(clock_.now(), random_);
  std::int64_t number_ = 0;
};

TEST_F(UsageRoutes, ShowWhatOnesOwnCallsTookAndCost) {
  const auto ann = key_of("ann", "contributor");
  const auto reply = usage_as(ann, "");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto body = json(reply);
  EXPECT_EQ(body["from"], Value("2026-11-01"));
  EXPECT_EQ(body["by"], Value("day"));
  ASSERT_EQ(body["rows"].if_list()->size(), 1u);
  const auto& day = body["rows"].if_list()->front();
  EXPECT_EQ(day["name"], Value("2026-11-27"));
  EXPECT_EQ(day["calls"], Value(4));
  EXPECT_EQ(day["hits"], Value(1));
  EXPECT_EQ(day["hit_rate"], Value(*base::Decimal::parse("0.2")));
  EXPECT_EQ(day["unpriced_calls"], Value(1));
  EXPECT_EQ(day["cost_usd"], Value("0.054399"));
  EXPECT_EQ(day["saved_usd"], Value("0.01"));
  EXPECT_EQ(body["total"]["calls"], Value(4));
}

TEST_F(UsageRoutes, TellTheHitRateOfEachTaskAndTier) {
  const auto root = key_of("root", "admin");
  const auto by_task = *json(usage_as(root, "&by=task"))["rows"].if_list();
  ASSERT_EQ(by_task.size(), 2u);
  EXPECT_EQ(by_task[0]["name"], Value("gateway"));
  EXPECT_EQ(by_task[0]["hit_rate"], Value(*base::Decimal::parse("0.5556")));
  EXPECT_EQ(by_task[1]["name"], Value("assess"));
  EXPECT_EQ(by_task[1]["hit_rate"], Value(0));
  const auto by_tier = *json(usage_as(root, "&by=tier"))["rows"].if_list();
  EXPECT_EQ(by_tier[0]["name"], Value("fast"));
  EXPECT_EQ(by_tier[0]["hits"], Value(5));
}

TEST_F(UsageRoutes, ShowEverybodysToAnAdminAndAnAuditor) {
  for (const auto* role : {"admin", "auditor"}) {
    const auto rows = *json(usage_as(key_of(role, role), "&by=key"))["rows"].if_list();
    ASSERT_EQ(rows.size(), 3u) << role;
    EXPECT_EQ(rows[0]["name"], Value("tg_2"));
  }
  EXPECT_EQ(json(usage_as(key_of("eve", "reviewer"), "&by=key"))["rows"].if_list()->size(), 0u);
}

TEST_F(UsageRoutes, ShowTheLastThirtyDaysUnlessTheyAreToldOthers) {
  const auto ann = key_of("ann", "contributor");
  const auto body = json(send_as(ann, "GET", "/api/v1/usage?to=2026-11-30"));
  EXPECT_EQ(body["from"], Value("2026-11-01"));
  const base::Date today(std::chrono::floor<std::chrono::days>(clock_.now()));
  EXPECT_EQ(json(send_as(ann, "GET", "/api/v1/usage"))["to"], Value(today.to_string()));
}

TEST_F(UsageRoutes, RefuseWhatIsNoPeriod) {
  const auto ann = key_of("ann", "contributor");
  for (const auto* query :
       {"from=yesterday", "to=2026-02-30", "from=0000-01-01", "from=2026-11-02&to=2026-11-01", "by=planet"})
    EXPECT_EQ(send_as(ann, "GET", std::string("/api/v1/usage?") + query).status, 422) << query;
  EXPECT_EQ(send("GET", "/api/v1/usage").status, 401);
  EXPECT_EQ(send_as(new_key("ann", "write"), "GET", "/api/v1/usage").status, 403);
}

}  // namespace
}  // namespace tollgate::api
