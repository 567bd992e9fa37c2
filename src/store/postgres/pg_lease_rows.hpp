// Leases and their fences in PostgreSQL. Time is the server's own, so that machines need not agree on it.
#pragma once

#include <chrono>
#include <string_view>

#include "store/lease_request.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/records.hpp"
#include "store/session_store.hpp"

namespace tollgate::store {

Async<Lease> take_lease(PgConnection& db, const LeaseRequest& request);
Async<void> extend_lease(PgConnection& db, const Lease& lease, std::chrono::milliseconds ttl);
Async<void> drop_lease(PgConnection& db, const Lease& lease);

std::unexpected<base::Error> lease_is_lost(const Lease& lease);

}  // namespace tollgate::store
