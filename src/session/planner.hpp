// What can be done for a session now, and what it waits for. A pure function of the state: after a crash the same
// facts give the same plan, so nothing about work under way needs to be stored.
#pragma once

#include <set>
#include <string>
#include <variant>
#include <vector>

#include "session/brief.hpp"
#include "session/session.hpp"

namespace tollgate::session {

enum class RunMode {
  kBatch,        // nobody is there: answers come from the brief, defaults and drafts
  kInteractive,  // a person answers: only assess, gate, check and decide
};

struct RunPolicy {
  RunMode mode = RunMode::kInteractive;
  bool can_draft = false;                 // a model can write missing answers (batch)
  bool can_ask_model = false;             // LLM checks can be made
  bool can_recall = false;                // judgements of the same answers are kept
  std::set<std::string> recalled{};       // RecallAnswers::ids: looked up already
  std::set<std::string> not_draftable{};  // drafts of these could not be read: left open
  std::set<std::string> held_stages{};    // their gates wait: a person is still to be asked what is optional
};

// Inputs to append: they take no time and are idempotent by key.
struct SubmitAnswer {
  std::string question;
  base::Value value;
  AnswerSource source = AnswerSource::kBrief;
  std::string key;
};
struct SubmitWaiver {
  BriefWaiver waiver;
  std::string key;
};

struct RecallAnswers {  // all that can be judged without a call
  std::vector<std::string> questions;
  std::vector<std::string> ids;  // question, revision and context of each
};
struct AssessAnswers {  // of one group, or what is left of several groups of a stage, in one call
  std::vector<std::string> questions;
};
struct DraftAnswers {  // of one group, in one call
  std::vector<std::string> questions;
};
struct EvaluateGate {
  std::string stage;
};
struct RunChecks {  // by rule
  std::vector<std::string> checks;
};
struct AskChecks {  // by a model, in one call
  std::vector<std::string> checks;
};
struct Decide {};

using WorkItem = std::variant<RecallAnswers, AssessAnswers, DraftAnswers, EvaluateGate, RunChecks, AskChecks, Decide>;

// What stands between the session and its decision when no work is left.
struct OpenQuestion {
  std::string question;
  std::string why;  // "not answered", "rejected: …"
};

struct Plan {
  std::vector<SubmitAnswer> answers;
  std::vector<SubmitWaiver> waivers;
  std::vector<WorkItem> work;
  std::vector<OpenQuestion> open;
  std::vector<std::string> failed_gates;  // stages
  std::string undecided{};                // why the decision table cannot be evaluated
  bool decided = false;
};

// `busy` names questions ("S1.kpis"), stages, checks and "decision" with work under way: they are left alone.
Plan plan(const Session& session, const RunPolicy& policy, const Brief& brief, const std::set<std::string>& busy);

// The verdict on an answer just assessed with `score`.
Verdict judge(const Session& session, const protocol::Question& question, int score);

}  // namespace tollgate::session
