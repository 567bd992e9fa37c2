#include "store/postgres/pg_lease_rows.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "store/postgres/pg_session_rows.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

// Against removal of the session alone.
constexpr std::string_view kKeepSession = "SELECT FROM session_state WHERE session = $1 FOR KEY SHARE";

// $8 and $9 name a holder whose process is known to have ended.
constexpr std::string_view kTakeLease = R"sql(
INSERT INTO lease AS held (session, scope, owner, fence, lease_until, ttl, host, pid, process_start)
SELECT $1, $2, $3, 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $4, $4, $5, $6, $7
WHERE EXISTS (SELECT FROM session_state WHERE session = $1)
ON CONFLICT (session, scope) DO UPDATE
SET owner = excluded.owner, fence = CASE WHEN held.owner = excluded.owner THEN held.fence ELSE held.fence + 1 END,
    lease_until = excluded.lease_until, ttl = excluded.ttl, host = excluded.host, pid = excluded.pid,
    process_start = excluded.process_start
WHERE held.owner IS NULL OR held.owner = excluded.owner
   OR held.lease_until <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
   OR (held.owner = $8 AND held.fence = $9)
RETURNING fence)sql";

constexpr std::string_view kSelectLease =
    "SELECT owner, fence, lease_until - (extract(epoch FROM clock_timestamp()) * 1000)::bigint, host, pid, "
    "process_start FROM lease WHERE session = $1 AND scope = $2";

constexpr std::string_view kExtendLease = R"sql(
WITH own AS (
  UPDATE lease SET ttl = $5, lease_until = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $5
  WHERE session = $1 AND scope = $2 AND owner = $3 AND fence = $4
  RETURNING 1
)
SELECT EXISTS (SELECT FROM own) FROM session_state WHERE session = $1)sql";

struct Holder {
  base::Uuid owner;
  std::int64_t fence = 0;
  std::int64_t milliseconds_left = 0;
  ProcessIdentity process;
};

struct Attempt {
  std::optional<std::int64_t> fence;  // set: the lease is ours
  std::optional<Holder> holder;
};

Async<Attempt> try_to_take(PgConnection& db, const LeaseRequest& request, std::optional<Holder> ended) {
  PgBatch batch;
  batch.add(kKeepSession, request.session)
      .add(kTakeLease, request.session, request.scope, request.owner, std::int64_t{request.ttl.count()},
           request.process.host, request.process.pid, request.process.start,
           ended ? std::optional(ended->owner) : std::nullopt, ended ? std::optional(ended->fence) : std::nullopt)
      .add(kSelectLease, request.session, request.scope);
  CO_TRY(const auto results, co_await db.run(std::move(batch)));
  if (results[0].empty()) co_return no_session(request.session);
  Attempt attempt;
  if (!results[1].empty()) {
    attempt.fence = results[1].front().integer(0);
  } else if (!results[2].empty()) {
    const auto row = results[2].front();
    attempt.holder =
        Holder{row.uuid(0), row.integer(1), row.integer(2), {std::string(row.text(3)), row.integer(4), row.integer(5)}};
  }
  co_return attempt;
}

}  // namespace

std::unexpected<base::Error> lease_is_lost(const Lease& lease) {
  return fail(ErrorCode::kConflict,
              fmt::format("the lease on \"{}\" of session {} was lost to another process: nothing was written",
                          lease.scope, lease.session.to_string()));
}

Async<Lease> take_lease(PgConnection& db, const LeaseRequest& request) {
  CO_TRY(auto attempt, co_await try_to_take(db, request, std::nullopt));
  if (!attempt.fence && attempt.holder && has_ended(attempt.holder->process, request.process)) {
    CO_TRY(attempt, co_await try_to_take(db, request, attempt.holder));
  }
  if (attempt.fence) co_return Lease{request.session, request.scope, request.owner, *attempt.fence};
  co_return fail(
      ErrorCode::kConflict,
      fmt::format("\"{}\" of session {} is being worked on by process {} for at most {} ms more: wait for it, or stop "
                  "that process",
                  request.scope, request.session.to_string(), attempt.holder ? attempt.holder->process.pid : 0,
                  attempt.holder ? attempt.holder->milliseconds_left : 0));
}

Async<void> extend_lease(PgConnection& db, const Lease& lease, std::chrono::milliseconds ttl) {
  CO_TRY(const auto results, co_await db.run(PgBatch().add(kExtendLease, lease.session, lease.scope, lease.owner,
                                                           lease.fence, std::int64_t{ttl.count()})));
  if (results[0].empty()) co_return no_session(lease.session);
  if (!results[0].front().boolean(0)) co_return lease_is_lost(lease);
  co_return base::Status{};
}

Async<void> drop_lease(PgConnection& db, const Lease& lease) {
  CO_TRY_STATUS(co_await db.run(
      PgBatch().add("UPDATE lease SET owner = NULL WHERE session = $1 AND scope = $2 AND owner = $3 AND fence = $4",
                    lease.session, lease.scope, lease.owner, lease.fence)));
  co_return base::Status{};
}

}  // namespace tollgate::store
