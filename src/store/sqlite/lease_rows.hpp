// Leases in SQLite. Every function runs inside the caller's write transaction, so the fence it sees is the newest.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/records.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/process_identity.hpp"

namespace tollgate::store {

struct LeaseRequest {
  base::SessionId session;
  std::string scope;
  base::BootId owner;
  std::chrono::milliseconds ttl;
  ProcessIdentity process;  // of the owner
};

base::Result<Lease> take_lease(Connection& db, const LeaseRequest& request, base::Timestamp now);

// kConflict unless owner and fence are the newest; else extends it. An expired lease that nobody took is still held.
base::Status extend_lease(Connection& db, const Lease& lease, std::chrono::milliseconds ttl, base::Timestamp now);
base::Status extend_lease(Connection& db, const Lease& lease, base::Timestamp now);  // by the time asked for last

base::Status drop_lease(Connection& db, const Lease& lease);

}  // namespace tollgate::store
