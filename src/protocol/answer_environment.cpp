#include "protocol/answer_environment.hpp"

#include <utility>

namespace tollgate::protocol {
namespace {

std::optional<base::Value> value_of(Evaluation evaluation) {
  auto* value = std::get_if<base::Value>(&evaluation);
  return value == nullptr ? std::nullopt : std::optional(std::move(*value));
}

std::optional<bool> truth_of(const Evaluation& evaluation) {
  const auto* value = std::get_if<base::Value>(&evaluation);
  const bool* truth = value == nullptr ? nullptr : value->if_bool();
  return truth == nullptr ? std::nullopt : std::optional(*truth);
}

bool has_columns(const RecordDefinition& record) {
  for (const auto& field : record.fields) {
    if (field.derived) return true;
  }
  return false;
}

}  // namespace

AnswerEnvironment::AnswerEnvironment(const Protocol& protocol, const SessionFacts& facts, Lookup answers)
    : protocol_(protocol), facts_(facts), answers_(std::move(answers)) {
  for (const auto& option : protocol_.options) {
    const auto it = facts_.options.find(option.id);
    options_.emplace("option." + option.id, it == facts_.options.end() ? option.default_value : it->second);
  }
  options_.emplace("session.title", facts_.title);
  options_.emplace("session.started", facts_.started);
  for (const auto& question : protocol_.questions) questions_.emplace(question.name, &question);
}

const base::Value* AnswerEnvironment::find(std::string_view reference) const {
  if (reference == "findings") return findings_ ? &*findings_ : nullptr;
  if (const auto it = options_.find(reference); it != options_.end()) return &it->second;
  const auto it = questions_.find(reference);
  return it == questions_.end() ? nullptr : answer(*it->second);
}

const base::Value* AnswerEnvironment::answer(const Question& question) const {
  if (const auto it = computed_.find(question.name); it != computed_.end()) return it->second ? &*it->second : nullptr;
  const base::Value* given = answers_(question.name);
  if (!question.is_derived()) {
    if (given == nullptr || applies(question) == false) return nullptr;
    if (!question.type.record || !has_columns(*question.type.record)) return given;
  }
  std::optional<base::Value> value = given != nullptr ? std::optional(*given) : derive(question);
  if (value && question.type.record && value->is_list()) value = with_columns(*question.type.record, *value);
  const auto [it, added] = computed_.emplace(question.name, std::move(value));
  return it->second ? &*it->second : nullptr;
}

std::optional<base::Value> AnswerEnvironment::derive(const Question& question) const {
  const auto& derivation = question.derivation;
  if (!derivation) return std::nullopt;
  if (derivation->each_variable.empty()) return value_of(derivation->value.evaluate(*this));
  base::Value::Record map;
  for (const auto& key : derivation->each_values->values) {
    OverlayEnvironment scope(*this);
    scope.set(derivation->each_variable, key.id);
    if (auto value = value_of(derivation->value.evaluate(scope))) map.emplace(key.id, *std::move(value));
  }
  // Complete or absent: a map with holes would make `count` look reassuring.
  if (map.size() != derivation->each_values->values.size()) return std::nullopt;
  return base::Value(std::move(map));
}

base::Value AnswerEnvironment::with_columns(const RecordDefinition& record, const base::Value& rows) const {
  base::Value::List out;
  for (const auto& row : *rows.if_list()) {
    OverlayEnvironment siblings(*this);
    base::Value::Record full = row.is_record() ? *row.if_record() : base::Value::Record{};
    for (const auto& [key, value] : full) siblings.set(key, value);
    for (const auto& field : record.fields) {
      if (!field.derived || full.contains(field.id)) continue;
      if (auto value = value_of(field.derived->evaluate(siblings))) {
        siblings.set(field.id, *value);
        full.emplace(field.id, *std::move(value));
      }
    }
    out.push_back(std::move(full));
  }
  return out;
}

std::optional<std::string> AnswerEnvironment::why_undefined(std::string_view reference) const {
  constexpr std::string_view kOfRows = "[].";
  const auto rows = reference.find(kOfRows);
  const auto it = questions_.find(reference.substr(0, rows));
  if (it == questions_.end()) return std::nullopt;
  const Question& question = *it->second;
  if (rows == std::string_view::npos) return question.derivation ? cause_in(question) : std::nullopt;
  const FieldDefinition* column =
      question.type.record ? question.type.record->find(reference.substr(rows + kOfRows.size())) : nullptr;
  return column != nullptr && column->derived ? cause_in(question, *column) : std::nullopt;
}

std::optional<std::string> AnswerEnvironment::cause_of(const Evaluation& evaluation) const {
  if (const auto* undefined = std::get_if<Undefined>(&evaluation)) return undefined->message;
  const auto* missing = std::get_if<Missing>(&evaluation);
  if (missing == nullptr) return std::nullopt;
  std::optional<std::string> first;
  for (const auto& reference : missing->references) {
    auto why = why_undefined(reference);
    if (!why) return std::nullopt;
    if (!first) first = std::move(why);
  }
  return first;
}

std::optional<std::string> AnswerEnvironment::cause_in(const Question& question) const {
  const auto& derivation = *question.derivation;
  if (derivation.each_variable.empty()) return cause_of(derivation.value.evaluate(*this));
  std::optional<std::string> first;
  for (const auto& key : derivation.each_values->values) {
    OverlayEnvironment scope(*this);
    scope.set(derivation.each_variable, key.id);
    const auto value = derivation.value.evaluate(scope);
    if (std::holds_alternative<base::Value>(value)) continue;
    auto why = cause_of(value);
    if (!why) return std::nullopt;
    if (!first) first = std::move(why);
  }
  return first;
}

std::optional<std::string> AnswerEnvironment::cause_in(const Question& question, const FieldDefinition& column) const {
  const base::Value* rows = answer(question);
  if (rows == nullptr || !rows->is_list()) return std::nullopt;
  std::optional<std::string> first;
  for (const auto& row : *rows->if_list()) {
    if (!row[column.id].is_null()) continue;
    OverlayEnvironment siblings(*this);
    if (const auto* cells = row.if_record()) {
      for (const auto& [key, value] : *cells) siblings.set(key, value);
    }
    const auto value = column.derived->evaluate(siblings);
    const auto* undefined = std::get_if<Undefined>(&value);
    if (undefined == nullptr) return std::nullopt;  // some row waits for a cell
    if (!first) first = undefined->message;
  }
  return first;
}

std::optional<bool> AnswerEnvironment::applies(const Question& question) const {
  if (!question.ask_if) return true;
  if (const auto it = applies_.find(question.name); it != applies_.end()) return it->second;
  const auto truth = truth_of(question.ask_if->evaluate(*this));
  applies_.emplace(question.name, truth);
  return truth;
}

std::optional<bool> AnswerEnvironment::requires_answer(const Question& question) const {
  const auto asked = applies(question);
  if (!asked || !*asked || question.required) return asked;
  return question.required_if ? truth_of(question.required_if->evaluate(*this)) : std::optional(false);
}

}  // namespace tollgate::protocol
