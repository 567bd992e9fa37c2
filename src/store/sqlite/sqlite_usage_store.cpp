#include "store/sqlite/sqlite_usage_store.hpp"

#include <utility>

#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/usage_rows.hpp"

namespace tollgate::store {
namespace {

class SqliteUsageStore final : public UsageStore {
 public:
  explicit SqliteUsageStore(std::shared_ptr<SqliteDatabase> database) : database_(std::move(database)) {}

  Async<void> add_usage(UsageBatch batch) override {
    return database_->write<void>([batch = std::move(batch)](Connection& db) { return insert_usage(db, batch); });
  }
  Async<UsageReport> usage(UsageFilter filter) override {
    return database_->read<UsageReport>(
        [filter = std::move(filter)](Connection& db) { return select_usage(db, filter); });
  }
  Async<std::vector<KeySpending>> charged(base::Date day) override {
    return database_->read<std::vector<KeySpending>>([day](Connection& db) { return select_charged(db, day); });
  }

  Async<base::PicoUsd> charged_to_session(std::string session) override {
    return database_->read<base::PicoUsd>(
        [session = std::move(session)](Connection& db) { return select_charged(db, session); });
  }
  Async<std::int64_t> forget_usage(base::Date before, std::int64_t limit) override {
    return database_->write<std::int64_t>([before, limit](Connection& db) { return delete_usage(db, before, limit); });
  }

 private:
  const std::shared_ptr<SqliteDatabase> database_;  // shared with the other stores on it
};

}  // namespace

std::unique_ptr<UsageStore> make_sqlite_usage_store(std::shared_ptr<SqliteDatabase> database) {
  return std::make_unique<SqliteUsageStore>(std::move(database));
}

}  // namespace tollgate::store
