// A connection that blocks its thread: for migrations and changes of encryption keys, before a store is opened or from
// the command line. One call at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "store/postgres/pg_batch.hpp"
#include "store/postgres/pg_opening.hpp"
#include "store/postgres/pg_result.hpp"
#include "store/postgres/postgres_config.hpp"

namespace tollgate::store {

class PgBlockingConnection {
 public:
  // Its statements may take as long as they do. kInvalidArgument, kUnavailable with the cure.
  static base::Result<std::unique_ptr<PgBlockingConnection>> open(const PostgresConfig& config);

  const std::string& place() const { return place_; }  // for messages

  base::Status script(const std::string& sql);  // one or several statements
  base::Result<PgResult> query(const std::string& sql, const PgParameters& parameters = {});

  // Between BEGIN and COMMIT; undone when `change` or the commit fails.
  base::Status transact(const std::function<base::Status()>& change);

 private:
  PgBlockingConnection(std::string place, PgHandle raw);
  base::Status check(const PgResult& result) const;

  const std::string place_;
  const PgHandle raw_;
};

}  // namespace tollgate::store
