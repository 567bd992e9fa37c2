// What the steps of compile() share: the reader that collects diagnostics, the protocol under construction, and the
// names declared so far. Internal to the compiler; each step lives in a compile_*.cpp of its own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/model.hpp"
#include "protocol/node_reader.hpp"

namespace tollgate::protocol {

struct CompileState {
  NodeReader reader;
  Protocol protocol;
  std::map<std::string, std::shared_ptr<const EnumDefinition>, std::less<>> enums;
  std::map<std::string, std::shared_ptr<const RecordDefinition>, std::less<>> records;
  std::set<std::string, std::less<>> untyped;     // derived questions whose result type is not known: reported
  Scope names;                                    // full names of questions, options, session facts
  std::vector<Scope> stage_names;                 // per stage: `names` and the stage's own ids
  std::vector<const SourceNode*> question_nodes;  // by QuestionIndex; into the source tree
  std::vector<const SourceNode*> stage_nodes;     // by position in Protocol::stages
  std::map<std::string, const SourceNode*, std::less<>> gate_rule_nodes;  // by rule id: its `must`
};

// Steps, in order. Each reports its mistakes and goes on where it can.
void compile_enums(CompileState& state, const SourceNode& root);
void compile_records(CompileState& state, const SourceNode& root);
void compile_rubrics(CompileState& state, const SourceNode& root);
void compile_options(CompileState& state, const SourceNode& root);
void declare_questions(CompileState& state, const SourceNode& root);  // ids, types, scopes
void compile_questions(CompileState& state);                          // everything with expressions
void compile_gates(CompileState& state);
void compile_checks(CompileState& state, const SourceNode& root);
void compile_decisions(CompileState& state, const SourceNode& root);
void compile_charter(CompileState& state, const SourceNode& root);
void check_dependencies(CompileState& state);  // fills `sources`; cycles, questions that can never open

// An enum under its name, or an inline one under its question's.
std::shared_ptr<const EnumDefinition> read_enum(CompileState& state, const std::string& id, const SourceNode& node);
// A type as written: `enum<level>!`, `scale(0,10)`, `{type: enum, values: […]}`. `owner` names an inline enum.
struct TypeNotation {
  AnswerType type;
  bool required = false;
};
std::optional<TypeNotation> read_type(CompileState& state, const SourceNode& scalar, const SourceNode* long_form,
                                      const std::string& owner);
Type expression_type(const AnswerType& type);
// Reports `min` and `max` where the type has none.
Bounds read_bounds(CompileState& state, const SourceNode& node, AnswerKind kind);
std::string in_words(std::string_view id);  // "business_problem" → "Business problem"

std::optional<Expression> read_expression(CompileState& state, const SourceNode& scalar, const Scope& scope,
                                          const std::optional<Type>& expected);
// What a value of this type is to expressions; reported when the notation cannot be the type of a computed value.
std::optional<Type> read_result_type(CompileState& state, const SourceNode& scalar, const std::string& owner);
std::optional<Expression> read_condition(CompileState& state, const SourceNode& node, std::string_view key,
                                         const Scope& scope);
std::optional<Template> read_template(CompileState& state, const SourceNode& node, std::string_view key,
                                      const Scope& scope);
std::optional<Template> read_template(CompileState& state, const SourceNode& scalar, const Scope& scope);

void declare_options(const Protocol& protocol, Scope& scope);

// The questions an expression's references name.
std::vector<QuestionIndex> questions_of(const Protocol& protocol, const std::vector<std::string>& references);
// Warns where an expression reads an optional question without has().
void warn_unguarded(CompileState& state, const SourceNode& at, const Expression& expression);

}  // namespace tollgate::protocol
