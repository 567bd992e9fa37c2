#include "store/postgres/pg_blocking_connection.hpp"

#include <utility>

#include <libpq-fe.h>

#include "base/text.hpp"
#include "store/postgres/pg_error.hpp"
#include "store/postgres/pg_target.hpp"

namespace tollgate::store {

base::Result<std::unique_ptr<PgBlockingConnection>> PgBlockingConnection::open(const PostgresConfig& config) {
  TRY(auto target, read_target(config));
  if (config.pooler == PostgresPooler::kNone) target.set("options", "-c statement_timeout=0");  // an index takes long
  TRY(auto raw, open_blocking(target, std::chrono::steady_clock::now() + config.connect_timeout));
  return std::unique_ptr<PgBlockingConnection>(new PgBlockingConnection(target.place, std::move(raw)));
}

PgBlockingConnection::PgBlockingConnection(std::string place, PgHandle raw)
    : place_(std::move(place)), raw_(std::move(raw)) {}

base::Status PgBlockingConnection::script(const std::string& sql) {
  const PgResult result(PQexec(raw_.get(), sql.c_str()));
  return check(result);
}

base::Result<PgResult> PgBlockingConnection::query(const std::string& sql, const PgParameters& parameters) {
  const std::vector<int> formats(parameters.size(), 1);
  PgResult result(PQexecParams(raw_.get(), sql.c_str(), static_cast<int>(parameters.size()), parameters.types().data(),
                               parameters.values().data(), parameters.lengths().data(), formats.data(), 1));
  TRY_STATUS(check(result));
  return result;
}

base::Status PgBlockingConnection::transact(const std::function<base::Status()>& change) {
  TRY_STATUS(script("BEGIN"));
  auto status = change();
  if (status) status = script("COMMIT");
  if (!status) (void)script("ROLLBACK");
  return status;
}

base::Status PgBlockingConnection::check(const PgResult& result) const {
  const auto status = PQresultStatus(result.raw());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  const char* sqlstate = PQresultErrorField(result.raw(), PG_DIAG_SQLSTATE);
  return base::fail(explain_failure({.sqlstate = sqlstate == nullptr ? "" : sqlstate,
                                     .message = std::string(base::trim(PQresultErrorMessage(result.raw())))},
                                    place_));
}

}  // namespace tollgate::store
