#include "protocol/self_test.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "protocol/answer_environment.hpp"
#include "protocol/answer_parser.hpp"
#include "protocol/precheck.hpp"
#include "protocol/rules.hpp"

namespace tollgate::protocol {
namespace {

struct Given {
  std::map<std::string, base::Value, std::less<>> answers;
  SessionFacts facts{.title = "Test", .started = *base::Date::parse("2026-01-01"), .options = {}};
};

std::vector<std::string> question_names(const Protocol& protocol) {
  std::vector<std::string> names;
  for (const auto& question : protocol.questions) names.push_back(question.name);
  return names;
}

const Question* known_question(const Protocol& protocol, const SourceNode& key, NodeReader& reader) {
  if (const auto index = protocol.resolve_question(key.scalar)) return &protocol.questions[*index];
  const auto near = base::nearest(key.scalar, question_names(protocol));
  reader.error(key, fmt::format("there is no question '{}'", base::shortened(key.scalar, 64)),
               near ? fmt::format("did you mean '{}'?", *near) : "use a full name such as S1.objective");
  return nullptr;
}

bool is_option(const Protocol& protocol, const SourceNode& key, const SourceNode& value, NodeReader& reader) {
  const auto option = std::find_if(protocol.options.begin(), protocol.options.end(),
                                   [&](const Option& candidate) { return candidate.id == key.scalar; });
  if (option == protocol.options.end()) {
    std::vector<std::string> ids;
    for (const auto& known : protocol.options) ids.push_back(known.id);
    const auto near = base::nearest(key.scalar, ids);
    reader.error(key, fmt::format("there is no option '{}'", base::shortened(key.scalar, 64)),
                 near ? fmt::format("did you mean '{}'?", *near) : "options: " + base::join(ids, ", "));
    return false;
  }
  if (std::find(option->values.begin(), option->values.end(), value.scalar) != option->values.end()) return true;
  reader.error(value, fmt::format("the option '{}' cannot be '{}'", option->id, base::shortened(value.scalar, 64)),
               "values: " + base::join(option->values, ", "));
  return false;
}

Given read_given(const Protocol& protocol, const SourceNode& test, NodeReader& reader) {
  Given given;
  if (const SourceNode* answers = reader.member(test, "given"); answers != nullptr) {
    if (!answers->is_mapping()) {
      reader.error(*answers, "'given' must be a mapping of questions to values", "write `given: {S1.objective: …}`");
    }
    for (const auto& [key, node] : answers->members) {
      const Question* question = known_question(protocol, key, reader);
      if (question == nullptr) continue;
      auto value = parse_partial_answer(*question, to_value(node));
      if (value) {
        given.answers.emplace(question->name, *std::move(value));
      } else {
        reader.error(node, value.error().message, "docs/protocol.md, \"Types\", shows how values are written");
      }
    }
  }
  if (const SourceNode* options = reader.member(test, "options"); options != nullptr) {
    for (const auto& [key, node] : options->members) {
      if (is_option(protocol, key, node, reader)) given.facts.options.emplace(key.scalar, node.scalar);
    }
  }
  return given;
}

class TestRun {
 public:
  TestRun(const Protocol& protocol, const SourceNode& test, NodeReader& reader)
      : protocol_(protocol),
        test_(test),
        reader_(reader),
        given_(read_given(protocol, test, reader)),
        environment_(protocol, given_.facts, [this](std::string_view name) -> const base::Value* {
          const auto it = given_.answers.find(name);
          return it == given_.answers.end() ? nullptr : &it->second;
        }) {}

  void run() {
    const SourceNode* expect = reader_.member(test_, "expect", Presence::kRequired);
    if (expect == nullptr) return;
    if (expect->is_scalar()) return expect_decision(*expect, *expect, nullptr);
    if (!reader_.mapping(
            *expect, "`expect`",
            {"decision", "fired", "gate", "fails", "waived", "value", "findings", "score_below", "score_at_least"}))
      return;
    if (expect->members.empty()) return fail(*expect, "it expects nothing");
    if (expect->find("fired") != nullptr && expect->find("decision") == nullptr)
      return fail(*expect, "`fired` needs `decision`");
    for (const auto* of_gate : {"fails", "waived"}) {
      if (expect->find(of_gate) != nullptr && expect->find("gate") == nullptr)
        return fail(*expect, fmt::format("`{}` needs `gate`", of_gate));
    }
    if (const SourceNode* decision = expect->find("decision"))
      expect_decision(*expect, *decision, expect->find("fired"));
    if (const SourceNode* stage = expect->find("gate")) expect_gate(*expect, *stage);
    if (const SourceNode* value = expect->find("value")) expect_values(*value);
    if (expect->find("findings") != nullptr) expect_findings(*expect);
    if (const SourceNode* below = expect->find("score_below")) expect_scores(*below, true);
    if (const SourceNode* least = expect->find("score_at_least")) expect_scores(*least, false);
  }

