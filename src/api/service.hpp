// What the handlers of one thread work with, on its engine's executor. Everything is borrowed.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "api/authenticator.hpp"
#include "api/rate_limiter.hpp"
#include "api/request_limits.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "engine/engine.hpp"
#include "engine/event_signals.hpp"
#include "engine/live_sessions.hpp"
#include "llm/budget.hpp"
#include "llm/router/router.hpp"
#include "net/task_scope.hpp"
#include "store/identity_store.hpp"
#include "store/usage_store.hpp"

namespace tollgate::api {

using Protocols = std::map<std::string, std::shared_ptr<const protocol::Protocol>, std::less<>>;  // by id

struct Service {
  engine::Engine& engine;      // the thread's own
  engine::LiveSessions& live;  // from here on: shared by all threads
  engine::EventSignals& signals;
  store::IdentityStore& identities;
  store::UsageStore& usage;
  llm::Budgets& budgets;
  Authenticator& authenticator;
  RateLimiter& limiter;
  base::Clock& clock;
  base::Random& random;
  const Protocols& protocols;
  std::string version;
  net::TaskScope& tasks;                      // the thread's own
  llm::ReloadableRouter* models = nullptr;    // the thread's own; nullptr: no model is set up
  std::chrono::milliseconds model_timeout{};  // of one call through the gateway
  RequestLimits limits{};
  bool is_ready = true;  // false once the process is about to end
};

}  // namespace tollgate::api
