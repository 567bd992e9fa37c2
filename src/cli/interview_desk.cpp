#include "cli/interview_desk.hpp"

#include <filesystem>

#include "cli/brief_file.hpp"
#include "protocol/include.hpp"

namespace tollgate::cli {
namespace {

class WorkspaceDesk final : public InterviewDesk {
 public:
  explicit WorkspaceDesk(DeskSetting setting) : setting_(std::move(setting)) {}

  base::Result<engine::LoadedSession> load() override { return workspace().run(engine().load(setting_.session)); }

  base::Status submit(const std::string& question, base::Value raw) override {
    const auto revision =
        workspace().run(engine().submit(setting_.session, question, std::move(raw), setting_.author, {key()}));
    if (!revision) return std::unexpected(revision.error());
    return {};
  }

  base::Status waive(session::BriefWaiver waiver) override {
    return workspace().run(engine().waive(setting_.session, std::move(waiver), {key()}));
  }

  base::Result<engine::RunReport> run(session::RunPolicy policy, engine::RunObserver observer) override {
    return workspace().run(engine().run(setting_.session, std::move(policy), session::Brief{}, std::move(observer)));
  }

  base::Result<base::Value> attach(const std::string& path) override {
    TRY(auto bytes, protocol::read_file(path, kMaxAttachmentBytes));
    store::Blob blob{base::Sha256::of(bytes), std::move(bytes)};
    base::Value::Record value{{"name", std::filesystem::path(path).filename().string()},
                              {"sha256", blob.digest.to_hex()},
                              {"bytes", blob.bytes.size()}};
    TRY_STATUS(workspace().run(workspace().store().save_blob(std::move(blob))));
    return base::Value(std::move(value));
  }

 private:
  Workspace& workspace() { return setting_.workspace; }
  engine::Engine& engine() { return setting_.workspace.engine(); }
  // Each entry is one of its own: the same text may be given twice.
  std::string key() { return "interview:" + base::Uuid::make(setting_.clock.now(), setting_.random).to_string(); }

  DeskSetting setting_;
};

}  // namespace

std::unique_ptr<InterviewDesk> make_workspace_desk(DeskSetting setting) {
  return std::make_unique<WorkspaceDesk>(std::move(setting));
}

}  // namespace tollgate::cli
