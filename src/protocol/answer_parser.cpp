#include "protocol/answer_parser.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace tollgate::protocol {
namespace {

using base::ErrorCode;
using base::Result;
using base::Value;

// Where the raw value comes from decides how strict its reader is.
enum class Origin { kPerson, kStore, kTest };

constexpr std::size_t kMaxRows = 1000;

std::string shown(const Value& raw) {
  return base::shortened(raw.is_string() ? *raw.if_string() : base::to_json(raw), 60);
}

std::unexpected<base::Error> refuse(const std::string& place, std::string_view why) {
  return base::fail(ErrorCode::kInvalidArgument, place.empty() ? std::string(why) : fmt::format("{}: {}", place, why));
}

// Text of a scalar as written; numbers and truth values count as their text.
std::string text_of(const Value& raw) {
  if (const auto* text = raw.if_string()) return std::string(base::trim(*text));
  if (const auto* truth = raw.if_bool()) return *truth ? "true" : "false";
  if (const auto number = raw.if_number()) return number->to_string();
  if (raw.if_date() || raw.if_duration() || raw.if_money()) {
    const std::string quoted = base::to_json(raw);
    return quoted.substr(1, quoted.size() - 2);
  }
  return {};
}

bool is_scalar(const Value& raw) {
  return !raw.is_list() && !raw.is_record();
}

Result<Value> parse_text(const std::string& place, const Value& raw, const Bounds& bounds) {
  if (!is_scalar(raw) || raw.is_null()) return refuse(place, fmt::format("expected text, got a {}", name(raw.kind())));
  std::string text = text_of(raw);
  if (const auto bad = base::find_invalid_utf8(text))
    return refuse(place, fmt::format("byte {} is not valid UTF-8; save the text as UTF-8", *bad));
  if (text.find('\0') != std::string::npos) return refuse(place, "the text contains a NUL character; remove it");
  const auto characters = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
  if (characters > bounds.max_chars) {
    return base::fail(ErrorCode::kTooLarge,
                      fmt::format("{}{} characters are more than the {} allowed; shorten the answer",
                                  place.empty() ? "" : place + ": ", characters, bounds.max_chars));
  }
  return Value(std::move(text));
}

Result<Value> within(const std::string& place, base::Decimal number, const Bounds& bounds) {
  if (bounds.min && number < *bounds.min)
    return refuse(place, fmt::format("{} is below the minimum of {}", number.to_string(), bounds.min->to_string()));
  if (bounds.max && number > *bounds.max)
    return refuse(place, fmt::format("{} is above the maximum of {}", number.to_string(), bounds.max->to_string()));
  return Value(number);
}

Result<Value> within(const std::string& place, base::Duration length, const Bounds& bounds, Origin origin) {
  // What was stored before durations had bounds can still be read.
  if (origin == Origin::kStore) return Value(length);
  if (bounds.shortest && length < base::Duration())
    return refuse(place, fmt::format("{} is negative; write a length of time such as 14 days", length.to_words()));
  if (bounds.shortest && length < *bounds.shortest)
    return refuse(place, fmt::format("{} is below the minimum of {}", length.to_words(), bounds.shortest->to_words()));
  if (bounds.longest && length > *bounds.longest)
    return refuse(place, fmt::format("{} is above the maximum of {}", length.to_words(), bounds.longest->to_words()));
  return Value(length);
}

// A number with optional thousands separators: "1,200" and "1 200" are 1200, "1,2" is nothing.
std::optional<base::Decimal> number_of(const Value& raw) {
  if (const auto number = raw.if_number()) return number;
  const std::string text = text_of(raw);
  if (const auto number = base::Decimal::parse(text)) return number;
  const auto grouped = base::Money::parse("XXX " + text);
  return grouped && !text.empty() && std::isdigit(static_cast<unsigned char>(text.back())) != 0
             ? std::optional(grouped->amount)
             : std::nullopt;
}

Result<Value> parse_number(const std::string& place, const Value& raw, const Bounds& bounds, AnswerKind kind) {
  const auto number = number_of(raw);
  if (!number)
    return refuse(place, fmt::format("'{}' is no number; write for example {}", shown(raw),
                                     kind == AnswerKind::kInt ? "12" : "0.45"));
  if (kind == AnswerKind::kInt && !number->is_integer())
    return refuse(place, fmt::format("{} is not a whole number", number->to_string()));
  if (kind == AnswerKind::kInt && !number->to_int64())
    return refuse(place, fmt::format("{} is too large", number->to_string()));
  return within(place, *number, bounds);
}

Result<Value> parse_percent(const std::string& place, const Value& raw, Bounds bounds, Origin origin) {
  std::string text = text_of(raw);
  const bool has_sign = text.ends_with('%');
  if (has_sign) text = std::string(base::trim(std::string_view(text).substr(0, text.size() - 1)));
  const auto number = base::Decimal::parse(text);
  if (!number) return refuse(place, fmt::format("'{}' is no percentage; write for example 40 or 40 %", shown(raw)));
  if (origin == Origin::kPerson && !has_sign && !raw.if_int() && *number > base::Decimal(0) &&
      *number < base::Decimal(1)) {
    return refuse(place, fmt::format("'{0}' could mean {0} % or {1} %; write one of these with the sign", text,
                                     multiply(*number, base::Decimal(100))->to_string()));
  }
  if (!bounds.min) bounds.min = base::Decimal(0);
  if (!bounds.max) bounds.max = base::Decimal(100);
  return within(place, *number, bounds);
}

Result<Value> parse_scale(const std::string& place, const Value& raw, const AnswerType& type) {
  std::string text = text_of(raw);
  std::string_view rest = text;
  const auto slash = rest.find('/');
  const auto of = rest.find(" of ");
  const auto out_of = rest.find(" out of ");
  std::string_view divisor;
  if (slash != std::string_view::npos) {
    divisor = slash + 1 < rest.size() ? base::trim(rest.substr(slash + 1)) : "nothing";
    rest = base::trim(rest.substr(0, slash));
  } else if (out_of != std::string_view::npos) {
    divisor = base::trim(rest.substr(out_of + 8));
    rest = base::trim(rest.substr(0, out_of));
  } else if (of != std::string_view::npos) {
    divisor = base::trim(rest.substr(of + 4));
    rest = base::trim(rest.substr(0, of));
  }
  const auto number = base::Decimal::parse(rest);
  const bool same_scale = divisor.empty() || base::Decimal::parse(divisor) == base::Decimal(type.scale_max);
  if (!number || !number->is_integer() || !same_scale || *number < base::Decimal(type.scale_min) ||
      *number > base::Decimal(type.scale_max)) {
    return refuse(place,
                  fmt::format("'{}' is no score; give a whole number from {} to {}, such as {} or {}/{}", shown(raw),
                              type.scale_min, type.scale_max, type.scale_max - 1, type.scale_max - 1, type.scale_max));
  }
  return Value(*number);
}

Result<Value> parse_bool(const std::string& place, const Value& raw) {
  const std::string text = base::lower_ascii(text_of(raw));
  if (text == "true" || text == "yes" || text == "y") return Value(true);
  if (text == "false" || text == "no" || text == "n") return Value(false);
  return refuse(place, fmt::format("'{}' is neither yes nor no", shown(raw)));
}

Result<Value> parse_enum(const std::string& place, const Value& raw, const EnumDefinition& definition) {
  const std::string text = text_of(raw);
  const std::string lower = base::lower_ascii(text);
  // The exact id before one in another case before a label: one value may be called what another one is.
  if (definition.find(text) != nullptr) return Value(text);
  std::vector<std::string> known;
  for (const auto& value : definition.values) {
    if (lower == base::lower_ascii(value.id)) return Value(value.id);
    known.push_back(value.id);
  }
  for (const auto& value : definition.values) {
    if (lower == base::lower_ascii(value.label)) return Value(value.id);
  }
  const auto near = text.empty() ? std::nullopt : base::nearest(text, known);
  return refuse(place, fmt::format("'{}' is not one of {}{}", shown(raw), base::join(known, ", "),
                                   near ? fmt::format("; did you mean '{}'?", *near) : std::string()));
}

Result<Value> parse_list(const std::string& place, const Value& raw, const Bounds& bounds, const auto& parse_item) {
  Value::List out;
  const Value::List* list = raw.if_list();
  const Value::List single = list == nullptr && is_scalar(raw) && !is_blank(raw) ? Value::List{raw} : Value::List{};
  if (list == nullptr) list = &single;
  if (raw.is_null()) return refuse(place, "expected a list, got nothing");
  if (raw.is_record()) return refuse(place, "expected a list, got a record; start each element with `- `");
  if (list->size() > kMaxRows || (bounds.max && base::Decimal(static_cast<std::int64_t>(list->size())) > *bounds.max)) {
    return base::fail(ErrorCode::kTooLarge,
                      fmt::format("{}{} elements are more than the {} allowed", place.empty() ? "" : place + ": ",
                                  list->size(), bounds.max ? bounds.max->to_string() : std::to_string(kMaxRows)));
  }
  if (bounds.min && base::Decimal(static_cast<std::int64_t>(list->size())) < *bounds.min) {
    return refuse(place, fmt::format("at least {} {} needed", bounds.min->to_string(),
                                     *bounds.min == base::Decimal(1) ? "element is" : "elements are"));
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    TRY(auto item, parse_item(fmt::format("{}{} {}", place.empty() ? "" : place + ", ", "row", i + 1), (*list)[i]));
    out.push_back(std::move(item));
  }
  return Value(std::move(out));
}

class Parser {
 public:
  explicit Parser(Origin origin) : origin_(origin) {}

