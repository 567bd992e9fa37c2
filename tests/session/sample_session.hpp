// A session lived through in memory: what the engine does with a plan, without I/O. Keeps every fact, so that a test
// can fold them again.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "protocol/compiler.hpp"
#include "session/brief.hpp"
#include "session/gatekeeper.hpp"
#include "session/planner.hpp"
#include "session/session.hpp"

namespace tollgate::session {

using Fact = std::variant<Answer, Assessment, Waiver, GateOutcome, CheckOutcome, Decision>;

// S1 → S2 ∥ S3; S2.approach is judged in the context of S1.problem; S3.signoff is required above EUR 10,000.
std::shared_ptr<const protocol::Protocol> sample_protocol();

// Answers of S1 to S3 that pass everything and lead to "proceed".
Brief good_brief();

inline const std::string kGoodText =
    "Eleven analysts copy 40 supplier invoices a day by hand into the ledger, 3 minutes each, how often 5 times a "
    "week.";

class Trial {
 public:
  explicit Trial(std::shared_ptr<const protocol::Protocol> protocol = sample_protocol(),
                 std::string profile = "default");

  const Session& session() const { return *session_; }
  const protocol::Question& question(std::string_view name) const;
  const protocol::Stage& stage(std::string_view id) const;
  const std::vector<Fact>& facts() const { return facts_; }
  Plan plan() const { return session::plan(*session_, policy, brief, busy); }

  void apply(Fact fact);
  void answer(std::string_view name, const base::Value& raw, AnswerSource source = AnswerSource::kPerson);
  void assess(std::string_view name, int score);  // of the latest revision, with the verdict that follows
  void waive(std::string_view stage, std::string_view rule);
  const GateOutcome& gate(std::string_view id);  // whatever can_gate() says
  // Carries out one plan; assessments are those of the pre-checks. False when it holds nothing to do.
  bool step();
  void run();  // until nothing is left to do

  RunPolicy policy{};
  Brief brief{};
  std::set<std::string> busy{};

 private:
  void perform(const WorkItem& item);
  Timestamp now();

  std::unique_ptr<Session> session_;
  std::vector<Fact> facts_;
  std::int64_t ticks_ = 0;
};

void apply_to(Session& session, const Fact& fact);
SessionInfo sample_info(std::string profile = "default");

// Everything a plan says, as text: for comparisons.
std::string describe(const Plan& plan);
// Statuses of all questions and stages, values in force and findings.
std::string describe(const Session& session);

}  // namespace tollgate::session
