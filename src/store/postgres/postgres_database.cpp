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
  Impl(PostgresConfig its_config, PgTarget its_target, ValueCipher its_cipher, base::Random& random)
      : config(std::move(its_config)),
        target(std::move(its_target)),
        cipher(std::move(its_cipher)),
        pool(context.get_executor(), target, config, random),
        changes(pool, target, config.pooler, random),
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
      co_await self.pool.tend();
      asio::steady_timer pause(self.context, kTendEvery);
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  // Constant after construction.
  const PostgresConfig config;
  const PgTarget target;
  const ValueCipher cipher;
  // Used only on the thread, but for posting to it.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> open{context.get_executor()};
  PgPool pool;
  PgReadCache read_cache{config.cache_bytes};
  PostgresChanges changes;
  ChangeListener listener;
  net::TaskScope scope;  // of calls: left to end by themselves
  std::optional<net::TaskScope> housekeeping;
  std::thread thread;
};

PostgresDatabase::PostgresDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->housekeeping.emplace(impl_->context.get_executor(), net::TaskFailureSink{});
  impl_->housekeeping->spawn("tend the pool", Impl::tend(*impl_));
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
                                                                       base::Random& random) {
  TRY(auto target, read_target(config));
  TRY_STATUS(check_postgres_schema(config));
  TRY(auto cipher, open_postgres_encryption(config));
  return std::shared_ptr<PostgresDatabase>(
      new PostgresDatabase(std::make_unique<Impl>(config, std::move(target), std::move(cipher), random)));
}

void PostgresDatabase::start(std::move_only_function<asio::awaitable<void>()> begin) {
  asio::post(impl_->context, [this, begin = std::move(begin)]() mutable { impl_->scope.spawn("call", begin()); });
}

void PostgresDatabase::announce(base::SessionId session) {
  asio::post(impl_->context, [this, session] {
    if (impl_->changes.note(session)) impl_->scope.spawn("announce changes", impl_->changes.send());
  });
}

void PostgresDatabase::listen(ChangeListener listener) {
  asio::post(impl_->context, [this, listener = std::move(listener)]() mutable {
    impl_->listener = std::move(listener);
    impl_->housekeeping->spawn("hear of changes", impl_->changes.hear(impl_->listener));
    impl_->housekeeping->spawn("look for changes", impl_->changes.look(impl_->listener));
  });
}

net::Deadline PostgresDatabase::deadline_from_now() const {
  return std::chrono::steady_clock::now() + impl_->config.operation_timeout;
}

Async<PgPool::Lease> PostgresDatabase::acquire(net::Deadline deadline) {
  return impl_->pool.acquire(deadline);
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

Async<PgPoolCounters> PostgresDatabase::pool_counters() {
  auto submit = [this](std::shared_ptr<Reply<PgPoolCounters>> reply) {
    start([this, reply = std::move(reply)] { return count(*this, reply); });
  };
  return await_reply<PgPoolCounters>(std::move(submit));
}

asio::awaitable<void> PostgresDatabase::count(PostgresDatabase& self, std::shared_ptr<Reply<PgPoolCounters>> reply) {
  reply->complete(self.impl_->pool.counters());
  co_return;
}

}  // namespace tollgate::store
