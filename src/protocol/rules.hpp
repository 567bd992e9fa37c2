// Evaluates a protocol's gates, checks and decision table over an environment. Pure functions: the same answers give
// the same results, and every result says why.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "protocol/answer_environment.hpp"
#include "protocol/expression.hpp"
#include "protocol/model.hpp"

namespace tollgate::protocol {

enum class RuleStatus { kHolds, kFails, kUndetermined };

struct RuleResult {
  std::string id;
  RuleStatus status = RuleStatus::kFails;
  std::string text{};                      // for readers: what is wrong; empty when it holds
  std::vector<std::string> waiting_for{};  // undetermined: unanswered questions
};

// `text` says what is wrong, by the rule's own `say` where it has one.
RuleResult evaluate_rule(const GateRule& rule, const Environment& environment);

// Answers of type ref<…> whose value is in no row of the table they refer to: one result per answered question
// ("ref.<question>") or column ("ref.<question>.<column>"). They count as gate rules of the stage.
std::vector<RuleResult> evaluate_refs(const Protocol& protocol, const Stage& stage, const Environment& environment);

enum class CheckStatus { kConsistent, kContradiction, kInapplicable, kUndetermined };

struct CheckResult {
  CheckStatus status = CheckStatus::kUndetermined;
  std::string text{};
  std::vector<std::string> waiting_for{};
};

// For kRule checks; for kLlm checks only `if:` is evaluated and kUndetermined means: ask a model. A rule over answers
// that are there, but that has no value (money of two currencies), is a contradiction: nobody knows that it holds.
CheckResult evaluate_check(const Check& check, const AnswerEnvironment& environment);

struct FiredRule {
  std::string id;
  Outcome outcome = Outcome::kHalt;
  std::string text{};
  std::vector<std::pair<std::string, std::string>> reads{};  // what it read: question, value for readers
};

struct DecisionResult {
  Outcome outcome = Outcome::kHalt;
  std::string rule;              // the one that decided
  std::vector<FiredRule> fired;  // all that hold, in the table's order; the catch-all only if it decided
  std::vector<std::string> duties{};
  std::vector<std::string> lift{};  // what would change the outcome
};

// A rule before the first one that holds cannot be evaluated.
struct Undecided {
  std::string rule;
  std::vector<std::string> waiting_for{};
  std::string message;
};

// REQUIRES: the profile exists.
std::expected<DecisionResult, Undecided> decide(const Protocol& protocol, const std::string& profile,
                                                const Environment& environment);

}  // namespace tollgate::protocol
