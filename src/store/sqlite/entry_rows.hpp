// Inputs, outcomes and events in SQLite: one function per operation, each inside the caller's transaction.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/records.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/session_rows.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::store {

base::Result<std::vector<AppendedInput>> insert_inputs(Connection& db, const ValueCipher& cipher, base::SessionId id,
                                                       const std::vector<NewInput>& inputs);

// The lease must have been checked. Returns the new head_seq.
base::Result<std::int64_t> insert_outcomes(Connection& db, const ValueCipher& cipher, const OutcomeCommit& commit);

enum class EntryClass { kInput, kOutcome };
base::Result<std::vector<Entry>> select_entries(Connection& db, const ValueCipher& cipher, EntryClass entry_class,
                                                const SessionHead& head);

base::Status insert_event(Connection& db, const ValueCipher& cipher, const SessionHead& head, const Event& event);
base::Result<std::vector<Event>> select_events(Connection& db, const ValueCipher& cipher, base::SessionId id,
                                               std::int64_t after, std::int64_t limit);

}  // namespace tollgate::store
