#include "session/brief.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/answer_parser.hpp"
#include "protocol/node_reader.hpp"
#include "session/waiver_check.hpp"

namespace tollgate::session {
namespace {

using protocol::NodeReader;
using protocol::Presence;
using protocol::Question;
using protocol::SourceNode;

class BriefReader {
 public:
  BriefReader(const protocol::Protocol& protocol, const FileLoader& load_file)
      : protocol_(protocol), load_file_(load_file) {}

  std::expected<Brief, std::vector<protocol::Diagnostic>> read(const SourceNode& root) {
    if (reader_.mapping(root, "a brief",
                        {"title", "protocol", "profile", "options", "text", "answers", "revisions", "waivers"})) {
      brief_.title = reader_.text(root, "title", Presence::kRequired);
      if (brief_.title.size() > 500)
        reader_.error(*root.find("title"), "the title is longer than 500 bytes", "shorten it");
      brief_.text = reader_.text(root, "text");
      if (brief_.text.size() > kMaxBriefTextBytes)
        reader_.error(*root.find("text"), fmt::format("the text is longer than {} bytes", kMaxBriefTextBytes),
                      "shorten it");
      read_profile(root);
      read_options(root);
      read_answers(root, "answers");
      read_answers(root, "revisions");
      read_waivers(root);
    }
    if (reader_.failed()) return std::unexpected(reader_.take_diagnostics());
    return std::move(brief_);
  }

 private:
  void read_profile(const SourceNode& root) {
    brief_.profile = reader_.text(root, "profile");
    if (brief_.profile.empty() || protocol_.decisions.profiles.contains(brief_.profile)) return;
    std::vector<std::string> names;
    for (const auto& [name, rules] : protocol_.decisions.profiles) names.push_back(name);
    const auto near = base::nearest(brief_.profile, names);
    reader_.error(*root.find("profile"),
                  fmt::format("the protocol has no profile '{}'", base::shortened(brief_.profile, 64)),
                  near ? fmt::format("did you mean '{}'?", *near) : "profiles: " + base::join(names, ", "));
  }

  void read_options(const SourceNode& root) {
    const SourceNode* options = reader_.member(root, "options");
    if (options == nullptr) return;
    if (!options->is_mapping()) {
      reader_.error(*options, "`options` must be a mapping of options to values", "write `options: {name: value}`");
      return;
    }
    for (const auto& [key, node] : options->members) {
      const auto option = std::find_if(protocol_.options.begin(), protocol_.options.end(),
                                       [&](const auto& candidate) { return candidate.id == key.scalar; });
      if (option == protocol_.options.end()) {
        std::vector<std::string> ids;
        for (const auto& known : protocol_.options) ids.push_back(known.id);
        const auto near = base::nearest(key.scalar, ids);
        reader_.error(key, fmt::format("the protocol has no option '{}'", base::shortened(key.scalar, 64)),
                      near ? fmt::format("did you mean '{}'?", *near) : "options: " + base::join(ids, ", "));
      } else if (std::find(option->values.begin(), option->values.end(), node.scalar) == option->values.end()) {
        reader_.error(node, fmt::format("the option '{}' cannot be '{}'", key.scalar, base::shortened(node.scalar, 64)),
                      "values: " + base::join(option->values, ", "));
      } else {
        brief_.options.emplace(key.scalar, node.scalar);
      }
    }
  }

  const Question* find_question(const SourceNode& key) {
    const auto index = protocol_.resolve_question(key.scalar);
    if (index) return &protocol_.questions[*index];
    std::vector<std::string> names;
    for (const auto& question : protocol_.questions) {
      names.push_back(question.name);
      names.push_back(question.id);
    }
    const bool ambiguous = std::count(names.begin(), names.end(), key.scalar) > 1;
    const auto near = base::nearest(key.scalar, names);
    reader_.error(key,
                  fmt::format("the protocol {} has {} '{}'", protocol_.id,
                              ambiguous ? "several questions" : "no question", base::shortened(key.scalar, 64)),
                  ambiguous ? "write the full name, with its stage"
                  : near    ? fmt::format("did you mean '{}'?", *near)
                            : fmt::format("`tollgate protocol show {}` lists them", protocol_.id));
    return nullptr;
  }

