// The account of calls to models.
#pragma once

#include "tests/store/contract/contract_fixture.hpp"

namespace tollgate::store {

class UsageStoreContract : public SessionStoreContract {
 protected:
  UsageStore& usage() { return fixture_->usage(); }

  static base::Date day(int number) { return *base::Date::parse(fmt::format("2026-11-{:02}", number)); }
  static base::PicoUsd usd(std::string_view text) { return *base::PicoUsd::parse(text); }
  // One call for $0.25 of the key's budget.
  static UsageRow row(int on, std::string account, std::string key, std::string session = {}) {
    return {.subject = {.day = day(on),
                        .account = std::move(account),
                        .key = std::move(key),
                        .session = std::move(session),
                        .task = "gateway",
                        .tier = "fast",
                        .provider = "anthropic",
                        .model = "claude-opus-5"},
            .totals = {.calls = 1,
                       .input_tokens = 10,
                       .cached_input_tokens = 4,
                       .output_tokens = 2,
                       .cost = usd("0.25"),
                       .charged = usd("0.25")}};
  }
  void add(std::vector<UsageRow> rows) {
    const auto added =
        test::run(usage().add_usage({.writer = writer_, .number = ++number_, .at = at(0), .rows = std::move(rows)}));
    ASSERT_TRUE(added) << added.error().message << added.error().detail;
  }
  UsageReport report(UsageFilter filter) {
    auto found = test::run(usage().usage(std::move(filter)));
    EXPECT_TRUE(found) << found.error().message << found.error().detail;
    return found.value_or(UsageReport{});
  }
  std::vector<std::string> names(UsageFilter filter) {
    std::vector<std::string> names;
    for (const auto& row : report(std::move(filter)).rows) names.push_back(row.name);
    return names;
  }

