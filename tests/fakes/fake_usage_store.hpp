// An account of calls in memory that fails when a test says so.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "store/usage_store.hpp"

namespace tollgate::fakes {

class FakeUsageStore final : public store::UsageStore {
 public:
  std::optional<base::Error> failure{};   // of everything, until it is taken away
  bool forgets_to_answer = false;         // batches are added, and an error is returned
  std::function<void()> on_write{};       // before each
  std::vector<store::UsageBatch> sent{};  // in order, repeats too

  store::Async<void> add_usage(store::UsageBatch batch) override {
    sent.push_back(batch);
    if (on_write) on_write();
    if (failure) co_return base::fail(*failure);
    auto& last = last_[batch.writer];
    if (batch.number > last) {
      last = batch.number;
      for (const auto& row : batch.rows) rows[row.subject].add(row.totals);
    }
    if (forgets_to_answer) co_return base::fail(base::ErrorCode::kTimeout, "no answer");
    co_return base::Status{};
  }

  store::Async<store::UsageReport> usage(store::UsageFilter) override { co_return store::UsageReport{}; }

  store::Async<std::vector<store::KeySpending>> charged(base::Date day) override {
    if (failure) co_return base::fail(*failure);
    std::map<std::string, base::PicoUsd> sums;
    for (const auto& [subject, totals] : rows) {
      if (subject.day == day && !subject.key.empty()) sums[subject.key] = sum(sums[subject.key], totals.charged);
    }
    std::vector<store::KeySpending> spendings;
    for (const auto& [key, amount] : sums) spendings.push_back({key, amount});
    co_return spendings;
  }

  store::Async<base::PicoUsd> charged_to_session(std::string session) override {
    if (failure) co_return base::fail(*failure);
    base::PicoUsd charged;
    for (const auto& [subject, totals] : rows) {
      if (subject.session == session) charged = sum(charged, totals.charged);
    }
    co_return charged;
  }

  store::Async<std::int64_t> forget_usage(base::Date before, std::int64_t limit) override {
    if (on_write) on_write();
    if (failure) co_return base::fail(*failure);
    std::int64_t forgotten = 0;
    for (; forgotten < limit && !rows.empty() && rows.begin()->first.day < before; ++forgotten)
      rows.erase(rows.begin());
    most_forgotten_at_once = std::max(most_forgotten_at_once, forgotten);
    co_return forgotten;
  }

  std::int64_t most_forgotten_at_once = 0;
  std::map<store::UsageSubject, store::UsageTotals> rows{};

 private:
  std::map<base::BootId, std::int64_t> last_;
};

}  // namespace tollgate::fakes
