#include "store/postgres/postgres_usage_store.hpp"

#include <utility>

#include "store/postgres/pg_usage_rows.hpp"
#include "store/postgres/postgres_database.hpp"

namespace tollgate::store {
namespace {

class PostgresUsageStore final : public UsageStore {
 public:
  explicit PostgresUsageStore(std::shared_ptr<PostgresDatabase> database) : database_(std::move(database)) {}

  Async<void> add_usage(UsageBatch batch) override {
    return database_->write<void>([batch = std::move(batch)](PgConnection& db) { return insert_usage(db, batch); });
  }
  Async<UsageReport> usage(UsageFilter filter) override {
    return database_->read<UsageReport>(
        [filter = std::move(filter)](PgConnection& db) { return select_usage(db, filter); });
  }
  Async<std::vector<KeySpending>> charged(base::Date day) override {
    return database_->read<std::vector<KeySpending>>([day](PgConnection& db) { return select_charged(db, day); });
  }

  Async<base::PicoUsd> charged_to_session(std::string session) override {
    return database_->read<base::PicoUsd>(
        [session = std::move(session)](PgConnection& db) { return select_charged(db, session); });
  }
  Async<std::int64_t> forget_usage(base::Date before, std::int64_t limit) override {
    return database_->write<std::int64_t>(
        [before, limit](PgConnection& db) { return delete_usage(db, before, limit); });
  }

 private:
  const std::shared_ptr<PostgresDatabase> database_;  // shared with the other stores on it
};

}  // namespace

std::unique_ptr<UsageStore> make_postgres_usage_store(std::shared_ptr<PostgresDatabase> database) {
  return std::make_unique<PostgresUsageStore>(std::move(database));
}

}  // namespace tollgate::store
