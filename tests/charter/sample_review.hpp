// A small protocol and a session under it, moved on by the facts a test needs.
#pragma once

#include <string>
#include <string_view>

#include "charter/charter_facts.hpp"
#include "session/session.hpp"

namespace tollgate::charter {

class SampleReview {
 public:
  explicit SampleReview(std::string title = "Invoice reader");

  // Values as a person writes them; parsed for the question's type.
  void answer(std::string_view question, base::Value raw,
              session::AnswerSource source = session::AnswerSource::kPerson);
  // Of the latest answer. An empty model: by pre-checks.
  void assess(std::string_view question, int score, session::Verdict verdict, std::string model = {});
  void waive(std::string_view stage, std::string_view rule);
  void gate(std::string_view stage);
  void check(std::string_view id, session::CheckOutcomeStatus status, std::string text = {});
  void decide();

  // A complete passage: every answer, gates passed, checks made, decided.
  void complete(std::string_view risk_level = "LOW");

  session::Session session;
  CharterFacts facts;

 private:
  base::Timestamp now();
  base::Timestamp now_{};
};

}  // namespace tollgate::charter
