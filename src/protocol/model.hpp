// A compiled protocol: everything docs/protocol.md lets an author say, resolved and type-checked.
//
// Built only by compile() (compiler.hpp); immutable from then on and shared by all sessions that pin it
// (std::shared_ptr<const Protocol>), so it may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/duration.hpp"
#include "base/sha256.hpp"
#include "base/value.hpp"
#include "protocol/expression.hpp"
#include "protocol/type.hpp"

namespace tollgate::protocol {

// Position of a question in Protocol::questions.
using QuestionIndex = std::size_t;

enum class AnswerKind {
  kText,
  kLongText,
  kInt,
  kDecimal,
  kPercent,
  kMoney,
  kDuration,
  kDate,
  kBool,
  kEnum,
  kMultiEnum,
  kScale,
  kFile,
  kTextList,
  kRef,
  kRefList,
  kTable,
  kDerived
};

// Whether an answer is a list: of choices, texts, names or rows.
constexpr bool is_list(AnswerKind kind) {
  return kind == AnswerKind::kMultiEnum || kind == AnswerKind::kTextList || kind == AnswerKind::kRefList ||
         kind == AnswerKind::kTable;
}
constexpr bool is_ref(AnswerKind kind) {
  return kind == AnswerKind::kRef || kind == AnswerKind::kRefList;
}

struct RecordDefinition;

// The type of an answer, or of one column of a table.
struct AnswerType {
  AnswerKind kind = AnswerKind::kText;
  std::shared_ptr<const EnumDefinition> enumeration{};  // kEnum, kMultiEnum
  std::shared_ptr<const RecordDefinition> record{};     // kTable
  std::int64_t scale_min = 0, scale_max = 10;           // kScale
  std::string ref_question{}, ref_column{};  // kRef, kRefList: full name of the table's question, and its column
};

struct Bounds {
  std::optional<base::Decimal> min{}, max{};  // of numbers, amounts, percentages; of rows for tables and lists
  std::optional<base::Duration> shortest{}, longest{};  // of durations
  std::size_t max_chars = 10'000;                       // of every text in the answer
};

struct FieldDefinition {
  std::string id;
  std::string label;
  std::string help{};
  AnswerType type;
  bool required = false;
  Bounds bounds{};
  std::optional<Expression> derived{};  // computed column: reads its sibling columns
};

struct RecordDefinition {
  std::string id;
  std::string label;
  std::vector<FieldDefinition> fields;
  std::shared_ptr<const RecordType> type;  // the same record as expressions see it

  const FieldDefinition* find(std::string_view field_id) const;
};

struct Precheck {
  std::string id;
  Expression when;  // over `answer`, `question`
  int cap = 0;      // highest score still possible when it holds
  std::string say;
  std::string ask{};  // follow-up question
};

struct DimensionWeights {
  int specificity = 3, measurability = 2, completeness = 3, coherence = 1, relevance = 1;
};

struct Rubric {
  std::string id;
  int accept = 7;
  int attempts = 3;
  DimensionWeights weights{};
  std::string guidance{};
  std::string tier = "fast";  // fast | balanced | powerful
  std::vector<Precheck> prechecks;
};

// `default:` and `suggest:` — the first whose condition holds.
struct Proposal {
  std::optional<Expression> when{};
  base::Value value;  // as answered: parsed for the question's type
};

struct Derivation {
  Type type;  // of the whole value: a map for `each`
  Expression value;
  std::string each_variable{};  // empty without `each`
  std::shared_ptr<const EnumDefinition> each_values{};
};

struct Examples {
  base::Value good{}, weak{};  // text, or rows for a table; null: none
};

struct Question {
  std::string id;                    // "kpis"
  std::string name;                  // "S2.kpis": unique in the protocol, used in expressions, stores and briefs
  std::size_t stage = 0, group = 0;  // positions in Protocol::stages and Stage::groups
  std::string label;
  std::string ask;
  std::string help{};
  Examples examples{};
  AnswerType type;
  Type value_type;  // as expressions see it
  Bounds bounds{};
  bool required = false;
  std::optional<Expression> required_if{};
  std::optional<Expression> ask_if{};
  std::optional<std::string> rubric{};  // absent: judged by rule alone
  std::vector<Proposal> defaults{};
  std::vector<Proposal> suggestions{};
  std::optional<Derivation> derivation{};  // exactly for kDerived
  std::vector<QuestionIndex> needs{};      // direct dependencies, derived questions included; sorted
  std::vector<QuestionIndex> sources{};  // answered questions it depends on: `needs` with derived ones resolved; sorted
  std::map<std::string, std::vector<std::string>> maps{};
  std::string assign{};

