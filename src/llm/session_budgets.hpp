// How much the model calls of one session may cost in all: held back before a call, settled after it.
//
// Thread: any. One object per process. A session is run by one process at a time: what others spent on it before is in
// the store, and is asked for when the session is met; what this process spends is added here until the store has it,
// and then the session is forgotten.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/date.hpp"
#include "base/pico_usd.hpp"
#include "base/result.hpp"
#include "llm/budget.hpp"

namespace tollgate::llm {

// What the store holds of the spending of a session.
using SessionSpending = std::function<boost::asio::awaitable<base::Result<base::PicoUsd>>(std::string session)>;

class SessionBudgets final : public BudgetBook {
 public:
  SessionBudgets(base::PicoUsd limit, SessionSpending stored) : limit_(limit), stored_(std::move(stored)) {}
  SessionBudgets(const SessionBudgets&) = delete;

  bool is_limited() const { return limit_ > base::PicoUsd(); }  // else nothing is to be held back

  // kNotFound: what it spent before is not known yet. kRateLimited: calls under way hold what may be enough. In
  // kOutOfCredit is what was spent, the budget, and the setting to raise.
  base::Result<Reservation> reserve(const std::string& session, base::PicoUsd estimate, base::Date day);

  // Asks the store, for the next reserve().
  boost::asio::awaitable<base::Status> look_up(std::string session);

  // The store now holds these sums that were spent here, by session.
  void note_flushed(const Spendings& flushed);

  void settle(const Reservation& reservation, base::PicoUsd held, base::PicoUsd actual) override;

  std::size_t known() const;  // sessions

 private:
  struct Account {
    base::PicoUsd stored{};
    base::PicoUsd unstored{};
    base::PicoUsd held{};
    bool was_used = true;  // since the last note_flushed()
  };

  base::Error refusal(const std::string& session, const Account& account, base::PicoUsd estimate) const;

  const base::PicoUsd limit_;
  const SessionSpending stored_;
  mutable std::mutex mutex_;
  std::map<std::string, Account, std::less<>> accounts_;  // guarded by mutex_; of sessions that spend just now
};

}  // namespace tollgate::llm
