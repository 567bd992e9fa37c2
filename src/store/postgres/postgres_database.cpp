#include "store/postgres/postgres_database.hpp"

#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/task_scope.hpp"
#include "store/postgres/postgres_changes.hpp"
#include "store/postgres/postgres_encryption.hpp"
#include "store/postgres/postgres_schema.hpp"

namespace tollgate::store {
namespace asio = boost::asio;

namespace {

constexpr int kAttempts = 5;
constexpr std::chrono::seconds kTendEvery{1};

}  // namespace

struct PostgresDatabase::Impl {
  Impl(const PostgresConfig& config, const PgTarget& its_target, ValueCipher its_cipher, IoThreads threads,
       base::Random& random)
      : operation_timeout(config.operation_timeout),
        target(its_target),
        cipher(std::move(its_cipher)),
        read_cache(config.cache_bytes),
        lanes(threads.empty() ? IoThreads{context.get_executor()} : std::move(threads), target, config, random),
        changes(target, config.pooler, random),
        scope(context.get_executor(), {}) {}

  // An exception that reaches run() is a coroutine's that was cancelled before it began: nothing is lost with it.
  void work() {
    for (;;) {
      try {
        context.run();
        return;
      } catch (const std::exception&) {
        continue;
      }
    }
  }

  static asio::awaitable<void> tend(Impl& self) {
    for (;;) {
      self.lanes.tend();
      asio::steady_timer pause(self.context, kTendEvery);
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  // Constant after construction.
  const std::chrono::milliseconds operation_timeout;
  const PgTarget target;
  const ValueCipher cipher;
  // Any thread.
  PgReadCache read_cache;
  asio::io_context context{1};
  PgLanes lanes;
  PostgresChanges changes;
  // Used only on the thread, but for posting to it.
  asio::executor_work_guard<asio::io_context::executor_type> open{context.get_executor()};
  ChangeListener listener;
  net::TaskScope scope;  // of what ends by itself
  std::optional<net::TaskScope> housekeeping;
  std::thread thread;
};

PostgresDatabase::PostgresDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->housekeeping.emplace(impl_->context.get_executor(), net::TaskFailureSink{});
  impl_->housekeeping->spawn("tend the pools", Impl::tend(*impl_));
  impl_->thread = std::thread([this] { impl_->work(); });
}

PostgresDatabase::~PostgresDatabase() {
  asio::post(impl_->context, [this] {
    impl_->housekeeping->cancel();
    impl_->open.reset();
  });
  impl_->thread.join();
}

base::Result<std::shared_ptr<PostgresDatabase>> PostgresDatabase::open(const PostgresConfig& config,
                                                                       base::Random& random, IoThreads threads) {
  TRY(const auto target, read_target(config));
  TRY_STATUS(check_postgres_schema(config));
  TRY(auto cipher, open_postgres_encryption(config));
  return std::shared_ptr<PostgresDatabase>(
      new PostgresDatabase(std::make_unique<Impl>(config, target, std::move(cipher), std::move(threads), random)));
}

void PostgresDatabase::announce(base::SessionId session) {
  if (!impl_->changes.note(session)) return;
  asio::post(impl_->context, [this] { impl_->scope.spawn("announce changes", impl_->changes.send()); });
}

void PostgresDatabase::listen(ChangeListener listener) {
  asio::post(impl_->context, [this, listener = std::move(listener)]() mutable {
    impl_->listener = std::move(listener);
    impl_->housekeeping->spawn("hear of changes", impl_->changes.hear(impl_->listener));
  });
}

std::shared_ptr<PgLane> PostgresDatabase::lane_for(const asio::any_io_executor& executor) const {
  return impl_->lanes.lane_for(executor);
}

net::Deadline PostgresDatabase::deadline_from_now() const {
  return std::chrono::steady_clock::now() + impl_->operation_timeout;
}

bool PostgresDatabase::may_repeat(Repeat repeat, const PgConnection& db, int attempt) {
  if (attempt >= kAttempts) return false;
  const auto& failure = db.failure();
  if (is_transient(failure.sqlstate)) return true;
  return repeat == Repeat::kWhenLost && failure.connection_lost && attempt == 1 &&
         std::chrono::steady_clock::now() < db.deadline();
}

asio::awaitable<void> PostgresDatabase::roll_back(PgConnection& db) {
  (void)co_await db.run(PgBatch().add("ROLLBACK"));  // else the connection stays in the transaction, and is closed
}

const ValueCipher& PostgresDatabase::cipher() const {
  return impl_->cipher;
}

PgReadCache& PostgresDatabase::read_cache() const {
  return impl_->read_cache;
}

PoolCounters PostgresDatabase::pool_counters() const {
  return impl_->lanes.counters();
}

}  // namespace tollgate::store
