#include "cli/workspace.hpp"

#include <deque>
#include <iterator>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "cache/memory_cache.hpp"
#include "cache/redis_cache.hpp"
#include "cache/tiered_cache.hpp"
#include "cli/database.hpp"
#include "cli/providers.hpp"
#include "engine/usage_ledger.hpp"
#include "net/http_client.hpp"
#include "net/http_connection.hpp"
#include "store/value_cipher.hpp"

namespace tollgate::cli {

namespace {

// What a thread has for itself.
struct Thread {
  boost::asio::io_context context{1};
  std::unique_ptr<net::HttpClient> http{};
  net::TaskScope tasks{context.get_executor(), {}};
};

// The cache as a thread sees it: its own connections to Redis, over memory that all share.
struct ThreadCache {
  std::unique_ptr<cache::RedisCache> redis{};  // null: none is set up
  std::unique_ptr<cache::TieredCache> tiered{};
  std::unique_ptr<llm::ReloadableRouter> router{};  // null: offline
};

boost::asio::awaitable<void> stop_all(Thread& thread, ThreadCache& its_cache, cache::PurgeFeed* feed) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  thread.tasks.cancel();
  (void)co_await thread.tasks.join(deadline);
  if (its_cache.redis) (void)co_await its_cache.redis->stop(deadline);
  if (feed) (void)co_await feed->stop(deadline);
}

}  // namespace

// In the order of construction: what is used outlives what uses it.
struct Workspace::Impl {
  Impl(const Config& config, ChosenModels models, base::Clock& clock, base::Random& random, Notice its_notice)
      : chosen(std::move(models)),
        notice(std::move(its_notice)),
        memory(clock, {.max_bytes = static_cast<std::size_t>(config.cache_memory_mib) << 20}),
        budgets(clock),
        session_budgets(config.session_budget,
                        [this](std::string session) { return database.usage->charged_to_session(std::move(session)); }),
        ledger(clock, random, budgets, session_budgets.is_limited() ? &session_budgets : nullptr),
        shared(chosen.router ? *chosen.router : llm::RouterConfig{}) {
    shared.billing = {&ledger, &budgets, session_budgets.is_limited() ? &session_budgets : nullptr};
  }

  const ChosenModels chosen;
  const Notice notice;  // may be empty
  cache::MemoryCache memory;
  llm::Budgets budgets;
  llm::SessionBudgets session_budgets;
  engine::UsageLedger ledger;
  llm::RouterShared shared;
  std::deque<Thread> threads{};
  std::unique_ptr<cache::PurgeFeed> feed{};  // on the first thread
  std::deque<ThreadCache> caches{};          // one for each thread
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

// A process that is to end does not wait long for a database that does not answer.
store::Async<void> flush_last(engine::UsageLedger& ledger, store::UsageStore& store) {
  using namespace boost::asio::experimental::awaitable_operators;
  boost::asio::steady_timer limit(co_await boost::asio::this_coro::executor, std::chrono::seconds(10));
  auto first = co_await (ledger.flush(store) || limit.async_wait(boost::asio::use_awaitable));
  if (auto* done = std::get_if<0>(&first)) co_return std::move(*done);
  co_return base::fail(base::ErrorCode::kTimeout, "the database did not answer within 10 seconds");
}

// What is encrypted in the database is so in Redis, too, with the same keys.
cache::ValueSeal seal_of(const Config& config) {
  const auto cipher = std::make_shared<const store::ValueCipher>(encryption_keys(config), store::PlainValues::kRefused);
  if (!cipher->encrypts()) return {};
  return {.seal =
              [cipher](std::string value, const base::Sha256& digest) {
                return cipher->seal_bytes(std::move(value), store::place_of_reply(digest));
              },
          .open = [cipher](const std::string& sealed, const base::Sha256& digest) -> std::optional<std::string> {
            auto plain = cipher->open_bytes(sealed, store::place_of_reply(digest), "a reply");
            return plain ? std::optional(*std::move(plain)) : std::nullopt;
          }};
}

std::string_view name(cache::RedisState state) {
  switch (state) {
    case cache::RedisState::kUp: return "there again";
    case cache::RedisState::kRefusesWrites: return "refusing to store";
    case cache::RedisState::kDown: return "not there";
  }
  return "not there";
}

}  // namespace

