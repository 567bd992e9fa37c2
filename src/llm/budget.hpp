// How much may be spent a day under a name, such as an API key's: held back before a call, settled after it, so that
// calls at the same time do not each spend the same remainder.
//
// Thread: any. One object per process. What other processes spend is known as far as note_stored() told it: with N of
// them on one database each admits at most what it saw remaining, so that together they pass a limit by at most N − 1
// times what remained when they last looked.
// Days are UTC. A call belongs to the day on which it was admitted.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/date.hpp"
#include "base/pico_usd.hpp"
#include "base/result.hpp"

namespace tollgate::llm {

class Reservation;

// Where it is held back: told when a reservation ends.
class BudgetBook {
 public:
  // So much of what was held is free again, and so much was spent.
  virtual void settle(const Reservation& reservation, base::PicoUsd held, base::PicoUsd actual) = 0;

 protected:
  ~BudgetBook() = default;
};

// What is held back for one call. Given back when it goes, unless the call was settled. The book must outlive it.
// One thread at a time.
class Reservation {
 public:
  Reservation(BudgetBook& book, std::string name, base::Date day, base::PicoUsd estimate)
      : book_(&book), name_(std::move(name)), day_(day), estimate_(estimate), held_(estimate) {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&&) = delete;
  ~Reservation();

  // The call cost so much. Further parts of the same call add to it.
  void settle(base::PicoUsd actual);

  const std::string& name() const { return name_; }
  base::PicoUsd estimate() const { return estimate_; }
  base::Date day() const { return day_; }

 private:
  BudgetBook* book_;  // nullptr: moved from
  std::string name_;
  base::Date day_;
  base::PicoUsd estimate_;
  base::PicoUsd held_;  // nothing once it is settled
};

std::string budget_of_key(std::string_view id);  // the name

// For sums of spending, as base::sum().
base::PicoUsd minus(base::PicoUsd a, base::PicoUsd b);

struct BudgetState {
  base::PicoUsd spent;
  base::PicoUsd held;
};

using Spendings = std::map<std::string, base::PicoUsd, std::less<>>;  // by name

class Budgets final : public BudgetBook {
 public:
  explicit Budgets(base::Clock& clock) : clock_(clock) {}
  Budgets(const Budgets&) = delete;

  // kRateLimited when what was spent today, what is held back and this estimate are more than the limit; it says when
  // to come again. An estimate of nothing is always admitted.
  base::Result<Reservation> reserve(std::string name, base::PicoUsd limit, base::PicoUsd estimate);

  // What was spent without a reservation.
  void spend(std::string_view name, base::Date day, base::PicoUsd amount);

  // `stored`: the sums of a day that the store now holds; `flushed`: the part of them that was counted here, too.
  void note_stored(base::Date day, const Spendings& stored, const Spendings& flushed);

  BudgetState today(std::string_view name);

  void settle(const Reservation& reservation, base::PicoUsd held, base::PicoUsd actual) override;

 private:
  struct Account {
    base::PicoUsd stored;    // by anybody
    base::PicoUsd unstored;  // by this process; below zero while a call is stored before it is settled
    base::PicoUsd held;

    base::PicoUsd spent() const { return sum(stored, unstored); }
  };

  Account& at(std::string_view name);
  void begin_day();
  std::unexpected<base::Error> used_up(std::string_view name, const Account& account, base::PicoUsd limit,
                                       base::PicoUsd estimate) const;

  base::Clock& clock_;
  std::mutex mutex_;  // guards the rest
  base::Date day_{};
  // As many as names are used on one day: keys of this installation.
  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace tollgate::llm
