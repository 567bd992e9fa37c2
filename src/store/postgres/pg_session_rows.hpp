// Protocols and sessions in PostgreSQL: each function is one call of the store, in one or two round trips.
// The arguments must outlive the coroutine.
#pragma once

#include "store/postgres/pg_connection.hpp"
#include "store/postgres/pg_read_cache.hpp"
#include "store/records.hpp"
#include "store/session_store.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

Async<void> insert_protocol(PgConnection& db, const ProtocolRow& protocol);
Async<ProtocolRow> select_protocol(PgConnection& db, const base::Sha256& hash);

Async<SessionRow> insert_session(PgConnection& db, const ValueCipher& cipher, const NewSession& session);
// One round trip when it is not cached, or is and has not changed since; otherwise two.
Async<SessionRecord> select_record(PgConnection& db, const ValueCipher& cipher, PgReadCache& cache,
                                   const base::SessionId& id);
// Whatever is cached.
Async<SessionRecord> select_record_afresh(PgConnection& db, const ValueCipher& cipher, PgReadCache& cache,
                                          const base::SessionId& id);
Async<void> delete_session(PgConnection& db, const base::SessionId& id);

// Taken first by whoever writes to a session: what the statements after it see is then the newest state.
inline constexpr std::string_view kLockSession =
    "SELECT head_seq FROM session_state WHERE session = $1 FOR NO KEY UPDATE";

// The row of session $1.
inline constexpr std::string_view kSelectById =
    "SELECT s.id, s.title, s.owner, s.protocol_hash, s.protocol_id, t.status, t.decision, s.origin_session, "
    "s.origin_checkpoint, s.created_at, t.updated_at, t.head_seq, s.settings, t.xmin::text::bigint "
    "FROM session s JOIN session_state t ON t.session = s.id WHERE s.id = $1";

std::unexpected<base::Error> no_session(const base::SessionId& id);

}  // namespace tollgate::store
