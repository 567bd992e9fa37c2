// Told that a session has new events, perhaps written by another process; without a session: perhaps any has. A hint:
// it may come for nothing, late or twice, so whoever is told reads the event log. Must be fast, thread-safe and not
// throw.
#pragma once

#include <functional>
#include <optional>

#include "base/ids.hpp"

namespace tollgate::store {

using ChangeListener = std::function<void(std::optional<base::SessionId>)>;

}  // namespace tollgate::store
