#include "store/postgres/pg_opening.hpp"

#include <utility>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include "net/resolve.hpp"
#include "store/postgres/pg_error.hpp"

namespace tollgate::store {
namespace asio = boost::asio;

namespace {

constexpr std::uint16_t kAnyPort = 5432;  // the resolver wants one; libpq gets the configured one

bool is_socket_folder(const std::string& host) {
  return host.empty() || host.front() == '/' || host.front() == '@';
}

struct HostLists {
  std::string names, addresses, ports;

  void add(const PgHost& host, const std::string& address, bool first) {
    for (auto [list, value] : {std::pair{&names, &host.name}, {&addresses, &address}, {&ports, &host.port}}) {
      if (!first) *list += ',';
      *list += *value;
    }
  }
};

// libpq would resolve names itself, and block meanwhile.
Async<PgTarget> resolved(PgTarget target, net::Deadline deadline) {
  if (target.find("hostaddr") != nullptr || target.find("host") == nullptr) co_return target;
  HostLists lists;
  bool first = true;
  std::optional<base::Error> unknown;
  for (const auto& host : hosts_of(target)) {
    std::vector<net::ResolvedAddress> addresses{{std::string(), 0}};
    if (!is_socket_folder(host.name)) {
      auto found = co_await net::resolve(host.name, kAnyPort, deadline);
      if (!found) {
        if (found.error().code == base::ErrorCode::kCancelled) co_return std::unexpected(found.error());
        unknown = std::move(found).error();
        continue;
      }
      addresses = *std::move(found);
    }
    for (const auto& address : addresses) {
      lists.add(host, address.address, first);
      first = false;
    }
  }
  if (first && unknown) co_return base::fail(*std::move(unknown));
  target.set("host", lists.names);
  target.set("hostaddr", lists.addresses);
  if (target.find("port") != nullptr) target.set("port", lists.ports);
  co_return target;
}

PgHandle start(const PgTarget& target) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& parameter : target.parameters) {
    names.push_back(parameter.name.c_str());
    values.push_back(parameter.value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  PgHandle raw(PQconnectStartParams(names.data(), values.data(), 0));
  if (!raw) return raw;
  PQsetErrorVerbosity(raw.get(), PQERRORS_VERBOSE);                        // so that a refusal names its SQLSTATE
  PQsetNoticeProcessor(raw.get(), [](void*, const char*) {}, nullptr);  // or libpq would write to stderr
  return raw;
}

PostgresPollingStatusType begun(const PgHandle& raw) {
  return PQstatus(raw.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
}

std::unexpected<base::Error> no_memory() {
  return base::fail(base::ErrorCode::kUnavailable, "not enough memory for a database connection");
}

std::unexpected<base::Error> too_late(const PgTarget& target) {
  return base::fail(
      base::ErrorCode::kTimeout,
      fmt::format("no connection to {} in time: is PostgreSQL running there, and reachable?", target.place));
}

}  // namespace

void FinishConnection::operator()(pg_conn* raw) const {
  PQfinish(raw);
}

Async<OpenedConnection> open_connection(const PgTarget& target, net::Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  CO_TRY(const auto with_addresses, co_await resolved(target, deadline));
  auto raw = start(with_addresses);
  if (!raw) co_return no_memory();
  auto polled = begun(raw);
  while (polled == PGRES_POLLING_READING || polled == PGRES_POLLING_WRITING) {
    // Anew each time: libpq changes its socket from address to address, and may get the same number again.
    PgReadiness readiness(executor, PQsocket(raw.get()));
    const auto interest =
        polled == PGRES_POLLING_READING ? PgReadiness::Interest::kRead : PgReadiness::Interest::kWrite;
    switch (co_await readiness.wait(interest, deadline)) {
      case PgReadiness::Outcome::kReady: break;
      case PgReadiness::Outcome::kTimeout: co_return too_late(target);
      case PgReadiness::Outcome::kCancelled:
        co_return base::fail(base::ErrorCode::kCancelled, "the wait for a database connection was cancelled");
    }
    polled = PQconnectPoll(raw.get());
  }
  if (polled != PGRES_POLLING_OK) co_return base::fail(explain_refusal(PQerrorMessage(raw.get()), target.place));
  auto readiness = std::make_unique<PgReadiness>(executor, PQsocket(raw.get()));
  co_return OpenedConnection{std::move(raw), std::move(readiness)};
}

base::Result<PgHandle> open_blocking(const PgTarget& target, net::Deadline deadline) {
  auto raw = start(target);
  if (!raw) return no_memory();
  auto polled = begun(raw);
  while (polled == PGRES_POLLING_READING || polled == PGRES_POLLING_WRITING) {
    const short events = polled == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    pollfd socket{.fd = PQsocket(raw.get()), .events = events, .revents = 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || poll(&socket, 1, static_cast<int>(left.count())) == 0) return too_late(target);
    polled = PQconnectPoll(raw.get());
  }
  if (polled == PGRES_POLLING_OK) return raw;
  return base::fail(explain_refusal(PQerrorMessage(raw.get()), target.place));
}

bool has_input(const PgHandle& raw) {
  pollfd socket{.fd = PQsocket(raw.get()), .events = POLLIN, .revents = 0};
  return poll(&socket, 1, 0) != 0;
}

}  // namespace tollgate::store
