#include "store/sqlite/lease_rows.hpp"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "store/sqlite/session_rows.hpp"
#include "store/stored_time.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

struct LeaseRow {
  std::string owner;  // empty: released
  std::int64_t fence = 0;
  base::Timestamp until;
  ProcessIdentity process;
};

base::Result<std::optional<LeaseRow>> select_lease(Connection& db, std::int64_t session, const std::string& scope) {
  TRY(auto row, db.query("SELECT owner, fence, lease_until, host, pid, process_start FROM lease "
                         "WHERE session = ? AND scope = ?",
                         session, scope));
  TRY(const bool found, row.step());
  if (!found) return std::nullopt;
  return LeaseRow{std::string(row.text(0)),
                  row.integer(1),
                  from_stored(row.integer(2)),
                  {std::string(row.text(3)), row.integer(4), row.integer(5)}};
}

bool is_free(const LeaseRow& held, const LeaseRequest& request, base::Timestamp now) {
  return held.owner.empty() || held.until <= now || has_ended(held.process, request.process);
}

std::unexpected<base::Error> is_held(const LeaseRequest& request, const LeaseRow& held, base::Timestamp now) {
  return fail(
      ErrorCode::kConflict,
      fmt::format("\"{}\" of session {} is being worked on by process {} for at most {} ms more: wait for it, or "
                  "stop that process",
                  request.scope, request.session.to_string(), held.process.pid, (held.until - now).count()));
}

std::unexpected<base::Error> is_lost(const Lease& lease) {
  return fail(ErrorCode::kConflict,
              fmt::format("the lease on \"{}\" of session {} was lost to another process: nothing "
                          "was written",
                          lease.scope, lease.session.to_string()));
}

}  // namespace

base::Result<Lease> take_lease(Connection& db, const LeaseRequest& request, base::Timestamp now) {
  TRY(const auto head, select_head(db, request.session));
  TRY(const auto held, select_lease(db, head.key, request.scope));
  const auto owner = request.owner.to_string();
  std::int64_t fence = 1;
  if (held) {
    const bool mine = held->owner == owner;
    if (!mine && !is_free(*held, request, now)) return is_held(request, *held, now);
    fence = mine ? held->fence : held->fence + 1;
  }
  TRY_STATUS(
      db.execute("INSERT OR REPLACE INTO lease (session, scope, owner, fence, lease_until, ttl, host, pid, "
                 "process_start) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 head.key, request.scope, owner, fence, to_stored(now + request.ttl), request.ttl.count(),
                 request.process.host, request.process.pid, request.process.start));
  return Lease{request.session, request.scope, request.owner, fence};
}

base::Status extend_lease(Connection& db, const Lease& lease, std::chrono::milliseconds ttl, base::Timestamp now) {
  TRY(const auto head, select_head(db, lease.session));
  TRY(const auto held,
      db.execute("UPDATE lease SET ttl = ?5, lease_until = ?6 "
                 "WHERE session = ?1 AND scope = ?2 AND owner = ?3 AND fence = ?4",
                 head.key, lease.scope, lease.owner.to_string(), lease.fence, ttl.count(), to_stored(now + ttl)));
  if (held == 0) return is_lost(lease);
  return {};
}

base::Status extend_lease(Connection& db, const Lease& lease, base::Timestamp now) {
  TRY(const auto head, select_head(db, lease.session));
  TRY(const auto held, db.execute("UPDATE lease SET lease_until = max(lease_until, ?5 + ttl) "
                                  "WHERE session = ?1 AND scope = ?2 AND owner = ?3 AND fence = ?4",
                                  head.key, lease.scope, lease.owner.to_string(), lease.fence, to_stored(now)));
  if (held == 0) return is_lost(lease);
  return {};
}

base::Status drop_lease(Connection& db, const Lease& lease) {
  auto head = select_head(db, lease.session);
  if (!head) return head.error().code == ErrorCode::kNotFound ? base::Status() : fail(std::move(head).error());
  TRY_STATUS(db.execute("UPDATE lease SET owner = NULL WHERE session = ?1 AND scope = ?2 AND owner = ?3 AND fence = ?4",
                        head->key, lease.scope, lease.owner.to_string(), lease.fence));
  return {};
}

}  // namespace tollgate::store