 private:
  void fail(const SourceNode& at, const std::string& why) {
    const SourceNode* name = test_.find("name");
    reader_.error(at, fmt::format("the test '{}' fails: {}", name == nullptr ? "(unnamed)" : name->scalar, why),
                  "correct the rule or the test");
  }

  void expect_decision(const SourceNode& at, const SourceNode& expected, const SourceNode* fired) {
    std::string profile = reader_.text(test_, "profile");
    if (profile.empty()) profile = protocol_.decisions.default_profile;
    if (!protocol_.decisions.profiles.contains(profile))
      return fail(test_, fmt::format("there is no profile '{}'", profile));
    if (!parse_outcome(expected.scalar)) return fail(expected, fmt::format("'{}' is no outcome", expected.scalar));
    environment_.set_findings(findings());
    const auto decision = decide(protocol_, profile, environment_);
    if (!decision)
      return fail(at,
                  fmt::format("the rule {} cannot be evaluated: {}", decision.error().rule, decision.error().message));
    if (name(decision->outcome) != expected.scalar) {
      return fail(
          at, fmt::format("expected {}, got {} by rule {}", expected.scalar, name(decision->outcome), decision->rule));
    }
    if (fired == nullptr) return;
    std::vector<std::string> ids;
    for (const auto& rule : decision->fired) ids.push_back(rule.id);
    compare_sets(*fired, texts(*fired), ids, "fired rules");
  }

  void expect_gate(const SourceNode& expect, const SourceNode& stage_node) {
    const Stage* stage = protocol_.find_stage(stage_node.scalar);
    if (stage == nullptr) return fail(stage_node, fmt::format("there is no stage '{}'", stage_node.scalar));
    std::vector<std::string> failing;
    std::vector<std::string> known;
    for (const auto& rule : stage->gate.rules) {
      known.push_back(rule.id);
      if (evaluate_rule(rule, environment_).status == RuleStatus::kFails) failing.push_back(rule.id);
    }
    for (const auto& result : evaluate_refs(protocol_, *stage, environment_)) {
      known.push_back(result.id);
      if (result.status == RuleStatus::kFails) failing.push_back(result.id);
    }
    if (const SourceNode* waived = expect.find("waived")) {
      for (const auto& id : texts(*waived)) {
        if (const auto refusal = waive(*stage, id, failing); !refusal.empty()) return fail(*waived, refusal);
      }
    }
    const SourceNode* fails = expect.find("fails");
    const auto expected = fails == nullptr ? std::vector<std::string>{} : texts(*fails);
    for (const auto& id : expected) {
      if (std::find(known.begin(), known.end(), id) == known.end())
        return fail(*fails, fmt::format("stage {} has no gate rule '{}'", stage->id, id));
    }
    compare_sets(fails == nullptr ? expect : *fails, expected, failing, "failing gate rules");
  }

  // Takes the rule out of those that fail; says why not when it could not be waived.
  static std::string waive(const Stage& stage, const std::string& id, std::vector<std::string>& failing) {
    const auto& rules = stage.gate.rules;
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const GateRule& known) { return known.id == id; });
    if (rule == rules.end()) return fmt::format("stage {} has no gate rule '{}'", stage.id, id);
    if (!rule->waiver) return fmt::format("the rule {} cannot be waived", id);
    if (std::erase(failing, id) == 0) return fmt::format("the rule {} does not fail, so there is nothing to waive", id);
    return {};
  }

  void expect_values(const SourceNode& values) {
    if (!values.is_mapping()) return fail(values, "`value` is a mapping of questions to values");
    for (const auto& [key, node] : values.members) {
      const Question* question = known_question(protocol_, key, reader_);
      if (question == nullptr) continue;
      const base::Value* actual = environment_.find(question->name);
      if (node.is_null()) {
        if (actual != nullptr)
          fail(node, fmt::format("{} is {}, expected to be unanswered", question->name, base::to_json(*actual)));
        continue;
      }
      const auto expected = parse_partial_answer(*question, to_value(node));
      if (!expected) {
        fail(node, expected.error().message);
      } else if (actual == nullptr || !matches(*expected, *actual)) {
        fail(node, fmt::format("{} is {}, expected {}", question->name,
                               actual == nullptr ? "unanswered" : base::to_json(*actual), base::to_json(*expected)));
      }
    }
  }

  // Records match when all expected members do: a test names only what it is about.
  static bool matches(const base::Value& expected, const base::Value& actual) {
    if (const auto* record = expected.if_record(); record != nullptr && actual.is_record()) {
      return std::all_of(record->begin(), record->end(),
                         [&](const auto& member) { return matches(member.second, actual[member.first]); });
    }
    if (const auto* list = expected.if_list(); list != nullptr && actual.is_list()) {
      return std::equal(list->begin(), list->end(), actual.if_list()->begin(), actual.if_list()->end(), matches);
    }
    return expected == actual;
  }

