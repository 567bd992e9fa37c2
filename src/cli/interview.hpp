// The terminal interview: which question comes next, what happens after an answer, when it is over.
//
// Holds no state that matters: every step starts from what the desk has stored, so that stopping anywhere loses
// nothing that was acknowledged. Single-threaded; assessing waits for its result.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/dialogue.hpp"
#include "cli/interview_desk.hpp"
#include "cli/prompter.hpp"
#include "session/planner.hpp"

namespace tollgate::cli {

enum class InterviewEnd { kDecided, kLeft };

class Interview {
 public:
  Interview(InterviewDesk& desk, Prompter& prompter);

  // To the decision, or until the person leaves. Errors are those the person cannot mend.
  base::Result<InterviewEnd> run();

  const engine::LoadedSession& loaded() const { return loaded_; }  // after run()

 private:
  struct Happening {  // what a run of the engine reported
    std::string event;
    base::Value body;
  };

  // Steps. The Departure of a prompt is carried out by follow().
  base::Result<bool> step();  // false: it is over
  Entered<base::Status> answer(const protocol::Question& question);
  Entered<base::Status> mend_gate(const protocol::Stage& stage);
  Entered<base::Status> waive_rule(const protocol::Stage& stage, const protocol::GateRule& rule);
  Entered<std::optional<base::Value>> ask_for(const protocol::Question& question);
  Entered<std::string> ask_needed(std::string_view prompt);
  Entered<base::Status> offer_stuck();
  Entered<base::Status> try_again();
  Entered<base::Status> offer_edit_of_decided();
  base::Result<bool> follow(const Entered<base::Status>& outcome);
  void go_back();
  void edit(const std::string& name_or_id);
  void skip();

  // State.
  base::Status reload();
  base::Status advance(const protocol::Question* answered);  // nullptr: nothing was answered
  std::vector<Happening> run_engine();
  void report_answer(const std::vector<Happening>& happenings, const protocol::Question* answered);
  void report_stages(const std::vector<Happening>& happenings);
  void report_assessed(const Happening& happening, const protocol::Question* answered);
  void put_off_what_was_left_out();
  std::set<std::string> stages_to_hold() const;
  const protocol::Question* next_question() const;
  const protocol::Question* take_up_what_was_put_off();
  const protocol::Stage* closed_gate() const;                 // none that was put off
  bool is_waiting(const protocol::Question& question) const;  // for an answer that the gate needs
  std::optional<base::Value> proposal_for(const protocol::Question& question) const;
  std::vector<std::string> names_for(const protocol::AnswerType& type) const;
  const protocol::Question* find(const std::string& name) const;
  const session::Session& session() const { return *loaded_.session; }

  // Output.
  void greet();
  void introduce(const protocol::Question& question);
  std::map<std::string, std::string> derived_texts() const;  // by name
  void show_derived(const std::map<std::string, std::string>& before);
  void show_aside(Command command);

  InterviewDesk& desk_;
  Prompter& prompter_;
  Dialogue dialogue_;
  engine::LoadedSession loaded_;
  session::Plan plan_;                    // what the last run left
  std::optional<base::Error> run_error_;  // why the last run stopped early
  std::string target_;                    // question to ask next whatever its status
  std::string current_;                   // question being asked; empty at a gate
  std::string current_stage_;             // of it, or of the gate
  std::set<std::string> introduced_;      // stages whose summary was shown
  std::string shown_stage_;               // whose header is on the screen
  std::string just_rejected_;             // question whose judgement is on the screen
  std::set<std::string> put_off_;         // questions to come back to, or optional and left out
  std::set<std::string> put_off_gates_;   // stages
};

}  // namespace tollgate::cli
