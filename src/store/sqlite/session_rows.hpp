// Sessions and protocols in SQLite: one function per operation, each inside the caller's transaction.
#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/records.hpp"
#include "store/sqlite/connection.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

base::Status insert_protocol(Connection& db, const ProtocolRow& protocol);
base::Result<ProtocolRow> select_protocol(Connection& db, const base::Sha256& hash);

struct SessionHead {
  base::SessionId id;
  std::int64_t key = 0;  // the session's short name in other tables
  std::int64_t seq = 0;
};

base::Result<SessionHead> select_head(Connection& db, base::SessionId id);  // kNotFound

// Writes the new head and the time of change.
base::Status update_head(Connection& db, const SessionHead& head, base::Timestamp at);

base::Result<SessionRow> insert_session(Connection& db, const ValueCipher& cipher, const NewSession& session);
// Five statements, in a read transaction.
base::Result<SessionRecord> select_record(Connection& db, const ValueCipher& cipher, base::SessionId id);
base::Result<SessionPage> select_page(Connection& db, const SessionFilter& filter);
base::Status delete_session(Connection& db, base::SessionId id);

base::Status set_status(Connection& db, std::int64_t key, SessionStatus status, const std::string& decision);

}  // namespace tollgate::store
