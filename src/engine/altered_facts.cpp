#include "engine/altered_facts.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "engine/cross_checks.hpp"
#include "protocol/answer_environment.hpp"
#include "session/record_reader.hpp"

namespace tollgate::engine {
namespace {

using base::Value;

// Durations, dates and money are strings once stored, so facts are compared as JSON.
template <typename Fact>
std::string text_of(const Fact& fact) {
  return base::to_json(session::to_value(fact));
}

class Comparison {
 public:
  explicit Comparison(const session::Session& state) : state_(state) {}

  void add_content(const Value& content) {
    for (const auto& body : list(content["answers"])) {
      const auto answer = session::read_answer(state_.protocol(), body);
      if (answer) compare_answer(*answer);
    }
    for (const auto& body : list(content["assessments"])) {
      const auto judged = session::read_assessment(body);
      if (judged) compare_assessment(*judged);
    }
    for (const auto& body : list(content["waivers"])) {
      const auto waiver = session::read_waiver(body);
      if (!waiver) continue;
      const auto* stored = state_.waiver(waiver->rule);
      if (stored == nullptr || stored->number < waiver->number ||
          (stored->number == waiver->number && text_of(*stored) != text_of(*waiver)))
        altered_.push_back(fmt::format("{} waiver {}", waiver->rule, waiver->number));
    }
    if (const auto gate = session::read_gate(content["gate"])) {
      gates_.insert({gate->stage, gate->number});
      const auto* stored = state_.gate(gate->stage);
      if (stored == nullptr || stored->number < gate->number ||
          (stored->number == gate->number && text_of(*stored) != text_of(*gate)))
        altered_.push_back(fmt::format("{} gate {}", gate->stage, gate->number));
    }
  }

  // What a fork took over was checkpointed where it came from.
  void add_origin(const Value& content) {
    if (const auto gate = session::read_gate(content["gate"])) gates_.insert({gate->stage, gate->number});
  }

  // A gate that passed left a checkpoint: without it the chain was cut off at its end.
  void add_missing_checkpoints() {
    for (const auto& stage : state_.protocol().stages) {
      const auto* gate = state_.gate(stage.id);
      if (gate != nullptr && gate->passed && !gates_.contains({stage.id, gate->number}))
        altered_.push_back(fmt::format("{} checkpoint of gate {} is missing", stage.id, gate->number));
    }
  }

  // A check by rule follows from the facts, so it can be made again.
  void add_checks() {
    for (const auto& check : state_.protocol().checks) {
      const auto* stored = state_.check(check.id);
      if (check.kind != protocol::CheckKind::kRule || stored == nullptr) continue;
      const auto expected = evaluate_rule(state_, check);
      if (stored->inputs != expected.inputs) continue;  // made before an answer changed
      if (stored->status != expected.status || stored->text != expected.text)
        altered_.push_back(fmt::format("{} check {}", check.id, stored->number));
    }
  }

  // A decision in force follows from the facts, so it can be made again.
  void add_decision() {
    if (!state_.is_decided()) return;
    protocol::AnswerEnvironment environment(state_.protocol(), state_.facts(),
                                            [this](std::string_view question) -> const Value* {
                                              const auto* answer = state_.in_force(question);
                                              return answer == nullptr ? nullptr : &answer->value;
                                            });
    environment.set_findings(state_.findings());
    const auto result = protocol::decide(state_.protocol(), state_.info().profile, environment);
    session::Decision expected = *state_.decision();
    expected.profile = state_.info().profile;
    if (result) expected.result = *result;
    if (!result || text_of(expected) != text_of(*state_.decision()))
      altered_.push_back(fmt::format("decision {}", expected.number));
  }

  std::vector<std::string> take() {
    std::sort(altered_.begin(), altered_.end());
    altered_.erase(std::unique(altered_.begin(), altered_.end()), altered_.end());
    return std::move(altered_);
  }

 private:
  static const Value::List& list(const Value& value) {
    static const Value::List kNone;
    return value.is_list() ? *value.if_list() : kNone;
  }

  void compare_answer(const session::Answer& answer) {
    const auto& revisions = state_.revisions(answer.question);
    const bool same = std::any_of(revisions.begin(), revisions.end(),
                                  [&](const auto& stored) { return text_of(stored) == text_of(answer); });
    if (!same) altered_.push_back(fmt::format("{} revision {}", answer.question, answer.revision));
  }
  void compare_assessment(const session::Assessment& judged) {
    const auto& all = state_.assessments(judged.question);
    const bool same =
        std::any_of(all.begin(), all.end(), [&](const auto& stored) { return text_of(stored) == text_of(judged); });
    if (!same) altered_.push_back(fmt::format("{} assessment {}", judged.question, judged.number));
  }

  const session::Session& state_;
  std::set<std::pair<std::string, std::int64_t>> gates_;  // stage and number of those that checkpoints hold
  std::vector<std::string> altered_;
};

}  // namespace

std::vector<std::string> find_altered_facts(const LoadedSession& loaded, const session::ContentReader& read) {
  Comparison comparison(*loaded.session);
  const auto each_content = [&](const std::vector<session::StoredCheckpoint>& checkpoints, auto&& add) {
    for (const auto& digest : contents_of(checkpoints)) {
      const auto bytes = read(digest);
      const auto content = bytes ? base::parse_json(*bytes) : base::Result<Value>(Value());
      if (content) add(*content);
    }
  };
  // What a fork took over is read from its first link itself, and numbered anew.
  auto own = loaded.checkpoints;
  const auto origin = std::partition(own.begin(), own.end(), [](const auto& checkpoint) { return checkpoint.seq > 0; });
  each_content({origin, own.end()}, [&](const Value& content) { comparison.add_origin(content); });
  each_content({own.begin(), origin}, [&](const Value& content) { comparison.add_content(content); });
  comparison.add_missing_checkpoints();
  comparison.add_checks();
  comparison.add_decision();
  return comparison.take();
}

}  // namespace tollgate::engine
