#include "store/sqlite/writer.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace tollgate::store {
namespace {

constexpr std::size_t kQueueCapacity = 4096;
constexpr std::size_t kMaxBatch = 256;

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), queue_(kQueueCapacity), thread_([this] { work(); }) {}

Writer::~Writer() {
  queue_.close();
  thread_.join();
}

void Writer::submit(WriteJob job) {
  Pending pending{std::move(job)};
  if (queue_.try_push(pending)) return;
  pending.job.finish(base::fail(base::ErrorCode::kUnavailable,
                                "the database " + connection_->path() +
                                    " cannot keep up: too many writes are waiting. Nothing was written; try again"));
}

void Writer::work() {
  for (;;) {
    auto batch = queue_.take(kMaxBatch);
    if (batch.empty()) return;
    run_batch(batch);
    for (auto& pending : batch) pending.job.finish(std::move(pending.outcome));
  }
}

void Writer::run_batch(std::vector<Pending>& batch) {
  auto status = run_until_stable(batch);
  if (status) {
    auto committed = connection_->execute("COMMIT");
    if (committed) {
      ++commits_;
      return;
    }
    status = base::fail(std::move(committed).error());
  }
  if (connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
  for (auto& pending : batch) {
    if (pending.outcome) pending.outcome = status;
  }
}

// Some errors (a full disk, failing I/O) make SQLite roll the whole transaction back: the others then start again,
// without the job that met the error. Each round drops a job, so this ends.
base::Status Writer::run_until_stable(std::vector<Pending>& batch) {
  for (;;) {
    if (auto begun = connection_->execute("BEGIN IMMEDIATE"); !begun) return base::fail(std::move(begun).error());
    for (auto& pending : batch) {
      if (pending.outcome) run_one(pending);
      if (!connection_->in_transaction()) break;
    }
    if (connection_->in_transaction()) return {};
  }
}

void Writer::run_one(Pending& pending) {
  const auto attempt = [&]() -> base::Status {
    TRY(const auto begun, connection_->execute("SAVEPOINT job"));
    (void)begun;
    TRY_STATUS(pending.job.run(*connection_));
    TRY(const auto released, connection_->execute("RELEASE job"));
    (void)released;
    return {};
  };
  try {  // the thread's boundary: an exception here would end the program
    pending.outcome = attempt();
  } catch (const std::exception& exception) {
    pending.outcome =
        base::fail(base::ErrorCode::kInternal, "a write failed unexpectedly and was undone", exception.what());
  }
  if (pending.outcome || !connection_->in_transaction()) return;
  const bool undone = connection_->execute("ROLLBACK TO job") && connection_->execute("RELEASE job");
  if (!undone) (void)connection_->execute("ROLLBACK");
}

}  // namespace tollgate::store
