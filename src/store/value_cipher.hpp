// Values on their way into a database and back, encrypted when there is a key: the same for every back end.
//
// Each value is sealed alone with XChaCha20-Poly1305 under a random nonce and bound to its place, so that a value that
// is changed, or moved to another row or session, does not open. A sealed value names its key:
//
//   sealed:1:<key id, 16 hex digits>:<nonce, ciphertext, tag>     the last part in base64 where the column is text
//
// Without a key values pass as they are. Immutable; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/sha256.hpp"
#include "store/encryption_key.hpp"
#include "store/place.hpp"

namespace tollgate::store {

// The id of the key a stored value was sealed with; empty: it is not sealed. The bytes of a blob may look sealed
// without being so: is_plain_blob().
std::string_view sealed_key_id(std::string_view stored);
bool is_plain_blob(std::string_view stored, const base::Sha256& digest);

// Whether a value that is not sealed may stand beside sealed ones: while a database is being encrypted, it must.
// Otherwise somebody who can write to the database could replace a sealed value by words of his own.
enum class PlainValues { kRefused, kAccepted };

class ValueCipher {
 public:
  ValueCipher() = default;
  ValueCipher(const EncryptionKeys& keys, PlainValues plain);

  bool encrypts() const { return !keys_.empty(); }
  std::string_view key_id() const;  // of the key that seals; empty: none
  bool holds(std::string_view key_id) const { return find(key_id) != nullptr; }
  PlainValues plain_values() const { return plain_; }

  std::string seal_text(std::string plain, const Place& place) const;
  std::string seal_bytes(std::string plain, const Place& place) const;

  // `what` names the value in messages. kUnavailable: sealed with a key that is not here; kCorrupt: changed or moved.
  base::Result<std::string> open_text(std::string_view stored, const Place& place, std::string_view what) const;
  base::Result<std::string> open_bytes(std::string_view stored, const Place& place, std::string_view what) const;
  base::Result<std::string> open_blob(std::string_view stored, const base::Sha256& digest) const;

 private:
  struct NamedKey {
    std::string id;
    EncryptionKey key;
  };

  const EncryptionKey* find(std::string_view key_id) const;
  base::Result<const EncryptionKey*> key_of(std::string_view stored, std::string_view what) const;

  std::vector<NamedKey> keys_{};
  PlainValues plain_ = PlainValues::kRefused;
};

}  // namespace tollgate::store
