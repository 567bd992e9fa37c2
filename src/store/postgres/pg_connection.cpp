#include "store/postgres/pg_connection.hpp"

#include <map>
#include <optional>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/text.hpp"
#include "store/postgres/pg_opening.hpp"
#include "store/postgres/pg_readiness.hpp"

namespace tollgate::store {
namespace asio = boost::asio;

namespace {

constexpr int kBinary = 1;
constexpr std::size_t kLoggedSqlBytes = 120;
// Until the transaction ends; see server_options() in pg_target.cpp.
constexpr const char* kPlanForValues = "SELECT set_config('plan_cache_mode', 'auto', true)";

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

struct PgConnection::Impl {
  Impl(OpenedConnection opened, const PgTarget& its_target, PostgresPooler its_pooler)
      : target(its_target), pooler(its_pooler), raw(std::move(opened.raw)), readiness(std::move(opened.readiness)) {}

  // Constant after construction.
  const PgTarget& target;
  const PostgresPooler pooler;
  // In this order: the descriptor is let go before libpq closes it.
  PgHandle raw;
  std::unique_ptr<PgReadiness> readiness;
  std::map<std::string, std::string, std::less<>> prepared{};  // SQL → name on the server
  int named = 0;                                               // names given: none is given twice

  void forget(std::string_view sql) {
    if (const auto known = prepared.find(sql); known != prepared.end()) prepared.erase(known);
  }

