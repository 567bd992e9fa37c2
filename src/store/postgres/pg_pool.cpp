#include "store/postgres/pg_pool.hpp"

#include <algorithm>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::store {
namespace asio = boost::asio;
using base::ErrorCode;
using base::fail;

namespace {

constexpr std::chrono::milliseconds kFirstBackoff{100};
constexpr std::chrono::milliseconds kPingTimeout{2'000};

std::int64_t microseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
}

bool was_cancelled(const asio::cancellation_state& state) {
  return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace

struct PgPool::Lease::Held {
  Held(PgPool& its_pool, std::unique_ptr<PgConnection> its_connection, Clock::time_point end)
      : pool(its_pool), connection(std::move(its_connection)), end_of_life(end), idle_since(Clock::now()) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    --pool.tally_.open;
    ++pool.tally_.closed;
  }

  PgPool& pool;
  const std::unique_ptr<PgConnection> connection;
  const Clock::time_point end_of_life;
  Clock::time_point idle_since;
  std::int64_t round_trips = 0;  // when it was given back last
};

struct PgPool::Waiter {
  asio::steady_timer turn;  // cancelled when it has come
  bool granted = false;
};

// A waiter's place in the queue until its turn has come, or its coroutine has gone.
struct PgPool::Queued {
  Queued(PgPool& its_pool, Waiter& its_waiter) : pool(its_pool), waiter(its_waiter) {
    pool.waiting_.push_back(&waiter);
    ++pool.tally_.waiting;
  }
  Queued(const Queued&) = delete;
  Queued& operator=(const Queued&) = delete;
  ~Queued() {
    if (!waiter.granted) pool.waiting_.remove(&waiter);
    --pool.tally_.waiting;
  }
  PgPool& pool;
  Waiter& waiter;
};

// The right to hold a connection, until a lease takes it over.
struct PgPool::Turn {
  explicit Turn(PgPool& its_pool) : pool(&its_pool) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (pool != nullptr) pool->pass_turn();
  }
  PgPool* pool;
};

PgPool::Lease::Lease(PgPool& pool, std::unique_ptr<Held> held)
    : pool_(&pool), held_(std::move(held)), since_(Clock::now()) {}

PgPool::Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), held_(std::move(other.held_)), since_(other.since_) {}

PgPool::Lease& PgPool::Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  pool_ = std::exchange(other.pool_, nullptr);
  held_ = std::move(other.held_);
  since_ = other.since_;
  return *this;
}

PgPool::Lease::Lease() = default;
PgPool::Lease::~Lease() {
  give_back();
}

void PgPool::Lease::give_back() {
  if (auto* const pool = std::exchange(pool_, nullptr)) pool->give_back(std::move(held_), since_);
}

PgConnection& PgPool::Lease::connection() {
  return *held_->connection;
}

PgPool::PgPool(asio::any_io_executor executor, const PgTarget& target, PostgresConfig config, base::Random& random)
    : executor_(std::move(executor)), target_(target), config_(std::move(config)), random_(random) {}

PgPool::~PgPool() = default;

Async<PgPool::Lease> PgPool::acquire(net::Deadline deadline) {
  const auto start = Clock::now();
  deadline = std::min(deadline, start + config_.acquire_timeout);
  CO_TRY_STATUS(co_await wait_for_turn(deadline));
  Turn turn(*this);
  CO_TRY(auto held, co_await take_or_open(deadline));
  ++tally_.uses;
  tally_.wait_time += microseconds_since(start);
  turn.pool = nullptr;
  co_return Lease(*this, std::move(held));
}

Async<void> PgPool::wait_for_turn(net::Deadline deadline) {
  if (turns_taken_ < config_.max_connections) {
    ++turns_taken_;
    co_return base::Status{};
  }
  Waiter waiter{asio::steady_timer(executor_, deadline)};
  const Queued queued(*this, waiter);
  (void)co_await waiter.turn.async_wait(asio::as_tuple(asio::use_awaitable));
  const bool cancelled = was_cancelled(co_await asio::this_coro::cancellation_state);
  if (cancelled) {
    if (waiter.granted) pass_turn();
    co_return fail(ErrorCode::kCancelled, "the wait for a database connection was cancelled");
  }
  if (waiter.granted) co_return base::Status{};
  ++tally_.timeouts;
  co_return fail(ErrorCode::kTimeout,
                 fmt::format("all {} connections that a thread has to {} were in use for too long: raise "
                             "database_pool_max, or look for what is slow there",
                             config_.max_connections, target_.place));
}

void PgPool::pass_turn() {
  if (waiting_.empty()) {
    --turns_taken_;
    return;
  }
  auto* const next = waiting_.front();
  waiting_.pop_front();
  next->granted = true;
  next->turn.cancel();
}

Async<std::unique_ptr<PgPool::Held>> PgPool::take_or_open(net::Deadline deadline) {
  while (auto held = take_idle()) {
    if (Clock::now() >= held->end_of_life) continue;
    if (co_await is_healthy(*held, deadline)) co_return held;
    if (was_cancelled(co_await asio::this_coro::cancellation_state)) {
      co_return fail(ErrorCode::kCancelled, "the wait for a database connection was cancelled");
    }
  }
  if (auto down = still_down()) co_return fail(*std::move(down));
  co_return co_await open(deadline);
}

