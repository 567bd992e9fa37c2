// Encryption of a whole database: which keys it needs, and how its values are brought under another one.
//
// The database holds, for each key that values are sealed with, the key's id and a check value sealed with it. So a
// wrong or missing key is refused before anything is read or written, and a key is forgotten only when no value needs
// it any more. The check value also says whether values that are not sealed may still be there, which somebody without
// the key cannot alter. A back end supplies an EncryptionTarget, as it does for migrations; everything here is
// synchronous, and runs before a store is opened or from the command line.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/encryption_key.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

struct StoredKey {
  std::string id;
  std::string check;     // sealed with that very key
  bool retired = false;  // being replaced: nothing may be sealed with it any more
};

// One database, as the functions below see it.
class EncryptionTarget {
 public:
  virtual ~EncryptionTarget() = default;
  virtual std::string place() const = 0;  // for messages: a path or a URL without its password

  virtual base::Result<std::vector<StoredKey>> keys() = 0;  // by id
  virtual base::Result<bool> holds_sessions() = 0;
  virtual base::Result<std::map<std::string, std::int64_t>> count_values() = 0;  // by key id; "": not sealed

  // In one write transaction, alone with the database's keys: what `change` reads stays true until it is committed.
  virtual base::Status transact(const std::function<base::Status()>& change) = 0;
  virtual base::Status save_key(const StoredKey& key) = 0;  // replaces the one with its id
  virtual base::Status forget_key(const std::string& id) = 0;

  // Goes on behind the values looked at last: seals those that are not sealed with the cipher's first key, some at a
  // time, in a transaction that begins with check_keys(). After the last ones it begins again.
  struct Batch {
    std::int64_t sealed = 0;
    bool is_last = false;
  };
  virtual base::Result<Batch> seal_some(const ValueCipher& cipher) = 0;

  // Erases what plain values have left behind in files of the database. kUnavailable when others hold it up.
  virtual base::Status erase_remains() = 0;
};

// kUnavailable, naming the setting, unless the cipher has every key the database needs and may seal with its
// first. Each transaction on sealed values checks it, for a rotation may run beside it.
base::Status check_keys(std::span<const StoredKey> stored, const ValueCipher& cipher, const std::string& place);

// The cipher for a database that is being opened; registers the first key when it is new to it. Errors as in
// check_keys(); kPreconditionFailed for a key on a database with plain sessions, which rotate_encryption() alone seals.
base::Result<ValueCipher> open_encryption(EncryptionTarget& target, const EncryptionKeys& keys);

// A stored value under the cipher's first key, for a back end's seal_some(); nullopt: it is so already.
base::Result<std::optional<std::string>> reseal(const ValueCipher& cipher, const std::string& stored,
                                                const Place& place);

struct EncryptionStatus {
  std::vector<StoredKey> keys;                 // empty: not encrypted
  std::map<std::string, std::int64_t> values;  // by key id; "": not sealed
};
base::Result<EncryptionStatus> encryption_status(EncryptionTarget& target);

using RotationProgress = std::function<void(std::int64_t sealed, std::int64_t of)>;

// Brings every value under the first key, then forgets the others; the number of values sealed. May run beside servers
// that have the same keys in the same order, and be repeated after it was interrupted anywhere.
base::Result<std::int64_t> rotate_encryption(EncryptionTarget& target, const EncryptionKeys& keys,
                                             const RotationProgress& progress);

}  // namespace tollgate::store
