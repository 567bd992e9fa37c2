#include "llm/session_budgets.hpp"

#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace tollgate::llm {

using base::ErrorCode;
using base::PicoUsd;

base::Result<Reservation> SessionBudgets::reserve(const std::string& session, PicoUsd estimate, base::Date day) {
  const std::lock_guard lock(mutex_);
  const auto known = accounts_.find(session);
  if (known == accounts_.end()) return base::fail(ErrorCode::kNotFound, "what the session spent is not known");
  auto& account = known->second;
  const auto spent = sum(account.stored, account.unstored);
  if (estimate > PicoUsd() && sum(sum(spent, account.held), estimate) > limit_)
    return base::fail(refusal(session, account, estimate));
  account.held = sum(account.held, estimate);
  account.was_used = true;
  return Reservation(*this, session, day, estimate);
}

boost::asio::awaitable<base::Status> SessionBudgets::look_up(std::string session) {
  CO_TRY(const auto stored, co_await stored_(session));
  const std::lock_guard lock(mutex_);
  accounts_.try_emplace(std::move(session), Account{.stored = stored});  // who was first knows more by now
  co_return base::Status{};
}

void SessionBudgets::note_flushed(const Spendings& flushed) {
  const std::lock_guard lock(mutex_);
  for (const auto& [session, amount] : flushed) {
    const auto known = accounts_.find(session);
    if (known == accounts_.end()) continue;
    known->second.stored = sum(known->second.stored, amount);
    known->second.unstored = minus(known->second.unstored, amount);
  }
  for (auto entry = accounts_.begin(); entry != accounts_.end();) {
    auto& account = entry->second;
    const bool was_used = std::exchange(account.was_used, false);
    const bool is_idle = account.held == PicoUsd() && account.unstored == PicoUsd();
    entry = is_idle && !was_used ? accounts_.erase(entry) : std::next(entry);
  }
}

void SessionBudgets::settle(const Reservation& reservation, PicoUsd held, PicoUsd actual) {
  const std::lock_guard lock(mutex_);
  const auto known = accounts_.find(reservation.name());
  if (known == accounts_.end()) return;  // a further part of a call; the store has it, or soon will
  auto& account = known->second;
  account.held = minus(account.held, held);
  account.unstored = sum(account.unstored, actual);
  account.was_used = true;
}

std::size_t SessionBudgets::known() const {
  const std::lock_guard lock(mutex_);
  return accounts_.size();
}

base::Error SessionBudgets::refusal(const std::string& session, const Account& account, PicoUsd estimate) const {
  constexpr std::string_view kCure = "raise `session_budget_usd` (TOLLGATE_SESSION_BUDGET_USD) to go on";
  const auto spent = sum(account.stored, account.unstored);
  if (spent >= limit_) {
    return {ErrorCode::kOutOfCredit,
            fmt::format("the budget for model calls of session {} is used up: ${} of ${} were spent; {}", session,
                        spent.to_string(), limit_.to_string(), kCure)};
  }
  // What is held may be given back soon.
  const bool may_fit_soon = sum(spent, estimate) <= limit_;
  base::Error error{may_fit_soon ? ErrorCode::kRateLimited : ErrorCode::kOutOfCredit,
                    fmt::format("the budget for model calls of session {} does not cover the next one, which may cost "
                                "${}: ${} of ${} were spent; {}",
                                session, estimate.to_string(), spent.to_string(), limit_.to_string(), kCure)};
  if (may_fit_soon) error.retry_after = std::chrono::seconds(1);
  return error;
}

}  // namespace tollgate::llm
