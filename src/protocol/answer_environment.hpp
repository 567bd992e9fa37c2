// The values that a protocol's expressions see: answers as given, derived questions and columns computed on demand.
//
// Holds references to the protocol and the answers, which must outlive it, and memoises; not thread-safe. Make a new
// one when an answer changes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/date.hpp"
#include "base/value.hpp"
#include "protocol/expression.hpp"
#include "protocol/model.hpp"

namespace tollgate::protocol {

// Facts of the session that expressions may read.
struct SessionFacts {
  std::string title{};
  base::Date started{};
  std::map<std::string, std::string, std::less<>> options{};  // missing ones take their default
};

class AnswerEnvironment final : public Environment {
 public:
  // The answer in force of a question by full name; nullptr: unanswered. May also give a derived question's value,
  // which then stands in for its computation (protocol tests).
  using Lookup = std::function<const base::Value*(std::string_view question)>;

  AnswerEnvironment(const Protocol& protocol, const SessionFacts& facts, Lookup answers);

  const base::Value* find(std::string_view reference) const override;

  // Why a computed value or column ("S1.offers[].least") is absent though every answer it needs is there: the reason of
  // the first computation that has none. nullopt: it is there, or waits for an answer.
  std::optional<std::string> why_undefined(std::string_view reference) const;

  // Decision rules also read `findings`.
  void set_findings(base::Value findings) { findings_ = std::move(findings); }

  // Whether the question is asked at all: true without `if`. nullopt: depends on something unanswered.
  std::optional<bool> applies(const Question& question) const;
  // Required, by `!` or `required_if`, and asked. nullopt as above.
  std::optional<bool> requires_answer(const Question& question) const;

 private:
  const base::Value* answer(const Question& question) const;
  std::optional<std::string> cause_of(const Evaluation& evaluation) const;
  std::optional<std::string> cause_in(const Question& question) const;
  std::optional<std::string> cause_in(const Question& question, const FieldDefinition& column) const;
  std::optional<base::Value> derive(const Question& question) const;
  base::Value with_columns(const RecordDefinition& record, const base::Value& rows) const;

  const Protocol& protocol_;
  const SessionFacts& facts_;
  const Lookup answers_;
  std::optional<base::Value> findings_;
  std::map<std::string, base::Value, std::less<>> options_;
  std::map<std::string, const Question*, std::less<>> questions_;
  mutable std::map<std::string, std::optional<base::Value>, std::less<>> computed_;
  mutable std::map<std::string, std::optional<bool>, std::less<>> applies_;
};

// An environment with a few names of its own over another one: variables of `each`, sibling columns.
class OverlayEnvironment final : public Environment {
 public:
  explicit OverlayEnvironment(const Environment& below) : below_(below) {}
  void set(std::string name, base::Value value) { own_.insert_or_assign(std::move(name), std::move(value)); }
  const base::Value* find(std::string_view reference) const override {
    const auto it = own_.find(reference);
    return it != own_.end() ? &it->second : below_.find(reference);
  }

 private:
  const Environment& below_;
  std::map<std::string, base::Value, std::less<>> own_;
};

}  // namespace tollgate::protocol
