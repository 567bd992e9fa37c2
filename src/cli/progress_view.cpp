#include "cli/progress_view.hpp"

#include <chrono>
#include <string>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "session/progress.hpp"

namespace tollgate::cli {
namespace {

using session::StageStatus;

std::string_view status_word(StageStatus status) {
  switch (status) {
    case StageStatus::kBlocked: return "waiting";
    case StageStatus::kOpen: return "open";
    case StageStatus::kFailed: return "gate closed";
    case StageStatus::kPassed: return "passed";
  }
  return "";
}

// One line for people, or nothing for events that would only repeat what the next ones say.
std::string line_for(const session::Session& session, std::string_view event, const base::Value& body) {
  const auto text = [&](std::string_view key) { return std::string(body.string_or(key, "")); };
  if (event == "answer.assessed" && text("verdict") != "accepted") {
    return fmt::format("{}: scored {} of 10, {}", text("question"), body.int_or("score", 0),
                       text("verdict") == "escalated" ? "kept and flagged" : "another answer is needed");
  }
  if (event == "answer.submitted" && text("source") == "drafted") return fmt::format("{}: drafted", text("question"));
  if (event == "stage.gated") {
    const bool* passed = body["passed"].if_bool();
    std::string line = fmt::format("gate {}: {}", text("stage"), passed != nullptr && *passed ? "passed" : "closed");
    if (const auto* gate = session.gate(text("stage")); gate != nullptr && passed != nullptr && !*passed) {
      for (const auto& rule : gate->rules) {
        if (rule.status == session::GateRuleStatus::kFailed || rule.status == session::GateRuleStatus::kUndetermined)
          line += fmt::format("\n  {}: {}", rule.rule, rule.text);
      }
    }
    return line;
  }
  if (event == "gate.waived") return fmt::format("rule {} waived", text("rule"));
  if (event == "checkpoint.created")
    return fmt::format("checkpoint {} after {}: {}", body.int_or("seq", 0), text("stage"), text("hash").substr(0, 12));
  if (event == "finding.raised")
    return fmt::format("finding {} ({}): {}", text("check"), text("severity"), text("text"));
  if (event == "work.retried") return fmt::format("retrying {}: {}", text("task"), text("why"));
  if (event == "draft.unreadable")
    return fmt::format("{}: the draft cannot be used: {}", text("question"), text("why"));
  return {};
}

class PlainProgress final : public ProgressView {
 public:
  explicit PlainProgress(std::ostream& err) : err_(err) {}
  void on_event(const session::Session& session, std::string_view event, const base::Value& body) override {
    const std::string line = line_for(session, event, body);
    if (!line.empty()) fmt::print(err_, "{}\n", line);
  }
  void finish(const session::Session&) override { err_.flush(); }

 private:
  std::ostream& err_;
};

class TerminalProgress final : public ProgressView {
 public:
  explicit TerminalProgress(std::ostream& err) : err_(err) {}

  void on_event(const session::Session& session, std::string_view event, const base::Value& body) override {
    const std::string line = event == "answer.submitted" ? std::string() : line_for(session, event, body);
    if (!line.empty()) {
      clear();
      fmt::print(err_, "{}\n", line);
    }
    const auto now = std::chrono::steady_clock::now();
    if (line.empty() && now - drawn_ < std::chrono::milliseconds(50)) return;
    drawn_ = now;
    draw(session);
  }
  void finish(const session::Session& session) override { draw(session); }

 private:
  static constexpr std::size_t kBarWidth = 24;

  void clear() {
    if (lines_ > 0) fmt::print(err_, "\x1b[{}A\x1b[J", lines_);
    lines_ = 0;
  }
  void draw(const session::Session& session) {
    clear();
    for (const auto& stage : session::progress_of(session)) {
      const std::size_t filled = stage.asked == 0 ? 0 : kBarWidth * stage.settled / stage.asked;
      std::string bar;
      for (std::size_t i = 0; i < kBarWidth; ++i) bar += i < filled ? "█" : "░";
      fmt::print(err_, "  {:<4} {:<28.28} {} {:>3}/{:<3} {}\n", stage.stage, stage.title, bar, stage.settled,
                 stage.asked, status_word(stage.status));
      ++lines_;
    }
    err_.flush();
  }

  std::ostream& err_;
  std::size_t lines_ = 0;
  std::chrono::steady_clock::time_point drawn_{};
};

}  // namespace

std::unique_ptr<ProgressView> make_plain_progress(std::ostream& err) {
  return std::make_unique<PlainProgress>(err);
}
std::unique_ptr<ProgressView> make_terminal_progress(std::ostream& err) {
  return std::make_unique<TerminalProgress>(err);
}

}  // namespace tollgate::cli
