// Leases in SQLite. Every function runs inside the caller's write transaction, so the fence it sees is the newest.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/lease_request.hpp"
#include "store/records.hpp"
#include "store/sqlite/connection.hpp"

namespace tollgate::store {

base::Result<Lease> take_lease(Connection& db, const LeaseRequest& request, base::Timestamp now);

// kConflict unless owner and fence are the newest; else extends it. An expired lease that nobody took is still held.
base::Status extend_lease(Connection& db, const Lease& lease, std::chrono::milliseconds ttl, base::Timestamp now);
base::Status extend_lease(Connection& db, const Lease& lease, base::Timestamp now);  // by the time asked for last

base::Status drop_lease(Connection& db, const Lease& lease);

}  // namespace tollgate::store