  const base::BootId writer_ = new_boot();
  std::int64_t number_ = 0;
};

TEST_P(UsageStoreContract, AddsUpWhatIsForTheSame) {
  auto other = row(27, "ann", "tg_1");
  other.totals = {.calls = 2, .hits = 3, .unpriced = 1, .estimated = 1, .saved = usd("1"), .charged = usd("0.5")};
  add({row(27, "ann", "tg_1")});
  add({other});
  const auto found = report({.from = day(27), .to = day(27)});
  ASSERT_EQ(found.rows.size(), 1u);
  EXPECT_EQ(found.rows[0].name, "2026-11-27");
  const auto& totals = found.rows[0].totals;
  EXPECT_EQ(totals.calls, 3);
  EXPECT_EQ(totals.hits, 3);
  EXPECT_EQ(totals.unpriced, 1);
  EXPECT_EQ(totals.estimated, 1);
  EXPECT_EQ(totals.input_tokens, 10);
  EXPECT_EQ(totals.cached_input_tokens, 4);
  EXPECT_EQ(totals.output_tokens, 2);
  EXPECT_EQ(totals.cost.to_string(), "0.25");
  EXPECT_EQ(totals.saved.to_string(), "1");
  EXPECT_EQ(totals.charged.to_string(), "0.75");
}

TEST_P(UsageStoreContract, AddsABatchOnceHoweverOftenItIsSent) {
  const UsageBatch batch{.writer = writer_, .number = 1, .at = at(0), .rows = {row(27, "ann", "tg_1")}};
  ASSERT_TRUE(test::run(usage().add_usage(batch)));
  ASSERT_TRUE(test::run(usage().add_usage(batch)));
  EXPECT_EQ(report({.from = day(27), .to = day(27)}).total.calls, 1);
  auto of_another = batch;
  of_another.writer = new_boot();
  ASSERT_TRUE(test::run(usage().add_usage(of_another)));
  EXPECT_EQ(report({.from = day(27), .to = day(27)}).total.calls, 2);
}

TEST_P(UsageStoreContract, GroupsByEveryPartOfTheSubject) {
  auto cheap = row(26, "bob", "tg_2", "s2");
  cheap.totals.cost = usd("0.001");
  cheap.subject.task = "assess";
  cheap.subject.tier = "balanced";
  cheap.subject.model = "claude-haiku-4-5";
  add({cheap, row(27, "ann", "tg_1", "s1")});
  const UsageFilter all{.from = day(1), .to = day(30)};
  const auto by = [&](UsageGroup group) {
    auto filter = all;
    filter.by = group;
    return names(filter);
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(by(UsageGroup::kDay), (Names{"2026-11-26", "2026-11-27"}));
  EXPECT_EQ(by(UsageGroup::kAccount), (Names{"ann", "bob"}));  // the dearest first
  EXPECT_EQ(by(UsageGroup::kKey), (Names{"tg_1", "tg_2"}));
  EXPECT_EQ(by(UsageGroup::kSession), (Names{"s1", "s2"}));
  EXPECT_EQ(by(UsageGroup::kTask), (Names{"gateway", "assess"}));
  EXPECT_EQ(by(UsageGroup::kTier), (Names{"fast", "balanced"}));
  EXPECT_EQ(by(UsageGroup::kModel), (Names{"anthropic/claude-opus-5", "anthropic/claude-haiku-4-5"}));
}

TEST_P(UsageStoreContract, ReportsTheDaysAndTheAccountThatAreAskedFor) {
  add({row(25, "ann", "tg_1"), row(26, "ann", "tg_1"), row(26, "bob", "tg_2"), row(28, "ann", "tg_1")});
  EXPECT_EQ(names({.from = day(25), .to = day(26)}), (std::vector<std::string>{"2026-11-25", "2026-11-26"}));
  EXPECT_EQ(report({.from = day(26), .to = day(26)}).total.calls, 2);
  EXPECT_EQ(report({.from = day(26), .to = day(26), .account = "ann"}).total.calls, 1);
  EXPECT_TRUE(report({.from = day(1), .to = day(2)}).rows.empty());
  EXPECT_EQ(report({.from = day(1), .to = day(2)}).total.calls, 0);
}

TEST_P(UsageStoreContract, CountsWhatIsBeyondTheLimitInTheTotal) {
  add({row(27, "ann", "tg_1", "s1"), row(27, "ann", "tg_1", "s2"), row(27, "ann", "tg_1", "s3")});
  const auto found = report({.from = day(27), .to = day(27), .by = UsageGroup::kSession, .limit = 2});
  EXPECT_EQ(found.rows.size(), 2u);
  EXPECT_EQ(found.total.calls, 3);
}

TEST_P(UsageStoreContract, SaysWhatWasChargedToEachKeyOnADay) {
  auto uncharged = row(27, "ann", "tg_3");
  uncharged.totals.charged = {};
  add({row(26, "ann", "tg_1"), row(27, "ann", "", "s1"), row(27, "ann", "tg_1", "s1"), row(27, "ann", "tg_1", "s2"),
       row(27, "ann", "tg_2"), uncharged});
  const auto charged = test::run(usage().charged(day(27)));
  ASSERT_TRUE(charged);
  ASSERT_EQ(charged->size(), 2u);
  EXPECT_EQ(charged->at(0).key, "tg_1");
  EXPECT_EQ(charged->at(0).charged.to_string(), "0.5");
  EXPECT_EQ(charged->at(1).key, "tg_2");
}

TEST_P(UsageStoreContract, SaysWhatWasChargedToASessionOnAllDays) {
  auto unpriced = row(28, "ann", "", "s1");
  unpriced.totals = {.calls = 1, .unpriced = 1, .charged = usd("1")};
  add({row(1, "ann", "", "s1"), row(27, "ann", "", "s1"), row(27, "ann", "", "s2"), row(27, "ann", "tg_1"), unpriced});
  const auto charged = [&](std::string session) {
    const auto found = test::run(usage().charged_to_session(std::move(session)));
    EXPECT_TRUE(found) << found.error().message << found.error().detail;
    return found ? found->to_string() : "";
  };
  EXPECT_EQ(charged("s1"), "1.5");
  EXPECT_EQ(charged("s2"), "0.25");
  EXPECT_EQ(charged("s3"), "0");
  EXPECT_EQ(charged(""), "0");
}

TEST_P(UsageStoreContract, ForgetsTheOldestDaysAFewRowsAtATime) {
  add({row(1, "ann", "tg_1", "s1"), row(1, "ann", "tg_1", "s2"), row(2, "bob", "tg_2"), row(27, "ann", "tg_1"),
       row(28, "ann", "tg_1")});
  const auto forget = [&](int before, std::int64_t limit) {
    const auto forgotten = test::run(usage().forget_usage(day(before), limit));
    EXPECT_TRUE(forgotten) << forgotten.error().message << forgotten.error().detail;
    return forgotten.value_or(-1);
  };
  EXPECT_EQ(forget(27, 2), 2);
  EXPECT_EQ(names({.from = day(1), .to = day(30)}),
            (std::vector<std::string>{"2026-11-02", "2026-11-27", "2026-11-28"}));
  EXPECT_EQ(forget(27, 2), 1);
  EXPECT_EQ(forget(27, 2), 0);
  EXPECT_EQ(names({.from = day(1), .to = day(30)}), (std::vector<std::string>{"2026-11-27", "2026-11-28"}));
  EXPECT_EQ(test::run(usage().charged(day(27)))->size(), 1u);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(UsageStoreContract);

}  // namespace tollgate::store
