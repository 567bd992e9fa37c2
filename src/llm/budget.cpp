#include "llm/budget.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace tollgate::llm {

using base::PicoUsd;

PicoUsd minus(PicoUsd a, PicoUsd b) {
  return sum(a, PicoUsd(-b.pico()));  // amounts are above zero, so that each has a counterpart
}

std::string budget_of_key(std::string_view id) {
  return fmt::format("key {}", id);
}

Reservation::Reservation(Reservation&& other) noexcept
    : book_(std::exchange(other.book_, nullptr)),
      name_(std::move(other.name_)),
      day_(other.day_),
      estimate_(other.estimate_),
      held_(other.held_) {}

Reservation::~Reservation() {
  if (book_ != nullptr && held_ > PicoUsd()) book_->settle(*this, held_, PicoUsd());
}

void Reservation::settle(PicoUsd actual) {
  if (book_ != nullptr) book_->settle(*this, std::exchange(held_, PicoUsd()), actual);
}

base::Result<Reservation> Budgets::reserve(std::string name, PicoUsd limit, PicoUsd estimate) {
  const std::lock_guard lock(mutex_);
  begin_day();
  auto& account = at(name);
  const auto after = sum(sum(account.spent(), account.held), estimate);
  if (estimate > PicoUsd() && after > limit) return used_up(name, account, limit, estimate);
  account.held = sum(account.held, estimate);
  return Reservation(*this, std::move(name), day_, estimate);
}

void Budgets::spend(std::string_view name, base::Date day, PicoUsd amount) {
  const std::lock_guard lock(mutex_);
  begin_day();
  if (day != day_) return;
  auto& account = at(name);
  account.unstored = sum(account.unstored, amount);
}

void Budgets::note_stored(base::Date day, const Spendings& stored, const Spendings& flushed) {
  const std::lock_guard lock(mutex_);
  begin_day();
  if (day != day_) return;
  for (const auto& [name, amount] : stored) at(name).stored = amount;
  for (const auto& [name, amount] : flushed) {
    auto& account = at(name);
    account.unstored = minus(account.unstored, amount);
  }
}

BudgetState Budgets::today(std::string_view name) {
  const std::lock_guard lock(mutex_);
  begin_day();
  const auto known = accounts_.find(name);
  return known == accounts_.end() ? BudgetState{} : BudgetState{known->second.spent(), known->second.held};
}

Budgets::Account& Budgets::at(std::string_view name) {
  const auto known = accounts_.find(name);
  return known != accounts_.end() ? known->second : accounts_[std::string(name)];
}

// What is held for calls of the day before goes with it: they belong to that day. A clock that is set back begins no
// day.
void Budgets::begin_day() {
  const auto today = base::day_of(clock_.now());
  if (today <= day_) return;
  day_ = today;
  accounts_.clear();
}

std::unexpected<base::Error> Budgets::used_up(std::string_view name, const Account& account, PicoUsd limit,
                                              PicoUsd estimate) const {
  const auto spent = account.spent();
  base::Error error{base::ErrorCode::kRateLimited};
  if (spent >= limit) {
    error.message = fmt::format("the budget of the {} for today is used up: ${} of ${}; it begins anew at 00:00 UTC",
                                name, spent.to_string(), limit.to_string());
  } else {
    error.message = fmt::format(
        "the budget of the {} for today does not cover this call, which may cost ${}: ${} of ${} is used and ${} is "
        "held "
        "for calls under way; ask for fewer tokens, or again after 00:00 UTC",
        name, estimate.to_string(), spent.to_string(), limit.to_string(), account.held.to_string());
  }
  // What is held may be given back soon.
  const bool may_fit_soon = sum(spent, estimate) <= limit;
  const auto midnight = base::Timestamp(day_.day() + std::chrono::days(1));
  error.retry_after = may_fit_soon ? std::chrono::milliseconds(std::chrono::seconds(1)) : midnight - clock_.now();
  return base::fail(std::move(error));
}

void Budgets::settle(const Reservation& reservation, PicoUsd held, PicoUsd actual) {
  const std::lock_guard lock(mutex_);
  begin_day();
  if (reservation.day() != day_) return;
  auto& account = at(reservation.name());
  account.held = minus(account.held, held);
  account.unstored = sum(account.unstored, actual);
}

}  // namespace tollgate::llm
