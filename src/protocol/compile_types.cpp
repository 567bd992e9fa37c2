// Enums, records and the notation of types.
#include <algorithm>
#include <array>
#include <set>
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

// One value of an enum: a name, or a name with {label, help, weight} or a number or a label.
EnumValue read_enum_value(CompileState& state, const SourceNode& key, const SourceNode* details) {
  EnumValue value{key.scalar, in_words(key.scalar)};
  state.reader.is_identifier(key, "an enum value");
  if (details == nullptr || details->is_null()) return value;
  if (details->is_scalar()) {
    if (const base::Value number = to_value(*details); number.is_number()) {
      value.weight = number.if_number()->to_int64();
      if (!value.weight) state.reader.error(*details, "the number of an enum value must be whole");
    } else {
      value.label = details->scalar;
    }
    return value;
  }
  if (!state.reader.mapping(*details, "an enum value", {"label", "help", "weight"})) return value;
  if (auto label = state.reader.text(*details, "label"); !label.empty()) value.label = std::move(label);
  value.help = state.reader.text(*details, "help");
  value.weight = state.reader.integer(*details, "weight", -1'000'000, 1'000'000);
  return value;
}

std::shared_ptr<const EnumDefinition> read_enum(CompileState& state, const std::string& id, const SourceNode& node) {
  auto definition = std::make_shared<EnumDefinition>();
  definition->id = id;
  if (node.is_sequence()) {
    for (const auto& item : node.items) {
      if (item.is_mapping()) {
        const SourceNode* name = item.find("id");
        if (name == nullptr) {
          state.reader.error(item, "an enum value needs an id", "write `- {id: x, label: …}` or just `- x`");
          continue;
        }
        SourceNode rest = item;
        std::erase_if(rest.members, [](const auto& member) { return member.first.scalar == "id"; });
        definition->values.push_back(read_enum_value(state, *name, &rest));
      } else {
        definition->values.push_back(read_enum_value(state, item, nullptr));
      }
    }
  } else if (node.is_mapping()) {
    for (const auto& [key, details] : node.members) definition->values.push_back(read_enum_value(state, key, &details));
  } else {
    state.reader.error(node, fmt::format("the enum '{}' must be a list of values or a mapping", id),
                       "write `[low, high]` or `{low: 1, high: 2}`");
  }
  std::set<std::string> seen;
  for (const auto& value : definition->values) {
    if (!seen.insert(value.id).second)
      state.reader.error(node, fmt::format("the value '{}' occurs twice in the enum '{}'", value.id, id));
  }
  const auto weighted = std::count_if(definition->values.begin(), definition->values.end(),
                                      [](const auto& v) { return v.weight.has_value(); });
  if (weighted != 0 && static_cast<std::size_t>(weighted) != definition->values.size()) {
    state.reader.error(node, fmt::format("some values of the enum '{}' have a number and some have none", id),
                       "give all of them one, or none");
    for (auto& value : definition->values) value.weight.reset();
  }
  if (definition->values.empty() || definition->values.size() > 500) {
    state.reader.error(node, fmt::format("the enum '{}' must have 1 to 500 values", id));
  }
  return definition;
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

std::shared_ptr<const RecordType> record_type_of(const RecordDefinition& definition) {
  auto type = std::make_shared<RecordType>();
  type->id = definition.id;
  for (const auto& field : definition.fields) {
    type->members.push_back(
        {field.id, expression_type(field.type), !field.required && field.type.kind != AnswerKind::kDerived});
  }
  return type;
}

struct FieldSource {
  const SourceNode* key;
  const SourceNode* node;  // the scalar notation or the long form
};

// A field without its derived expression, which needs the whole record's scope.
std::optional<FieldDefinition> read_field(CompileState& state, const std::string& record, const FieldSource& source,
                                          Type* derived_type) {
  const SourceNode* long_form = source.node->is_mapping() ? source.node : nullptr;
  if (long_form != nullptr) {
    state.reader.mapping(*long_form, fmt::format("the field '{}'", source.key->scalar),
                         {"type", "required", "label", "help", "values", "of", "value", "min", "max", "max_chars"});
  }
  const SourceNode* scalar =
      long_form == nullptr ? source.node : state.reader.member(*long_form, "type", Presence::kRequired);
  if (scalar == nullptr || !state.reader.is_identifier(*source.key, "a field's name")) return std::nullopt;
  const std::string owner = record + '.' + source.key->scalar;
  auto notation = read_type(state, *scalar, long_form, owner);
  if (!notation) return std::nullopt;
  if (notation->type.kind == AnswerKind::kTable) {
    state.reader.error(*scalar, "a table cannot hold another table",
                       "make it a question of its own whose rows name the row they belong to");
    return std::nullopt;
  }
  FieldDefinition field{.id = source.key->scalar,
                        .label = in_words(source.key->scalar),
                        .type = notation->type,
                        .required = notation->required};
  if (long_form != nullptr) {
    if (auto label = state.reader.text(*long_form, "label"); !label.empty()) field.label = std::move(label);
    field.help = state.reader.text(*long_form, "help");
    if (const auto required = state.reader.boolean(*long_form, "required")) field.required = *required;
    field.bounds = read_bounds(state, *long_form, field.type.kind);
  }
  if (field.type.kind == AnswerKind::kDerived) {
    const SourceNode* of = long_form == nullptr ? nullptr : state.reader.member(*long_form, "of", Presence::kRequired);
    if (of == nullptr || state.reader.member(*long_form, "value", Presence::kRequired) == nullptr) return std::nullopt;
    const auto result = read_result_type(state, *of, owner);
    if (!result) return std::nullopt;
    *derived_type = *result;
  }
  return field;
}

void compile_record(CompileState& state, const std::string& id, const SourceNode& node) {
  if (!state.reader.mapping(node, fmt::format("the record '{}'", id), {"label", "fields"})) return;
  auto definition = std::make_shared<RecordDefinition>();
  definition->id = id;
  definition->label = state.reader.text(node, "label");
  if (definition->label.empty()) definition->label = in_words(id);
  const SourceNode* fields = state.reader.member(node, "fields", Presence::kRequired);
  if (fields == nullptr || !fields->is_mapping() || fields->members.empty() || fields->members.size() > 40) {
    if (fields != nullptr)
      state.reader.error(*fields, "`fields` must be a mapping of 1 to 40 names to types", "write `name: text!`");
    return;
  }
  struct Derived {
    std::size_t field;
    Type type;
    const SourceNode* expression;
  };
  std::vector<Derived> derived;
  for (const auto& [key, field_node] : fields->members) {
    Type derived_type;
    auto field = read_field(state, id, {&key, &field_node}, &derived_type);
    if (!field) continue;
    if (field->type.kind == AnswerKind::kDerived)
      derived.push_back({definition->fields.size(), derived_type, field_node.find("value")});
    definition->fields.push_back(*std::move(field));
  }
  auto type = std::make_shared<RecordType>(*record_type_of(*definition));
  for (const auto& column : derived) type->members[column.field].type = column.type;
  definition->type = type;
  Scope siblings;
  declare_options(state.protocol, siblings);
  for (std::size_t i = 0; i < type->members.size(); ++i) {
    if (definition->fields[i].type.kind != AnswerKind::kDerived)
      siblings.declare(type->members[i].id, type->members[i].id, type->members[i].type);
  }
  // In their order: a computed column may read those above it.
  for (const auto& column : derived) {
    definition->fields[column.field].derived = read_expression(state, *column.expression, siblings, column.type);
    const auto& member = type->members[column.field];
    siblings.declare(member.id, member.id, member.type);
  }
  state.records.emplace(id, std::move(definition));
}

bool has_bounds(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kInt:
    case AnswerKind::kDecimal:
    case AnswerKind::kPercent:
    case AnswerKind::kMoney:
    case AnswerKind::kDuration:
    case AnswerKind::kMultiEnum:
    case AnswerKind::kTextList:
    case AnswerKind::kRefList:
    case AnswerKind::kTable: return true;
    default: return false;
  }
}