  Result<Value> parse(const std::string& place, const AnswerType& type, const Bounds& bounds, const Value& raw) const {
    switch (type.kind) {
      case AnswerKind::kText:
      case AnswerKind::kLongText:
      case AnswerKind::kRef: return parse_text(place, raw, bounds);
      case AnswerKind::kInt:
      case AnswerKind::kDecimal: return parse_number(place, raw, bounds, type.kind);
      case AnswerKind::kPercent: return parse_percent(place, raw, bounds, origin_);
      case AnswerKind::kMoney: return parse_money(place, raw, bounds, origin_);
      case AnswerKind::kDuration: {
        const auto duration =
            raw.if_duration() ? std::optional(*raw.if_duration()) : base::Duration::parse(text_of(raw));
        if (!duration)
          return refuse(place,
                        fmt::format("'{}' is no duration; write for example 14 days, 1h30m or 9 months", shown(raw)));
        return within(place, *duration, bounds, origin_);
      }
      case AnswerKind::kDate: {
        const auto date = raw.if_date() ? std::optional(*raw.if_date()) : base::Date::parse(text_of(raw));
        if (!date) return refuse(place, fmt::format("'{}' is no date; write it as 2027-01-31", shown(raw)));
        return Value(*date);
      }
      case AnswerKind::kBool: return parse_bool(place, raw);
      case AnswerKind::kEnum: return parse_enum(place, raw, *type.enumeration);
      case AnswerKind::kMultiEnum:
        return parse_list(place, raw, bounds, [&](const std::string& at, const Value& item) {
          return parse_enum(at, item, *type.enumeration);
        });
      case AnswerKind::kScale: return parse_scale(place, raw, type);
      case AnswerKind::kFile: return parse_file(place, raw);
      case AnswerKind::kRefList:
      case AnswerKind::kTextList:
        return parse_list(place, raw, bounds,
                          [&](const std::string& at, const Value& item) { return parse_text(at, item, bounds); });
      case AnswerKind::kTable:
        return parse_list(place, raw, bounds,
                          [&](const std::string& at, const Value& item) { return parse_row(at, *type.record, item); });
      case AnswerKind::kDerived: return refuse(place, "this value is computed and cannot be answered");
    }
    return refuse(place, "unknown type");
  }

