// The facts a session consists of. Each is written once and never changed; a newer fact of the same kind supersedes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/date.hpp"
#include "base/decimal.hpp"
#include "base/sha256.hpp"
#include "base/value.hpp"
#include "protocol/precheck.hpp"
#include "protocol/rules.hpp"

namespace tollgate::session {

using base::Timestamp;
using protocol::Dimensions;

enum class AnswerSource { kPerson, kBrief, kDrafted, kDefault };

// One revision of a value given to a question.
struct Answer {
  std::string question;       // full name
  std::int64_t revision = 0;  // 1, 2, …; 0: taken over by a fork
  base::Value value;
  AnswerSource source = AnswerSource::kPerson;
  std::string author;  // account, file or model
  Timestamp at{};
};

enum class Verdict {
  kAccepted,   // at or above the rubric's threshold
  kRejected,   // another attempt is expected
  kEscalated,  // attempts are used up: the best one stands, and the charter says so
};

enum class Assessor { kPrecheck, kLlm };

// The judgement of one answer revision in one context.
struct Assessment {
  std::string question;
  std::int64_t number = 0;    // 1, 2, … per question
  std::int64_t revision = 0;  // the answer judged
  int score = 0;              // 0–10
  Dimensions dimensions{};
  std::vector<std::string> issues{};
  std::vector<std::string> follow_ups{};
  std::vector<std::string> prechecks{};  // ids that held
  Assessor assessor = Assessor::kPrecheck;
  std::string model{};     // for kLlm: provider and model
  base::Sha256 context{};  // of the values the judgement was made against
  Verdict verdict = Verdict::kRejected;
  Timestamp at{};
};

// Whether coherence and relevance were judged: pre-checks see neither and leave them at a fixed value.
inline bool judges_sense(const Assessment& assessment) {
  return assessment.assessor == Assessor::kLlm;
}

// A person lets a stage pass although a rule of its gate does not hold.
struct Waiver {
  std::string stage;
  std::string rule;
  std::int64_t number = 0;  // 1, 2, … per rule; the newest counts
  std::string role;
  std::string author;
  std::string reason;
  std::optional<base::Date> due{};  // until when the cause is to be removed
  Timestamp at{};
};

enum class GateRuleStatus { kHeld, kFailed, kUndetermined, kWaived, kWarned };

struct GateRuleOutcome {
  std::string rule;
  GateRuleStatus status = GateRuleStatus::kFailed;
  std::string text{};  // why it does not hold
  std::string fix{};
};

struct GateOutcome {
  std::string stage;
  std::int64_t number = 0;  // 1, 2, … per stage
  bool passed = false;
  base::Decimal completeness{};
  std::vector<std::string> missing{};  // required answers that are not there
  std::vector<GateRuleOutcome> rules{};
  base::Sha256 inputs{};  // of everything the gate read
  Timestamp at{};
};

enum class CheckOutcomeStatus { kConsistent, kContradiction, kInapplicable, kNotChecked };

struct CheckOutcome {
  std::string check;
  std::int64_t number = 0;
  CheckOutcomeStatus status = CheckOutcomeStatus::kNotChecked;
  std::string text{};
  std::string model{};  // for a check made by an LLM
  base::Sha256 inputs{};
  Timestamp at{};
};

struct Decision {
  std::int64_t number = 0;
  std::string profile;
  protocol::DecisionResult result{};
  base::Sha256 inputs{};
  Timestamp at{};
  std::int64_t checkpoint = 0;  // that closes it; 0: by an early version, which closed none
};

std::string_view name(AnswerSource source);
std::string_view name(Verdict verdict);
std::string_view name(Assessor assessor);
std::string_view name(GateRuleStatus status);
std::string_view name(CheckOutcomeStatus status);

// Bodies as stored: JSON records. Reading back what was written gives the same fact; anything else is kCorrupt.
base::Value to_value(const Answer& answer);
base::Value to_value(const Assessment& assessment);
base::Value to_value(const Waiver& waiver);
base::Value to_value(const GateOutcome& gate);
base::Value to_value(const CheckOutcome& check);
base::Value to_value(const Decision& decision);

}  // namespace tollgate::session
