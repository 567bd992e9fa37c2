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
      if (is_altered(state_.waiver(waiver->rule), *waiver))
        altered_.push_back(fmt::format("{} waiver {}", waiver->rule, waiver->number));
    }
    if (const auto gate = session::read_gate(content["gate"])) {
      gates_.insert({gate->stage, gate->number});
      if (is_altered(state_.gate(gate->stage), *gate))
        altered_.push_back(fmt::format("{} gate {}", gate->stage, gate->number));
    }
  }

  void add_manifest(const session::Manifest& manifest) {
    if (manifest.title && *manifest.title != state_.info().title) altered_.emplace_back("title");
    if (manifest.owner && *manifest.owner != state_.info().owner) altered_.emplace_back("owner");
  }

  // The checks and the decision as they were when it was made.
  void add_closing(const Value& closing) {
    if (closing.string_or("profile", "") != state_.info().profile) altered_.emplace_back("profile");
    Value::Record options;
    for (const auto& [option, value] : state_.info().options) options.emplace(option, value);
    if (closing["options"] != Value(std::move(options))) altered_.emplace_back("options");
    for (const auto& body : list(closing["checks"])) {
      const auto check = session::read_check(body);
      if (check && is_altered(state_.check(check->check), *check))
        altered_.push_back(fmt::format("{} check {}", check->check, check->number));
    }
    const auto decision = session::read_decision(closing["decision"]);
    if (!decision) return;
    closed_.insert(decision->number);
    if (is_altered(state_.decision(), *decision)) altered_.push_back(fmt::format("decision {}", decision->number));
  }

  // A decision left a closing checkpoint: without it the chain was cut off at its end. What the list of sessions shows
  // is the decision too.
  void add_missing_closing(const store::SessionRow& row) {
    const auto* decision = state_.decision();
    if (decision != nullptr && decision->checkpoint > 0 && !closed_.contains(decision->number))
      altered_.push_back(
          fmt::format("checkpoint {} of decision {} is missing", decision->checkpoint, decision->number));
    if (row.status != store::SessionStatus::kDecided) return;
    if (decision == nullptr) {
      altered_.emplace_back("the decision is missing");
    } else if (row.decision != protocol::name(decision->result.outcome)) {
      altered_.push_back(fmt::format("decision {}", decision->number));
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

  // The newest stored one of its kind must be the one that a checkpoint holds, or one made later.
  template <typename Fact>
  static bool is_altered(const Fact* stored, const Fact& held) {
    return stored == nullptr || stored->number < held.number ||
           (stored->number == held.number && text_of(*stored) != text_of(held));
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
  std::set<std::int64_t> closed_;                         // numbers of the decisions they hold
  std::vector<std::string> altered_;
};

}  // namespace

std::vector<std::string> find_altered_facts(const LoadedSession& loaded, const session::ContentReader& read) {
  Comparison comparison(*loaded.session);
  // What a fork took over is read from its first link itself, and numbered anew.
  std::set<std::pair<bool, base::Sha256>> compared;
  const auto add = [&](bool is_origin, const base::Sha256& digest, void (Comparison::*compare)(const Value&)) {
    if (!compared.emplace(is_origin, digest).second) return;
    const auto bytes = read(digest);
    const auto content = bytes ? base::parse_json(*bytes) : base::Result<Value>(Value());
    if (content) (comparison.*compare)(*content);
  };
  for (const auto& checkpoint : loaded.checkpoints) {
    const auto manifest = session::read_manifest(checkpoint.manifest);
    if (!manifest) continue;
    const bool is_origin = checkpoint.seq == 0;
    if (!is_origin) comparison.add_manifest(*manifest);
    if (manifest->closing && !is_origin) {  // its stages are those of the checkpoint before it
      add(is_origin, *manifest->closing, &Comparison::add_closing);
      continue;
    }
    for (const auto& [stage, digest] : manifest->stages)
      add(is_origin, digest, is_origin ? &Comparison::add_origin : &Comparison::add_content);
  }
  comparison.add_missing_checkpoints();
  comparison.add_missing_closing(loaded.row);
  comparison.add_checks();
  comparison.add_decision();
  return comparison.take();
}

}  // namespace tollgate::engine