Workspace::Workspace(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

// What runs in the background ends before what it uses; then nothing is added to the account any more.
Workspace::~Workspace() {
  for (std::size_t i = 0; i < impl_->caches.size(); ++i) {
    auto& thread = impl_->threads[i];
    auto* feed = i == 0 ? impl_->feed.get() : nullptr;
    bool done = false;
    thread.context.restart();
    boost::asio::co_spawn(thread.context, stop_all(thread, impl_->caches[i], feed),
                          [&done](const std::exception_ptr&) { done = true; });
    while (!done && thread.context.run_one() > 0) {
    }
  }
  write_last_usage();
}

void Workspace::write_last_usage() {
  if (impl_->ledger.unwritten() == 0) return;
  const auto written = run(flush_last(impl_->ledger, usage()));
  if (written || !impl_->notice) return;
  impl_->notice(fmt::format("the account of model calls is incomplete, {} rows were lost: {}",
                            impl_->ledger.unwritten(), written.error().message));
}

void Workspace::keep_usage(Impl& impl) {
  auto on_trouble = [&notice = impl.notice](const std::string& why) {
    if (!notice) return;
    notice(why.empty() ? "the account of model calls is written again"
                       : "the account of model calls cannot be written and is kept in memory: " + why);
  };
  impl.threads.front().tasks.spawn("account of model calls",
                                   engine::keep_usage(impl.ledger, *impl.database.usage, std::move(on_trouble)));
}

base::Result<std::unique_ptr<Workspace>> Workspace::open(const Config& config, base::Clock& clock, base::Random& random,
                                                         std::size_t threads, Notice notice) {
  TRY(auto chosen, choose_models(config));
  auto impl = std::make_unique<Impl>(config, std::move(chosen), clock, random, std::move(notice));
  IoThreads executors;
  for (std::size_t i = 0; i < threads; ++i) {
    auto& thread = impl->threads.emplace_back();
    executors.emplace_back(thread.context.get_executor());
    TRY(thread.http, net::make_http_client(thread.context.get_executor(), http_config(config)));
  }
  TRY_STATUS(open_caches(*impl, config, clock, random));
  TRY(impl->database, open_database(config, random, std::move(executors)));
  if (impl->chosen.router) keep_usage(*impl);
  const engine::RunnerConfig runner{.max_calls = static_cast<std::size_t>(config.llm_concurrency),
                                    .call_timeout = std::chrono::seconds(config.llm_timeout_seconds)};
  for (std::size_t i = 0; i < threads; ++i) {
    impl->engines.emplace_back(impl->threads[i].context.get_executor(), *impl->database.sessions, clock, random,
                               engine::Models{impl->caches[i].router.get(), impl->caches[i].router.get()}, runner);
  }
  return std::unique_ptr<Workspace>(new Workspace(std::move(impl)));
}

base::Status Workspace::open_caches(Impl& impl, const Config& config, base::Clock& clock, base::Random& random) {
  std::optional<cache::RedisTarget> target;
  std::shared_ptr<net::TlsSettings> tls;  // shared by all connections to Redis
  if (!config.redis_url.empty() && impl.chosen.router) {
    TRY(target, cache::parse_redis_url(config.redis_url));
    TRY(tls, net::TlsSettings::load(config.http_ca_file));
    impl.feed = std::make_unique<cache::PurgeFeed>(impl.threads.front().context.get_executor(), *target, tls,
                                                   cache::PurgeFeedConfig{}, impl.memory, random);
  }
  for (auto& thread : impl.threads) {
    auto& its_cache = impl.caches.emplace_back();
    if (!impl.chosen.router) continue;
    cache::ByteCache* replies = &impl.memory;
    if (target) {
      const bool is_first = impl.caches.size() == 1;
      const auto on_change = [&notice = impl.notice, is_first, place = target->place(), was_said = false](
                                 cache::RedisState state, const std::string& why) mutable {
        // That it is there from the start is what everybody expects.
        if (!notice || !is_first || (state == cache::RedisState::kUp && !was_said)) return;
        was_said = true;
        notice("the cache " + place + " is " + std::string(name(state)) + (why.empty() ? "" : ": " + why));
      };
      its_cache.redis = std::make_unique<cache::RedisCache>(thread.context.get_executor(), *target, tls,
                                                            cache::RedisCacheConfig{.sealing = seal_of(config)}, clock,
                                                            random, on_change);
      its_cache.tiered = std::make_unique<cache::TieredCache>(impl.memory, *its_cache.redis, *impl.feed, clock,
                                                              cache::TieredCacheConfig{});
      its_cache.redis->start();
      replies = its_cache.tiered.get();
    }
    its_cache.router = std::make_unique<llm::ReloadableRouter>(
        impl.chosen.router, llm::RouterParts{*thread.http, *replies, thread.tasks, clock, impl.shared,
                                             impl.threads.size(), its_cache.redis.get()});
  }
  if (impl.feed) impl.feed->start();
  return {};
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
store::UsageStore& Workspace::usage() {
  return *impl_->database.usage;
}
llm::Budgets& Workspace::budgets() {
  return impl_->budgets;
}
base::Status Workspace::load_budgets() {
  return run(impl_->ledger.reload(usage()));
}
void Workspace::listen_for_changes(store::ChangeListener listener) {
  if (impl_->database.listen) impl_->database.listen(std::move(listener));
}
std::optional<store::PoolCounters> Workspace::database_pool() const {
  return impl_->database.pool ? std::optional(impl_->database.pool()) : std::nullopt;
}
const std::string& Workspace::provider() const {
  return impl_->chosen.name;
}
boost::asio::any_io_executor Workspace::executor() {
  return impl_->threads.front().context.get_executor();
}

std::vector<llm::ReloadableRouter*> Workspace::routers() {
  std::vector<llm::ReloadableRouter*> routers;
  for (auto& its_cache : impl_->caches) routers.push_back(its_cache.router.get());
  return routers;
}
void Workspace::replace_router(std::shared_ptr<const llm::RouterConfig> config) {
  impl_->shared.take_over(*config);
  for (std::size_t i = 0; i < impl_->caches.size(); ++i) {
    auto* const router = impl_->caches[i].router.get();
    if (router == nullptr) continue;
    boost::asio::post(impl_->threads[i].context, [router, config] { router->replace(config); });
  }
}
std::vector<net::TaskScope*> Workspace::task_scopes() {
  std::vector<net::TaskScope*> scopes;
  for (auto& thread : impl_->threads) scopes.push_back(&thread.tasks);
  return scopes;
}

// The others go on until the first one is done; what runs in the background is left lying until the next time.
void Workspace::drive(const bool& done) {
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::vector<WorkGuard> guards;
  std::vector<std::jthread> others;  // joined first
  for (auto& thread : impl_->threads) thread.context.restart();
  for (auto thread = std::next(impl_->threads.begin()); thread != impl_->threads.end(); ++thread) {
    guards.emplace_back(thread->context.get_executor());
    others.emplace_back([&context = thread->context] { context.run(); });
  }
  auto& first = impl_->threads.front().context;
  while (!done && first.run_one() > 0) {
  }
  for (auto thread = std::next(impl_->threads.begin()); thread != impl_->threads.end(); ++thread) {
    thread->context.stop();
  }
}

}  // namespace tollgate::cli
