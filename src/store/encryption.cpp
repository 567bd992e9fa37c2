#include "store/encryption.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;
using base::Status;

constexpr std::string_view kOnlySealed = "every value is sealed";
constexpr std::string_view kSomePlain = "some values may not be sealed yet";

StoredKey in_use(const ValueCipher& cipher, PlainValues plain) {
  const std::string id(cipher.key_id());
  const auto state = plain == PlainValues::kAccepted ? kSomePlain : kOnlySealed;
  return {id, cipher.seal_text(std::string(state), place_of_key_check(id)), false};
}

// Also proves that the key is the very one, and that the database did not get its check value from elsewhere.
base::Result<PlainValues> read_state(std::span<const StoredKey> stored, const ValueCipher& cipher) {
  auto plain = PlainValues::kRefused;
  for (const auto& key : stored) {
    TRY(const auto state, cipher.open_text(key.check, place_of_key_check(key.id), "the check value of key " + key.id));
    if (state == kSomePlain) plain = PlainValues::kAccepted;
  }
  return plain;
}

std::string ids_of(std::span<const StoredKey> keys) {
  std::vector<std::string> ids;
  for (const auto& key : keys) ids.push_back(key.id);
  return base::join(ids, ", ");
}

Status check_held(std::span<const StoredKey> stored, const ValueCipher& cipher, const std::string& place) {
  if (!stored.empty() && !cipher.encrypts()) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} is encrypted with the key {}: set TOLLGATE_ENCRYPTION_KEY", place, ids_of(stored)));
  }
  for (const auto& key : stored) {
    if (cipher.holds(key.id)) continue;
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("{} is encrypted with the key {}, but TOLLGATE_ENCRYPTION_KEY has the key {}: set the right "
                    "one, or add it to TOLLGATE_ENCRYPTION_OLD_KEYS",
                    place, key.id, cipher.key_id()));
  }
  return {};
}

const StoredKey* find(std::span<const StoredKey> keys, std::string_view id) {
  const auto found = std::ranges::find(keys, id, &StoredKey::id);
  return found == keys.end() ? nullptr : &*found;
}

Status check_not_retired(std::span<const StoredKey> stored, const ValueCipher& cipher, const std::string& place) {
  const auto* first = find(stored, cipher.key_id());
  if (first == nullptr || !first->retired) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("the key {} of {} is being replaced by `tollgate encryption rotate`: put the new key into "
                          "TOLLGATE_ENCRYPTION_KEY, this one into TOLLGATE_ENCRYPTION_OLD_KEYS, and start again",
                          first->id, place));
}

struct Opened {
  ValueCipher cipher;
  bool is_registered = false;
};

base::Result<Opened> examine(EncryptionTarget& target, const EncryptionKeys& keys) {
  const ValueCipher cipher(keys, PlainValues::kRefused);
  TRY(const auto stored, target.keys());
  TRY_STATUS(check_held(stored, cipher, target.place()));
  TRY_STATUS(check_not_retired(stored, cipher, target.place()));
  TRY(const auto plain, read_state(stored, cipher));
  const bool is_registered = keys.empty() || find(stored, cipher.key_id()) != nullptr;
  if (stored.empty() && !is_registered) {
    TRY(const bool holds_sessions, target.holds_sessions());
    if (holds_sessions) {
      return fail(ErrorCode::kPreconditionFailed,
                  fmt::format("{} holds sessions that are not encrypted, but TOLLGATE_ENCRYPTION_KEY is set: encrypt "
                              "them with `tollgate encryption rotate`, or unset it",
                              target.place()));
    }
  }
  return Opened{ValueCipher(keys, plain), is_registered};
}

// From here on nothing is sealed with another key.
base::Result<ValueCipher> begin_rotation(EncryptionTarget& target, const EncryptionKeys& keys) {
  const ValueCipher cipher(keys, PlainValues::kRefused);
  TRY(auto stored, target.keys());
  TRY_STATUS(check_held(stored, cipher, target.place()));
  TRY(auto plain, read_state(stored, cipher));
  if (stored.empty()) {
    TRY(const bool holds_sessions, target.holds_sessions());
    if (holds_sessions) plain = PlainValues::kAccepted;
  }
  for (auto& key : stored) {
    key.retired = true;
    TRY_STATUS(target.save_key(key));
  }
  TRY_STATUS(target.save_key(in_use(cipher, plain)));
  return ValueCipher(keys, plain);
}

