// From what a person types to a value of a question's type: numbers of choices, lists on one line, pasted YAML or JSON.
//
// Pure functions over one slot: a question, or one column of a table.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/value.hpp"
#include "protocol/model.hpp"

namespace tollgate::cli {

inline constexpr std::size_t kMaxListBytes = std::size_t{1} << 20;  // of a pasted list

struct Choice {
  std::string value;  // as answered
  std::string label;
  std::string help{};
};

struct Slot {
  protocol::AnswerType type;
  protocol::Type value_type;  // as expressions see it
  protocol::Bounds bounds{};
  std::vector<Choice> choices{};  // of enums, and of refs: the rows they may name
};

// `names` are the values a ref may take.
Slot slot_of(const protocol::Question& question, const std::vector<std::string>& names = {});
Slot slot_of(const protocol::RecordDefinition& record, const protocol::FieldDefinition& field,
             const std::vector<std::string>& names);

// kInvalidArgument or kTooLarge, with the cure. Never blank text: that is the caller's "nothing entered".
base::Result<base::Value> read_typed(const Slot& slot, std::string_view text);

// A list written as YAML or JSON: begins with "[" or "- ".
bool looks_like_list(std::string_view text);
base::Result<base::Value> read_pasted_list(std::string_view text);

std::string how_to_write(const Slot& slot);                           // "a date, written 2027-01-31"
std::string shown_value(const Slot& slot, const base::Value& value);  // "40 %", "14 days"; rows are counted

}  // namespace tollgate::cli
