// What every SessionStore must do, as one parameterised suite: a back end instantiates it with a factory of its own.
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, SessionStoreContract, testing::Values(&open_temporary_sqlite));
//
// Include it in one source file per test program.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/request_checks.hpp"
#include "store/session_store.hpp"
#include "tests/store/run_async.hpp"

namespace tollgate::store {

// A fresh, empty store and whatever it needs; everything goes when the fixture does.
class StoreFixture {
 public:
  virtual ~StoreFixture() = default;
  virtual SessionStore& store() = 0;
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
    } while (!filter.cursor.empty());
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

// Protocols

TEST_P(SessionStoreContract, KeepsAProtocolByItsHash) {
  const auto found = test::run(store().protocol(protocol_.hash));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->hash, protocol_.hash);
  EXPECT_EQ(found->id, "demo");
  EXPECT_EQ(found->version, "1.0");
  EXPECT_EQ(found->title, "Demo");
  EXPECT_EQ(found->canonical, "{}");
}

TEST_P(SessionStoreContract, LeavesAKnownProtocolAsItIs) {
  auto again = protocol_;
  again.title = "Another title";
  ASSERT_TRUE(test::run(store().save_protocol(again)));
  EXPECT_EQ(test::run(store().protocol(protocol_.hash))->title, "Demo");
}

TEST_P(SessionStoreContract, DoesNotFindAnUnknownProtocol) {
  EXPECT_EQ(code_of(test::run(store().protocol(base::Sha256::of("other")))), ErrorCode::kNotFound);
}

// Creating

TEST_P(SessionStoreContract, CreatesASessionWithItsFirstEvent) {
  auto session = draft("Kartierung der Ärzte 🩺", "ada", 5);
  session.row.status = SessionStatus::kDecided;
  session.row.head_seq = 99;
  const auto row = create(session);
  EXPECT_EQ(row.id, session.row.id);
  EXPECT_EQ(row.title, session.row.title);
  EXPECT_EQ(row.owner, "ada");
  EXPECT_EQ(row.protocol_hash, protocol_.hash);
  EXPECT_EQ(row.protocol_id, "demo");
  EXPECT_EQ(row.settings, session.row.settings);
  EXPECT_EQ(row.status, SessionStatus::kOpen);
  EXPECT_EQ(row.decision, "");
  EXPECT_FALSE(row.origin);
  EXPECT_EQ(row.created_at, at(5));
  EXPECT_EQ(row.updated_at, at(5));
  EXPECT_EQ(row.head_seq, 1);

  const auto log = events(row.id);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].seq, 1);
  EXPECT_EQ(log[0].type, "session.created");
  EXPECT_EQ(log[0].body, session.event_body);
  EXPECT_EQ(log[0].at, at(5));
  EXPECT_EQ(load(row.id).row.settings, session.row.settings);
}

TEST_P(SessionStoreContract, ReturnsTheFirstSessionForARepeatedKey) {
  auto first = draft("First");
  auto second = draft("Second");
  second.idempotency_key = first.idempotency_key;
  create(first);
  const auto row = create(second);
  EXPECT_EQ(row.id, first.row.id);
  EXPECT_EQ(row.title, "First");
  EXPECT_EQ(events(row.id).size(), 1u);
  EXPECT_EQ(code_of(test::run(store().load(second.row.id))), ErrorCode::kNotFound);
}

TEST_P(SessionStoreContract, KeepsTheKeysOfOwnersApart) {
  auto ada = draft("A", "ada");
  auto bob = draft("B", "bob");
  bob.idempotency_key = ada.idempotency_key;
  EXPECT_NE(create(ada).id, create(bob).id);
}

TEST_P(SessionStoreContract, RefusesAnIdThatIsTaken) {
  auto first = draft("First");
  create(first);
  auto second = draft("Second");
  second.row.id = first.row.id;
  EXPECT_EQ(code_of(test::run(store().create_session(second))), ErrorCode::kConflict);
}