Status end_rotation(EncryptionTarget& target, const ValueCipher& cipher) {
  TRY(const auto stored, target.keys());
  TRY_STATUS(check_keys(stored, cipher, target.place()));
  for (const auto& key : stored) {
    if (key.id != cipher.key_id()) TRY_STATUS(target.forget_key(key.id));
  }
  return target.save_key(in_use(cipher, PlainValues::kRefused));
}

// Over all values again and again, until none was left to seal.
base::Result<std::int64_t> seal_all(EncryptionTarget& target, const ValueCipher& cipher, std::int64_t expected,
                                    const RotationProgress& progress) {
  std::int64_t sealed = 0;
  for (std::int64_t in_pass = 0;;) {
    TRY(const auto batch, target.seal_some(cipher));
    in_pass += batch.sealed;
    sealed += batch.sealed;
    if (batch.sealed > 0) progress(sealed, std::max(sealed, expected));
    if (!batch.is_last) continue;
    if (in_pass == 0) return sealed;
    in_pass = 0;
  }
}

}  // namespace

Status check_keys(std::span<const StoredKey> stored, const ValueCipher& cipher, const std::string& place) {
  TRY_STATUS(check_held(stored, cipher, place));
  TRY_STATUS(check_not_retired(stored, cipher, place));
  if (!cipher.encrypts() || find(stored, cipher.key_id()) != nullptr) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("the key {} of {} was replaced by `tollgate encryption rotate`: set TOLLGATE_ENCRYPTION_KEY "
                          "to the new one and start again",
                          cipher.key_id(), place));
}

base::Result<ValueCipher> open_encryption(EncryptionTarget& target, const EncryptionKeys& keys) {
  TRY(auto opened, examine(target, keys));
  if (opened.is_registered) return opened.cipher;
  TRY_STATUS(target.transact([&]() -> Status {
    TRY(opened, examine(target, keys));
    if (opened.is_registered) return {};
    return target.save_key(in_use(opened.cipher, opened.cipher.plain_values()));
  }));
  return opened.cipher;
}

base::Result<std::optional<std::string>> reseal(const ValueCipher& cipher, const std::string& stored,
                                                const Place& place) {
  const auto digest = place.part == "blob" ? base::Sha256::parse(place.owner) : std::nullopt;
  const bool is_sealed = digest ? !is_plain_blob(stored, *digest) : !sealed_key_id(stored).empty();
  if (is_sealed && sealed_key_id(stored) == cipher.key_id()) return std::nullopt;
  auto plain = stored;
  if (is_sealed) {
    const auto what = fmt::format("the {} {} {} of {}", place.part, place.subject, place.number, place.owner);
    TRY(plain, digest ? cipher.open_bytes(stored, place, what) : cipher.open_text(stored, place, what));
  }
  return digest ? cipher.seal_bytes(std::move(plain), place) : cipher.seal_text(std::move(plain), place);
}

base::Result<EncryptionStatus> encryption_status(EncryptionTarget& target) {
  EncryptionStatus status;
  TRY(status.keys, target.keys());
  TRY(status.values, target.count_values());
  return status;
}

base::Result<std::int64_t> rotate_encryption(EncryptionTarget& target, const EncryptionKeys& keys,
                                             const RotationProgress& progress) {
  if (keys.empty()) {
    return fail(
        ErrorCode::kInvalidArgument,
        "there is no key to encrypt with: set TOLLGATE_ENCRYPTION_KEY; `tollgate encryption new-key` makes one");
  }
  ValueCipher cipher;
  TRY_STATUS(target.transact([&]() -> Status {
    TRY(cipher, begin_rotation(target, keys));
    return {};
  }));
  TRY(const auto counted, target.count_values());
  std::int64_t expected = 0;
  for (const auto& [key_id, count] : counted) expected += key_id == cipher.key_id() ? 0 : count;
  TRY(const auto sealed, seal_all(target, cipher, expected, progress));
  if (cipher.plain_values() == PlainValues::kAccepted) TRY_STATUS(target.erase_remains());
  TRY_STATUS(target.transact([&] { return end_rotation(target, cipher); }));
  return sealed;
}

}  // namespace tollgate::store
