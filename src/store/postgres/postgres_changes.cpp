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

PostgresChanges::PostgresChanges(const PgTarget& target, PostgresPooler pooler, base::Random& random)
    : target_(target), pooler_(pooler), node_(random_name(random)) {}

bool PostgresChanges::note(base::SessionId session) {
  const std::lock_guard lock(mutex_);
  unsent_.insert(session);
  return !std::exchange(is_sending_, true);
}

// One at a time; what changes meanwhile is gathered for the next one.
asio::awaitable<void> PostgresChanges::send() {
  for (;;) {
    co_await pause(kGather);
    const auto text = take_unsent();
    if (text.empty()) co_return;
    if (!co_await send_once(text)) voice_.reset();  // not repeated: the others' next look finds the change
  }
}

// "NODE ID ID …", or "NODE *"; empty: nothing is left, so nothing is being sent any more.
std::string PostgresChanges::take_unsent() {
  const std::lock_guard lock(mutex_);
  const auto sessions = std::exchange(unsent_, {});
  is_sending_ = !sessions.empty();
  if (sessions.empty()) return {};
  std::string text = node_;
  if (sessions.size() > kMostNamed) return text + ' ' + std::string(kAny);
  for (const auto& session : sessions) text += ' ' + session.to_string();
  return text;
}

Async<void> PostgresChanges::send_once(const std::string& text) {
  if (!voice_ || voice_->has_unasked_input()) {
    CO_TRY(voice_, co_await PgConnection::open(target_, pooler_, in(kAnswerWithin)));
  }
  voice_->set_deadline(in(kAnswerWithin));
  CO_TRY_STATUS(co_await voice_->run(PgBatch().add(kNotify, text)));
  co_return base::Status{};
}

void PostgresChanges::pass_on(std::string_view payload, const ChangeListener& listener) const {
  const auto words = base::split(payload, ' ');
  if (words.front() == node_) return;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (const auto session = base::SessionId::parse(words[i]); session || words[i] == kAny) listener(session);
  }
}

asio::awaitable<void> PostgresChanges::hear(const ChangeListener& listener) {
  for (;;) {
    (void)co_await hear_until_lost(listener);
    co_await pause(kPauseAfterLoss);
  }
}

Async<void> PostgresChanges::hear_until_lost(const ChangeListener& listener) {
  CO_TRY(const auto connection, co_await PgConnection::open(target_, pooler_, in(kAnswerWithin)));
  if (pooler_ == PostgresPooler::kNone) {
    connection->set_deadline(in(kAnswerWithin));
    CO_TRY_STATUS(co_await connection->run(PgBatch().add("LISTEN tollgate_changes")));
    listener(std::nullopt);  // whatever was said meanwhile
  }
  for (;;) {
    CO_TRY_STATUS(co_await look(*connection, listener));
    CO_TRY_STATUS(co_await listen_for_a_while(*connection, listener));
  }
}

// Until it is time to look again.
Async<void> PostgresChanges::listen_for_a_while(PgConnection& connection, const ChangeListener& listener) {
  if (pooler_ != PostgresPooler::kNone) {
    co_await pause(kLookEvery);
    co_return base::Status{};
  }
  connection.set_deadline(in(kLookEvery));
  while (std::chrono::steady_clock::now() < connection.deadline()) {
    CO_TRY(const auto received, co_await connection.notifications());
    for (const auto& notification : received) pass_on(notification.payload, listener);
  }
  co_return base::Status{};
}

Async<void> PostgresChanges::look(PgConnection& connection, const ChangeListener& listener) {
  connection.set_deadline(in(kAnswerWithin));
  CO_TRY(const auto results, co_await connection.run(PgBatch().add(kLook, kLookBackMilliseconds, kMostChanged)));
  const auto& rows = results[0];
  std::map<base::SessionId, std::int64_t> now;
  for (int i = 0; i < rows.size(); ++i) now.emplace(base::SessionId{rows.row(i).uuid(0)}, rows.row(i).integer(1));
  const bool is_first = !std::exchange(has_looked_, true);
  for (const auto& [session, head] : now) {
    const auto before = seen_.find(session);
    if (!is_first && (before == seen_.end() || before->second != head)) listener(session);
  }
  if (is_first || rows.size() >= kMostChanged) listener(std::nullopt);
  seen_ = std::move(now);
  co_return base::Status{};
}

}  // namespace tollgate::store
