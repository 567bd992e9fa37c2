// Short ways to fill a store with sessions.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/session_store.hpp"
#include "tests/store/run_async.hpp"

namespace tollgate::test {

inline base::Timestamp second(std::int64_t count) {
  return base::Timestamp(std::chrono::seconds(1'800'000'000 + count));
}

inline store::ProtocolRow sample_protocol() {
  return {base::Sha256::of("{}"), "demo", "1.0", "Demo", "{}"};
}

inline base::SessionId new_session_id() {
  static base::SystemRandom random;
  return base::SessionId::make(second(0), random);
}

inline base::BootId new_owner() {
  static base::SystemRandom random;
  return base::BootId::make(second(0), random);
}

inline store::NewSession session_draft(std::string title = "Triage", std::string owner = "local") {
  const auto id = new_session_id();
  return {.row = {.id = id,
                  .title = std::move(title),
                  .owner = std::move(owner),
                  .protocol_hash = sample_protocol().hash,
                  .protocol_id = "demo",
                  .settings = base::Value::Record{},
                  .created_at = second(0),
                  .updated_at = second(0)},
          .idempotency_key = id.to_string(),
          .event_body = base::Value::Record{}};
}

inline store::NewInput answer(std::string subject, base::Value body, std::string key) {
  return {.entry = {.kind = "answer", .subject = std::move(subject), .body = std::move(body), .at = second(1)},
          .idempotency_key = std::move(key),
          .event_type = "answer.submitted",
          .event_body = base::Value::Record{}};
}

inline base::SessionId create_session(store::SessionStore& store, store::NewSession draft = session_draft()) {
  EXPECT_TRUE(run(store.save_protocol(sample_protocol())));
  const auto row = run(store.create_session(std::move(draft)));
  EXPECT_TRUE(row) << row.error().message << row.error().detail;
  return row->id;
}

inline base::Result<std::vector<store::AppendedInput>> append(store::SessionStore& store, base::SessionId session,
                                                              store::NewInput input) {
  return run(store.append_inputs(session, std::vector{std::move(input)}));
}

}  // namespace tollgate::test
