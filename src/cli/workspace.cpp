#include "cli/workspace.hpp"

#include <deque>
#include <iterator>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "cli/providers.hpp"
#include "net/http_client.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/sqlite_identity_store.hpp"
#include "store/sqlite/sqlite_session_store.hpp"

namespace tollgate::cli {

namespace {

// What a thread has for itself.
struct Thread {
  boost::asio::io_context context{1};
  std::unique_ptr<net::HttpClient> http{};
  ChosenProvider chosen{};
};

}  // namespace

// In the order of construction: what is used outlives what uses it.
struct Workspace::Impl {
  std::deque<Thread> threads{};
  std::unique_ptr<store::SessionStore> store{};
  std::unique_ptr<store::IdentityStore> identities{};
  std::deque<engine::Engine> engines{};  // one for each thread
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

base::Result<std::unique_ptr<Workspace>> Workspace::open(const Config& config, base::Clock& clock, base::Random& random,
                                                         std::size_t threads) {
  auto impl = std::make_unique<Impl>();
  for (std::size_t i = 0; i < threads; ++i) {
    auto& thread = impl->threads.emplace_back();
    TRY(thread.http, net::make_http_client(thread.context.get_executor(), http_config(config)));
    TRY(thread.chosen, choose_provider(config, *thread.http));
  }
  TRY(const auto path, sqlite_path(config.database_url));
  TRY(const auto database, store::SqliteDatabase::open({.path = path, .keys = encryption_keys(config)}));
  impl->store = store::make_sqlite_session_store(database);
  impl->identities = store::make_sqlite_identity_store(database);
  const engine::RunnerConfig runner{.max_calls = static_cast<std::size_t>(config.llm_concurrency),
                                    .calls = {.timeout = std::chrono::seconds(config.llm_timeout_seconds)}};
  for (auto& thread : impl->threads) {
    impl->engines.emplace_back(thread.context.get_executor(), *impl->store, clock, random,
                               engine::Models{thread.chosen.provider.get(), thread.chosen.models}, runner);
  }
  return std::unique_ptr<Workspace>(new Workspace(std::move(impl)));
}

engine::Engine& Workspace::engine() {
  return impl_->engines.front();
}
std::vector<engine::Engine*> Workspace::engines() {
  std::vector<engine::Engine*> engines;
  for (auto& engine : impl_->engines) engines.push_back(&engine);
  return engines;
}
store::SessionStore& Workspace::store() {
  return *impl_->store;
}
store::IdentityStore& Workspace::identities() {
  return *impl_->identities;
}
const std::string& Workspace::provider() const {
  return impl_->threads.front().chosen.name;
}
boost::asio::any_io_executor Workspace::executor() {
  return impl_->threads.front().context.get_executor();
}

void Workspace::drive() {
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::vector<WorkGuard> guards;
  std::vector<std::jthread> others;  // joined first
  for (auto& thread : impl_->threads) thread.context.restart();
  for (auto thread = std::next(impl_->threads.begin()); thread != impl_->threads.end(); ++thread) {
    guards.emplace_back(thread->context.get_executor());
    others.emplace_back([&context = thread->context] { context.run(); });
  }
  impl_->threads.front().context.run();
  guards.clear();
}

}  // namespace tollgate::cli
