// Adds up what the routers tell of their calls, and brings it to the store in batches.
//
// Thread:  record() on any; flush() and reload() on one executor, one at a time.
// Loss:    what was not flushed is lost with the process when it is killed, a second's worth as a rule. A database that
//          fails loses nothing: what is told is kept, up to max_subjects rows in full, what is new beyond them without
//          its session and model. A batch of which nothing is known is sent again, and counts once (UsageStore).
// Cancel:  flush() may be cancelled at any time and called again.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "llm/budget.hpp"
#include "llm/session_budgets.hpp"
#include "llm/usage_sink.hpp"
#include "store/usage_store.hpp"

namespace tollgate::engine {

class UsageLedger final : public llm::UsageSink {
 public:
  static constexpr std::size_t kMaxBatchRows = 500;

  // Without `sessions` nobody is told what sessions spent.
  UsageLedger(base::Clock& clock, base::Random& random, llm::Budgets& budgets, llm::SessionBudgets* sessions = nullptr,
              std::size_t max_subjects = 100'000);

  void record(const llm::UsageRecord& record) override;

  // Everything that was told before. After an error what is left is tried again by the next call.
  store::Async<void> flush(store::UsageStore& store);

  // Tells the budgets what the store now holds of today, by whoever spent it.
  store::Async<void> reload(store::UsageStore& store);

  std::size_t unwritten() const;  // rows

 private:
  bool take_batch();
  void note_written();

  base::Clock& clock_;
  llm::Budgets& budgets_;
  llm::SessionBudgets* const sessions_;
  const std::size_t max_subjects_;
  const base::BootId writer_;

  // Used by flush() and reload() only.
  std::optional<store::UsageBatch> sent_{};         // until it is known to be written
  std::int64_t batches_ = 0;                        // made so far
  std::map<base::Date, llm::Spendings> written_{};  // of which the budgets do not know yet that it is stored
  llm::Spendings written_of_sessions_{};            // likewise

  mutable std::mutex mutex_;
  std::map<store::UsageSubject, store::UsageTotals> pending_{};  // guarded by mutex_
};

// Told when writing begins to fail, with the reason, and with an empty text when it works again.
using UsageTrouble = std::function<void(const std::string& why)>;

// Flushes at every turn, and looks at every tenth at what other processes spent. Until it is cancelled; then flush once
// more.
boost::asio::awaitable<void> keep_usage(UsageLedger& ledger, store::UsageStore& store, UsageTrouble on_trouble,
                                        std::chrono::milliseconds turn_length = std::chrono::seconds(1));

}  // namespace tollgate::engine
