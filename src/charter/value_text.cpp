#include "charter/value_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::charter {
namespace {

using base::Value;
using protocol::AnswerKind;
using protocol::EnumDefinition;
using protocol::Type;

std::string file_text(const Value& file) {
  const std::string_view sha = file.string_or("sha256", "");
  std::string text(file.string_or("name", "file"));
  if (const auto* bytes = file["bytes"].if_int()) text += fmt::format(", {} bytes", *bytes);
  if (!sha.empty()) text += fmt::format(", SHA-256 {}", sha);
  return text;
}

std::string list_text(const Value::List& items, const Type& element) {
  std::vector<std::string> parts;
  parts.reserve(items.size());
  for (const auto& item : items) parts.push_back(protocol::to_display(item, element));
  return base::join(parts, "; ");
}

}  // namespace

std::string value_text(const protocol::AnswerType& type, const Type& value_type, const Value& value) {
  if (value.is_null()) return {};
  if (const auto* items = value.if_list(); items != nullptr && value_type.element)
    return list_text(*items, *value_type.element);
  std::string text = protocol::to_display(value, value_type);
  if (type.kind == AnswerKind::kPercent) return text + " %";
  if (type.kind == AnswerKind::kScale) return fmt::format("{} of {}", text, type.scale_max);
  if (type.kind == AnswerKind::kFile && value.is_record()) return file_text(value);
  return text;
}

bool grades_risk(const EnumDefinition& enumeration) {
  static constexpr std::array<std::string_view, 6> kWorst{"critical",  "severe",       "extreme",
                                                          "very_high", "catastrophic", "unacceptable"};
  if (!enumeration.is_ordered()) return false;
  const auto worst = std::ranges::max_element(enumeration.values, {}, &protocol::EnumValue::weight);
  return std::ranges::find(kWorst, base::lower_ascii(worst->id)) != kWorst.end();
}

Tone tone_of_value(const Type& value_type, const Value& value) {
  const auto* id = value.if_string();
  if (id == nullptr || value_type.kind != Type::Kind::kEnum || !value_type.enumeration) return Tone::kNeutral;
  const EnumDefinition& enumeration = *value_type.enumeration;
  const auto* chosen = enumeration.find(*id);
  if (chosen == nullptr || !grades_risk(enumeration)) return Tone::kNeutral;
  std::size_t below = 0;  // values that weigh less
  for (const auto& other : enumeration.values) below += other.weight < chosen->weight ? 1 : 0;
  if (below == 0) return Tone::kGood;
  return below * 2 <= enumeration.values.size() - 1 ? Tone::kCaution : Tone::kBad;
}

}  // namespace tollgate::charter
