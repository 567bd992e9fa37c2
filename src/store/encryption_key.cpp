#include "store/encryption_key.hpp"

#include <optional>
#include <stdexcept>

#include <sodium.h>

#include "base/sha256.hpp"
#include "base/text.hpp"

namespace tollgate::store {
namespace {

constexpr std::size_t kIdDigits = 16;

std::optional<EncryptionKey> read_hex(std::string_view text) {
  const auto digits = base::Sha256::parse(text);
  if (!digits) return std::nullopt;
  return EncryptionKey{digits->bytes};
}

std::optional<EncryptionKey> read_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  for (const int variant : {sodium_base64_VARIANT_ORIGINAL_NO_PADDING, sodium_base64_VARIANT_URLSAFE_NO_PADDING}) {
    EncryptionKey key;
    std::size_t length = 0;
    const char* end = nullptr;
    const int decoded = sodium_base642bin(key.bytes.data(), key.bytes.size(), text.data(), text.size(), nullptr,
                                          &length, &end, variant);
    if (decoded == 0 && length == key.bytes.size() && end == text.data() + text.size()) return key;
  }
  return std::nullopt;
}

}  // namespace

std::string EncryptionKey::id() const {
  std::string material = "tollgate encryption key id ";
  material.append(bytes.begin(), bytes.end());
  return base::Sha256::of(material).to_hex().substr(0, kIdDigits);
}

base::Result<EncryptionKey> parse_encryption_key(std::string_view text) {
  const auto trimmed = base::trim(text);
  if (const auto key = read_hex(trimmed)) return *key;
  if (const auto key = read_base64(trimmed)) return *key;
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "must be 32 bytes, as 64 hex digits or in base64; `tollgate encryption new-key` makes one");
}

base::Result<EncryptionKeys> parse_encryption_keys(std::string_view text) {
  constexpr std::string_view kSeparators = ", \t\r\n";
  EncryptionKeys keys;
  for (;;) {
    const auto begin = text.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return keys;
    text.remove_prefix(begin);
    const auto word = text.substr(0, text.find_first_of(kSeparators));
    TRY(keys.emplace_back(), parse_encryption_key(word));
    text.remove_prefix(word.size());
  }
}

std::string new_key_text() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium found no source of randomness");
  base::Sha256 key;  // for its hex digits
  randombytes_buf(key.bytes.data(), key.bytes.size());
  return key.to_hex();
}

}  // namespace tollgate::store
