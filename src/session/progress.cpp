#include "session/progress.hpp"

namespace tollgate::session {

std::vector<StageProgress> progress_of(const Session& session) {
  std::vector<StageProgress> progress;
  for (const auto& stage : session.protocol().stages) {
    StageProgress one{stage.id, stage.title, session.status(stage)};
    for (const auto& group : stage.groups) {
      for (const auto index : group.questions) {
        const auto& question = session.protocol().questions[index];
        if (question.is_derived()) continue;
        const auto status = session.status(question);
        const bool answered = status == QuestionStatus::kPending || status == QuestionStatus::kRejected ||
                              status == QuestionStatus::kAccepted || status == QuestionStatus::kEscalated;
        if (!answered && !session.requires_answer(question)) continue;
        ++one.asked;
        if (answered) ++one.answered;
        if (status == QuestionStatus::kAccepted || status == QuestionStatus::kEscalated) ++one.settled;
      }
    }
    progress.push_back(std::move(one));
  }
  return progress;
}

}  // namespace tollgate::session
