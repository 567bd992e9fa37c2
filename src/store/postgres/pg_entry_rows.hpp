// Inputs, outcomes and events in PostgreSQL.
#pragma once

#include <vector>

#include "store/postgres/pg_connection.hpp"
#include "store/records.hpp"
#include "store/session_store.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

// Two round trips, six statements, one transaction, however many inputs and however long the session: a sealed value is
// bound to its version and its place in the log, which only the database knows.
Async<std::vector<AppendedInput>> insert_inputs(PgConnection& db, const ValueCipher& cipher, const base::SessionId& id,
                                                const std::vector<NewInput>& inputs);

Async<std::vector<Event>> select_events(PgConnection& db, const ValueCipher& cipher, const base::SessionId& id,
                                        std::int64_t after, std::int64_t limit);

// Inputs and outcomes of session $1, for read_entries().
inline constexpr std::string_view kSelectEntries =
    "(SELECT true AS is_input, kind, subject, version, at, body FROM input WHERE session = $1 "
    "ORDER BY kind, subject, version) UNION ALL "
    "(SELECT false, kind, subject, version, at, body FROM outcome WHERE session = $1 ORDER BY kind, subject, version)";
base::Status read_entries(const PgResult& rows, const ValueCipher& cipher, SessionRecord& record);  // knows its id

std::string describe(const Entry& entry);

}  // namespace tollgate::store
