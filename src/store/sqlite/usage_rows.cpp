#include "store/sqlite/usage_rows.hpp"

#include <fmt/format.h>

#include "store/stored_time.hpp"
#include "store/usage_columns.hpp"

namespace tollgate::store {
namespace {

// False: it was added before.
base::Result<bool> begin_batch(Connection& db, const UsageBatch& batch) {
  TRY(const auto begun, db.execute("INSERT INTO usage_writer (id, number, at) VALUES (?, ?, ?) "
                                   "ON CONFLICT (id) DO UPDATE SET number = excluded.number, at = excluded.at "
                                   "WHERE usage_writer.number < excluded.number",
                                   batch.writer.to_string(), batch.number, to_stored(batch.at)));
  TRY_STATUS(db.execute("DELETE FROM usage_writer WHERE at < ? AND id <> ?", to_stored(batch.at - kWriterIsForgotten),
                        batch.writer.to_string()));
  return begun > 0;
}

base::Status add_row(Connection& db, const UsageRow& row) {
  static const auto kSql =
      fmt::format("INSERT INTO usage ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) {}",
                  kUsageColumns, kAddToUsage);
  const auto& subject = row.subject;
  const auto& totals = row.totals;
  TRY_STATUS(db.execute(kSql, subject.day.to_string(), subject.account, subject.key, subject.session, subject.task,
                        subject.tier, subject.provider, subject.model, totals.calls, totals.hits, totals.unpriced,
                        totals.estimated, totals.input_tokens, totals.cached_input_tokens, totals.output_tokens,
                        totals.cost.pico(), totals.saved.pico(), totals.charged.pico()));
  return {};
}

}  // namespace

base::Status insert_usage(Connection& db, const UsageBatch& batch) {
  TRY(const bool is_new, begin_batch(db, batch));
  if (!is_new) return {};
  for (const auto& row : batch.rows) TRY_STATUS(add_row(db, row));
  return {};
}

base::Result<UsageReport> select_usage(Connection& db, const UsageFilter& filter) {
  constexpr std::string_view kWhere = "FROM usage WHERE day BETWEEN ?1 AND ?2 AND ?3 IN (account, '')";
  const auto from = filter.from.to_string();
  const auto to = filter.to.to_string();
  UsageReport report;
  TRY(auto all, db.query(fmt::format("SELECT {} {}", usage_sums(""), kWhere), from, to, filter.account));
  TRY_STATUS(all.step());
  report.total = read_usage_totals(all, 0);
  TRY(auto rows, db.query(fmt::format("SELECT {}, {} {} GROUP BY 1 ORDER BY {} LIMIT ?4", usage_group(filter.by),
                                      usage_sums(""), kWhere, usage_order(filter.by)),
                          from, to, filter.account, filter.limit));
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return report;
    report.rows.push_back({std::string(rows.text(0)), read_usage_totals(rows, 1)});
  }
}

base::Result<std::vector<KeySpending>> select_charged(Connection& db, base::Date day) {
  TRY(auto rows, db.query("SELECT key, sum(charged) FROM usage WHERE day = ? AND key <> '' GROUP BY key "
                          "HAVING sum(charged) > 0 ORDER BY key",
                          day.to_string()));
  std::vector<KeySpending> spendings;
  for (;;) {
    TRY(const bool more, rows.step());
    if (!more) return spendings;
    spendings.push_back({std::string(rows.text(0)), base::PicoUsd(rows.integer(1))});
  }
}

base::Result<base::PicoUsd> select_charged(Connection& db, const std::string& session) {
  TRY(auto row, db.query("SELECT coalesce(sum(charged), 0) FROM usage WHERE session = ? AND session <> ''", session));
  TRY_STATUS(row.step());
  return base::PicoUsd(row.integer(0));
}

base::Result<std::int64_t> delete_usage(Connection& db, base::Date before, std::int64_t limit) {
  return db.execute(
      "DELETE FROM usage WHERE (day, account, key, session, task, tier, provider, model) IN "
      "(SELECT day, account, key, session, task, tier, provider, model FROM usage WHERE day < ? ORDER BY day LIMIT ?)",
      before.to_string(), limit);
}

}  // namespace tollgate::store
