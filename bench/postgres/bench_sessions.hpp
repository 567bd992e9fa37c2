// Sessions for benchmarks to write to.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "bench/postgres/figures.hpp"
#include "store/session_store.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::bench {

inline std::vector<base::SessionId> make_sessions(boost::asio::io_context& context, store::SessionStore& store,
                                                  std::size_t count, base::Random& random) {
  const store::ProtocolRow protocol{base::Sha256::of("{}"), "demo", "1.0", "Demo", "{}"};
  check(fakes::run_coroutine(context, store.save_protocol(protocol)));
  std::vector<base::SessionId> sessions;
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = base::SessionId::make(base::SystemClock().now(), random);
    (void)value_of(fakes::run_coroutine(context, store.create_session({.row = {.id = id,
                                                                               .title = fmt::format("Review {}", i),
                                                                               .owner = "local",
                                                                               .protocol_hash = protocol.hash,
                                                                               .protocol_id = "demo",
                                                                               .settings = base::Value::Record{}},
                                                                       .idempotency_key = id.to_string(),
                                                                       .event_body = base::Value::Record{}})));
    sessions.push_back(id);
  }
  return sessions;
}

}  // namespace tollgate::bench
