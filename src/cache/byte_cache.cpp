#include "cache/byte_cache.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::cache {
namespace {

constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kQuotedBytes = 40;

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

base::Status check_digest(std::string_view digest) {
  if (digest.size() == kDigestDigits && std::ranges::all_of(digest, is_hex_digit)) return {};
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("'{}' is no cache key: it must be 64 lower-case hexadecimal digits",
                                base::shortened(digest, kQuotedBytes)));
}

base::Status check_tag(std::string_view tag) {
  if (!tag.empty() && tag.size() <= kMaxTagBytes && std::ranges::none_of(tag, is_control)) return {};
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("'{}' is no cache tag: it must be 1 to {} bytes without control characters",
                                base::shortened(tag, kQuotedBytes), kMaxTagBytes));
}

base::Status check_key(const Key& key) {
  TRY_STATUS(check_digest(key.digest));
  if (key.tags.size() > kMaxTags) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("a cache key has {} tags, more than {}", key.tags.size(), kMaxTags));
  }
  for (const auto& tag : key.tags) TRY_STATUS(check_tag(tag));
  return {};
}

}  // namespace tollgate::cache
