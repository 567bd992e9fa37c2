// One session as a state machine without I/O: facts are applied, questions are answered about what follows from them.
//
// The state is a fold over the stored facts in any order of kinds (within a question or stage: in order of number), so
// loading a session and having lived through it give the same state. Not thread-safe; holds the protocol it pins.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "protocol/answer_environment.hpp"
#include "protocol/model.hpp"
#include "session/records.hpp"

namespace tollgate::session {

inline constexpr std::string_view kLocalOwner = "local";  // of sessions made where there are no accounts

// What is fixed when a session is created.
struct SessionInfo {
  base::SessionId id;
  std::string title;
  std::string owner;    // account name, or kLocalOwner
  std::string profile;  // of the decision table
  std::map<std::string, std::string, std::less<>> options{};
  Timestamp created_at{};
};

enum class QuestionStatus {
  kNotApplicable,  // its `if` does not hold
  kBlocked,        // its stage is not open, or it needs an answer that is not there
  kOpen,           // can be answered, is not
  kPending,        // answered; the assessment is missing or stale
  kRejected,       // assessed below the threshold; another attempt is expected
  kAccepted,       // assessed at or above it, or of a type judged by rule alone
  kEscalated,      // attempts used up; the best one stands
};

enum class StageStatus { kBlocked, kOpen, kFailed, kPassed };

std::string_view name(QuestionStatus status);  // "not_applicable"
std::string_view name(StageStatus status);

class Session {
 public:
  Session(std::shared_ptr<const protocol::Protocol> protocol, SessionInfo info);

  void apply(Answer answer);
  void apply(Assessment assessment);
  void apply(Waiver waiver);
  void apply(GateOutcome gate);
  void apply(CheckOutcome check);
  void apply(Decision decision);

  const protocol::Protocol& protocol() const { return *protocol_; }
  const std::shared_ptr<const protocol::Protocol>& shared_protocol() const { return protocol_; }
  const SessionInfo& info() const { return info_; }
  const protocol::SessionFacts& facts() const { return facts_; }

  // Answers. The pointers stay valid until the next apply().
  const std::vector<Answer>& revisions(std::string_view question) const;  // oldest first
  const Answer* latest(std::string_view question) const;
  const Answer* in_force(std::string_view question) const;        // the latest; once escalated, the best attempt
  bool is_escalated(std::string_view question) const;             // attempts at the latest revision are used up
  const Assessment* assessment(std::string_view question) const;  // newest
  const Assessment* assessment_in_force(std::string_view question) const;  // of the answer in force
  const std::vector<Assessment>& assessments(std::string_view question) const;
  std::vector<const Waiver*> waivers(std::string_view stage) const;  // newest per rule
  const Waiver* waiver(std::string_view rule) const;
  const GateOutcome* gate(std::string_view stage) const;
  std::int64_t gate_count(std::string_view stage) const;
  const CheckOutcome* check(std::string_view check) const;
  std::int64_t check_count(std::string_view check) const;
  const Decision* decision() const { return decisions_.empty() ? nullptr : &decisions_.back(); }

  // Values as expressions see them; valid until the next apply().
  const protocol::AnswerEnvironment& environment() const;

  QuestionStatus status(const protocol::Question& question) const;
  StageStatus status(const protocol::Stage& stage) const;
  bool is_open(const protocol::Stage& stage) const;
  // Every question it depends on is answered, not asked, or optional.
  bool needs_met(const protocol::Question& question) const;
  bool requires_answer(const protocol::Question& question) const;  // false while undetermined

  // Attempts at a question since it was last accepted, and how many its rubric allows.
  int attempts_used(const protocol::Question& question) const;

  // Fingerprints: a judgement is current while the fingerprint of what it was based on is unchanged.
  base::Sha256 context_of(const protocol::Question& question) const;
  base::Sha256 inputs_of(const protocol::Stage& stage) const;
  base::Sha256 inputs_of(const protocol::Check& check) const;
  base::Sha256 decision_inputs() const;

  bool is_current(const GateOutcome& gate) const;
  bool is_decided() const;  // a decision whose inputs are unchanged, every gate still passed

  // Findings in force, as decision rules read them: list of {id, severity, text}.
  base::Value findings() const;

 private:
  struct QuestionState {
    std::vector<Answer> answers;
    std::vector<Assessment> assessments;
  };
  const QuestionState* state(std::string_view question) const;
  const Answer* best_attempt(const QuestionState& state) const;
  void changed();

  const std::shared_ptr<const protocol::Protocol> protocol_;
  const SessionInfo info_;
  const protocol::SessionFacts facts_;
  std::map<std::string, QuestionState, std::less<>> questions_;
  std::map<std::string, std::vector<Waiver>, std::less<>> waivers_;  // by rule
  std::map<std::string, std::vector<GateOutcome>, std::less<>> gates_;
  std::map<std::string, std::vector<CheckOutcome>, std::less<>> checks_;
  std::vector<Decision> decisions_;
  mutable std::unique_ptr<protocol::AnswerEnvironment> environment_;  // rebuilt after a change
};

}  // namespace tollgate::session
