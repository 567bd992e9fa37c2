// An engine over each kind of store, with a scripted provider; for tests that hold whatever the store is.
#pragma once

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "engine/engine.hpp"
#include "store/sqlite/sqlite_session_store.hpp"
#include "tests/engine/well_review.hpp"
#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/fake_session_store.hpp"
#include "tests/fakes/proxy_session_store.hpp"
#include "tests/fakes/retrying_fake.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate::test {

enum class StoreKind { kFake, kSqlite };
inline void PrintTo(StoreKind kind, std::ostream* out) {
  *out << (kind == StoreKind::kFake ? "Fake" : "Sqlite");
}

inline const session::RunPolicy kBatch{.mode = session::RunMode::kBatch, .can_draft = true};
inline const session::RunPolicy kInteractive{};

class EngineTest : public testing::TestWithParam<StoreKind> {
 protected:
  EngineTest() {
    if (GetParam() == StoreKind::kFake) {
      kept_ = std::make_unique<store::FakeSessionStore>();
    } else {
      kept_ = store::open_sqlite_store({.path = folder_.file("sessions.db")}).value();
    }
    store_ = std::make_unique<fakes::ProxySessionStore>(*kept_);
  }

  template <typename T>
  T run(boost::asio::awaitable<T> task) {
    return fakes::run_coroutine(context_, std::move(task));
  }

  std::unique_ptr<engine::Engine> make_engine(bool with_model) {
    if (!router_) router_ = std::make_unique<fakes::RetryingFake>(provider_, retry_);
    return std::make_unique<engine::Engine>(context_.get_executor(), *store_, clock_, random_,
                                            engine::Models{with_model ? router_.get() : nullptr}, config_);
  }
  std::unique_ptr<engine::Engine> offline() { return make_engine(false); }
  std::unique_ptr<engine::Engine> with_model() { return make_engine(true); }

  base::SessionId create(engine::Engine& engine, const std::string& key = "a") {
    auto row =
        run(engine.create({.title = "Well of the Hofmann farm", .protocol = well_protocol(), .idempotency_key = key}));
    return row.value().id;
  }

  base::Result<engine::RunReport> run_batch(engine::Engine& engine, base::SessionId id,
                                            session::Brief brief = well_brief()) {
    return run(engine.run(id, kBatch, std::move(brief), observer()));
  }

  engine::RunObserver observer() {
    return [this](const session::Session&, std::string_view event, const base::Value&) { events_.emplace_back(event); };
  }

  engine::LoadedSession load(engine::Engine& engine, base::SessionId id) {
    return std::move(run(engine.load(id)).value());
  }

  std::int64_t answer(engine::Engine& engine, base::SessionId id, const std::string& question, base::Value value) {
    return run(engine.submit(id, question, std::move(value), "ann", {question + std::to_string(++keys_)})).value();
  }

  boost::asio::awaitable<void> pause() {
    boost::asio::steady_timer timer(context_, std::chrono::milliseconds(5));
    co_await timer.async_wait(boost::asio::use_awaitable);
  }

  TemporaryFolder folder_;
  boost::asio::io_context context_{1};
  base::SystemClock clock_;
  base::SystemRandom random_;
  engine::RunnerConfig config_{};
  fakes::FakeProvider provider_{context_.get_executor()};
  llm::RetryConfig retry_{.max_tries = 4, .first_backoff = std::chrono::milliseconds(1)};
  std::unique_ptr<fakes::RetryingFake> router_;
  std::unique_ptr<store::SessionStore> kept_;
  std::unique_ptr<fakes::ProxySessionStore> store_;
  std::vector<std::string> events_;
  int keys_ = 0;
};

inline boost::asio::awaitable<void> nothing() {
  co_return;
}

inline std::string kind_name(const testing::TestParamInfo<StoreKind>& info) {
  return info.param == StoreKind::kFake ? "Fake" : "Sqlite";
}

}  // namespace tollgate::test
