// Which names were purged when, so that an entry can tell whether it was stored before. Time is a counter of purges.
//
// Thread-safe. Bounded: when there are too many names to remember, all of them are forgotten and everything counts as
// purged, for a purge must never be forgotten.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tollgate::cache {

class PurgeLog {
 public:
  explicit PurgeLog(std::size_t max_names) : max_names_(max_names) {}

  // The present. What is stored as of now is not concerned by purges up to now.
  std::uint64_t now() const { return now_.load(std::memory_order_acquire); }

  // True: too many names, so everything was purged.
  bool purge(const std::string& name);
  void purge_everything();

  // Whether something stored as of `since` under these names has been purged. If not, it may from then on count as
  // stored as of `now`, which spares the next look.
  struct Verdict {
    bool is_purged = false;
    std::uint64_t now = 0;
  };
  Verdict judge(std::uint64_t since, std::string_view digest, const std::vector<std::string>& tags) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };

  bool is_after(std::uint64_t since, std::string_view name) const;

  const std::size_t max_names_;
  std::atomic<std::uint64_t> now_{1};  // written under the mutex only
  mutable std::shared_mutex mutex_;
  std::uint64_t everything_ = 0;                                                   // guarded by mutex_
  std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>> by_name_;  // guarded by mutex_
};

}  // namespace tollgate::cache
