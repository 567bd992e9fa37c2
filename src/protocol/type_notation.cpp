// Types as they are written: `enum<level>!`, `scale(0,10)`, `ref<S2.kpis.name>[]`.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/compile_state.hpp"

namespace tollgate::protocol {
namespace {

constexpr std::array<std::pair<std::string_view, AnswerKind>, 13> kSimpleTypes = {{{"text", AnswerKind::kText},
                                                                                   {"long_text", AnswerKind::kLongText},
                                                                                   {"int", AnswerKind::kInt},
                                                                                   {"decimal", AnswerKind::kDecimal},
                                                                                   {"percent", AnswerKind::kPercent},
                                                                                   {"money", AnswerKind::kMoney},
                                                                                   {"duration", AnswerKind::kDuration},
                                                                                   {"date", AnswerKind::kDate},
                                                                                   {"bool", AnswerKind::kBool},
                                                                                   {"file", AnswerKind::kFile},
                                                                                   {"text[]", AnswerKind::kTextList},
                                                                                   {"scale", AnswerKind::kScale},
                                                                                   {"derived", AnswerKind::kDerived}}};
constexpr std::string_view kTypeHint =
    "known types: text, long_text, int, decimal, percent, money, duration, date, bool, enum<NAME>, multi_enum<NAME>, "
    "scale(0,10), file, text[], ref<STAGE.question.column>, table<RECORD>, derived";

template <typename Map>
std::vector<std::string> keys(const Map& map) {
  std::vector<std::string> out;
  for (const auto& [key, value] : map) out.push_back(key);
  return out;
}

std::string name_hint(std::string_view wrong, const std::vector<std::string>& known, std::string_view what) {
  if (const auto near = base::nearest(wrong, known)) return fmt::format("did you mean '{}'?", *near);
  return known.empty() ? fmt::format("declare it under `{}:`", what)
                       : fmt::format("declared: {}", base::join(known, ", "));
}

// "name<argument>" → {name, argument}; "scale(0,10)" → {scale, "0,10"}; anything else → {text, ""}.
std::pair<std::string_view, std::string_view> split_notation(std::string_view text) {
  const auto open = text.find_first_of("<(");
  if (open == std::string_view::npos || (text.back() != '>' && text.back() != ')')) return {text, {}};
  return {base::trim(text.substr(0, open)), base::trim(text.substr(open + 1, text.size() - open - 2))};
}

bool read_scale(std::string_view argument, AnswerType& type) {
  if (argument.empty()) return true;
  const auto parts = base::split(argument, ',');
  if (parts.size() != 2) return false;
  const auto low = base::Decimal::parse(base::trim(parts[0]));
  const auto high = base::Decimal::parse(base::trim(parts[1]));
  const auto min = low ? low->to_int64() : std::nullopt;
  const auto max = high ? high->to_int64() : std::nullopt;
  if (!min || !max || *min >= *max || *min < -1000 || *max > 1000) return false;
  type.scale_min = *min;
  type.scale_max = *max;
  return true;
}

std::shared_ptr<const EnumDefinition> find_enum(CompileState& state, const SourceNode& at, std::string_view id) {
  const auto it = state.enums.find(id);
  if (it != state.enums.end()) return it->second;
  state.reader.error(at, fmt::format("there is no enum '{}'", base::shortened(id, 64)),
                     name_hint(id, keys(state.enums), "enums"));
  return nullptr;
}

bool read_enum_reference(CompileState& state, const SourceNode& scalar, std::string_view argument,
                         const SourceNode* long_form, const std::string& owner, AnswerType& type) {
  if (!argument.empty()) {
    type.enumeration = find_enum(state, scalar, argument);
  } else if (const SourceNode* values = long_form != nullptr ? long_form->find("values") : nullptr) {
    type.enumeration = read_enum(state, owner, *values);
    state.protocol.enums.push_back(type.enumeration);
  } else if (const SourceNode* of = long_form != nullptr ? long_form->find("of") : nullptr) {
    type.enumeration = find_enum(state, *of, of->scalar);
  } else {
    state.reader.error(scalar, "an enum needs its values", "write `enum<NAME>`, or add `values: [a, b]`");
  }
  return type.enumeration != nullptr;
}

bool read_ref(CompileState& state, const SourceNode& scalar, std::string_view argument, AnswerType& type) {
  const auto dot = argument.rfind('.');
  if (dot == std::string_view::npos || argument.find('.') == dot) {
    state.reader.error(scalar, "a ref names a column of a table", "write `ref<S2.kpis.name>`");
    return false;
  }
  type.ref_question = std::string(argument.substr(0, dot));
  type.ref_column = std::string(argument.substr(dot + 1));
  return true;
}

}  // namespace

std::optional<TypeNotation> read_type(CompileState& state, const SourceNode& scalar, const SourceNode* long_form,
                                      const std::string& owner) {
  std::string_view text = base::trim(scalar.scalar);
  TypeNotation notation;
  if (text.ends_with('!')) {
    notation.required = true;
    text = base::trim(text.substr(0, text.size() - 1));
  }
  const bool is_ref_list = text.starts_with("ref<") && text.ends_with("[]");
  const auto [type_name, argument] = split_notation(is_ref_list ? text.substr(0, text.size() - 2) : text);
  AnswerType& type = notation.type;
  bool understood = scalar.is_scalar();
  if (type_name == "enum" || type_name == "multi_enum") {
    type.kind = type_name == "enum" ? AnswerKind::kEnum : AnswerKind::kMultiEnum;
    if (!read_enum_reference(state, scalar, argument, long_form, owner, type)) return std::nullopt;
  } else if (type_name == "table") {
    type.kind = AnswerKind::kTable;
    const auto it = state.records.find(argument);
    if (it == state.records.end()) {
      state.reader.error(scalar, fmt::format("there is no record '{}'", base::shortened(argument, 64)),
                         name_hint(argument, keys(state.records), "records"));
      return std::nullopt;
    }
    type.record = it->second;
  } else if (type_name == "ref") {
    type.kind = is_ref_list ? AnswerKind::kRefList : AnswerKind::kRef;
    if (!read_ref(state, scalar, argument, type)) return std::nullopt;
  } else {
    const auto it = std::find_if(kSimpleTypes.begin(), kSimpleTypes.end(),
                                 [&](const auto& simple) { return simple.first == type_name; });
    understood = understood && it != kSimpleTypes.end() && (argument.empty() || type_name == "scale");
    if (understood) type.kind = it->second;
    if (understood && type.kind == AnswerKind::kScale) understood = read_scale(argument, type);
  }
  if (!understood) {
    state.reader.error(scalar, fmt::format("there is no type '{}'", base::shortened(scalar.scalar, 64)),
                       std::string(kTypeHint));
    return std::nullopt;
  }
  return notation;
}

std::optional<Type> read_result_type(CompileState& state, const SourceNode& scalar, const std::string& owner) {
  const auto notation = read_type(state, scalar, nullptr, owner);
  if (!notation) return std::nullopt;
  if (notation->type.kind == AnswerKind::kDerived || notation->type.kind == AnswerKind::kFile) {
    state.reader.error(scalar, fmt::format("'{}' is no type of a value that can be computed", scalar.scalar),
                       "write for example `of: int` or `of: enum<NAME>`");
    return std::nullopt;
  }
  return expression_type(notation->type);
}

Type expression_type(const AnswerType& type) {
  static const auto kFile = std::make_shared<const RecordType>(RecordType{"file",
                                                                          {{"name", Type::of(Type::Kind::kString)},
                                                                           {"sha256", Type::of(Type::Kind::kString)},
                                                                           {"bytes", Type::of(Type::Kind::kInt)}}});
  switch (type.kind) {
    case AnswerKind::kText:
    case AnswerKind::kLongText:
    case AnswerKind::kRef: return Type::of(Type::Kind::kString);
    case AnswerKind::kInt:
    case AnswerKind::kScale: return Type::of(Type::Kind::kInt);
    case AnswerKind::kDecimal:
    case AnswerKind::kPercent: return Type::of(Type::Kind::kDecimal);
    case AnswerKind::kMoney: return Type::of(Type::Kind::kMoney);
    case AnswerKind::kDuration: return Type::of(Type::Kind::kDuration);
    case AnswerKind::kDate: return Type::of(Type::Kind::kDate);
    case AnswerKind::kBool: return Type::of(Type::Kind::kBool);
    case AnswerKind::kEnum: return Type::enum_of(type.enumeration);
    case AnswerKind::kMultiEnum: return Type::list_of(Type::enum_of(type.enumeration));
    case AnswerKind::kFile: return Type::record_of(kFile);
    case AnswerKind::kRefList:
    case AnswerKind::kTextList: return Type::list_of(Type::of(Type::Kind::kString));
    case AnswerKind::kTable: return Type::list_of(Type::record_of(type.record->type));
    case AnswerKind::kDerived: return Type::of(Type::Kind::kBool);  // replaced by its `of`
  }
  return Type::of(Type::Kind::kString);
}

}  // namespace tollgate::protocol
