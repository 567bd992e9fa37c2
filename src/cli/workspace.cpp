#include "cli/workspace.hpp"

#include <deque>
#include <iterator>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "cli/database.hpp"
#include "cli/providers.hpp"
#include "net/http_client.hpp"

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
  OpenedDatabase database{};
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
  IoThreads executors;
  for (std::size_t i = 0; i < threads; ++i) {
    auto& thread = impl->threads.emplace_back();
    executors.emplace_back(thread.context.get_executor());
    TRY(thread.http, net::make_http_client(thread.context.get_executor(), http_config(config)));
    TRY(thread.chosen, choose_provider(config, *thread.http));
  }
  TRY(impl->database, open_database(config, random, std::move(executors)));
  const engine::RunnerConfig runner{.max_calls = static_cast<std::size_t>(config.llm_concurrency),
                                    .calls = {.timeout = std::chrono::seconds(config.llm_timeout_seconds)}};
  for (auto& thread : impl->threads) {
    impl->engines.emplace_back(thread.context.get_executor(), *impl->database.sessions, clock, random,
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
  return *impl_->database.sessions;
}
store::IdentityStore& Workspace::identities() {
  return *impl_->database.identities;
}
void Workspace::listen_for_changes(store::ChangeListener listener) {
  if (impl_->database.listen) impl_->database.listen(std::move(listener));
}
std::optional<store::PoolCounters> Workspace::database_pool() const {
  return impl_->database.pool ? std::optional(impl_->database.pool()) : std::nullopt;
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
