#include "store/value_cipher.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <sodium.h>

#include "base/base64.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::string_view kMark = "sealed:1:";
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kHeaderBytes = kMark.size() + kIdDigits + 1;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == sizeof(EncryptionKey::bytes));

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string header_of(std::string_view key_id) {
  return fmt::format("{}{}:", kMark, key_id);
}

// The header is bound, too.
std::string bound_to(std::string_view header, const Place& place) {
  return std::string(header) + place.to_text();
}

std::string encrypt(std::string_view plain, std::string_view bound, const EncryptionKey& key) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium found no source of randomness");
  std::string box(kNonceBytes + plain.size() + kTagBytes, '\0');
  randombytes_buf(box.data(), kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(box) + kNonceBytes, nullptr, bytes_of(plain), plain.size(),
                                             bytes_of(bound), bound.size(), nullptr, bytes_of(box), key.bytes.data());
  return box;
}

std::optional<std::string> decrypt(std::string_view box, std::string_view bound, const EncryptionKey& key) {
  if (box.size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string plain(box.size() - kNonceBytes - kTagBytes, '\0');
  const auto sealed = box.substr(kNonceBytes);
  const int opened =
      crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(plain), nullptr, nullptr, bytes_of(sealed), sealed.size(),
                                                 bytes_of(bound), bound.size(), bytes_of(box), key.bytes.data());
  if (opened != 0) return std::nullopt;
  return plain;
}

base::Result<std::string> opened(std::optional<std::string> plain, std::string_view what) {
  if (plain) return *std::move(plain);
  return fail(ErrorCode::kCorrupt,
              fmt::format("{} in the database was changed, or moved from another place: it does not open with its key. "
                          "Restore a backup",
                          what));
}

}  // namespace

std::string_view sealed_key_id(std::string_view stored) {
  if (stored.size() < kHeaderBytes || !stored.starts_with(kMark) || stored[kHeaderBytes - 1] != ':') return {};
  const auto id = stored.substr(kMark.size(), kIdDigits);
  const bool is_hex = id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return is_hex ? id : std::string_view();
}

bool is_plain_blob(std::string_view stored, const base::Sha256& digest) {
  return sealed_key_id(stored).empty() || base::Sha256::of(stored) == digest;
}

ValueCipher::ValueCipher(const EncryptionKeys& keys, PlainValues plain) : plain_(plain) {
  for (const auto& key : keys) keys_.push_back({key.id(), key});
}

std::string_view ValueCipher::key_id() const {
  return keys_.empty() ? std::string_view() : keys_.front().id;
}

std::string ValueCipher::seal_text(std::string plain, const Place& place) const {
  if (!encrypts()) return plain;
  const auto header = header_of(keys_.front().id);
  return header + base::to_base64(encrypt(plain, bound_to(header, place), keys_.front().key));
}

std::string ValueCipher::seal_bytes(std::string plain, const Place& place) const {
  if (!encrypts()) return plain;
  const auto header = header_of(keys_.front().id);
  return header + encrypt(plain, bound_to(header, place), keys_.front().key);
}

base::Result<std::string> ValueCipher::open_text(std::string_view stored, const Place& place,
                                                 std::string_view what) const {
  TRY(const auto* key, key_of(stored, what));
  if (key == nullptr) return std::string(stored);
  const auto box = base::from_base64(stored.substr(kHeaderBytes));
  return opened(box ? decrypt(*box, bound_to(stored.substr(0, kHeaderBytes), place), *key) : std::nullopt, what);
}

base::Result<std::string> ValueCipher::open_bytes(std::string_view stored, const Place& place,
                                                  std::string_view what) const {
  TRY(const auto* key, key_of(stored, what));
  if (key == nullptr) return std::string(stored);
  return opened(decrypt(stored.substr(kHeaderBytes), bound_to(stored.substr(0, kHeaderBytes), place), *key), what);
}

base::Result<std::string> ValueCipher::open_blob(std::string_view stored, const base::Sha256& digest) const {
  if (plain_ == PlainValues::kAccepted && is_plain_blob(stored, digest)) return std::string(stored);
  return open_bytes(stored, place_of_blob(digest), "blob " + digest.to_hex());
}

const EncryptionKey* ValueCipher::find(std::string_view key_id) const {
  const auto found = std::ranges::find_if(keys_, [&](const NamedKey& named) { return named.id == key_id; });
  return found == keys_.end() ? nullptr : &found->key;
}

// Null: the value is not sealed, and may be so.
base::Result<const EncryptionKey*> ValueCipher::key_of(std::string_view stored, std::string_view what) const {
  if (!encrypts()) return nullptr;
  const auto id = sealed_key_id(stored);
  if (id.empty() && plain_ == PlainValues::kAccepted) return nullptr;
  if (id.empty()) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("{} in the database is not encrypted, though the database is: it was changed from outside. "
                            "Restore a backup",
                            what));
  }
  if (const auto* key = find(id)) return key;
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} is encrypted with the key {}, which this process does not have: add it to "
                          "TOLLGATE_ENCRYPTION_OLD_KEYS and start again",
                          what, id));
}

}  // namespace tollgate::store