  bool is_derived() const { return type.kind == AnswerKind::kDerived; }
};

struct Group {
  std::string id;
  std::string title;
  std::vector<QuestionIndex> questions;
};

enum class RuleLevel { kBlock, kWarn };

struct WaiverPolicy {
  std::string role = "reviewer";
  std::vector<std::string> needs{"reason"};  // of: reason, due
};

struct GateRule {
  std::string id;
  std::string label{};  // what it demands, for readers; may be empty
  Expression must;
  std::optional<Template> say{};
  std::string fix{};
  RuleLevel level = RuleLevel::kBlock;
  std::optional<WaiverPolicy> waiver{};
};

struct Gate {
  base::Decimal completeness{1};
  std::vector<GateRule> rules;
};

struct Stage {
  std::string id;
  std::string title;
  std::string summary{};
  std::string produces{};
  std::vector<std::size_t> after;  // positions in Protocol::stages, sorted
  std::vector<Group> groups;
  Gate gate;
};

enum class Severity { kMinor, kMajor, kCritical };
enum class CheckKind { kRule, kLlm };

struct Check {
  std::string id;
  CheckKind kind = CheckKind::kRule;
  Severity severity = Severity::kMajor;
  std::optional<Expression> applies_if{};
  std::optional<Expression> must{};  // kRule
  std::optional<Template> say{};     // kRule
  std::string ask{};                 // kLlm
  std::vector<QuestionIndex> reads;  // sorted
};

enum class Outcome { kProceed, kProceedWithMonitoring, kRevise, kSubmitToCommittee, kHalt };

struct Note {  // a duty, or a condition that would lift an outcome
  std::optional<Expression> when{};
  std::string each_variable{};
  std::optional<Expression> each{};  // list: one note per element
  Template say;
};

struct DecisionRule {
  std::string id;
  Expression when;
  Outcome then = Outcome::kProceed;
  std::optional<Template> say{};
  std::vector<Note> duties{};
  std::vector<Note> lift{};
};

struct DecisionTable {
  std::string default_profile;
  std::map<std::string, std::vector<DecisionRule>> profiles;
  std::map<Outcome, std::string> labels;  // one for each outcome
};

struct Option {
  std::string id;
  std::string help{};
  std::vector<std::string> values;
  std::string default_value;
};

struct CharterSection {
  std::string id;
  std::string title;
  std::optional<Template> text{};
  std::optional<Expression> show_if{};
  std::vector<QuestionIndex> show;
};

struct CharterDefinition {
  std::string title;
  std::optional<Template> subtitle{};
  std::vector<CharterSection> sections;
  std::vector<std::string> sign;
};

struct Citation {
  std::string type;  // journal | book | website | report | conference | law
  std::vector<std::string> authors;
  std::string year{};
  std::string title;
  std::string source{};
  std::string url{};
  std::string doi{};
  std::string accessed{};
};

struct Protocol {
  std::string id;
  std::string version;
  std::string title;
  std::string summary{};
  std::string language = "en";
  base::Sha256 hash;      // of `canonical`
  std::string canonical;  // the whole definition, includes merged, as canonical JSON: compiles to this again

  std::vector<std::shared_ptr<const EnumDefinition>> enums;
  std::map<std::string, Rubric> rubrics;
  std::vector<Option> options;
  std::vector<Stage> stages;
  std::vector<Question> questions;  // in the order of the protocol
  std::vector<Check> checks;
  DecisionTable decisions;
  CharterDefinition charter;
  std::vector<Citation> references;

  const Question* find_question(std::string_view name) const;  // full name
  // A full name, or an id that is unique in the protocol. The error names what was meant.
  std::optional<QuestionIndex> resolve_question(std::string_view name_or_id) const;
  const Stage* find_stage(std::string_view stage_id) const;
  const Rubric* rubric_of(const Question& question) const;  // nullptr: judged by rule alone
};

std::string_view name(Outcome outcome);  // "proceed_with_monitoring"
std::optional<Outcome> parse_outcome(std::string_view text);
std::string_view name(Severity severity);
std::string_view name(AnswerKind kind);

}  // namespace tollgate::protocol
