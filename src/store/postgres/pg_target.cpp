#include "store/postgres/pg_target.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/text.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

base::Status check_config(const PostgresConfig& config) {
  if (config.max_connections < 1 || config.max_connections > 1000 || config.min_connections < 0 ||
      config.min_connections > config.max_connections) {
    return fail(ErrorCode::kInvalidArgument,
                "the PostgreSQL pool must hold 1–1000 connections, and keep no more than that open");
  }
  return {};
}

std::string value_or(const PgTarget& target, std::string_view name, std::string_view otherwise) {
  const auto* value = target.find(name);
  return value == nullptr ? std::string(otherwise) : *value;
}

std::string place_of(const PgTarget& target) {
  const auto user = target.find("user");
  const auto host = value_or(target, "host", value_or(target, "hostaddr", "localhost"));
  const auto port = target.find("port");
  return fmt::format("postgres://{}{}{}/{}", user == nullptr ? "" : *user + "@", host,
                     port == nullptr ? "" : ":" + *port, value_or(target, "dbname", user == nullptr ? "" : *user));
}

// Behind a pooler a connection has no settings of its own: they belong to the role (ALTER ROLE … SET).
//
// Statements are planned once, for any values: left to itself the server takes a plan for the session at hand to be
// better wherever sessions differ much in size, and plans short reads anew each time, which takes longer than they do.
// What needs the values is added with PgBatch::add_planned_afresh().
std::string server_options(const PostgresConfig& config) {
  return fmt::format(
      "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} "
      "-c plan_cache_mode=force_generic_plan",
      config.statement_timeout.count(), config.lock_timeout.count(), config.idle_in_transaction_timeout.count());
}

}  // namespace

const std::string* PgTarget::find(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &PgParameter::name);
  return found == parameters.end() ? nullptr : &found->value;
}

void PgTarget::set(std::string_view name, std::string value) {
  const auto found = std::ranges::find(parameters, name, &PgParameter::name);
  if (found == parameters.end()) {
    parameters.push_back({std::string(name), std::move(value)});
  } else {
    found->value = std::move(value);
  }
}

base::Result<PgTarget> read_target(const PostgresConfig& config) {
  TRY_STATUS(check_config(config));
  char* complaint = nullptr;  // not passed on: it may quote a piece of the password
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(config.url.c_str(), &complaint), &PQconninfoFree);
  PQfreemem(complaint);
  if (!options) {
    return fail(ErrorCode::kInvalidArgument,
                "database_url cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with characters other "
                "than letters and digits in the password written as %XX");
  }
  PgTarget target;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') target.set(option->keyword, option->val);
  }
  target.place = place_of(target);
  target.set("client_encoding", "UTF8");
  if (target.find("application_name") == nullptr) target.set("application_name", "tollgate");
  if (config.pooler == PostgresPooler::kNone) {
    const auto* own = target.find("options");
    target.set("options", server_options(config) + (own == nullptr ? "" : " " + *own));
  }
  return target;
}

std::vector<PgHost> hosts_of(const PgTarget& target) {
  std::vector<PgHost> hosts;
  const auto names = value_or(target, "host", "");
  const auto numbers = value_or(target, "port", "");
  const auto ports = base::split(numbers, ',');
  for (const auto name : base::split(names, ',')) {
    const auto index = std::min(hosts.size(), ports.size() - 1);  // one port may stand for all
    hosts.push_back({std::string(name), std::string(ports[index])});
  }
  return hosts;
}

}  // namespace tollgate::store
