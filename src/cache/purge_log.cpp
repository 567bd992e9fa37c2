#include "cache/purge_log.hpp"

#include <algorithm>

namespace tollgate::cache {

bool PurgeLog::purge(const std::string& name) {
  const std::unique_lock lock(mutex_);
  const auto next = now_.load(std::memory_order_relaxed) + 1;
  const bool is_full = by_name_.size() >= max_names_ && !by_name_.contains(name);
  if (is_full) {
    by_name_.clear();
    everything_ = next;
  } else {
    by_name_[name] = next;
  }
  now_.store(next, std::memory_order_release);
  return is_full;
}

void PurgeLog::purge_everything() {
  const std::unique_lock lock(mutex_);
  everything_ = now_.load(std::memory_order_relaxed) + 1;
  by_name_.clear();
  now_.store(everything_, std::memory_order_release);
}

PurgeLog::Verdict PurgeLog::judge(std::uint64_t since, std::string_view digest,
                                  const std::vector<std::string>& tags) const {
  const auto latest = now();
  if (since >= latest) return {.is_purged = false, .now = since};
  const std::shared_lock lock(mutex_);
  const bool is_purged = everything_ > since || is_after(since, digest) ||
                         std::ranges::any_of(tags, [&](const std::string& tag) { return is_after(since, tag); });
  return {.is_purged = is_purged, .now = now_.load(std::memory_order_relaxed)};
}

bool PurgeLog::is_after(std::uint64_t since, std::string_view name) const {
  const auto found = by_name_.find(name);
  return found != by_name_.end() && found->second > since;
}

}  // namespace tollgate::cache
