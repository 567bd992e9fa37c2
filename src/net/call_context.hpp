// What every outgoing call of one request shares: when it must be over, and under which id it is traced.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>

namespace tollgate::net {

using Deadline = std::chrono::steady_clock::time_point;

struct CallContext {
  Deadline deadline = Deadline::max();
  std::string correlation_id{};  // sent on as X-Request-ID, written to every log line
  // Where it stands: another end that moves while the call goes on, such as when the first piece of a reply must be
  // there. Read by the call, on its executor; must outlive it.
  const Deadline* moving_deadline = nullptr;

  Deadline ends_at() const { return moving_deadline ? std::min(deadline, *moving_deadline) : deadline; }

  // The same context, over at the latest `limit` from now.
  CallContext within(std::chrono::milliseconds limit) const {
    CallContext narrowed = *this;
    narrowed.deadline = std::min(deadline, std::chrono::steady_clock::now() + limit);
    return narrowed;
  }
};

}  // namespace tollgate::net
