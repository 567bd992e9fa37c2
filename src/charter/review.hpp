// What a charter tells of a session, collected once, so that the document and the JSON cannot disagree.
//
// Holds pointers into the session, valid until its next apply(). Not thread-safe, like the session.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "charter/charter_facts.hpp"
#include "session/session.hpp"

namespace tollgate::charter {

struct AnswerLine {
  const protocol::Question* question = nullptr;
  const session::Answer* answer = nullptr;          // in force
  const session::Assessment* assessment = nullptr;  // of that answer; null: none, or judged by rule alone
  session::QuestionStatus status = session::QuestionStatus::kOpen;
  std::size_t attempts = 0;  // revisions given so far

  bool is_escalated() const { return status == session::QuestionStatus::kEscalated; }
};

struct ComputedLine {
  const protocol::Question* question = nullptr;
  const base::Value* value = nullptr;
};

struct CheckLine {
  const protocol::Check* check = nullptr;
  const session::CheckOutcome* outcome = nullptr;  // null: has not run
};

// Something between the session and its decision.
struct OpenPoint {
  std::string subject;  // full name of a question, id of a stage; empty: the decision itself
  std::string label;    // for readers
  std::string why;
};

// Who judged the answers in force.
struct Assessors {
  std::size_t by_model = 0, by_precheck = 0;  // answers
  std::vector<std::string> models{};          // sorted, unique
};

struct Review {
  const session::Session& session;
  const CharterFacts& facts;
  // Null for a draft: no decision yet, or answers or gates have changed since the last one.
  const session::Decision* decision = nullptr;
  std::vector<AnswerLine> answers{};     // in the protocol's order
  std::vector<ComputedLine> computed{};  // derived questions that have a value
  std::vector<CheckLine> findings{};     // most severe first
  std::vector<CheckLine> not_made{};     // not run, or no model was reachable
  std::size_t consistent = 0, inapplicable = 0;
  std::vector<const session::Waiver*> waivers{};  // that a gate used; in the order of the stages
  std::vector<OpenPoint> open{};                  // of a draft
  Assessors assessors{};

  const protocol::Protocol& protocol() const { return session.protocol(); }
  std::size_t escalated() const;
  const AnswerLine* find(const protocol::Question& question) const;  // nullptr: unanswered
};

// The session and the facts must outlive the review.
Review review_of(const session::Session& session, const CharterFacts& facts);

// "Assessed by anthropic/… and 3 answers by pre-checks alone."
std::string assessed_by(const Review& review);

}  // namespace tollgate::charter
