#include "cache/redis_entry.hpp"

#include <utility>

#include "cache/byte_cache.hpp"

namespace tollgate::cache {
namespace {

// value · generation of each tag · digest · server · stored at · expires at · number of tags · version · checksum
constexpr char kVersion = 1;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kTailBytes = kDigestBytes + 3 * kNumberBytes + 2 + kChecksumBytes;

void append(std::string& out, std::uint64_t number) {
  for (std::size_t i = 0; i < kNumberBytes; ++i) out += static_cast<char>(number >> (8 * i));
}

std::uint64_t take(std::string_view& from) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
  }
  from.remove_prefix(kNumberBytes);
  return number;
}

void append(std::string& out, base::Timestamp time) {
  append(out, static_cast<std::uint64_t>(time.time_since_epoch().count()));
}

base::Timestamp to_time(std::uint64_t number) {
  return base::Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(number)));
}

std::string checksum_of(std::string_view bytes) {
  return std::string(base::Sha256::of(bytes).view().substr(0, kChecksumBytes));
}

}  // namespace

std::string write_entry(const base::Sha256& digest, const RedisEntry& entry) {
  std::string out;
  out.reserve(entry.bytes.size() + entry.tags.size() * kNumberBytes + kTailBytes);
  out += entry.bytes;
  for (const auto generation : entry.tags) append(out, generation);
  out += digest.view();
  append(out, entry.server);
  append(out, entry.stored_at);
  append(out, entry.expires_at);
  out += static_cast<char>(entry.tags.size());
  out += kVersion;
  out += checksum_of(out);
  return out;
}

std::optional<RedisEntry> read_entry(const base::Sha256& digest, std::string stored) {
  if (stored.size() < kTailBytes) return std::nullopt;
  const std::string_view whole = stored;
  const auto covered = whole.substr(0, whole.size() - kChecksumBytes);
  const auto version = covered[covered.size() - 1];
  const auto tags = static_cast<unsigned char>(covered[covered.size() - 2]);
  if (version != kVersion || tags > kMaxTags) return std::nullopt;
  if (stored.size() < kTailBytes + tags * kNumberBytes) return std::nullopt;
  if (whole.substr(covered.size()) != checksum_of(covered)) return std::nullopt;

  const auto length = stored.size() - kTailBytes - tags * kNumberBytes;
  auto rest = whole.substr(length);
  RedisEntry entry;
  for (unsigned i = 0; i < tags; ++i) entry.tags.push_back(take(rest));
  if (rest.substr(0, kDigestBytes) != digest.view()) return std::nullopt;
  rest.remove_prefix(kDigestBytes);
  entry.server = take(rest);
  entry.stored_at = to_time(take(rest));
  entry.expires_at = to_time(take(rest));
  stored.resize(length);
  entry.bytes = std::move(stored);
  return entry;
}

}  // namespace tollgate::cache
