// What was read before and is read often: whole sessions, and of listed ones what never changes.
//
// Nothing here is ever stale: a whole session is given out only after the database has said that its row is still the
// one it was read with; a listing asks the database which sessions there are, and takes from here what cannot have
// changed since. Used only on the database's executor.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/ids.hpp"
#include "store/lru_cache.hpp"
#include "store/records.hpp"

namespace tollgate::store {

// The row of session_state: every write to a session changes it, and with it the transaction it names.
struct PgSessionVersion {
  std::int64_t transaction = 0;
  std::int64_t head_seq = 0;
  friend bool operator==(const PgSessionVersion&, const PgSessionVersion&) = default;
};

struct PgReadCache {
  struct Record {
    PgSessionVersion version;
    SessionRecord record;
  };

  explicit PgReadCache(std::size_t max_bytes) : records(max_bytes / 4 * 3), headers(max_bytes / 4) {}

  LruCache<base::SessionId, Record> records;
  LruCache<base::SessionId, SessionRow> headers;  // id, title, owner, protocol, origin, created_at
};

}  // namespace tollgate::store
