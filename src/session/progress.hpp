// How far a session is, stage by stage. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "session/session.hpp"

namespace tollgate::session {

struct StageProgress {
  std::string stage;
  std::string title;
  StageStatus status = StageStatus::kBlocked;
  std::size_t asked = 0;     // questions that apply and are required or answered
  std::size_t answered = 0;  // of them
  std::size_t settled = 0;   // of them: accepted or escalated
};

std::vector<StageProgress> progress_of(const Session& session);

}  // namespace tollgate::session