  void read_answers(const SourceNode& root, std::string_view key) {
    const SourceNode* answers = reader_.member(root, key);
    if (answers == nullptr) return;
    if (!answers->is_mapping()) {
      reader_.error(*answers, fmt::format("`{}` must be a mapping of questions to values", key),
                    "write `answers: {business_problem: …}`");
      return;
    }
    for (const auto& [name, node] : answers->members) {
      const Question* question = find_question(name);
      if (question == nullptr) continue;
      if (question->is_derived()) {
        reader_.error(name, fmt::format("{} is computed and cannot be answered", question->name), "remove it");
        continue;
      }
      if (key == "answers" && !named_.insert(question->name).second) {
        reader_.error(name, fmt::format("{} is answered twice", question->name),
                      "keep one, or put later values under `revisions:`");
      } else if (key == "answers") {
        add(*question, node);
      } else if (!node.is_sequence()) {
        reader_.error(node, "`revisions` holds a list of later values for each question",
                      "write `- ` before each value");
      } else {
        for (const auto& item : node.items) add(*question, item);
      }
    }
  }

  void add(const Question& question, const SourceNode& node) {
    base::Value raw = to_value(node);
    // An empty answer is an open question; an empty list may be an answer: no mitigations, no subprocessors.
    const bool may_be_empty = raw.is_list() && (!question.bounds.min || *question.bounds.min == base::Decimal(0));
    if (protocol::is_blank(raw) && !may_be_empty) return;
    if (question.type.kind == protocol::AnswerKind::kFile && raw.is_string()) {
      auto file = load_file_(*raw.if_string());
      if (!file) {
        reader_.error(node, fmt::format("{}: {}", question.name, file.error().message));
        return;
      }
      raw = *std::move(file);
    }
    auto value = protocol::parse_answer(question, raw);
    if (!value) {
      reader_.error(node, fmt::format("{}: {}", question.name, value.error().message));
      return;
    }
    brief_.answers[question.name].push_back(*std::move(value));
  }

  void read_waivers(const SourceNode& root) {
    const SourceNode* waivers = reader_.sequence(root, "waivers");
    if (waivers == nullptr) return;
    for (const auto& node : waivers->items) {
      if (!reader_.mapping(node, "a waiver", {"stage", "rule", "role", "by", "reason", "due"})) continue;
      BriefWaiver waiver{reader_.text(node, "stage"), reader_.text(node, "rule", Presence::kRequired),
                         reader_.text(node, "role"), reader_.text(node, "by", Presence::kRequired),
                         reader_.text(node, "reason", Presence::kRequired)};
      if (waiver.role.empty()) waiver.role = "reviewer";
      if (const SourceNode* due = reader_.member(node, "due")) {
        waiver.due = base::Date::parse(due->scalar);
        if (!waiver.due) reader_.error(*due, "`due` must be a date", "write it as 2027-01-31");
        if (!waiver.due) continue;
      }
      if (find_rule(node, waiver)) brief_.waivers.push_back(std::move(waiver));
    }
  }

  bool find_rule(const SourceNode& node, BriefWaiver& waiver) {
    for (const auto& stage : protocol_.stages) {
      for (const auto& rule : stage.gate.rules) {
        if (rule.id != waiver.rule || (!waiver.stage.empty() && waiver.stage != stage.id)) continue;
        waiver.stage = stage.id;
        return allowed(node, rule, waiver);
      }
    }
    reader_.error(node, fmt::format("no gate has a rule '{}'", base::shortened(waiver.rule, 64)),
                  fmt::format("`tollgate protocol show {}` lists them", protocol_.id));
    return false;
  }

  bool allowed(const SourceNode& node, const protocol::GateRule& rule, const BriefWaiver& waiver) {
    const auto checked = check_waiver(rule, waiver);
    if (!checked) reader_.error(node, checked.error().message);
    return checked.has_value();
  }

  const protocol::Protocol& protocol_;
  const FileLoader& load_file_;
  NodeReader reader_;
  std::set<std::string> named_;  // questions under `answers`
  Brief brief_;
};

}  // namespace

std::string brief_protocol(const SourceNode& root) {
  const SourceNode* node = root.find("protocol");
  return node != nullptr && node->is_scalar() ? node->scalar : std::string();
}

std::expected<Brief, std::vector<protocol::Diagnostic>> read_brief(const SourceNode& root,
                                                                   const protocol::Protocol& protocol,
                                                                   const FileLoader& load_file) {
  return BriefReader(protocol, load_file).read(root);
}

}  // namespace tollgate::session
