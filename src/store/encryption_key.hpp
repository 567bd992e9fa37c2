// The keys of encryption at rest: 256 random bits each, written as 64 hex digits or in base64.
//
// A key is named by its id, a short hash of it that may be shown and stored; the key itself is never printed but by
// new_key_text(). Plain values; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tollgate::store {

struct EncryptionKey {
  std::array<std::uint8_t, 32> bytes{};

  std::string id() const;  // 16 hex digits

  friend bool operator==(const EncryptionKey&, const EncryptionKey&) = default;
};

// The first encrypts, all decrypt. Empty: nothing is encrypted.
using EncryptionKeys = std::vector<EncryptionKey>;

// kInvalidArgument, without a word of what was given.
base::Result<EncryptionKey> parse_encryption_key(std::string_view text);

// Several, separated by commas or white space.
base::Result<EncryptionKeys> parse_encryption_keys(std::string_view text);

// A new random key, as 64 hex digits.
std::string new_key_text();

}  // namespace tollgate::store
