// Inputs: versions, idempotency, concurrency, exact bodies; and the events they make. Part of
// tests/store/session_store_contract.hpp.
#pragma once

#include "tests/store/contract/contract_fixture.hpp"

namespace tollgate::store {

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

TEST_P(SessionStoreContract, LetsAKeyNameAnotherInputOnceItsTimeIsOver) {
  const auto id = create().id;
  auto first = answer("a", "x", "k1", 1);
  first.key_until = at(100);
  ASSERT_TRUE(append(id, first));
  EXPECT_TRUE(append(id, answer("a", "x", "k1", 99))->at(0).replayed);
  EXPECT_EQ(code_of(append(id, answer("a", "y", "k1", 99))), ErrorCode::kConflict);

  const auto second = append(id, {answer("a", "y", "k1", 100), answer("a", "y", "k1", 101)});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->at(0).version, 2);
  EXPECT_FALSE(second->at(0).replayed);
  EXPECT_TRUE(second->at(1).replayed);
  EXPECT_EQ(code_of(append(id, answer("a", "x", "k1", 100'000))), ErrorCode::kConflict);
  const auto inputs = load(id).inputs;
  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0].body, base::Value("x"));
  EXPECT_EQ(inputs[1].body, base::Value("y"));
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

}  // namespace tollgate::store