  void expect_findings(const SourceNode& expect) {
    std::vector<std::string> raised;
    for (const auto& check : protocol_.checks) {
      if (check.kind == CheckKind::kRule && evaluate_check(check, environment_).status == CheckStatus::kContradiction)
        raised.push_back(check.id);
    }
    const SourceNode& node = *expect.find("findings");
    compare_sets(node, texts(node), raised, "findings");
  }

  void expect_scores(const SourceNode& limits, bool below) {
    for (const auto& [key, node] : limits.members) {
      const Question* question = known_question(protocol_, key, reader_);
      const Rubric* rubric = question == nullptr ? nullptr : protocol_.rubric_of(*question);
      const auto answer = question == nullptr ? given_.answers.end() : given_.answers.find(question->name);
      const auto limit = base::Decimal::parse(node.scalar);
      if (rubric == nullptr || answer == given_.answers.end() || !limit) {
        if (question != nullptr)
          fail(node, fmt::format("{} has no rubric or is not given, or the limit is no number", question->name));
        continue;
      }
      const int score = precheck(*question, *rubric, answer->second).score;
      if ((base::Decimal(score) < *limit) != below)
        fail(node, fmt::format("{} scores {}, expected {} {}", question->name, score, below ? "below" : "at least",
                               limit->to_string()));
    }
  }

  base::Value findings() const {
    base::Value::List list;
    for (const auto& check : protocol_.checks) {
      if (check.kind != CheckKind::kRule) continue;
      const auto result = evaluate_check(check, environment_);
      if (result.status != CheckStatus::kContradiction) continue;
      list.push_back(base::Value::Record{{"id", check.id}, {"severity", name(check.severity)}, {"text", result.text}});
    }
    return list;
  }

  void compare_sets(const SourceNode& at, const std::vector<std::string>& expected,
                    const std::vector<std::string>& actual, std::string_view what) {
    const std::set<std::string> wanted(expected.begin(), expected.end());
    const std::set<std::string> got(actual.begin(), actual.end());
    if (wanted != got)
      fail(at, fmt::format("expected {} [{}], got [{}]", what, base::join(expected, ", "), base::join(actual, ", ")));
  }

  static std::vector<std::string> texts(const SourceNode& list) {
    std::vector<std::string> out;
    if (list.is_scalar()) out.push_back(list.scalar);
    for (const auto& item : list.items) out.push_back(item.scalar);
    return out;
  }

  const Protocol& protocol_;
  const SourceNode& test_;
  NodeReader& reader_;
  const Given given_;
  AnswerEnvironment environment_;
};

void check_example(const Protocol& protocol, const Question& question, const SourceNode& at, const base::Value& example,
                   bool good, NodeReader& reader) {
  const auto value = parse_answer(question, example);
  if (!value) {
    if (good)
      reader.error(
          at, fmt::format("the good example of {} does not fit its type: {}", question.name, value.error().message),
          "docs/protocol.md, \"Types\", shows how values are written");
    return;
  }
  const Rubric* rubric = protocol.rubric_of(question);
  if (rubric == nullptr) return;
  const auto result = precheck(question, *rubric, *value);
  if (result.accepted(*rubric) == good) return;
  reader.error(at,
               good
                   ? fmt::format("the good example of {} scores only {} of {}: {}", question.name, result.score,
                                 rubric->accept, base::join(result.issues, " "))
                   : fmt::format("the weak example of {} scores {} and would be accepted", question.name, result.score),
               good ? "make it concrete: figures with units, names, dates"
                    : "use an answer that people really give and that must be rejected");
}

}  // namespace

std::size_t run_tests(const Protocol& protocol, const SourceNode& root, NodeReader& reader) {
  const SourceNode* tests = reader.sequence(root, "tests");
  if (tests == nullptr) return 0;
  for (const auto& test : tests->items) {
    if (reader.mapping(test, "a test", {"name", "given", "profile", "options", "expect"}))
      TestRun(protocol, test, reader).run();
  }
  return tests->items.size();
}

void check_examples(const Protocol& protocol, const std::vector<const SourceNode*>& question_nodes,
                    NodeReader& reader) {
  for (QuestionIndex i = 0; i < protocol.questions.size(); ++i) {
    const SourceNode* examples = question_nodes[i]->find("examples");
    if (examples == nullptr) continue;
    const Question& question = protocol.questions[i];
    if (const SourceNode* good = examples->find("good"))
      check_example(protocol, question, *good, question.examples.good, true, reader);
    if (const SourceNode* weak = examples->find("weak"))
      check_example(protocol, question, *weak, question.examples.weak, false, reader);
  }
}

}  // namespace tollgate::protocol
