// What an interview does to its session. One session, one person, one thread.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "cli/workspace.hpp"
#include "engine/engine.hpp"

namespace tollgate::cli {

class InterviewDesk {
 public:
  virtual ~InterviewDesk() = default;
  virtual base::Result<engine::LoadedSession> load() = 0;
  // Acknowledged after commit; nothing is assessed yet.
  virtual base::Status submit(const std::string& question, base::Value raw) = 0;
  virtual base::Status waive(session::BriefWaiver waiver) = 0;
  // Assesses, gates, checks and decides what can be.
  virtual base::Result<engine::RunReport> run(session::RunPolicy policy, engine::RunObserver observer) = 0;
  // Stores a file; the value of its answer. At most kMaxAttachmentBytes.
  virtual base::Result<base::Value> attach(const std::string& path) = 0;
};

// All borrowed; they outlive the desk.
struct DeskSetting {
  Workspace& workspace;
  base::Clock& clock;
  base::Random& random;
  base::SessionId session;
  std::string author;
};

std::unique_ptr<InterviewDesk> make_workspace_desk(DeskSetting setting);

}  // namespace tollgate::cli
