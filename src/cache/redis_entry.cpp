#include "cache/redis_entry.hpp"

#include <utility>

#include "cache/byte_cache.hpp"

namespace tollgate::cache {
namespace {

// value · tags · digest · server · stored at · expires at · bytes of the value · number of tags · version · checksum
// A tag: generation · bytes of the name · name
constexpr char kVersion = 2;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kTailBytes = kDigestBytes + 4 * kNumberBytes + 2 + kChecksumBytes;
constexpr std::size_t kMaxTagBlockBytes = kNumberBytes + 1 + kMaxTagBytes;

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

void append(std::string& out, const EntryTag& tag) {
  append(out, tag.generation);
  out += static_cast<char>(tag.name.size());
  out += tag.name;
}

std::optional<EntryTag> take_tag(std::string_view& from) {
  if (from.size() < kNumberBytes + 1) return std::nullopt;
  EntryTag tag{.name = {}, .generation = take(from)};
  const std::size_t length = static_cast<unsigned char>(from.front());
  from.remove_prefix(1);
  if (length > from.size()) return std::nullopt;
  tag.name = from.substr(0, length);
  from.remove_prefix(length);
  return tag;
}

std::string checksum_of(std::string_view bytes) {
  return std::string(base::Sha256::of(bytes).view().substr(0, kChecksumBytes));
}

}  // namespace

std::string write_entry(const base::Sha256& digest, const RedisEntry& entry) {
  std::string out;
  out.reserve(entry.bytes.size() + entry.tags.size() * kMaxTagBlockBytes + kTailBytes);
  out += entry.bytes;
  for (const auto& tag : entry.tags) append(out, tag);
  out += digest.view();
  append(out, entry.server);
  append(out, entry.stored_at);
  append(out, entry.expires_at);
  append(out, entry.bytes.size());
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
  if (version != kVersion || tags > kMaxTags || whole.substr(covered.size()) != checksum_of(covered))
    return std::nullopt;

  auto tail = whole.substr(whole.size() - kTailBytes);
  if (tail.substr(0, kDigestBytes) != digest.view()) return std::nullopt;
  tail.remove_prefix(kDigestBytes);
  RedisEntry entry;
  entry.server = take(tail);
  entry.stored_at = to_time(take(tail));
  entry.expires_at = to_time(take(tail));
  const auto length = take(tail);
  if (length > whole.size() - kTailBytes) return std::nullopt;
  auto tag_block = whole.substr(length, whole.size() - kTailBytes - length);
  for (unsigned i = 0; i < tags; ++i) {
    auto tag = take_tag(tag_block);
    if (!tag) return std::nullopt;
    entry.tags.push_back(*std::move(tag));
  }
  if (!tag_block.empty()) return std::nullopt;
  stored.resize(length);
  entry.bytes = std::move(stored);
  return entry;
}

}  // namespace tollgate::cache