  // A value of an expression's type, for derived values given by a test.
  Result<Value> parse(const std::string& place, const Type& type, const Value& raw) const {
    AnswerType answer;
    switch (type.kind) {
      case Type::Kind::kBool: answer.kind = AnswerKind::kBool; break;
      case Type::Kind::kInt: answer.kind = AnswerKind::kInt; break;
      case Type::Kind::kDecimal: answer.kind = AnswerKind::kDecimal; break;
      case Type::Kind::kString: answer.kind = AnswerKind::kText; break;
      case Type::Kind::kDuration: answer.kind = AnswerKind::kDuration; break;
      case Type::Kind::kDate: answer.kind = AnswerKind::kDate; break;
      case Type::Kind::kMoney: answer.kind = AnswerKind::kMoney; break;
      case Type::Kind::kEnum: return parse_enum(place, raw, *type.enumeration);
      case Type::Kind::kList:
        return parse_list(place, raw, {},
                          [&](const std::string& at, const Value& item) { return parse(at, *type.element, item); });
      case Type::Kind::kRecord:
      case Type::Kind::kMap: return parse_members(place, type, raw);
    }
    return parse(place, answer, Bounds{}, raw);
  }

 private:
  static Result<Value> parse_money(const std::string& place, const Value& raw, const Bounds& bounds, Origin origin) {
    if (const auto spelled = base::Money::ambiguity(text_of(raw)); spelled && origin != Origin::kStore) {
      return refuse(place, fmt::format("'{}' can be read in two ways; write {} or {}", shown(raw), spelled->grouped,
                                       spelled->fractional));
    }
    const auto money = raw.if_money() ? std::optional(*raw.if_money()) : base::Money::parse(text_of(raw));
    if (!money)
      return refuse(place, fmt::format("'{}' is no amount with a currency; write for example EUR 180,000", shown(raw)));
    TRY(auto amount, within(place, money->amount, bounds));
    return Value(*money);
  }