void refuse_bounds(CompileState& state, const SourceNode& node, AnswerKind kind) {
  const bool is_text = kind == AnswerKind::kText || kind == AnswerKind::kLongText;
  const std::string type = kind == AnswerKind::kDerived ? "derived value" : std::string(name(kind));
  for (const std::string_view key : {"min", "max"}) {
    const SourceNode* bound = node.find(key);
    if (bound == nullptr) continue;
    state.reader.error(
        *bound, fmt::format("{} {} has no `{}`", kind == AnswerKind::kEnum ? "an" : "a", type, key),
        fmt::format("types with `min` and `max`: int, decimal, percent, money, duration, table<RECORD>, text[], "
                    "multi_enum<NAME>, ref<…>[]{}",
                    is_text ? "; the length of a text is bounded by `max_chars`" : ""));
  }
}

std::optional<base::Duration> read_length(CompileState& state, const SourceNode& node, std::string_view key) {
  const SourceNode* bound = state.reader.member(node, key);
  if (bound == nullptr) return std::nullopt;
  const auto length = base::Duration::parse(bound->scalar);
  if (!length) {
    state.reader.error(*bound, fmt::format("'{}' must be a duration", key),
                       fmt::format("write for example `{}: 1 day`", key));
  } else if (*length < base::Duration()) {
    state.reader.error(*bound, fmt::format("'{}' must not be negative", key), "no answer is a negative duration");
    return std::nullopt;
  }
  return length;
}

}  // namespace

