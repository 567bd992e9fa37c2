// What the handlers work with. Everything is borrowed and used on the engine's executor.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "api/authenticator.hpp"
#include "api/rate_limiter.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "engine/engine.hpp"
#include "engine/event_signals.hpp"
#include "engine/live_sessions.hpp"
#include "store/identity_store.hpp"

namespace tollgate::api {

struct RequestLimits {
  RateLimit per_account{1'200};
  RateLimit per_address{2'400};
  RateLimit sign_ins{10};  // per address
};

struct Service {
  engine::Engine& engine;
  engine::LiveSessions& live;
  engine::EventSignals& signals;
  store::IdentityStore& identities;
  Authenticator& authenticator;
  RateLimiter& limiter;
  base::Clock& clock;
  base::Random& random;
  std::map<std::string, std::shared_ptr<const protocol::Protocol>, std::less<>> protocols;  // by id
  std::string version;
  RequestLimits limits{};
  bool is_ready = true;  // false once the process is about to end
};

}  // namespace tollgate::api
