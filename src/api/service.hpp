// What the handlers work with. Everything is borrowed and used on the engine's executor.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "engine/engine.hpp"
#include "engine/event_signals.hpp"
#include "engine/live_sessions.hpp"

namespace tollgate::api {

struct Service {
  engine::Engine& engine;
  engine::LiveSessions& live;
  engine::EventSignals& signals;
  base::Clock& clock;
  base::Random& random;
  std::map<std::string, std::shared_ptr<const protocol::Protocol>, std::less<>> protocols;  // by id
  std::string version;
  bool is_ready = true;  // false once the process is about to end
};

}  // namespace tollgate::api
