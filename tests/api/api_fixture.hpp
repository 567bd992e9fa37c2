// The routes over a real store, without sockets.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "api/router.hpp"
#include "api/routes.hpp"
#include "base/json.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/sqlite_identity_store.hpp"
#include "store/sqlite/sqlite_session_store.hpp"
#include "store/sqlite/sqlite_usage_store.hpp"
#include "tests/engine/well_review.hpp"
#include "tests/fakes/advancing_clock.hpp"
#include "tests/fakes/run_coroutine.hpp"
#include "tests/store/temporary_folder.hpp"

namespace tollgate::test {

class ApiTest : public testing::Test {
 protected:
  enum class Users { kLocal, kAccounts };

  explicit ApiTest(Users users = Users::kLocal) : users_(users) { protocols_.emplace("well", well_protocol()); }
  ~ApiTest() override { (void)run(live_.stop(std::chrono::steady_clock::now() + std::chrono::seconds(5))); }

  template <typename T>
  T run(boost::asio::awaitable<T> task) {
    return fakes::run_coroutine(context_, std::move(task));
  }

  api::Reply send(std::string method, std::string target, std::string body = {}, api::StringMap headers = {}) {
    if (!body.empty()) headers.try_emplace("content-type", "application/json");
    return run(api::answer(api::routes(), service_,
                           {.method = std::move(method),
                            .target = std::move(target),
                            .headers = std::move(headers),
                            .body = std::move(body),
                            .request_id = "r-1",
                            .address = "192.0.2.7"}));
  }
  base::Value json(const api::Reply& reply) { return base::parse_json(reply.body).value_or(base::Value()); }

  // The path of a new session.
  std::string create(const std::string& title = "Well of the Hofmann farm") {
    const auto reply =
        send("POST", "/api/v1/sessions", base::to_json(base::Value::Record{{"title", title}, {"protocol", "well"}}));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return "/api/v1/sessions/" + std::string(json(reply).string_or("id", ""));
  }
  api::Reply answer(const std::string& session, const std::string& question, base::Value value,
                    api::StringMap headers = {}) {
    return send("PUT", session + "/answers/" + question,
                base::to_json(base::Value::Record{{"value", std::move(value)}}), std::move(headers));
  }
  // Until the work in the background is done.
  void settle(const std::string& session) {
    const auto id = base::SessionId::parse(session.substr(session.rfind('/') + 1));
    EXPECT_TRUE(run(live_.settle(*id, {}, std::chrono::seconds(10))));
  }
  static std::string header(const api::Reply& reply, std::string_view name) {
    for (const auto& [key, value] : reply.headers) {
      if (key == name) return value;
    }
    return {};
  }

  const Users users_;
  boost::asio::io_context context_{1};
  fakes::AdvancingClock clock_;
  base::SystemRandom random_;
  TemporaryFolder folder_;
  std::shared_ptr<store::SqliteDatabase> database_ =
      store::SqliteDatabase::open({.path = folder_.file("tollgate.db")}).value();
  std::unique_ptr<store::SessionStore> store_ = store::make_sqlite_session_store(database_);
  std::unique_ptr<store::IdentityStore> identities_ = store::make_sqlite_identity_store(database_);
  std::unique_ptr<store::UsageStore> usage_ = store::make_sqlite_usage_store(database_);
  llm::Budgets budgets_{clock_};
  engine::Engine engine_{context_.get_executor(), *store_, clock_, random_, {}};
  engine::EventSignals signals_;
  engine::LiveSessions live_{{&engine_}, signals_};
  api::Authenticator authenticator_ = users_ == Users::kLocal ? api::Authenticator::local(*identities_, clock_)
                                                              : api::Authenticator::with_accounts(*identities_, clock_);
  api::MemoryRateLimiter limiter_{clock_};
  api::Protocols protocols_;
  net::TaskScope tasks_{context_.get_executor(), {}};
  api::Service service_{.engine = engine_,
                        .live = live_,
                        .signals = signals_,
                        .identities = *identities_,
                        .usage = *usage_,
                        .budgets = budgets_,
                        .authenticator = authenticator_,
                        .limiter = limiter_,
                        .clock = clock_,
                        .random = random_,
                        .protocols = protocols_,
                        .version = "1.2.3",
                        .tasks = tasks_};
};

}  // namespace tollgate::test
