#include "engine/usage_ledger.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tollgate::engine {
namespace {

namespace asio = boost::asio;
using base::Status;

// A provider's own word, which no database may stumble over.
std::string clean_name(std::string_view name) {
  constexpr std::size_t kMaxBytes = 200;
  std::string clean(name.substr(0, kMaxBytes));
  std::replace_if(clean.begin(), clean.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return clean;
}

std::int64_t clean_count(std::int64_t tokens) {
  return std::clamp<std::int64_t>(tokens, 0, 1'000'000'000);
}

store::UsageSubject subject_of(const llm::UsageRecord& record) {
  return {.day = record.day,
          .account = record.scope.tenant,
          .key = record.scope.key,
          .session = record.scope.session,
          .task = std::string(name(record.task)),
          .tier = std::string(record.tier),
          .provider = clean_name(record.target.provider),
          .model = clean_name(record.target.model)};
}

store::UsageTotals totals_of(const llm::UsageRecord& record) {
  const bool is_hit = record.basis == llm::CostBasis::kSaved;
  return {.calls = is_hit ? 0 : 1,
          .hits = is_hit ? 1 : 0,
          .unpriced = record.basis == llm::CostBasis::kUnpriced ? 1 : 0,
          .estimated = record.basis == llm::CostBasis::kEstimated ? 1 : 0,
          .input_tokens = clean_count(record.usage.input_tokens),
          .cached_input_tokens = clean_count(record.usage.cached_input_tokens),
          .output_tokens = clean_count(record.usage.output_tokens),
          .cost = record.cost,
          .saved = record.saved,
          .charged = record.charged};
}

}  // namespace

UsageLedger::UsageLedger(base::Clock& clock, base::Random& random, llm::Budgets& budgets, llm::SessionBudgets* sessions,
                         std::size_t max_subjects)
    : clock_(clock),
      budgets_(budgets),
      sessions_(sessions),
      max_subjects_(max_subjects),
      writer_(base::BootId::make(clock.now(), random)) {}

void UsageLedger::record(const llm::UsageRecord& record) {
  auto subject = subject_of(record);
  const auto totals = totals_of(record);
  const std::lock_guard lock(mutex_);
  if (pending_.size() >= max_subjects_ && !pending_.contains(subject)) {
    subject.session.clear();
    subject.provider.clear();
    subject.model.clear();
  }
  pending_[std::move(subject)].add(totals);
}

store::Async<void> UsageLedger::flush(store::UsageStore& store) {
  while (take_batch()) {
    CO_TRY_STATUS(co_await store.add_usage(*sent_));
    note_written();
  }
  co_return Status{};
}

store::Async<void> UsageLedger::reload(store::UsageStore& store) {
  const auto today = base::day_of(clock_.now());
  CO_TRY(const auto charged, co_await store.charged(today));
  llm::Spendings stored;
  for (const auto& [key, amount] : charged) stored.emplace(llm::budget_of_key(key), amount);
  budgets_.note_stored(today, stored, written_[today]);
  written_.clear();
  if (sessions_ != nullptr) sessions_->note_flushed(std::exchange(written_of_sessions_, {}));
  co_return Status{};
}

std::size_t UsageLedger::unwritten() const {
  const std::lock_guard lock(mutex_);
  return pending_.size() + (sent_ ? sent_->rows.size() : 0);
}

// False: there is nothing to write.
bool UsageLedger::take_batch() {
  if (sent_) return true;
  const std::lock_guard lock(mutex_);
  if (pending_.empty()) return false;
  sent_.emplace(store::UsageBatch{.writer = writer_, .number = ++batches_, .at = clock_.now()});
  while (!pending_.empty() && sent_->rows.size() < kMaxBatchRows) {
    auto row = pending_.extract(pending_.begin());
    sent_->rows.push_back({std::move(row.key()), row.mapped()});
  }
  return true;
}

void UsageLedger::note_written() {
  const auto add = [](base::PicoUsd& sum, base::PicoUsd amount) { sum = base::sum(sum, amount); };
  for (const auto& [subject, totals] : sent_->rows) {
    if (!subject.key.empty()) add(written_[subject.day][llm::budget_of_key(subject.key)], totals.charged);
    if (sessions_ != nullptr && !subject.session.empty()) add(written_of_sessions_[subject.session], totals.charged);
  }
  sent_.reset();
}

asio::awaitable<void> keep_usage(UsageLedger& ledger, store::UsageStore& store, UsageTrouble on_trouble,
                                 std::chrono::milliseconds turn_length) {
  constexpr int kTurnsBetweenLooks = 10;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  bool is_failing = false;
  for (int turn = 1;; ++turn) {
    timer.expires_after(turn_length);
    co_await timer.async_wait(asio::use_awaitable);
    const bool has_news = ledger.unwritten() > 0;
    auto done = co_await ledger.flush(store);
    if (done && (has_news || turn % kTurnsBetweenLooks == 0)) done = co_await ledger.reload(store);
    // What was cut off here is written at the end of the program.
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
    if (!done != is_failing && on_trouble) on_trouble(done ? std::string() : done.error().message);
    is_failing = !done;
  }
}

}  // namespace tollgate::engine
