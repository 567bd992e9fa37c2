// What the interview shows of a session: headers, help, lists, judgements, gates, the decision. Prints, asks nothing.
#pragma once

#include <string>
#include <vector>

#include "cli/prompter.hpp"
#include "cli/question_prompt.hpp"
#include "session/session.hpp"

namespace tollgate::cli {

// "EUR 900", "2 rows: Anna, Ben"; empty while unanswered.
std::string answer_text(const session::Session& session, const protocol::Question& question);
std::string id_list(const std::vector<const protocol::Question*>& questions);  // "S1.kpis, S2.links"

// Answered questions whose answers rest on this one, directly or through others, in the protocol's order.
std::vector<const protocol::Question*> answers_resting_on(const session::Session& session,
                                                          const protocol::Question& question);
// Questions that the rule of a gate reads, as far as people answer them.
std::vector<const protocol::Question*> questions_read(const session::Session& session, const protocol::Stage& stage,
                                                      const std::string& rule);

// "V1 · The service · 2 of 12 · 7 % overall", then the question.
void show_question(Prompter& prompter, const session::Session& session, const protocol::Question& question);
void show_help(Prompter& prompter, const session::Session& session, const protocol::Question& question);
void show_earlier(Prompter& prompter, const protocol::Question& question, const base::Value& value);
void show_list(Prompter& prompter, const session::Session& session);
void show_status(Prompter& prompter, const session::Session& session);
void show_rules(Prompter& prompter, const session::Session& session, const protocol::Stage& stage);

void show_assessment(Prompter& prompter, const session::Session& session, const protocol::Question& question);
void show_closed_gate(Prompter& prompter, const session::Session& session, const protocol::Stage& stage);
void show_passed_gate(Prompter& prompter, const session::Session& session, const protocol::Stage& stage);
void show_decision(Prompter& prompter, const session::Session& session);

}  // namespace tollgate::cli
