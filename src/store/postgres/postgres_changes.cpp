#include "store/postgres/postgres_changes.hpp"

#include <array>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::store {
namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kGather{10};
constexpr std::chrono::seconds kAskAfter{30};  // without a notification: is the connection still there?
constexpr std::chrono::seconds kAnswerWithin{5};
constexpr std::chrono::seconds kPauseAfterLoss{1};
constexpr std::chrono::seconds kLookEvery{3};
// Writers' clocks may differ from the server's, and a transaction may take its time.
constexpr std::int64_t kLookBackMilliseconds = 60'000;
constexpr std::int64_t kMostChanged = 1'000;
constexpr std::size_t kMostNamed = 200;  // of a notification's 8,000 bytes
constexpr std::string_view kAny = "*";

// Nobody waits for this to reach the disk.
constexpr std::string_view kNotify =
    "SELECT set_config('synchronous_commit', 'off', true), pg_notify('tollgate_changes', $1)::text";

constexpr std::string_view kLook = R"sql(
(SELECT session, head_seq FROM session_state
 WHERE status = 'open' AND updated_at > (extract(epoch FROM now()) * 1000)::bigint - $1
 ORDER BY updated_at DESC LIMIT $2)
UNION ALL
(SELECT session, head_seq FROM session_state
 WHERE status = 'decided' AND updated_at > (extract(epoch FROM now()) * 1000)::bigint - $1
 ORDER BY updated_at DESC LIMIT $2))sql";

std::string random_name(base::Random& random) {
  std::array<std::uint8_t, 8> bytes{};
  random.fill(bytes.data(), bytes.size());
  std::string name;
  for (const auto byte : bytes) name += fmt::format("{:02x}", byte);
  return name;
}

net::Deadline in(std::chrono::steady_clock::duration length) {
  return std::chrono::steady_clock::now() + length;
}

asio::awaitable<void> pause(std::chrono::steady_clock::duration length) {
  asio::steady_timer timer(co_await asio::this_coro::executor, length);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace

PostgresChanges::PostgresChanges(PgPool& pool, const PgTarget& target, PostgresPooler pooler, base::Random& random)
    : pool_(pool), target_(target), pooler_(pooler), node_(random_name(random)) {}

bool PostgresChanges::note(base::SessionId session) {
  unsent_.insert(session);
  return !std::exchange(is_sending_, true);
}

// A failure is not repeated: the others' next look finds the change.
asio::awaitable<void> PostgresChanges::send() {
  co_await pause(kGather);
  is_sending_ = false;
  const auto text = payload();
  unsent_.clear();
  auto lease = co_await pool_.acquire(in(kAnswerWithin));
  if (!lease) co_return;
  lease->connection().set_deadline(in(kAnswerWithin));
  (void)co_await lease->connection().run(PgBatch().add(kNotify, text));
}

// "NODE ID ID …", or "NODE *".
std::string PostgresChanges::payload() const {
  std::string text = node_;
  if (unsent_.size() > kMostNamed) return text + ' ' + std::string(kAny);
  for (const auto& session : unsent_) text += ' ' + session.to_string();
  return text;
}

void PostgresChanges::pass_on(std::string_view payload, const ChangeListener& listener) const {
  const auto words = base::split(payload, ' ');
  if (words.front() == node_) return;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (const auto session = base::SessionId::parse(words[i]); session || words[i] == kAny) listener(session);
  }
}

asio::awaitable<void> PostgresChanges::hear(const ChangeListener& listener) {
  if (pooler_ != PostgresPooler::kNone) co_return;
  for (;;) {
    (void)co_await hear_once(listener);
    co_await pause(kPauseAfterLoss);
  }
}

Async<void> PostgresChanges::hear_once(const ChangeListener& listener) {
  CO_TRY(const auto connection, co_await PgConnection::open(target_, pooler_, in(kAnswerWithin)));
  connection->set_deadline(in(kAnswerWithin));
  CO_TRY_STATUS(co_await connection->run(PgBatch().add("LISTEN tollgate_changes")));
  listener(std::nullopt);  // whatever was said meanwhile
  for (;;) {
    connection->set_deadline(in(kAskAfter));
    CO_TRY(const auto received, co_await connection->notifications());
    for (const auto& notification : received) pass_on(notification.payload, listener);
    if (!received.empty()) continue;
    connection->set_deadline(in(kAnswerWithin));
    CO_TRY_STATUS(co_await connection->run({}));
  }
}

asio::awaitable<void> PostgresChanges::look(const ChangeListener& listener) {
  for (;;) {
    (void)co_await look_once(listener);
    co_await pause(kLookEvery);
  }
}

Async<void> PostgresChanges::look_once(const ChangeListener& listener) {
  CO_TRY(auto lease, co_await pool_.acquire(in(kAnswerWithin)));
  lease.connection().set_deadline(in(kAnswerWithin));
  CO_TRY(const auto results,
         co_await lease.connection().run(PgBatch().add(kLook, kLookBackMilliseconds, kMostChanged)));
  const bool is_first = seen_.empty();
  const auto& rows = results[0];
  std::map<base::SessionId, std::int64_t> now;
  for (int i = 0; i < rows.size(); ++i) now.emplace(base::SessionId{rows.row(i).uuid(0)}, rows.row(i).integer(1));
  for (const auto& [session, head] : now) {
    const auto before = seen_.find(session);
    if (!is_first && (before == seen_.end() || before->second != head)) listener(session);
  }
  if (is_first || rows.size() >= kMostChanged) listener(std::nullopt);
  seen_ = std::move(now);
  co_return base::Status{};
}

}  // namespace tollgate::store
