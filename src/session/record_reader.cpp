#include "session/record_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "protocol/answer_parser.hpp"

namespace tollgate::session {
namespace {

using base::ErrorCode;
using base::Result;
using base::Value;

std::unexpected<base::Error> corrupt(std::string_view what, std::string_view key) {
  return base::fail(ErrorCode::kCorrupt,
                    fmt::format("a stored {} has no valid '{}'; run `tollgate session verify`", what, key));
}

// Reads members of one stored body; the first that is missing or of another type is the error.
class BodyReader {
 public:
  BodyReader(std::string_view what, const Value& body) : what_(what), body_(body) {}

  std::string text(std::string_view key) { return take(key, body_[key].if_string(), std::string()); }
  std::int64_t integer(std::string_view key) { return take(key, body_[key].if_int(), std::int64_t{0}); }
  bool truth(std::string_view key) { return take(key, body_[key].if_bool(), false); }
  Timestamp time(std::string_view key) { return take_parsed(key, base::parse_rfc3339(text(key))); }
  base::Sha256 hash(std::string_view key) { return take_parsed(key, base::Sha256::parse(text(key))); }
  base::Decimal decimal(std::string_view key) { return take_parsed(key, body_[key].if_number()); }
  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> out;
    for (const auto& item : list(key)) {
      if (const auto* item_text = item.if_string()) {
        out.push_back(*item_text);
      } else {
        refuse(key);
      }
    }
    return out;
  }
  const Value::List& list(std::string_view key) {
    static const Value::List kEmpty;
    const auto* list = body_[key].if_list();
    if (list == nullptr) refuse(key);
    return list == nullptr ? kEmpty : *list;
  }
  // One of the enumerators whose name() is the stored text.
  template <typename E, std::size_t N>
  E choice(std::string_view key, const std::array<E, N>& all) {
    const std::string stored = text(key);
    for (const E value : all) {
      if (name(value) == stored) return value;
    }
    refuse(key);
    return all.front();
  }
  void refuse(std::string_view key) {
    if (wrong_.empty()) wrong_ = key;
  }
  template <typename T>
  Result<T> result(T value) const {
    if (!wrong_.empty()) return corrupt(what_, wrong_);
    return value;
  }
  const Value& body() const { return body_; }

 private:
  template <typename T>
  T take(std::string_view key, const T* value, T fallback) {
    if (value == nullptr) refuse(key);
    return value == nullptr ? fallback : *value;
  }
  template <typename T>
  T take_parsed(std::string_view key, std::optional<T> value) {
    if (!value) refuse(key);
    return value.value_or(T{});
  }

  std::string_view what_;
  const Value& body_;
  std::string wrong_;
};

// A number from 0 to 10.
int score(BodyReader& in, std::string_view key) {
  const auto stored = in.integer(key);
  if (stored < 0 || stored > 10) in.refuse(key);
  return static_cast<int>(std::clamp<std::int64_t>(stored, 0, 10));
}

}  // namespace

Result<Answer> read_answer(const protocol::Protocol& protocol, const Value& body) {
  BodyReader in("answer", body);
  Answer answer{.question = in.text("question"),
                .revision = in.integer("revision"),
                .value = {},
                .source = in.choice("source", std::array{AnswerSource::kPerson, AnswerSource::kBrief,
                                                         AnswerSource::kDrafted, AnswerSource::kDefault}),
                .author = in.text("author"),
                .at = in.time("at")};
  const auto* question = protocol.find_question(answer.question);
  if (question == nullptr) return corrupt("answer", "question");
  auto value = protocol::read_stored_answer(*question, body["value"]);
  if (!value) return corrupt("answer", "value");
  answer.value = *std::move(value);
  return in.result(std::move(answer));
}

