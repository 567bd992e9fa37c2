// What was read before and is read often: whole sessions, and of listed ones what never changes.
//
// Nothing here is ever stale: a whole session is given out only after the database has said that its row is still the
// one it was read with; a listing asks the database which sessions there are, and takes from here what cannot have
// changed since. One for all threads, since any of them may serve any session. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

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

// A whole session as it was at a version.
struct PgSessionRead {
  PgSessionVersion version;
  SessionRecord record;
};

class PgReadCache {
 public:
  explicit PgReadCache(std::size_t max_bytes);

  // Null: not there. Shared, so that it stays while others replace it.
  std::shared_ptr<const PgSessionRead> find_session(const base::SessionId& id);
  // `bytes`: its memory. Of two versions the one kept last stays; the database's word decides about its use.
  void keep_session(const PgSessionVersion& version, const SessionRecord& record, std::size_t bytes);
  void forget_session(const base::SessionId& id);

  // Of those sessions that are known: id, title, owner, protocol, origin, created_at.
  using Headers = std::map<base::SessionId, SessionRow>;
  Headers find_headers(const std::vector<base::Uuid>& ids);
  void keep_headers(const std::vector<SessionRow>& headers);

 private:
  std::mutex mutex_;
  // Guarded by the mutex.
  LruCache<base::SessionId, std::shared_ptr<const PgSessionRead>> sessions_;
  LruCache<base::SessionId, SessionRow> headers_;
};

}  // namespace tollgate::store
