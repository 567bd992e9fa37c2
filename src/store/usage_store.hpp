// Where the account of calls to models lives. Executors, cancelling and common errors are those of SessionStore.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/session_store.hpp"
#include "store/usage.hpp"

namespace tollgate::store {

class UsageStore {
 public:
  virtual ~UsageStore() = default;

  // Adds the rows to those of the same subjects, all or none. Harmless to repeat when nothing is known of its end.
  virtual Async<void> add_usage(UsageBatch batch) = 0;

  // REQUIRES: filter.limit is 1 to kMaxUsageRows. Sums reach to what PicoUsd does.
  virtual Async<UsageReport> usage(UsageFilter filter) = 0;

  // What was charged to each key that day, and is not nothing; by key.
  virtual Async<std::vector<KeySpending>> charged(base::Date day) = 0;

  // What was charged for the calls of a session on all days that are kept.
  virtual Async<base::PicoUsd> charged_to_session(std::string session) = 0;

  // Deletes rows of days before this one, the oldest first and at most `limit` of them; how many it deleted.
  virtual Async<std::int64_t> forget_usage(base::Date before, std::int64_t limit) = 0;
};

}  // namespace tollgate::store
