#include "store/postgres/pg_usage_rows.hpp"

#include <fmt/format.h>

#include "store/stored_time.hpp"
#include "store/usage_columns.hpp"

namespace tollgate::store {
namespace {

using base::Status;

// The rows as one array for each column, in the order of kUsageColumns.
void add_columns(PgParameters& parameters, const std::vector<UsageRow>& rows) {
  const auto add_texts = [&](auto text_of) {
    std::vector<std::string> texts;
    for (const auto& row : rows) texts.push_back(text_of(row));
    parameters.add(texts);
  };
  const auto add_numbers = [&](auto number_of) {
    std::vector<std::int64_t> numbers;
    for (const auto& row : rows) numbers.push_back(number_of(row.totals));
    parameters.add(numbers);
  };
  add_texts([](const UsageRow& row) { return row.subject.day.to_string(); });
  for (const auto member : {&UsageSubject::account, &UsageSubject::key, &UsageSubject::session, &UsageSubject::task,
                            &UsageSubject::tier, &UsageSubject::provider, &UsageSubject::model})
    add_texts([member](const UsageRow& row) { return row.subject.*member; });
  for (const auto member : {&UsageTotals::calls, &UsageTotals::hits, &UsageTotals::unpriced, &UsageTotals::estimated,
                            &UsageTotals::input_tokens, &UsageTotals::cached_input_tokens, &UsageTotals::output_tokens})
    add_numbers([member](const UsageTotals& totals) { return totals.*member; });
  for (const auto member : {&UsageTotals::cost, &UsageTotals::saved, &UsageTotals::charged})
    add_numbers([member](const UsageTotals& totals) { return (totals.*member).pico(); });
}

}  // namespace

Async<void> insert_usage(PgConnection& db, const UsageBatch& batch) {
  static const auto kAdd = fmt::format(
      "WITH begun AS (INSERT INTO usage_writer (id, number, at) VALUES ($1, $2, $3) "
      "ON CONFLICT (id) DO UPDATE SET number = excluded.number, at = excluded.at "
      "WHERE usage_writer.number < excluded.number RETURNING 1) "
      "INSERT INTO usage ({0}) SELECT day::date, account, key, session, task, tier, provider, model, calls, hits, "
      "unpriced, estimated, input_tokens, cached_input_tokens, output_tokens, cost, saved, charged "
      "FROM unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) AS added ({0}) "
      "WHERE EXISTS (SELECT FROM begun) {1}",
      kUsageColumns, kAddToUsage);
  PgParameters parameters;
  parameters.add(batch.writer);
  parameters.add(batch.number);
  parameters.add(to_stored(batch.at));
  add_columns(parameters, batch.rows);
  PgBatch statements;
  statements.add(kAdd, std::move(parameters))
      .add("DELETE FROM usage_writer WHERE at < $1 AND id <> $2", to_stored(batch.at - kWriterIsForgotten),
           batch.writer);
  CO_TRY_STATUS(co_await db.run(std::move(statements)));
  co_return Status{};
}

Async<UsageReport> select_usage(PgConnection& db, const UsageFilter& filter) {
  constexpr std::string_view kWhere = "FROM usage WHERE day BETWEEN $1::date AND $2::date AND $3 IN (account, '')";
  const auto sums = usage_sums("::bigint");
  const auto all = fmt::format("SELECT {} {}", sums, kWhere);
  const auto groups = fmt::format("SELECT {}, {} {} GROUP BY 1 ORDER BY {} LIMIT $4", usage_group(filter.by), sums,
                                  kWhere, usage_order(filter.by));
  const auto from = filter.from.to_string();
  const auto to = filter.to.to_string();
  PgBatch statements;
  statements.add(all, from, to, filter.account).add(groups, from, to, filter.account, filter.limit);
  CO_TRY(const auto results, co_await db.run(std::move(statements)));
  UsageReport report{.total = read_usage_totals(results[0].front(), 0)};
  for (int i = 0; i < results[1].size(); ++i) {
    const auto row = results[1].row(i);
    report.rows.push_back({std::string(row.text(0)), read_usage_totals(row, 1)});
  }
  co_return report;
}

Async<std::vector<KeySpending>> select_charged(PgConnection& db, base::Date day) {
  CO_TRY(const auto results,
         co_await db.run(PgBatch().add("SELECT key, sum(charged)::bigint FROM usage WHERE day = $1::date AND key <> '' "
                                       "GROUP BY key HAVING sum(charged) > 0 ORDER BY key",
                                       day.to_string())));
  std::vector<KeySpending> spendings;
  for (int i = 0; i < results[0].size(); ++i) {
    const auto row = results[0].row(i);
    spendings.push_back({std::string(row.text(0)), base::PicoUsd(row.integer(1))});
  }
  co_return spendings;
}

Async<base::PicoUsd> select_charged(PgConnection& db, const std::string& session) {
  CO_TRY(const auto results,
         co_await db.run(PgBatch().add(
             "SELECT coalesce(sum(charged), 0)::bigint FROM usage WHERE session = $1 AND session <> ''", session)));
  co_return base::PicoUsd(results[0].front().integer(0));
}

// Several processes may do so at once: none waits for the rows that another one deletes.
Async<std::int64_t> delete_usage(PgConnection& db, base::Date before, std::int64_t limit) {
  CO_TRY(const auto results, co_await db.run(PgBatch().add(
                                 "WITH gone AS (DELETE FROM usage WHERE ctid = ANY(ARRAY(SELECT ctid FROM usage "
                                 "WHERE day < $1::date ORDER BY day LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1) "
                                 "SELECT count(*) FROM gone",
                                 before.to_string(), limit)));
  co_return results[0].front().integer(0);
}

}  // namespace tollgate::store