Result<Assessment> read_assessment(const Value& body) {
  BodyReader in("assessment", body);
  Assessment assessment;
  assessment.question = in.text("question");
  assessment.number = in.integer("number");
  assessment.revision = in.integer("revision");
  assessment.score = score(in, "score");
  BodyReader dimensions("assessment", body["dimensions"]);
  assessment.dimensions = {score(dimensions, "specificity"), score(dimensions, "measurability"),
                           score(dimensions, "completeness"), score(dimensions, "coherence"),
                           score(dimensions, "relevance")};
  if (!dimensions.result(true)) in.refuse("dimensions");
  assessment.issues = in.texts("issues");
  assessment.follow_ups = in.texts("follow_ups");
  assessment.prechecks = in.texts("prechecks");
  assessment.assessor = in.choice("assessor", std::array{Assessor::kPrecheck, Assessor::kLlm});
  assessment.model = in.text("model");
  assessment.context = in.hash("context");
  assessment.verdict = in.choice("verdict", std::array{Verdict::kAccepted, Verdict::kRejected, Verdict::kEscalated});
  assessment.at = in.time("at");
  return in.result(std::move(assessment));
}

Result<Waiver> read_waiver(const Value& body) {
  BodyReader in("waiver", body);
  Waiver waiver{.stage = in.text("stage"),
                .rule = in.text("rule"),
                .number = in.integer("number"),
                .role = in.text("role"),
                .author = in.text("author"),
                .reason = in.text("reason"),
                .due = {},
                .at = in.time("at")};
  if (body.find("due") == nullptr) in.refuse("due");
  if (!body["due"].is_null()) {
    waiver.due = base::Date::parse(in.text("due"));
    if (!waiver.due) in.refuse("due");
  }
  return in.result(std::move(waiver));
}

Result<GateOutcome> read_gate(const Value& body) {
  BodyReader in("gate outcome", body);
  GateOutcome gate{.stage = in.text("stage"),
                   .number = in.integer("number"),
                   .passed = in.truth("passed"),
                   .completeness = in.decimal("completeness"),
                   .missing = in.texts("missing"),
                   .rules = {},
                   .inputs = in.hash("inputs"),
                   .at = in.time("at")};
  for (const auto& item : in.list("rules")) {
    BodyReader rule("gate outcome", item);
    gate.rules.push_back(
        {rule.text("rule"),
         rule.choice("status", std::array{GateRuleStatus::kHeld, GateRuleStatus::kFailed, GateRuleStatus::kUndetermined,
                                          GateRuleStatus::kWaived, GateRuleStatus::kWarned}),
         rule.text("text"), rule.text("fix")});
    if (!rule.result(true)) in.refuse("rules");
  }
  return in.result(std::move(gate));
}

Result<CheckOutcome> read_check(const Value& body) {
  BodyReader in("check outcome", body);
  return in.result(CheckOutcome{
      .check = in.text("check"),
      .number = in.integer("number"),
      .status = in.choice("status", std::array{CheckOutcomeStatus::kConsistent, CheckOutcomeStatus::kContradiction,
                                               CheckOutcomeStatus::kInapplicable, CheckOutcomeStatus::kNotChecked}),
      .text = in.text("text"),
      .model = in.text("model"),
      .inputs = in.hash("inputs"),
      .at = in.time("at")});
}

Result<Decision> read_decision(const Value& body) {
  BodyReader in("decision", body);
  Decision decision;
  decision.number = in.integer("number");
  decision.profile = in.text("profile");
  decision.result.rule = in.text("rule");
  decision.result.duties = in.texts("duties");
  decision.result.lift = in.texts("lift");
  decision.inputs = in.hash("inputs");
  decision.at = in.time("at");
  if (!body["checkpoint"].is_null()) decision.checkpoint = in.integer("checkpoint");
  const auto outcome = protocol::parse_outcome(in.text("outcome"));
  if (!outcome) return corrupt("decision", "outcome");
  decision.result.outcome = *outcome;
  for (const auto& item : in.list("fired")) {
    BodyReader rule("decision", item);
    const auto fired_outcome = protocol::parse_outcome(rule.text("outcome"));
    if (!fired_outcome) rule.refuse("outcome");
    protocol::FiredRule fired{rule.text("id"), fired_outcome.value_or(protocol::Outcome::kHalt), rule.text("text"), {}};
    for (const auto& item_read : rule.list("reads")) {
      BodyReader read("decision", item_read);
      fired.reads.emplace_back(read.text("question"), read.text("value"));
      if (!read.result(true)) rule.refuse("reads");
    }
    if (!rule.result(true)) in.refuse("fired");
    decision.result.fired.push_back(std::move(fired));
  }
  return in.result(std::move(decision));
}

}  // namespace tollgate::session
