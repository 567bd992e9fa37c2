// A cache entry as it lies in Redis: the value first, so that reading it moves nothing, then what must hold for it to
// count, then a checksum over all of it. A value that is torn, foreign or of another key is no entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/sha256.hpp"

namespace tollgate::cache {

struct EntryTag {
  std::string name;  // at most kMaxTagBytes
  std::uint64_t generation = 0;

  bool operator==(const EntryTag&) const = default;
};

struct RedisEntry {
  std::string bytes;
  base::Timestamp stored_at;
  base::Timestamp expires_at;
  std::uint64_t server = 0;      // see RedisSeen
  std::vector<EntryTag> tags{};  // at most kMaxTags
};

std::string write_entry(const base::Sha256& digest, const RedisEntry& entry);
std::optional<RedisEntry> read_entry(const base::Sha256& digest, std::string stored);

}  // namespace tollgate::cache
