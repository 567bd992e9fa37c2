#include "cli/workspace.hpp"

#include <boost/asio/io_context.hpp>

#include "cli/providers.hpp"
#include "net/http_client.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/sqlite_identity_store.hpp"
#include "store/sqlite/sqlite_session_store.hpp"

namespace tollgate::cli {

// In the order of construction: what is used outlives what uses it.
struct Workspace::Impl {
  boost::asio::io_context context{1};
  std::unique_ptr<net::HttpClient> http{};
  ChosenProvider chosen{};
  std::unique_ptr<store::SessionStore> store{};
  std::unique_ptr<store::IdentityStore> identities{};
  std::unique_ptr<engine::Engine> engine{};
};

namespace {

net::HttpClientConfig http_config(const Config& config) {
  return {.connect_timeout = std::chrono::seconds(config.http_connect_timeout_seconds),
          // A model may think as long as its call may take; the call's own limit ends it.
          .first_byte_timeout = std::chrono::seconds(config.llm_timeout_seconds),
          .idle_timeout = std::chrono::seconds(config.http_idle_timeout_seconds),
          .ca_file = config.http_ca_file};
}

}  // namespace

Workspace::Workspace(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Workspace::~Workspace() = default;

base::Result<std::unique_ptr<Workspace>> Workspace::open(const Config& config, base::Clock& clock,
                                                         base::Random& random) {
  auto impl = std::make_unique<Impl>();
  TRY(impl->http, net::make_http_client(impl->context.get_executor(), http_config(config)));
  TRY(impl->chosen, choose_provider(config, *impl->http));
  TRY(const auto path, sqlite_path(config.database_url));
  TRY(const auto database, store::SqliteDatabase::open({.path = path, .keys = encryption_keys(config)}));
  impl->store = store::make_sqlite_session_store(database);
  impl->identities = store::make_sqlite_identity_store(database);
  const engine::RunnerConfig runner{.max_calls = static_cast<std::size_t>(config.llm_concurrency),
                                    .calls = {.timeout = std::chrono::seconds(config.llm_timeout_seconds)}};
  impl->engine =
      std::make_unique<engine::Engine>(impl->context.get_executor(), *impl->store, clock, random,
                                       engine::Models{impl->chosen.provider.get(), impl->chosen.models}, runner);
  return std::unique_ptr<Workspace>(new Workspace(std::move(impl)));
}

engine::Engine& Workspace::engine() {
  return *impl_->engine;
}
store::SessionStore& Workspace::store() {
  return *impl_->store;
}
store::IdentityStore& Workspace::identities() {
  return *impl_->identities;
}
const std::string& Workspace::provider() const {
  return impl_->chosen.name;
}
boost::asio::any_io_executor Workspace::executor() {
  return impl_->context.get_executor();
}

void Workspace::drive() {
  impl_->context.restart();
  impl_->context.run();
}

}  // namespace tollgate::cli
