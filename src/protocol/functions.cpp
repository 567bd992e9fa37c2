#include "protocol/functions.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/expression.hpp"
#include "protocol/text_features.hpp"

namespace tollgate::protocol {
namespace {

using base::Date;
using base::Decimal;
using base::Duration;
using base::Money;
using base::Value;
using Kind = Type::Kind;
using Style = Function::Style;
using Types = std::span<const Type>;
using CheckedType = std::expected<Type, std::string>;
using Arguments = CallArguments;

constexpr int kMaxRoundDigits = 18;
constexpr std::size_t kReadingSteps = 16;  // splitting text into words is that much slower than copying it

std::unexpected<std::string> complaint(std::string text) {
  return std::unexpected(std::move(text));
}

std::unexpected<std::string> not_for(const Type& type) {
  return complaint(fmt::format("does not take {}", type.to_string()));
}
std::unexpected<std::string> unexpected_value(const Value& value) {
  return complaint(fmt::format("unexpected value, a {}", name(value.kind())));
}

// Signature checks of functions that take only texts.
template <Kind kResult>
CheckedType texts_to(Types types) {
  for (const auto& type : types) {
    if (type.kind != Kind::kString) return not_for(type);
  }
  return Type::of(kResult);
}

template <Kind kArgument, Kind kResult>
CheckedType one_to(Types types) {
  if (types[0].kind != kArgument) return not_for(types[0]);
  return Type::of(kResult);
}

template <typename F>
Computed on_text(const Arguments& arguments, F function) {
  const auto* text = arguments[0].if_string();
  if (text == nullptr) return unexpected_value(arguments[0]);
  return Value(function(*text));
}

template <typename F>
Computed on_texts(const Arguments& arguments, F function) {
  const auto* a = arguments[0].if_string();
  const auto* b = arguments[1].if_string();
  if (a == nullptr || b == nullptr) return unexpected_value(arguments[a == nullptr ? 0 : 1]);
  return Value(function(*a, *b));
}

template <std::int64_t kUnitMilliseconds>
Computed in_units(const Arguments& arguments) {
  const auto* duration = arguments[0].if_duration();
  if (duration == nullptr) return unexpected_value(arguments[0]);
  return Value(*divide(Decimal(duration->milliseconds()), Decimal(kUnitMilliseconds)));
}

template <typename T>
Computed parsed(const Arguments& arguments, std::string_view what) {
  const auto* text = arguments[0].if_string();
  if (text == nullptr) return unexpected_value(arguments[0]);
  auto value = T::parse(*text);
  if (!value) return complaint(fmt::format("'{}' is not {}", base::shortened(*text, 40), what));
  return Value(*std::move(value));
}

Computed parsed_money(const Arguments& arguments) {
  const auto* text = arguments[0].if_string();
  if (const auto spelled = text == nullptr ? std::nullopt : Money::ambiguity(*text)) {
    return complaint(fmt::format("'{}' can be read in two ways; write {} or {}", base::shortened(*text, 40),
                                 spelled->grouped, spelled->fractional));
  }
  return parsed<Money>(arguments, "an amount of money");
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

CheckedType check_size(Types types) {
  const auto kind = types[0].kind;
  if (kind != Kind::kString && kind != Kind::kList && kind != Kind::kMap) return not_for(types[0]);
  return Type::of(Kind::kInt);
}

Computed apply_size(const Arguments& arguments) {
  const Value& value = arguments[0];
  if (const auto* text = value.if_string()) return Value(code_points(*text));
  if (const auto* list = value.if_list()) return Value(list->size());
  if (const auto* record = value.if_record()) return Value(record->size());
  return unexpected_value(value);
}

CheckedType check_int(Types types) {
  if (types[0].is_numeric()) return Type::of(Kind::kInt);
  if (types[0].kind != Kind::kEnum) return not_for(types[0]);
  if (!types[0].enumeration->is_ordered()) {
    return complaint(fmt::format("the values of {} have no numbers", types[0].to_string()));
  }
  return Type::of(Kind::kInt);
}

// Towards zero, as in CEL.
Computed truncated(Decimal number) {
  const auto text = number.to_string();
  const auto whole = Decimal::parse(std::string_view(text).substr(0, text.find('.')));
  const auto value = whole ? whole->to_int64() : std::nullopt;
  if (!value) return complaint("the number does not fit into a whole number");
  return Value(*value);
}

Computed apply_int(const Arguments& arguments) {
  if (const auto number = arguments[0].if_number()) return truncated(*number);
  const auto* id = arguments[0].if_string();
  const auto& definition = arguments.types[0].enumeration;
  const EnumValue* found = id == nullptr || definition == nullptr ? nullptr : definition->find(*id);
  if (found == nullptr || !found->weight) return unexpected_value(arguments[0]);
  return Value(*found->weight);
}

CheckedType check_decimal(Types types) {
  if (!types[0].is_numeric() && types[0].kind != Kind::kString) return not_for(types[0]);
  return Type::of(Kind::kDecimal);
}

Computed apply_decimal(const Arguments& arguments) {
  if (arguments[0].is_number()) return arguments[0];
  const auto* text = arguments[0].if_string();
  const auto number = text == nullptr ? std::nullopt : Decimal::parse(base::trim(*text));
  if (!number) return complaint("the text is not a number");
  return Value(*number);
}

bool is_scalar(const Type& type) {
  return type.kind != Kind::kList && type.kind != Kind::kRecord && type.kind != Kind::kMap;
}

CheckedType check_string(Types types) {
  if (!is_scalar(types[0])) return not_for(types[0]);
  return Type::of(Kind::kString);
}

Computed apply_string(const Arguments& arguments) {
  const Value& value = arguments[0];
  if (value.is_string()) return value;
  if (const auto* truth = value.if_bool()) return Value(*truth ? "true" : "false");
  if (const auto number = value.if_number()) return Value(number->to_string());
  if (const auto* duration = value.if_duration()) return Value(duration->to_string());
  if (const auto* date = value.if_date()) return Value(date->to_string());
  if (const auto* money = value.if_money()) return Value(money->to_string());
  return unexpected_value(value);
}

Computed apply_label(const Arguments& arguments) {
  return Value(to_display(arguments[0], arguments.types[0]));
}

CheckedType check_round(Types types) {
  if (!types[0].is_numeric()) return not_for(types[0]);
  if (types.size() == 2 && types[1].kind != Kind::kInt) return complaint("the digits are a whole number");
  return Type::of(Kind::kDecimal);
}

Computed apply_round(const Arguments& arguments) {
  const auto number = arguments[0].if_number();
  if (!number) return unexpected_value(arguments[0]);
  const std::int64_t digits = arguments.size() == 2 && arguments[1].if_int() != nullptr ? *arguments[1].if_int() : 0;
  if (digits < 0 || digits > kMaxRoundDigits)
    return complaint(fmt::format("round() keeps 0 to {} digits", kMaxRoundDigits));
  return Value(number->rounded(static_cast<int>(digits)));
}

Computed apply_amount(const Arguments& arguments) {
  const auto* money = arguments[0].if_money();
  if (money == nullptr) return unexpected_value(arguments[0]);
  return Value(money->amount);
}

constexpr std::int64_t kMinute = 60'000;

const std::array<Function, 22> kScalarFunctions = {{
    {"size", "size(text or list)", Style::kEither, 1, 1, check_size, nullptr, apply_size},
    {"contains", "text.contains(\"part\")", Style::kMethod, 2, 2, texts_to<Kind::kBool>, nullptr,
     [](const Arguments& a) {
       return on_texts(
           a, [](std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; });
     }},
    {"startsWith", "text.startsWith(\"part\")", Style::kMethod, 2, 2, texts_to<Kind::kBool>, nullptr,
     [](const Arguments& a) {
       return on_texts(a, [](std::string_view text, std::string_view part) { return text.starts_with(part); });
     }},
    {"endsWith", "text.endsWith(\"part\")", Style::kMethod, 2, 2, texts_to<Kind::kBool>, nullptr,
     [](const Arguments& a) {
       return on_texts(a, [](std::string_view text, std::string_view part) { return text.ends_with(part); });
     }},
    {"lowerAscii", "text.lowerAscii()", Style::kMethod, 1, 1, texts_to<Kind::kString>, nullptr,
     [](const Arguments& a) { return on_text(a, base::lower_ascii); }},
    {"words", "words(text)", Style::kFunction, 1, 1, texts_to<Kind::kInt>, nullptr,
     [](const Arguments& a) { return on_text(a, count_words); }, kReadingSteps},
    {"numbers", "numbers(text)", Style::kFunction, 1, 1, texts_to<Kind::kInt>, nullptr,
     [](const Arguments& a) { return on_text(a, count_numbers); }, kReadingSteps},
    {"vague", "vague(text)", Style::kFunction, 1, 1, texts_to<Kind::kBool>, nullptr,
     [](const Arguments& a) { return on_text(a, is_vague); }, kReadingSteps},
    {"dismissive", "dismissive(text)", Style::kFunction, 1, 1, texts_to<Kind::kBool>, nullptr,
     [](const Arguments& a) { return on_text(a, is_dismissive); }, kReadingSteps},
    {"similarity", "similarity(text, text)", Style::kFunction, 2, 2, texts_to<Kind::kInt>, nullptr,
     [](const Arguments& a) { return on_texts(a, similarity); }, kReadingSteps},
    {"int", "int(number or value of an ordered enum)", Style::kFunction, 1, 1, check_int, nullptr, apply_int},
    {"decimal", "decimal(number or text)", Style::kFunction, 1, 1, check_decimal, nullptr, apply_decimal},
    {"string", "string(value)", Style::kFunction, 1, 1, check_string, nullptr, apply_string},
    {"label", "label(enum value)", Style::kFunction, 1, 1, one_to<Kind::kEnum, Kind::kString>, nullptr, apply_label},
    {"round", "round(number, digits)", Style::kFunction, 1, 2, check_round, nullptr, apply_round},
    {"duration", "duration(\"14d\")", Style::kFunction, 1, 1, texts_to<Kind::kDuration>, nullptr,
     [](const Arguments& a) { return parsed<Duration>(a, "a duration"); }},
    {"date", "date(\"2027-01-31\")", Style::kFunction, 1, 1, texts_to<Kind::kDate>, nullptr,
     [](const Arguments& a) { return parsed<Date>(a, "a date"); }},
    {"money", "money(\"EUR 5\")", Style::kFunction, 1, 1, texts_to<Kind::kMoney>, nullptr, parsed_money},
    {"amount", "amount(money)", Style::kFunction, 1, 1, one_to<Kind::kMoney, Kind::kDecimal>, nullptr, apply_amount},
    {"days", "days(duration)", Style::kFunction, 1, 1, one_to<Kind::kDuration, Kind::kDecimal>, nullptr,
     in_units<24 * 60 * kMinute>},
    {"hours", "hours(duration)", Style::kFunction, 1, 1, one_to<Kind::kDuration, Kind::kDecimal>, nullptr,
     in_units<60 * kMinute>},
    {"minutes", "minutes(duration)", Style::kFunction, 1, 1, one_to<Kind::kDuration, Kind::kDecimal>, nullptr,
     in_units<kMinute>},
}};
const Function* find_in(std::span<const Function> functions, std::string_view name) {
  const auto it = std::find_if(functions.begin(), functions.end(), [&](const Function& f) { return f.name == name; });
  return it == functions.end() ? nullptr : &*it;
}

}  // namespace

const Function* find_function(std::string_view name) {
  const Function* function = find_in(kScalarFunctions, name);
  return function != nullptr ? function : find_in(list_functions(), name);
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto& function : kScalarFunctions) names.emplace_back(function.name);
  for (const auto& function : list_functions()) names.emplace_back(function.name);
  return names;
}

}  // namespace tollgate::protocol