  static Result<Value> parse_file(const std::string& place, const Value& raw) {
    const bool complete = raw["name"].is_string() && raw["sha256"].is_string() && raw["bytes"].if_int() != nullptr;
    if (!complete || *raw["bytes"].if_int() < 0 || raw.if_record()->size() != 3 ||
        !base::Sha256::parse(*raw["sha256"].if_string())) {
      return refuse(place, "expected a file: give its path in a brief, or upload it");
    }
    Bounds name_bounds;
    name_bounds.max_chars = 255;
    TRY(auto file_name, parse_text(place, raw["name"], name_bounds));
    Value::Record file = *raw.if_record();
    file.insert_or_assign("name", std::move(file_name));
    return Value(std::move(file));
  }

  Result<Value> parse_row(const std::string& place, const RecordDefinition& record, const Value& raw) const {
    const auto* members = raw.if_record();
    if (members == nullptr)
      return refuse(place, fmt::format("expected the fields of a {}, got a {}", base::lower_ascii(record.label),
                                       name(raw.kind())));
    Value::Record row;
    for (const auto& [key, value] : *members) {
      const FieldDefinition* field = record.find(key);
      if (field == nullptr) {
        std::vector<std::string> known;
        for (const auto& other : record.fields) known.push_back(other.id);
        const auto near = base::nearest(key, known);
        return refuse(
            place, fmt::format("unknown field '{}'; {}", base::shortened(key, 64),
                               near ? fmt::format("did you mean '{}'?", *near) : "known: " + base::join(known, ", ")));
      }
      if (is_blank(value) && !field->required) continue;
      if (field->type.kind == AnswerKind::kDerived) {
        if (origin_ != Origin::kTest) continue;  // computed: what an export carried is not an answer
        TRY(auto given, parse(place + ", " + field->id, record.type->find(key)->type, value));
        row.emplace(key, std::move(given));
        continue;
      }
      TRY(auto parsed, parse(place + ", " + field->id, field->type, field->bounds, value));
      row.emplace(key, std::move(parsed));
    }
    if (origin_ == Origin::kTest) return Value(std::move(row));
    for (const auto& field : record.fields) {
      if (!field.required) continue;
      const auto it = row.find(field.id);
      if (it == row.end() || is_blank(it->second))
        return refuse(place, fmt::format("the field '{}' ({}) is missing", field.id, field.label));
    }
    return Value(std::move(row));
  }

  Result<Value> parse_members(const std::string& place, const Type& type, const Value& raw) const {
    const auto* members = raw.if_record();
    if (members == nullptr) return refuse(place, fmt::format("expected keys and values, got a {}", name(raw.kind())));
    Value::Record out;
    for (const auto& [key, value] : *members) {
      if (type.kind == Type::Kind::kMap) {
        TRY(auto id, parse_enum(place, key, *type.enumeration));
        TRY(auto parsed, parse(place + '.' + key, *type.element, value));
        out.emplace(*id.if_string(), std::move(parsed));
        continue;
      }
      const RecordMember* member = type.record->find(key);
      if (member == nullptr) return refuse(place, fmt::format("unknown field '{}'", base::shortened(key, 64)));
      TRY(auto parsed, parse(place + '.' + key, member->type, value));
      out.emplace(key, std::move(parsed));
    }
    return Value(std::move(out));
  }

  const Origin origin_;
};

}  // namespace

Result<Value> parse_answer(const Question& question, const Value& raw) {
  if (is_blank(raw) && !raw.is_list()) return refuse("", "the answer is empty");
  return Parser(Origin::kPerson).parse("", question.type, question.bounds, raw);
}

Result<Value> read_stored_answer(const Question& question, const Value& stored) {
  return Parser(Origin::kStore).parse("", question.type, question.bounds, stored);
}

Result<Value> parse_partial_answer(const Question& question, const Value& raw) {
  const Parser parser(Origin::kTest);
  if (question.is_derived()) return parser.parse("", question.value_type, raw);
  return parser.parse("", question.type, question.bounds, raw);
}

bool is_blank(const Value& value) {
  if (value.is_null()) return true;
  if (const auto* text = value.if_string()) return base::trim(*text).empty();
  if (const auto* list = value.if_list()) return list->empty();
  return false;
}

}  // namespace tollgate::protocol