void compile_enums(CompileState& state, const SourceNode& root) {
  const SourceNode* enums = state.reader.member(root, "enums");
  if (enums == nullptr) return;
  if (!enums->is_mapping()) {
    state.reader.error(*enums, "`enums` must be a mapping of names to values",
                       "write `enums: {level: {LOW: 1, HIGH: 2}}`");
    return;
  }
  for (const auto& [key, node] : enums->members) {
    if (!state.reader.is_identifier(key, "an enum's name")) continue;
    auto definition = read_enum(state, key.scalar, node);
    state.protocol.enums.push_back(definition);
    state.enums.emplace(key.scalar, std::move(definition));
  }
}

void compile_records(CompileState& state, const SourceNode& root) {
  const SourceNode* records = state.reader.member(root, "records");
  if (records == nullptr) return;
  if (!records->is_mapping()) {
    state.reader.error(*records, "`records` must be a mapping of names to {fields: …}");
    return;
  }
  for (const auto& [key, node] : records->members) {
    if (state.reader.is_identifier(key, "a record's name")) compile_record(state, key.scalar, node);
  }
}

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

Bounds read_bounds(CompileState& state, const SourceNode& node, AnswerKind kind) {
  Bounds bounds;
  if (kind == AnswerKind::kDuration) {
    bounds.shortest = read_length(state, node, "min").value_or(base::Duration());
    bounds.longest = read_length(state, node, "max");
  } else if (has_bounds(kind)) {
    bounds.min = state.reader.decimal(node, "min");
    bounds.max = state.reader.decimal(node, "max");
  } else {
    refuse_bounds(state, node, kind);
  }
  if ((bounds.min && bounds.max && *bounds.min > *bounds.max) ||
      (bounds.longest && node.find("min") != nullptr && *bounds.shortest > *bounds.longest))
    state.reader.error(*node.find("min"), "`min` is above `max`");
  if (const auto chars = state.reader.integer(node, "max_chars", 1, 100'000))
    bounds.max_chars = static_cast<std::size_t>(*chars);
  return bounds;
}

}  // namespace tollgate::protocol