  // Of the batch under way: what each reply that is awaited answers.
  struct Awaited {
    std::string_view sql;
    bool is_preparation = false;
  };
  std::vector<Awaited> awaited{};
  std::size_t answered = 0;
};

Async<std::unique_ptr<PgConnection>> PgConnection::open(const PgTarget& target, PostgresPooler pooler,
                                                        net::Deadline deadline) {
  CO_TRY(auto opened, co_await open_connection(target, deadline));
  auto impl = std::make_unique<Impl>(std::move(opened), target, pooler);
  if (PQsetnonblocking(impl->raw.get(), 1) != 0 || PQenterPipelineMode(impl->raw.get()) != 1) {
    co_return base::fail(base::ErrorCode::kInternal, "libpq does not enter its pipeline mode",
                         PQerrorMessage(impl->raw.get()));
  }
  co_return std::unique_ptr<PgConnection>(new PgConnection(std::move(impl)));
}

PgConnection::PgConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PgConnection::~PgConnection() {
  close();
}

const std::string& PgConnection::place() const {
  return impl_->target.place;
}
bool PgConnection::is_open() const {
  return impl_->raw != nullptr && PQstatus(impl_->raw.get()) == CONNECTION_OK;
}
bool PgConnection::in_transaction() const {
  return is_open() && PQtransactionStatus(impl_->raw.get()) != PQTRANS_IDLE;
}
int PgConnection::server_process() const {
  return impl_->raw == nullptr ? 0 : PQbackendPID(impl_->raw.get());
}
bool PgConnection::has_unasked_input() const {
  return !is_open() || has_input(impl_->raw);
}

void PgConnection::close() {
  impl_->readiness.reset();
  impl_->raw.reset();
}

std::unexpected<base::Error> PgConnection::lost() {
  failure_.connection_lost = true;
  if (failure_.message.empty() && impl_->raw) failure_.message = base::trim(PQerrorMessage(impl_->raw.get()));
  close();
  return base::fail(explain_failure(failure_, impl_->target.place));
}

Async<std::vector<PgResult>> PgConnection::run(PgBatch batch) {
  const bool was_in_transaction = in_transaction();
  auto results = co_await attempt(batch);
  if (results || failure_.sqlstate != kUnknownStatement) co_return results;
  // A pooler gave us another server connection, or somebody discarded the statements.
  impl_->prepared.clear();
  if (was_in_transaction || in_transaction()) co_return results;  // undone: to be repeated from its beginning
  co_return co_await attempt(batch);
}

Async<std::vector<PgResult>> PgConnection::attempt(const PgBatch& batch) {
  failure_ = {};
  if (!is_open()) co_return lost();
  ++round_trips_;
  if (!send(batch)) co_return lost();
  std::vector<PgResult> results;
  for (;;) {
    const int unsent = PQflush(impl_->raw.get());
    if (unsent < 0) co_return lost();
    if (collect(results)) break;
    if (!is_open()) co_return lost();
    // Reading and writing at once: a server whose replies are not read stops reading.
    const auto interest = unsent > 0 ? PgReadiness::Interest::kReadAndWrite : PgReadiness::Interest::kRead;
    switch (co_await impl_->readiness->wait(interest, deadline_)) {
      case PgReadiness::Outcome::kReady: break;
      case PgReadiness::Outcome::kTimeout:
        close();
        failure_.connection_lost = true;
        co_return base::fail(base::ErrorCode::kTimeout,
                             fmt::format("{} did not answer in time: whether a change was stored is unknown. Repeat "
                                         "it, which is safe",
                                         impl_->target.place));
      case PgReadiness::Outcome::kCancelled:
        close();
        co_return base::fail(base::ErrorCode::kCancelled, "the call to the database was cancelled");
    }
    if (PQconsumeInput(impl_->raw.get()) != 1) {
      if (collect(results)) break;  // the server's last words
      co_return lost();
    }
  }
  if (failure_.sqlstate.empty() && failure_.message.empty()) co_return results;
  co_return base::fail(explain_failure(failure_, impl_->target.place));
}

bool PgConnection::send(const PgBatch& batch) {
  auto* raw = impl_->raw.get();
  impl_->awaited.clear();
  impl_->answered = 0;
  for (const auto& statement : batch.statements()) {
    const auto& parameters = statement.parameters;
    const auto count = static_cast<int>(parameters.size());
    const std::string sql(statement.sql);
    const auto values = parameters.values();
    const auto lengths = parameters.lengths();
    const std::vector<int> formats(parameters.size(), kBinary);
    if (impl_->pooler == PostgresPooler::kNone && statement.planned_afresh) {
      if (PQsendQueryParams(raw, kPlanForValues, 0, nullptr, nullptr, nullptr, nullptr, kBinary) != 1) return false;
      impl_->awaited.push_back({kPlanForValues, true});
    }
    if (impl_->pooler != PostgresPooler::kNone || statement.planned_afresh) {
      if (PQsendQueryParams(raw, sql.c_str(), count, parameters.types().data(), values.data(), lengths.data(),
                            formats.data(), kBinary) != 1)
        return false;
    } else {
      const auto [known, is_new] = impl_->prepared.try_emplace(sql, fmt::format("t{}", impl_->named + 1));
      const auto& name = known->second;
      if (is_new) {
        ++impl_->named;
        if (PQsendPrepare(raw, name.c_str(), sql.c_str(), count, parameters.types().data()) != 1) return false;
        impl_->awaited.push_back({statement.sql, true});
      }
      if (PQsendQueryPrepared(raw, name.c_str(), count, values.data(), lengths.data(), formats.data(), kBinary) != 1)
        return false;
    }
    impl_->awaited.push_back({statement.sql, false});
  }
  return PQpipelineSync(raw) == 1;
}

// Takes what has arrived. True: the batch is answered to its end.
bool PgConnection::collect(std::vector<PgResult>& results) {
  auto* raw = impl_->raw.get();
  while (PQisBusy(raw) == 0) {
    PgResult result(PQgetResult(raw));
    if (!result.raw()) {  // the end of one statement's reply
      if (++impl_->answered > impl_->awaited.size()) return false;
      continue;
    }
    const auto status = PQresultStatus(result.raw());
    if (status == PGRES_PIPELINE_SYNC) return true;
    const auto position = std::min(impl_->answered, impl_->awaited.size() - 1);
    const auto& awaited = impl_->awaited[position];
    if (status == PGRES_PIPELINE_ABORTED || status == PGRES_FATAL_ERROR) {
      if (awaited.is_preparation) impl_->forget(awaited.sql);
    }
    if (status == PGRES_FATAL_ERROR && failure_.message.empty()) {
      failure_.sqlstate = field(result.raw(), PG_DIAG_SQLSTATE);
      failure_.constraint = field(result.raw(), PG_DIAG_CONSTRAINT_NAME);
      failure_.message = fmt::format("{} in: {}", field(result.raw(), PG_DIAG_MESSAGE_PRIMARY),
                                     base::shortened(awaited.sql, kLoggedSqlBytes));
    } else if ((status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) && !awaited.is_preparation) {
      results.push_back(std::move(result));
    }
  }
  return false;
}

Async<std::vector<PgConnection::Notification>> PgConnection::notifications() {
  std::vector<Notification> received;
  for (;;) {
    if (!is_open()) co_return lost();
    while (PGnotify* notify = PQnotifies(impl_->raw.get())) {
      received.push_back({notify->extra, notify->be_pid});
      PQfreemem(notify);
    }
    if (!received.empty()) co_return received;
    switch (co_await impl_->readiness->wait(PgReadiness::Interest::kRead, deadline_)) {
      case PgReadiness::Outcome::kReady: break;
      case PgReadiness::Outcome::kTimeout: co_return received;
      case PgReadiness::Outcome::kCancelled:
        close();
        co_return base::fail(base::ErrorCode::kCancelled, "the wait for notifications was cancelled");
    }
    if (PQconsumeInput(impl_->raw.get()) != 1) co_return lost();
  }
}

}  // namespace tollgate::store
