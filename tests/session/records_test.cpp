#include "session/records.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "session/record_reader.hpp"
#include "tests/session/sample_session.hpp"

namespace tollgate::session {
namespace {

using base::Value;

const Timestamp kAt = *base::parse_rfc3339("2026-11-23T14:02:00.123Z");
const base::Sha256 kHash = base::Sha256::of("x");

Value assessment() {
  return to_value(Assessment{.question = "S1.problem",
                             .number = 2,
                             .revision = 3,
                             .score = 6,
                             .dimensions = {1, 2, 3, 4, 5},
                             .issues = {"a"},
                             .follow_ups = {"b", "c"},
                             .prechecks = {"short"},
                             .assessor = Assessor::kLlm,
                             .model = "m",
                             .context = kHash,
                             .verdict = Verdict::kEscalated,
                             .at = kAt});
}

Value decision() {
  return to_value(Decision{.number = 1,
                           .profile = "default",
                           .result = {.outcome = protocol::Outcome::kRevise,
                                      .rule = "D2",
                                      .fired = {{"D2", protocol::Outcome::kRevise, "text", {{"S1.price", "EUR 5"}}}},
                                      .duties = {"d"},
                                      .lift = {"l"}},
                           .inputs = kHash,
                           .at = kAt});
}

Value gate() {
  return to_value(GateOutcome{.stage = "S1",
                              .number = 1,
                              .passed = true,
                              .completeness = *base::Decimal::parse("0.9"),
                              .missing = {"S1.price"},
                              .rules = {{"G1", GateRuleStatus::kWaived, "text", "fix"}},
                              .inputs = kHash,
                              .at = kAt});
}

// Reads a stored body and writes it again: equal text means nothing was lost on either way.
using Rewrite = std::function<base::Result<Value>(const Value&)>;

template <typename Read>
Rewrite rewriting(Read read) {
  return [read](const Value& body) -> base::Result<Value> {
    auto fact = read(body);
    if (!fact) return std::unexpected(fact.error());
    return to_value(*fact);
  };
}

struct Stored {
  const char* name;
  Value body;
  Rewrite rewrite;
};

std::vector<Stored> all() {
  const auto read_typed = [](const Value& body) { return read_answer(*sample_protocol(), body); };
  return {
      {"answer", to_value(Answer{"S1.problem", 2, "text", AnswerSource::kDrafted, "me", kAt}), rewriting(read_typed)},
      {"money", to_value(Answer{"S1.price", 1, *base::Money::parse("EUR 1,100.50"), AnswerSource::kBrief, "me", kAt}),
       rewriting(read_typed)},
      {"number", to_value(Answer{"S2.count", 0, 5, AnswerSource::kDefault, "me", kAt}), rewriting(read_typed)},
      {"assessment", assessment(), rewriting(read_assessment)},
      {"waiver", to_value(Waiver{"S1", "G1", 1, "reviewer", "me", "why", base::Date::parse("2027-01-31"), kAt}),
       rewriting(read_waiver)},
      {"waiver without end", to_value(Waiver{"S1", "G1", 1, "reviewer", "me", "why", {}, kAt}), rewriting(read_waiver)},
      {"gate", gate(), rewriting(read_gate)},
      {"check", to_value(CheckOutcome{"X1", 1, CheckOutcomeStatus::kContradiction, "text", "model", kHash, kAt}),
       rewriting(read_check)},
      {"decision", decision(), rewriting(read_decision)},
  };
}

TEST(Records, ReadBackWhatWasWrittenThroughJson) {
  for (const auto& stored : all()) {
    const auto again = stored.rewrite(*base::parse_json(base::to_json(stored.body)));
    ASSERT_TRUE(again) << stored.name << ": " << again.error().message;
    EXPECT_EQ(base::to_json(*again), base::to_json(stored.body)) << stored.name;
  }
}

// Calls `visit` with a copy of `value` for each member at any depth, that member removed or changed.
void for_each_damage(const Value& value, const std::function<void(Value, const std::string&)>& visit) {
  if (const auto* record = value.if_record()) {
    for (const auto& [key, member] : *record) {
      auto without = *record;
      without.erase(key);
      visit(without, key + " removed");
      auto wrong = *record;
      wrong.insert_or_assign(key, Value::List{Value::Record{}});
      visit(wrong, key + " of another type");
      for_each_damage(member, [&, name = key](Value inner, const std::string& what) {
        auto damaged = *record;
        damaged.insert_or_assign(name, std::move(inner));
        visit(damaged, name + "." + what);
      });
    }
  }
  if (const auto* list = value.if_list()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      for_each_damage((*list)[i], [&](Value inner, const std::string& what) {
        auto damaged = *list;
        damaged[i] = std::move(inner);
        visit(damaged, what);
      });
    }
  }
}

TEST(Records, CallABodyCorruptWhereverAMemberIsMissingOrOfAnotherType) {
  for (const auto& stored : all()) {
    for_each_damage(*base::parse_json(base::to_json(stored.body)), [&](const Value& damaged, const std::string& what) {
      const auto fact = stored.rewrite(damaged);
      ASSERT_FALSE(fact) << stored.name << ": " << what;
      EXPECT_EQ(fact.error().code, base::ErrorCode::kCorrupt) << stored.name << ": " << what;
      EXPECT_NE(fact.error().message.find("run `tollgate session verify`"), std::string::npos);
    });
  }
}

TEST(Records, CallABodyCorruptWithAWordOrScoreThatDoesNotExist) {
  const auto with = [](const Value& body, const char* key, Value value) {
    auto record = *body.if_record();
    record.insert_or_assign(key, std::move(value));
    return Value(std::move(record));
  };
  EXPECT_FALSE(read_assessment(with(assessment(), "score", 11)));
  EXPECT_FALSE(read_assessment(with(assessment(), "score", -1)));
  EXPECT_FALSE(read_assessment(with(assessment(), "score", std::int64_t{4294967303})));
  EXPECT_FALSE(read_assessment(with(assessment(), "verdict", "good")));
  EXPECT_FALSE(read_assessment(with(assessment(), "context", "abc")));
  EXPECT_FALSE(read_assessment(with(assessment(), "at", "yesterday")));
  EXPECT_FALSE(read_decision(with(decision(), "outcome", "stop")));
  EXPECT_FALSE(read_gate(
      with(gate(), "rules", Value::List{Value::Record{{"rule", "G"}, {"status", "odd"}, {"text", ""}, {"fix", ""}}})));
  EXPECT_FALSE(read_answer(
      *sample_protocol(),
      with(to_value(Answer{"S1.problem", 2, "text", AnswerSource::kPerson, "me", kAt}), "question", "S9.x")));
  EXPECT_FALSE(read_answer(*sample_protocol(), Value()));
}

}  // namespace
}  // namespace tollgate::session