std::unique_ptr<PgPool::Held> PgPool::take_idle() {
  if (idle_.empty()) return nullptr;
  auto held = std::move(idle_.back());
  idle_.pop_back();
  --tally_.idle;
  return held;
}

// An empty batch is a round trip that runs nothing.
asio::awaitable<bool> PgPool::is_healthy(Held& held, net::Deadline deadline) {
  if (held.connection->has_unasked_input()) co_return false;
  if (Clock::now() - held.idle_since < config_.health_check_after) co_return true;
  held.connection->set_deadline(std::min(deadline, Clock::now() + kPingTimeout));
  const auto reply = co_await held.connection->run({});
  co_return reply.has_value();
}

std::optional<base::Error> PgPool::still_down() const {
  if (!last_refusal_ || (Clock::now() >= down_until_ && !is_trying_)) return std::nullopt;
  auto error = *last_refusal_;
  error.retry_after = std::max(std::chrono::ceil<std::chrono::milliseconds>(down_until_ - Clock::now()), kFirstBackoff);
  return error;
}

Async<std::unique_ptr<PgPool::Held>> PgPool::open(net::Deadline deadline) {
  const auto start = Clock::now();
  struct Trying {
    explicit Trying(PgPool& its_pool) : pool(its_pool), is_trial(pool.last_refusal_.has_value()) {
      ++pool.tally_.open;
      if (is_trial) pool.is_trying_ = true;
    }
    Trying(const Trying&) = delete;
    Trying& operator=(const Trying&) = delete;
    ~Trying() {
      if (is_trial) pool.is_trying_ = false;
      if (!succeeded) --pool.tally_.open;
    }
    PgPool& pool;
    const bool is_trial;
    bool succeeded = false;
  } trying(*this);
  auto connection =
      co_await PgConnection::open(target_, config_.pooler, std::min(deadline, start + config_.connect_timeout));
  if (!connection) {
    if (connection.error().code != ErrorCode::kCancelled) note_refusal(connection.error());
    co_return std::unexpected(std::move(connection).error());
  }
  trying.succeeded = true;
  last_refusal_.reset();
  failures_ = 0;
  ++tally_.opened;
  tally_.open_time += microseconds_since(start);
  co_return std::make_unique<Held>(*this, *std::move(connection), Clock::now() + spread(config_.max_lifetime, 0.1));
}

void PgPool::note_refusal(const base::Error& error) {
  ++tally_.refused;
  last_refusal_ = error;
  const auto pause = std::min(config_.longest_backoff, kFirstBackoff * (1 << std::min(failures_, 10)));
  ++failures_;
  down_until_ = Clock::now() + spread(pause, 0.25);
}

// `length`, longer or shorter by at most that share of it.
std::chrono::milliseconds PgPool::spread(std::chrono::milliseconds length, double share) {
  std::uint8_t byte = 0;
  random_.fill(&byte, 1);
  const double factor = 1 + share * (static_cast<double>(byte) / 127.5 - 1);
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(length.count()) * factor));
}

void PgPool::give_back(std::unique_ptr<Held> held, Clock::time_point begun) {
  tally_.use_time += microseconds_since(begun);
  const auto& connection = *held->connection;
  tally_.round_trips += connection.round_trips() - std::exchange(held->round_trips, connection.round_trips());
  if (connection.is_open() && !connection.in_transaction() && Clock::now() < held->end_of_life) {
    held->idle_since = Clock::now();
    idle_.push_back(std::move(held));
    ++tally_.idle;
  }
  held.reset();
  pass_turn();
}

asio::awaitable<void> PgPool::tend() {
  const auto now = Clock::now();
  for (auto it = idle_.begin(); it != idle_.end();) {
    const bool unneeded = tally_.open > config_.min_connections && now - (*it)->idle_since > config_.idle_timeout;
    if (!unneeded && now < (*it)->end_of_life && !(*it)->connection->has_unasked_input()) {
      ++it;
      continue;
    }
    it = idle_.erase(it);
    --tally_.idle;
  }
  while (tally_.open < config_.min_connections && turns_taken_ < config_.max_connections && !still_down()) {
    ++turns_taken_;
    const Turn turn(*this);
    auto held = co_await open(Clock::now() + config_.connect_timeout);
    if (!held) co_return;
    idle_.push_front(*std::move(held));
    ++tally_.idle;
  }
}

PoolCounters PgPool::counters() const {
  using std::chrono::microseconds;
  const auto idle = tally_.idle.load();
  return {.in_use = std::max<std::int64_t>(0, tally_.open - idle),  // the two are not read at the same moment
          .idle = idle,
          .waiting = tally_.waiting,
          .most = config_.max_connections,
          .uses = tally_.uses,
          .round_trips = tally_.round_trips,
          .use_time = microseconds(tally_.use_time),
          .wait_time = microseconds(tally_.wait_time),
          .opened = tally_.opened,
          .open_time = microseconds(tally_.open_time),
          .closed = tally_.closed,
          .refused = tally_.refused,
          .timeouts = tally_.timeouts};
}

}  // namespace tollgate::store
