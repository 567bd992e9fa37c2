// What the contract's tests share: the store under test, and short ways to fill and read it.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/identity_store.hpp"
#include "store/request_checks.hpp"
#include "store/session_store.hpp"
#include "store/usage_store.hpp"
#include "tests/store/run_async.hpp"

namespace tollgate::store {

// A fresh, empty store and whatever it needs; everything goes when the fixture does.
class StoreFixture {
 public:
  virtual ~StoreFixture() = default;
  virtual SessionStore& store() = 0;
  virtual IdentityStore& identities() { throw std::logic_error("this back end keeps no identities"); }
  virtual UsageStore& usage() { throw std::logic_error("this back end keeps no account of calls"); }
};

using StoreFactory = std::unique_ptr<StoreFixture> (*)();

class SessionStoreContract : public testing::TestWithParam<StoreFactory> {
 protected:
  using ErrorCode = base::ErrorCode;
  using Record = base::Value::Record;

  void SetUp() override {
    fixture_ = GetParam()();
    ASSERT_TRUE(test::run(store().save_protocol(protocol_)));
  }

  SessionStore& store() { return fixture_->store(); }

  static base::Timestamp at(std::int64_t seconds) {
    return base::Timestamp(std::chrono::seconds(1'800'000'000 + seconds));
  }

  base::SessionId new_id() { return base::SessionId::make(at(0), random_); }
  base::BootId new_boot() { return base::BootId::make(at(0), random_); }

  NewSession draft(std::string title, std::string owner = "local", std::int64_t second = 0) {
    const auto id = new_id();
    return {.row = {.id = id,
                    .title = std::move(title),
                    .owner = std::move(owner),
                    .protocol_hash = protocol_.hash,
                    .protocol_id = protocol_.id,
                    .settings = Record{{"profile", "default"}},
                    .created_at = at(second),
                    .updated_at = at(second)},
            .idempotency_key = id.to_string(),
            .event_body = Record{{"title", "t"}}};
  }

  SessionRow create(NewSession session) {
    auto row = test::run(store().create_session(std::move(session)));
    EXPECT_TRUE(row) << row.error().message;
    return row.value_or(SessionRow{});
  }
  SessionRow create(std::string title = "Triage") { return create(draft(std::move(title))); }

  static NewInput answer(std::string subject, base::Value body, std::string key, std::int64_t second = 1) {
    return {.entry = {.kind = "answer", .subject = std::move(subject), .body = std::move(body), .at = at(second)},
            .idempotency_key = std::move(key),
            .event_type = "answer.submitted",
            .event_body = Record{{"question", "q"}}};
  }

  base::Result<std::vector<AppendedInput>> append(base::SessionId id, std::vector<NewInput> inputs) {
    return test::run(store().append_inputs(id, std::move(inputs)));
  }
  base::Result<std::vector<AppendedInput>> append(base::SessionId id, NewInput input) {
    return append(id, std::vector{std::move(input)});
  }

  Lease acquire(base::SessionId id, std::string scope, base::BootId owner, std::chrono::milliseconds ttl = kLong) {
    auto lease = test::run(store().acquire_lease(id, std::move(scope), owner, ttl));
    EXPECT_TRUE(lease) << lease.error().message;
    return lease.value_or(Lease{});
  }
  Lease acquire(base::SessionId id) { return acquire(id, "S1", new_boot()); }

  // Waits for the other's lease to expire by the store's own clock.
  Lease steal(const Lease& held, base::BootId thief) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (std::chrono::steady_clock::now() < give_up) {
      auto lease = test::run(store().acquire_lease(held.session, held.scope, thief, kLong));
      if (lease) return *lease;
      EXPECT_EQ(lease.error().code, ErrorCode::kConflict);
      std::this_thread::yield();
    }
    ADD_FAILURE() << "the lease did not expire";
    return {};
  }

  static Entry outcome(std::string subject, std::int64_t version, base::Value body) {
    return {"assessment", std::move(subject), version, std::move(body), at(2)};
  }
  static Event event(std::string type) { return {.type = std::move(type), .body = Record{{"score", 7}}, .at = {}}; }
  static Blob blob_of(std::string bytes) { return {base::Sha256::of(bytes), std::move(bytes)}; }
  static CheckpointRow checkpoint(std::int64_t seq, std::vector<Blob> blobs) {
    CheckpointRow row{.seq = seq, .hash = {}, .manifest = fmt::format("{{\"seq\":{}}}", seq)};
    for (const auto& blob : blobs) row.blobs.push_back(blob.digest);
    row.hash = base::Sha256::of(row.manifest);
    return row;
  }

  base::Result<std::int64_t> commit(OutcomeCommit commit) { return test::run(store().commit(std::move(commit))); }

  SessionRecord load(base::SessionId id) {
    auto record = test::run(store().load(id));
    EXPECT_TRUE(record) << record.error().message;
    return record.value_or(SessionRecord{});
  }
  std::vector<Event> events(base::SessionId id, std::int64_t after = 0, std::int64_t limit = kMaxEventLimit) {
    auto found = test::run(store().events(id, after, limit));
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(std::vector<Event>{});
  }
  base::Result<SessionPage> list(SessionFilter filter) { return test::run(store().list(std::move(filter))); }

  // All pages one after the other; `between` runs after each.
  std::vector<std::string> titles(SessionFilter filter, const std::function<void()>& between = [] {}) {
    std::vector<std::string> found;
    do {
      auto page = list(filter);
      EXPECT_TRUE(page) << page.error().message;
      if (!page) break;
      for (const auto& row : page->rows) found.push_back(row.title);
      filter.cursor = page->next;
      between();
    } while (!filter.cursor.empty() && found.size() < 1000);  // a cursor that stands still must not hang the test
    return found;
  }

  template <typename T>
  static ErrorCode code_of(const base::Result<T>& result) {
    EXPECT_FALSE(result) << "expected an error";
    return result ? ErrorCode::kInternal : result.error().code;
  }

  // `body(i)` on eight threads at once.
  static void in_parallel(const std::function<void(int)>& body) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&body, i] { body(i); });
    for (auto& thread : threads) thread.join();
  }

  static constexpr std::chrono::milliseconds kLong{60'000};

  base::SystemRandom random_;
  ProtocolRow protocol_{base::Sha256::of("{}"), "demo", "1.0", "Demo", "{}"};
  std::unique_ptr<StoreFixture> fixture_;
};

}  // namespace tollgate::store