TEST_P(SessionStoreContract, RefusesASessionWhoseProtocolIsNotStored) {
  auto session = draft("T");
  session.row.protocol_hash = base::Sha256::of("unknown");
  EXPECT_EQ(code_of(test::run(store().create_session(session))), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(code_of(test::run(store().load(session.row.id))), ErrorCode::kNotFound);
}

TEST_P(SessionStoreContract, CreatesOneSessionWhenManyUseTheSameKeyAtOnce) {
  std::vector<NewSession> drafts;
  for (int i = 0; i < 8; ++i) {
    drafts.push_back(draft("T"));
    drafts.back().idempotency_key = "same";
  }
  std::vector<SessionRow> rows(8);
  in_parallel([&](int i) { rows[static_cast<std::size_t>(i)] = create(drafts[static_cast<std::size_t>(i)]); });
  for (const auto& row : rows) EXPECT_EQ(row.id, rows[0].id);
  EXPECT_EQ(list({})->rows.size(), 1u);
}

// Inputs

TEST_P(SessionStoreContract, NumbersTheVersionsOfEachSubjectFromOne) {
  const auto id = create().id;
  EXPECT_EQ(append(id, answer("a", "x", "k1"))->at(0).version, 1);
  EXPECT_EQ(append(id, answer("a", "y", "k2"))->at(0).version, 2);
  EXPECT_EQ(append(id, answer("b", "z", "k3"))->at(0).version, 1);
  auto waiver = answer("a", "w", "k4");
  waiver.entry.kind = "waiver";
  EXPECT_EQ(append(id, waiver)->at(0).version, 1);

  const auto inputs = load(id).inputs;
  ASSERT_EQ(inputs.size(), 4u);
  EXPECT_EQ(inputs[0].subject, "a");
  EXPECT_EQ(inputs[0].body, base::Value("x"));
  EXPECT_EQ(inputs[0].at, at(1));
  EXPECT_EQ(inputs[1].version, 2);
  EXPECT_EQ(inputs[2].subject, "b");
  EXPECT_EQ(inputs[3].kind, "waiver");
}

TEST_P(SessionStoreContract, WritesAnEventWithTheRevisionForEachInput) {
  const auto id = create().id;
  ASSERT_TRUE(append(id, {answer("a", "x", "k1", 3), answer("a", "y", "k2", 4)}));
  const auto log = events(id);
  ASSERT_EQ(log.size(), 3u);
  EXPECT_EQ(log[1].seq, 2);
  EXPECT_EQ(log[1].type, "answer.submitted");
  EXPECT_EQ(log[1].body, base::Value(Record{{"question", "q"}, {"revision", 1}}));
  EXPECT_EQ(log[1].at, at(3));
  EXPECT_EQ(log[2].body.int_or("revision", 0), 2);
  EXPECT_EQ(load(id).row.head_seq, 3);
  EXPECT_EQ(load(id).row.updated_at, at(4));
}

TEST_P(SessionStoreContract, ReplaysAnInputUnderItsKeyWithoutWriting) {
  const auto id = create().id;
  ASSERT_TRUE(append(id, answer("a", Record{{"x", 1}, {"y", 2}}, "k1")));
  ASSERT_TRUE(append(id, answer("a", "newer", "k2")));
  const auto again = append(id, answer("a", Record{{"y", 2}, {"x", 1}}, "k1", 50));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->at(0).version, 1);
  EXPECT_TRUE(again->at(0).replayed);
  EXPECT_EQ(load(id).row.head_seq, 3);
  EXPECT_EQ(load(id).row.updated_at, at(1));
}

TEST_P(SessionStoreContract, ReplaysEvenWhenTheExpectedVersionIsPast) {
  const auto id = create().id;
  auto input = answer("a", "x", "k1");
  input.expected_version = 0;
  ASSERT_TRUE(append(id, input));
  EXPECT_TRUE(append(id, input)->at(0).replayed);
}

TEST_P(SessionStoreContract, RefusesAKeyUsedForAnotherInput) {
  const auto id = create().id;
  ASSERT_TRUE(append(id, answer("a", "x", "k1")));
  EXPECT_EQ(code_of(append(id, answer("a", "y", "k1"))), ErrorCode::kConflict);
  EXPECT_EQ(code_of(append(id, answer("b", "x", "k1"))), ErrorCode::kConflict);
  EXPECT_EQ(load(id).inputs.size(), 1u);
}

TEST_P(SessionStoreContract, KeepsTheKeysOfSessionsApart) {
  const auto one = create("One").id;
  const auto two = create("Two").id;
  ASSERT_TRUE(append(one, answer("a", "x", "k1")));
  EXPECT_FALSE(append(two, answer("a", "y", "k1"))->at(0).replayed);
}

TEST_P(SessionStoreContract, AppendsOnlyToTheExpectedVersion) {
  const auto id = create().id;
  auto input = answer("a", "x", "k1");
  input.expected_version = 1;
  EXPECT_EQ(code_of(append(id, input)), ErrorCode::kConflict);
  input.expected_version = 0;
  EXPECT_EQ(append(id, input)->at(0).version, 1);
  auto next = answer("a", "y", "k2");
  next.expected_version = 1;
  EXPECT_EQ(append(id, next)->at(0).version, 2);
}

TEST_P(SessionStoreContract, AppendsAllInputsOfACallOrNone) {
  const auto id = create().id;
  auto refused = answer("b", "y", "k2");
  refused.expected_version = 7;
  EXPECT_EQ(code_of(append(id, {answer("a", "x", "k1"), refused})), ErrorCode::kConflict);
  EXPECT_TRUE(load(id).inputs.empty());
  EXPECT_EQ(load(id).row.head_seq, 1);
  EXPECT_FALSE(append(id, answer("a", "other", "k1"))->at(0).replayed);
}

TEST_P(SessionStoreContract, MixesReplaysAndNewInputsInOneCall) {
  const auto id = create().id;
  ASSERT_TRUE(append(id, answer("a", "x", "k1")));
  const auto appended = append(id, {answer("a", "x", "k1"), answer("a", "y", "k2"), answer("a", "y", "k2")});
  ASSERT_TRUE(appended);
  EXPECT_TRUE(appended->at(0).replayed);
  EXPECT_FALSE(appended->at(1).replayed);
  EXPECT_EQ(appended->at(1).version, 2);
  EXPECT_TRUE(appended->at(2).replayed);
  EXPECT_EQ(events(id).size(), 3u);
}

