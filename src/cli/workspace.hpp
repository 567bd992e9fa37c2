// What a command works with: the store, the model provider and the engine, built from the settings.
//
// Owns all of it, for each thread an I/O context, an HTTP client, the provider, an engine and its share of the
// connections to PostgreSQL; the store is one. run() drives the first context on the calling thread, and the others on
// threads of their own, until its task ends.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "cli/config.hpp"
#include "engine/engine.hpp"
#include "llm/budget.hpp"
#include "llm/router/router.hpp"
#include "net/task_scope.hpp"
#include "store/change_listener.hpp"
#include "store/identity_store.hpp"
#include "store/pool_counters.hpp"
#include "store/usage_store.hpp"

namespace tollgate::cli {

// Told in a sentence what the operator should know and nothing fails for. Any thread; must not throw.
using Notice = std::function<void(const std::string& what)>;

class Workspace {
 public:
  static base::Result<std::unique_ptr<Workspace>> open(const Config& config, base::Clock& clock, base::Random& random,
                                                       std::size_t threads = 1, Notice notice = {});
  ~Workspace();

  // What one thread calls models with; nullptr when offline. In the order of engines().
  std::vector<llm::ReloadableRouter*> routers();
  // Another configuration for the routers of all threads, from any of them, one at a time; nothing when offline.
  void replace_router(std::shared_ptr<const llm::RouterConfig> config);
  std::vector<net::TaskScope*> task_scopes();

  engine::Engine& engine();  // of the first thread, where run()'s task is
  std::vector<engine::Engine*> engines();
  store::SessionStore& store();
  store::IdentityStore& identities();
  store::UsageStore& usage();
  llm::Budgets& budgets();  // of the keys; know nothing of today's spending before load_budgets()
  base::Status load_budgets();
  boost::asio::any_io_executor executor();
  // `listener` must outlive the workspace; see OpenedDatabase::listen.
  void listen_for_changes(store::ChangeListener listener);
  std::optional<store::PoolCounters> database_pool() const;  // any thread; nothing: the store has no pool (SQLite)
  const std::string& provider() const;                       // "anthropic", "offline", …

  // Runs one coroutine to its end; what it throws is thrown here.
  template <typename T>
  base::Result<T> run(store::Async<T> task) {
    std::optional<base::Result<T>> result;
    std::exception_ptr failure;
    bool done = false;
    boost::asio::co_spawn(executor(), std::move(task), [&](std::exception_ptr thrown, base::Result<T> value) {
      failure = thrown;
      result = std::move(value);
      done = true;
    });
    drive(done);
    if (failure) std::rethrow_exception(failure);
    return *std::move(result);
  }

 private:
  struct Impl;
  explicit Workspace(std::unique_ptr<Impl> impl);
  static base::Status open_caches(Impl& impl, const Config& config, base::Clock& clock, base::Random& random);
  static void keep_usage(Impl& impl);
  void drive(const bool& done);
  void write_last_usage();

  std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate::cli