TEST_P(SessionStoreContract, RefusesInputsForAnUnknownSession) {
  EXPECT_EQ(code_of(append(new_id(), answer("a", "x", "k1"))), ErrorCode::kNotFound);
}

TEST_P(SessionStoreContract, RefusesIllFormedInputs) {
  const auto id = create().id;
  EXPECT_EQ(code_of(append(id, answer("a", "x", ""))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(append(id, answer("a", "x", std::string(201, 'k')))), ErrorCode::kTooLarge);
  EXPECT_EQ(code_of(append(id, answer("a", "x", "k\xff"))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(append(id, answer(std::string("a\0b", 3), "x", "k"))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(append(id, answer("a", "not utf-8: \xff", "k"))), ErrorCode::kInvalidArgument);
  auto no_record = answer("a", "x", "k");
  no_record.event_body = "text";
  EXPECT_EQ(code_of(append(id, no_record)), ErrorCode::kInvalidArgument);
  base::Value deep;
  for (int i = 0; i < 100; ++i) deep = base::Value::List{deep};
  EXPECT_EQ(code_of(append(id, answer("a", deep, "k"))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(append(id, answer("a", std::string(kMaxBodyBytes, 'x'), "k"))), ErrorCode::kTooLarge);
  EXPECT_EQ(load(id).row.head_seq, 1);
}

TEST_P(SessionStoreContract, NumbersEventsWithoutGapsUnderConcurrentWriters) {
  const auto id = create().id;
  constexpr int kEach = 25;
  in_parallel([&](int writer) {
    for (int i = 0; i < kEach; ++i) {
      EXPECT_TRUE(append(id, answer("q", writer * 1000 + i, fmt::format("{}-{}", writer, i))));
    }
  });
  const auto log = events(id);
  ASSERT_EQ(log.size(), 1u + 8 * kEach);
  for (std::size_t i = 0; i < log.size(); ++i) EXPECT_EQ(log[i].seq, static_cast<std::int64_t>(i) + 1);
  const auto inputs = load(id).inputs;
  ASSERT_EQ(inputs.size(), std::size_t{8} * kEach);
  for (std::size_t i = 0; i < inputs.size(); ++i) EXPECT_EQ(inputs[i].version, static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(load(id).row.head_seq, 1 + 8 * kEach);
}

TEST_P(SessionStoreContract, WritesAnInputOnceWhenManyRepeatItAtOnce) {
  const auto id = create().id;
  std::atomic<int> written = 0;
  in_parallel([&](int) {
    const auto appended = append(id, answer("q", "x", "same"));
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->at(0).version, 1);
    written += appended->at(0).replayed ? 0 : 1;
  });
  EXPECT_EQ(written, 1);
  EXPECT_EQ(events(id).size(), 2u);
}

TEST_P(SessionStoreContract, LetsOneOfManyWinAnExpectedVersion) {
  const auto id = create().id;
  std::atomic<int> won = 0;
  in_parallel([&](int writer) {
    auto input = answer("q", writer, fmt::format("key {}", writer));
    input.expected_version = 0;
    const auto appended = append(id, input);
    won += appended ? 1 : 0;
    if (!appended) EXPECT_EQ(appended.error().code, ErrorCode::kConflict);
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(load(id).inputs.size(), 1u);
}

TEST_P(SessionStoreContract, KeepsBodiesExactly) {
  const auto id = create().id;
  const base::Value body = Record{{"emoji", "👩🏽‍⚕️ Ärztin\n\"quoted\" \\ \t"},
                                  {"nul", std::string("a\0b", 3)},
                                  {"empty", ""},
                                  {"null", nullptr},
                                  {"int", std::int64_t{9'007'199'254'740'993}},
                                  {"decimal", *base::Decimal::parse("0.10000000000000000000000000000001")},
                                  {"list", base::Value::List{true, false, -1, base::Value::List{}}},
                                  {"", Record{}}};
  ASSERT_TRUE(append(id, answer("große frage", body, "schlüssel")));
  const auto inputs = load(id).inputs;
  ASSERT_EQ(inputs.size(), 1u);
  EXPECT_EQ(inputs[0].subject, "große frage");
  EXPECT_EQ(inputs[0].body, body);
  EXPECT_TRUE(append(id, answer("große frage", body, "schlüssel"))->at(0).replayed);
}

TEST_P(SessionStoreContract, KeepsBodiesOfAMegabyte) {
  const auto id = create().id;
  std::string text;
  while (text.size() < (std::size_t{1} << 20)) text += fmt::format("line {} — ünïcode; ", text.size());
  ASSERT_TRUE(append(id, answer("q", text, "k1")));
  EXPECT_EQ(load(id).inputs.at(0).body, base::Value(text));
}

TEST_P(SessionStoreContract, IsUsableAfterAWaitWasCancelled) {
  const auto id = create().id;
  boost::asio::io_context context(1);
  boost::asio::cancellation_signal signal;
  std::vector<base::Result<std::vector<AppendedInput>>> replies;
  int ended = 0;
  const auto done = [&](std::exception_ptr, base::Result<std::vector<AppendedInput>> reply) {
    ++ended;
    replies.push_back(std::move(reply));
  };
  boost::asio::co_spawn(context, store().append_inputs(id, {answer("q", "x", "k1")}),
                        boost::asio::bind_cancellation_slot(signal.slot(), done));
  context.poll_one();  // begins the call
  signal.emit(boost::asio::cancellation_type::terminal);
  context.run();
  EXPECT_EQ(ended, 1);
  // Written or not, the caller cannot know; the repeat under the same key is right in both cases.
  EXPECT_EQ(append(id, answer("q", "x", "k1"))->at(0).version, 1);
  EXPECT_EQ(load(id).inputs.size(), 1u);
}

// Leases

TEST_P(SessionStoreContract, GivesALeaseToOneOwnerAtATime) {
  const auto id = create().id;
  const auto mine = acquire(id);
  EXPECT_EQ(mine.session, id);
  EXPECT_EQ(mine.scope, "S1");
  EXPECT_GE(mine.fence, 1);
  const auto refused = test::run(store().acquire_lease(id, "S1", new_boot(), kLong));
  EXPECT_EQ(code_of(refused), ErrorCode::kConflict);
}

TEST_P(SessionStoreContract, GivesTheOwnerItsLeaseAgainWithTheSameFence) {
  const auto id = create().id;
  const auto owner = new_boot();
  const auto first = acquire(id, "S1", owner);
  EXPECT_EQ(acquire(id, "S1", owner).fence, first.fence);
}

TEST_P(SessionStoreContract, LeasesScopesAndSessionsApart) {
  const auto one = create("One").id;
  const auto two = create("Two").id;
  acquire(one, "S1", new_boot());
  acquire(one, "S2", new_boot());
  acquire(two, "S1", new_boot());
}

TEST_P(SessionStoreContract, RaisesTheFenceWithEachAcquisition) {
  const auto id = create().id;
  auto held = acquire(id);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(test::run(store().release_lease(held)));
    const auto next = acquire(id);
    EXPECT_GT(next.fence, held.fence);
    held = next;
  }
}

TEST_P(SessionStoreContract, LetsAnExpiredLeaseBeTaken) {
  const auto id = create().id;
  const auto old = acquire(id, "S1", new_boot(), std::chrono::milliseconds(1));
  const auto taken = steal(old, new_boot());
  EXPECT_GT(taken.fence, old.fence);
  EXPECT_EQ(code_of(test::run(store().renew_lease(old, kLong))), ErrorCode::kConflict);
  EXPECT_TRUE(test::run(store().renew_lease(taken, kLong)));
}

TEST_P(SessionStoreContract, LetsALostLeaseBeReleasedWithoutHarm) {
  const auto id = create().id;
  const auto old = acquire(id, "S1", new_boot(), std::chrono::milliseconds(1));
  const auto taken = steal(old, new_boot());
  EXPECT_TRUE(test::run(store().release_lease(old)));
  EXPECT_TRUE(test::run(store().renew_lease(taken, kLong)));
  EXPECT_EQ(code_of(test::run(store().acquire_lease(id, "S1", new_boot(), kLong))), ErrorCode::kConflict);
}

TEST_P(SessionStoreContract, RefusesLeasesOnUnknownSessionsAndOfImpossibleLength) {
  EXPECT_EQ(code_of(test::run(store().acquire_lease(new_id(), "S1", new_boot(), kLong))), ErrorCode::kNotFound);
  const auto id = create().id;
  for (const auto ttl : {std::chrono::milliseconds(0), std::chrono::milliseconds(-5), kMaxLease + kLong}) {
    EXPECT_EQ(code_of(test::run(store().acquire_lease(id, "S1", new_boot(), ttl))), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(code_of(test::run(store().acquire_lease(id, "", new_boot(), kLong))), ErrorCode::kInvalidArgument);
}

TEST_P(SessionStoreContract, GivesALeaseToOneOfManyAtOnce) {
  const auto id = create().id;
  std::vector<base::BootId> owners;
  for (int i = 0; i < 8; ++i) owners.push_back(new_boot());
  std::atomic<int> won = 0;
  in_parallel([&](int i) {
    won += test::run(store().acquire_lease(id, "S1", owners[static_cast<std::size_t>(i)], kLong)) ? 1 : 0;
  });
  EXPECT_EQ(won, 1);
}

// Outcomes

TEST_P(SessionStoreContract, CommitsOutcomesEventsCheckpointAndStatusTogether) {
  const auto id = create().id;
  const auto lease = acquire(id);
  const auto blob = blob_of("stage content");
  OutcomeCommit work{.lease = lease,
                     .outcomes = {outcome("q2", 3, "good"), outcome("q1", 1, Record{{"score", 8}})},
                     .blobs = {blob},
                     .checkpoints = {checkpoint(1, {blob})},
                     .events = {event("answer.assessed"), event("checkpoint.created")},
                     .status = SessionStatus::kDecided,
                     .decision = "proceed",
                     .at = at(9)};
  const auto head = commit(work);
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(*head, 3);

  const auto record = load(id);
  EXPECT_EQ(record.row.status, SessionStatus::kDecided);
  EXPECT_EQ(record.row.decision, "proceed");
  EXPECT_EQ(record.row.head_seq, 3);
  EXPECT_EQ(record.row.updated_at, at(9));
  ASSERT_EQ(record.outcomes.size(), 2u);
  EXPECT_EQ(record.outcomes[0].subject, "q1");
  EXPECT_EQ(record.outcomes[0].body.int_or("score", 0), 8);
  EXPECT_EQ(record.outcomes[1].version, 3);
  EXPECT_EQ(record.outcomes[1].at, at(2));
  ASSERT_EQ(record.checkpoints.size(), 1u);
  EXPECT_EQ(record.checkpoints[0].hash, work.checkpoints[0].hash);
  EXPECT_EQ(record.checkpoints[0].manifest, work.checkpoints[0].manifest);
  EXPECT_EQ(record.checkpoints[0].blobs, work.checkpoints[0].blobs);
  const auto log = events(id, 1);
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[1].type, "checkpoint.created");
  EXPECT_EQ(log[1].seq, 3);
  EXPECT_EQ(log[1].at, at(9));
  EXPECT_EQ(*test::run(store().blob(blob.digest)), "stage content");
}

TEST_P(SessionStoreContract, LeavesAnOutcomeThatExistsAsItIs) {
  const auto id = create().id;
  const auto lease = acquire(id);
  ASSERT_TRUE(commit({.lease = lease, .outcomes = {outcome("q", 1, "first")}, .at = at(2)}));
  ASSERT_TRUE(commit({.lease = lease, .outcomes = {outcome("q", 1, "second"), outcome("q", 2, "new")}, .at = at(3)}));
  const auto outcomes = load(id).outcomes;
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[0].body, base::Value("first"));
  EXPECT_EQ(outcomes[1].body, base::Value("new"));
}

TEST_P(SessionStoreContract, WritesTheEventsOfARepeatedCommitOnce) {
  const auto id = create().id;
  const auto blob = blob_of("content");
  const OutcomeCommit work{.lease = acquire(id),
                           .outcomes = {outcome("q", 1, "good")},
                           .blobs = {blob},
                           .checkpoints = {checkpoint(1, {blob})},
                           .events = {event("answer.assessed")},
                           .at = at(2)};
  EXPECT_EQ(*commit(work), 2);
  EXPECT_EQ(*commit(work), 2);
  EXPECT_EQ(events(id).size(), 2u);
}

TEST_P(SessionStoreContract, CommitsEventsAlone) {
  const auto id = create().id;
  EXPECT_EQ(*commit({.lease = acquire(id), .events = {event("error"), event("error")}, .at = at(2)}), 3);
}

TEST_P(SessionStoreContract, RefusesAZombiesCommit) {
  const auto id = create().id;
  const auto old = acquire(id, "S1", new_boot(), std::chrono::milliseconds(1));
  const auto taken = steal(old, new_boot());
  const auto blob = blob_of("zombie content");
  const auto refused = commit({.lease = old,
                               .outcomes = {outcome("q", 1, "stale")},
                               .blobs = {blob},
                               .events = {event("answer.assessed")},
                               .at = at(2)});
  EXPECT_EQ(code_of(refused), ErrorCode::kConflict);
  EXPECT_TRUE(load(id).outcomes.empty());
  EXPECT_EQ(load(id).row.head_seq, 1);
  EXPECT_EQ(code_of(test::run(store().blob(blob.digest))), ErrorCode::kNotFound);
  EXPECT_TRUE(commit({.lease = taken, .outcomes = {outcome("q", 1, "fresh")}, .at = at(2)}));
}

TEST_P(SessionStoreContract, RefusesCommitsWithoutALease) {
  const auto id = create().id;
  const auto lease = acquire(id);
  const auto refused = [&](Lease other) {
    return code_of(commit({.lease = std::move(other), .outcomes = {outcome("q", 1, "x")}, .at = at(2)}));
  };
  auto other = lease;
  other.owner = new_boot();
  EXPECT_EQ(refused(other), ErrorCode::kConflict);
  other = lease;
  other.fence += 1;
  EXPECT_EQ(refused(other), ErrorCode::kConflict);
  other = lease;
  other.scope = "S2";
  EXPECT_EQ(refused(other), ErrorCode::kConflict);
  other = lease;
  other.session = new_id();
  EXPECT_EQ(refused(other), ErrorCode::kNotFound);
  ASSERT_TRUE(test::run(store().release_lease(lease)));
  EXPECT_EQ(refused(lease), ErrorCode::kConflict);
}

TEST_P(SessionStoreContract, LetsAnExpiredOwnerCommitWhileNobodyElseTookTheLease) {
  const auto id = create().id;
  const auto lease = acquire(id, "S1", new_boot(), std::chrono::milliseconds(1));
  const auto expired = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  while (std::chrono::steady_clock::now() < expired) std::this_thread::yield();
  EXPECT_TRUE(commit({.lease = lease, .outcomes = {outcome("q", 1, "x")}, .at = at(2)}));
}

TEST_P(SessionStoreContract, OrdersZombieAndSuccessorUnderConcurrency) {
  const auto id = create().id;
  std::vector<base::BootId> owners;
  for (int i = 0; i < 8; ++i) owners.push_back(new_boot());
  // Each owner keeps the fences under which it committed; no older fence may commit after a newer one did.
  in_parallel([&](int i) {
    for (int round = 0; round < 10; ++round) {
      const auto lease =
          test::run(store().acquire_lease(id, "S1", owners[static_cast<std::size_t>(i)], std::chrono::milliseconds(1)));
      if (!lease) continue;
      auto entry = outcome("q", lease->fence * 100 + round, Record{{"fence", lease->fence}});
      (void)commit({.lease = *lease,
                    .outcomes = {std::move(entry)},
                    .events = {{.type = "answer.assessed", .body = Record{{"fence", lease->fence}}}},
                    .at = at(2)});
    }
  });
  std::int64_t newest = 0;
  for (const auto& written : events(id, 1)) {
    EXPECT_GE(written.body.int_or("fence", 0), newest);
    newest = written.body.int_or("fence", 0);
  }
}

TEST_P(SessionStoreContract, CommitsNothingWhenACheckpointNamesAMissingBlob) {
  const auto id = create().id;
  const auto refused = commit({.lease = acquire(id),
                               .outcomes = {outcome("q", 1, "x")},
                               .checkpoints = {checkpoint(1, {blob_of("never stored")})},
                               .events = {event("checkpoint.created")},
                               .status = SessionStatus::kDecided,
                               .decision = "proceed",
                               .at = at(2)});
  EXPECT_EQ(code_of(refused), ErrorCode::kPreconditionFailed);
  const auto record = load(id);
  EXPECT_TRUE(record.outcomes.empty());
  EXPECT_TRUE(record.checkpoints.empty());
  EXPECT_EQ(record.row.status, SessionStatus::kOpen);
  EXPECT_EQ(record.row.head_seq, 1);
}

TEST_P(SessionStoreContract, KeepsCheckpointsInOneUnbrokenLine) {
  const auto id = create().id;
  const auto lease = acquire(id);
  EXPECT_EQ(code_of(commit({.lease = lease, .checkpoints = {checkpoint(2, {})}, .at = at(2)})),
            ErrorCode::kPreconditionFailed);
  ASSERT_TRUE(commit({.lease = lease, .checkpoints = {checkpoint(1, {}), checkpoint(2, {})}, .at = at(2)}));
  auto other = checkpoint(2, {});
  other.hash = base::Sha256::of("another content");
  EXPECT_EQ(code_of(commit({.lease = lease, .checkpoints = {other}, .at = at(2)})), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(load(id).checkpoints.size(), 2u);
}

TEST_P(SessionStoreContract, ForksFromACheckpoint) {
  const auto blob = blob_of("shared");
  const auto parent = create("Parent").id;
  ASSERT_TRUE(commit({.lease = acquire(parent), .blobs = {blob}, .checkpoints = {checkpoint(1, {blob})}, .at = at(2)}));
  auto fork = draft("Fork");
  fork.row.origin = Origin{parent, 1};
  fork.origin_checkpoint = checkpoint(0, {blob});
  const auto row = create(fork);
  ASSERT_TRUE(row.origin);
  EXPECT_EQ(row.origin->session, parent);
  EXPECT_EQ(row.origin->checkpoint, 1);
  ASSERT_TRUE(commit({.lease = acquire(row.id), .checkpoints = {checkpoint(1, {})}, .at = at(3)}));
  const auto checkpoints = load(row.id).checkpoints;
  ASSERT_EQ(checkpoints.size(), 2u);
  EXPECT_EQ(checkpoints[0].seq, 0);
  EXPECT_EQ(checkpoints[0].blobs, std::vector{blob.digest});
  EXPECT_EQ(checkpoints[1].seq, 1);
}

TEST_P(SessionStoreContract, RefusesAForkWhoseBlobsAreGone) {
  auto fork = draft("Fork");
  fork.row.origin = Origin{new_id(), 1};
  fork.origin_checkpoint = checkpoint(0, {blob_of("gone")});
  EXPECT_EQ(code_of(test::run(store().create_session(fork))), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(code_of(test::run(store().load(fork.row.id))), ErrorCode::kNotFound);
}

// Events

TEST_P(SessionStoreContract, ReturnsEventsAfterASequenceInOrder) {
  const auto id = create().id;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(append(id, answer("q", i, fmt::format("k{}", i))));
  const auto page = events(id, 2, 3);
  ASSERT_EQ(page.size(), 3u);
  EXPECT_EQ(page[0].seq, 3);
  EXPECT_EQ(page[2].seq, 5);
  EXPECT_TRUE(events(id, 6).empty());
  EXPECT_EQ(code_of(test::run(store().events(new_id(), 0, 10))), ErrorCode::kNotFound);
  for (const std::int64_t limit : {std::int64_t{0}, std::int64_t{-1}, kMaxEventLimit + 1}) {
    EXPECT_EQ(code_of(test::run(store().events(id, 0, limit))), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(code_of(test::run(store().events(id, -1, 1))), ErrorCode::kInvalidArgument);
}

// Listing

TEST_P(SessionStoreContract, ListsTheNewestChangeFirst) {
  const auto old = create(draft("Old", "ada", 1));
  create(draft("New", "ada", 2));
  EXPECT_EQ(titles({}), (std::vector<std::string>{"New", "Old"}));
  ASSERT_TRUE(append(old.id, answer("q", "x", "k", 10)));
  const auto page = list({});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->rows[0].title, "Old");
  EXPECT_EQ(page->rows[0].id, old.id);
  EXPECT_EQ(page->rows[0].head_seq, 2);
  EXPECT_EQ(page->rows[0].updated_at, at(10));
  EXPECT_EQ(page->rows[0].created_at, at(1));
  EXPECT_EQ(page->rows[0].protocol_hash, protocol_.hash);
  EXPECT_TRUE(page->next.empty());
}

TEST_P(SessionStoreContract, FiltersByOwnerStatusAndTitle) {
  create(draft("Triage of X-rays", "ada", 1));
  create(draft("100% automatic_reply", "ada", 2));
  const auto decided = create(draft("Chatbot", "bob", 3));
  ASSERT_TRUE(
      commit({.lease = acquire(decided.id), .status = SessionStatus::kDecided, .decision = "halt", .at = at(4)}));

  EXPECT_EQ(titles({.owner = "ada"}).size(), 2u);
  EXPECT_TRUE(titles({.owner = "eve"}).empty());
  EXPECT_EQ(titles({.status = SessionStatus::kDecided}), std::vector<std::string>{"Chatbot"});
  EXPECT_EQ(titles({.status = SessionStatus::kOpen}).size(), 2u);
  EXPECT_EQ(titles({.owner = "ada", .status = SessionStatus::kDecided}).size(), 0u);
  EXPECT_EQ(titles({.title_contains = "x-RAY"}), std::vector<std::string>{"Triage of X-rays"});
  EXPECT_EQ(titles({.title_contains = "0%"}), std::vector<std::string>{"100% automatic_reply"});
  EXPECT_EQ(titles({.title_contains = "c_r"}), std::vector<std::string>{"100% automatic_reply"});
  EXPECT_TRUE(titles({.title_contains = "T_i"}).empty());
  EXPECT_TRUE(titles({.title_contains = "\\"}).empty());
  EXPECT_TRUE(titles({.title_contains = "' OR 1=1 --"}).empty());
  EXPECT_EQ(list({.owner = "bob"})->rows.at(0).decision, "halt");
}

TEST_P(SessionStoreContract, PagesWithoutGapOrDuplicateAmongEqualTimes) {
  std::set<std::string> expected;
  for (int i = 0; i < 25; ++i) expected.insert(create(draft(fmt::format("s{:02}", i), "ada", i / 10)).title);
  for (const std::int64_t limit : {1, 3, 5, 25, 26}) {
    const auto found = titles({.limit = limit});
    EXPECT_EQ(found.size(), 25u) << "limit " << limit;
    EXPECT_EQ(std::set(found.begin(), found.end()), expected) << "limit " << limit;
    EXPECT_EQ(titles({.owner = "ada", .limit = limit}), found);
  }
}

TEST_P(SessionStoreContract, PagesOverUnchangedRowsWhileOthersChange) {
  std::vector<SessionRow> rows;
  for (int i = 0; i < 20; ++i) rows.push_back(create(draft(fmt::format("s{:02}", i), "ada", i)));
  int round = 0;
  const auto found = titles({.limit = 4}, [&] {
    // A row behind the cursor is changed, one is made, and one that was shown is removed.
    ++round;
    const auto& changed = rows[static_cast<std::size_t>(2 * round)];
    ASSERT_TRUE(append(changed.id, answer("q", "x", fmt::format("k{}", round), 100 + round)));
    create(draft(fmt::format("new{}", round), "ada", 200 + round));
    if (round == 1) ASSERT_TRUE(test::run(store().remove(rows[19].id)));
  });
  EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size()) << "a row was shown twice";
  for (int i = 1; i < 20; i += 2) {
    EXPECT_EQ(std::ranges::count(found, fmt::format("s{:02}", i)), 1) << "unchanged row " << i;
  }
}

TEST_P(SessionStoreContract, RefusesCursorsThatWereTamperedWithOrBelongToAnotherListing) {
  for (int i = 0; i < 3; ++i) create(draft("t", "ada", i));
  const auto cursor = list({.owner = "ada", .limit = 1})->next;
  ASSERT_FALSE(cursor.empty());
  const auto refused = [&](SessionFilter filter) { return code_of(list(std::move(filter))); };
  EXPECT_EQ(refused({.owner = "bob", .cursor = cursor}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.owner = "ada", .status = SessionStatus::kOpen, .cursor = cursor}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.owner = "ada", .title_contains = "t", .cursor = cursor}), ErrorCode::kInvalidArgument);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    auto altered = cursor;
    altered[i] = altered[i] == '1' ? '2' : '1';
    EXPECT_EQ(refused({.owner = "ada", .cursor = altered}), ErrorCode::kInvalidArgument) << "byte " << i;
  }
  EXPECT_EQ(refused({.owner = "ada", .cursor = cursor.substr(1)}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.owner = "ada", .cursor = std::string(100'000, 'a')}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.owner = "ada", .cursor = "\xff"}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(list({.owner = "ada", .limit = 2, .cursor = cursor})->rows.size(), 2u);  // the limit may change
}

TEST_P(SessionStoreContract, RefusesListingsOutOfBounds) {
  for (const std::int64_t limit : {std::int64_t{0}, std::int64_t{-1}, kMaxListLimit + 1}) {
    EXPECT_EQ(code_of(list({.limit = limit})), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(code_of(list({.title_contains = std::string(1000, 'a')})), ErrorCode::kTooLarge);
  EXPECT_EQ(code_of(list({.title_contains = "\xc3"})), ErrorCode::kInvalidArgument);
}

// Removing

TEST_P(SessionStoreContract, RemovesASessionWithAllOfIt) {
  const auto id = create().id;
  ASSERT_TRUE(append(id, answer("q", "x", "k1")));
  const auto lease = acquire(id);
  ASSERT_TRUE(commit({.lease = lease, .outcomes = {outcome("q", 1, "x")}, .at = at(2)}));
  ASSERT_TRUE(test::run(store().remove(id)));
  EXPECT_EQ(code_of(test::run(store().load(id))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(test::run(store().remove(id))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(append(id, answer("q", "x", "k1"))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(commit({.lease = lease, .at = at(3)})), ErrorCode::kNotFound);
  EXPECT_TRUE(test::run(store().release_lease(lease)));
  EXPECT_TRUE(list({})->rows.empty());
}

TEST_P(SessionStoreContract, StartsAfreshWhenARemovedSessionsKeyIsUsedAgain) {
  const auto session = draft("T");
  create(session);
  ASSERT_TRUE(append(session.row.id, answer("q", "x", "k1")));
  ASSERT_TRUE(test::run(store().remove(session.row.id)));
  EXPECT_EQ(create(session).head_seq, 1);
  EXPECT_FALSE(append(session.row.id, answer("q", "y", "k1"))->at(0).replayed);
}

TEST_P(SessionStoreContract, RemovesBlobsWithTheLastSessionThatNamesThem) {
  const auto own = blob_of("own");
  const auto shared = blob_of("shared");
  const auto unnamed = blob_of("unnamed");
  ASSERT_TRUE(test::run(store().save_blob(unnamed)));
  const auto one = create("One").id;
  const auto two = create("Two").id;
  ASSERT_TRUE(commit(
      {.lease = acquire(one), .blobs = {own, shared}, .checkpoints = {checkpoint(1, {own, shared})}, .at = at(2)}));
  ASSERT_TRUE(commit({.lease = acquire(two), .checkpoints = {checkpoint(1, {shared})}, .at = at(2)}));

  ASSERT_TRUE(test::run(store().remove(one)));
  EXPECT_EQ(code_of(test::run(store().blob(own.digest))), ErrorCode::kNotFound);
  EXPECT_EQ(*test::run(store().blob(shared.digest)), "shared");
  ASSERT_TRUE(test::run(store().remove(two)));
  EXPECT_EQ(code_of(test::run(store().blob(shared.digest))), ErrorCode::kNotFound);
  EXPECT_EQ(*test::run(store().blob(unnamed.digest)), "unnamed");
}

// Blobs

TEST_P(SessionStoreContract, KeepsBlobsByteForByte) {
  std::string bytes;
  for (int i = 0; i < 70'000; ++i) bytes.push_back(static_cast<char>(i));
  const auto blob = blob_of(bytes);
  ASSERT_TRUE(test::run(store().save_blob(blob)));
  ASSERT_TRUE(test::run(store().save_blob(blob)));
  EXPECT_EQ(*test::run(store().blob(blob.digest)), bytes);
  ASSERT_TRUE(test::run(store().save_blob(blob_of(""))));
  EXPECT_EQ(*test::run(store().blob(base::Sha256::of(""))), "");
}

TEST_P(SessionStoreContract, RefusesABlobWhoseDigestDoesNotFit) {
  const Blob forged{base::Sha256::of("something else"), "bytes"};
  EXPECT_EQ(code_of(test::run(store().save_blob(forged))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(test::run(store().blob(forged.digest))), ErrorCode::kNotFound);
  const auto id = create().id;
  EXPECT_EQ(code_of(commit({.lease = acquire(id), .blobs = {forged}, .at = at(2)})), ErrorCode::kInvalidArgument);
}

}  // namespace tollgate::store
