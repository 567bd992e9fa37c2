// Enums and records.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/compile_state.hpp"

namespace tollgate::protocol {
namespace {

// One value of an enum: a name, or a name with {label, help, weight} or a number or a label.
EnumValue read_enum_value(CompileState& state, const SourceNode& key, const SourceNode* details) {
  EnumValue value{key.scalar, in_words(key.scalar)};
  state.reader.is_identifier(key, "an enum value");
  if (details == nullptr || details->is_null()) return value;
  if (details->is_scalar()) {
    if (const base::Value number = to_value(*details); number.is_number()) {
      value.weight = number.if_number()->to_int64();
      if (!value.weight) state.reader.error(*details, "the number of an enum value must be whole", "write 1, 2, 3 …");
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

}  // namespace

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
      state.reader.error(node, fmt::format("the value '{}' occurs twice in the enum '{}'", value.id, id),
                         "remove one of them");
  }
  const auto weighted = std::count_if(definition->values.begin(), definition->values.end(),
                                      [](const auto& v) { return v.weight.has_value(); });
  if (weighted != 0 && static_cast<std::size_t>(weighted) != definition->values.size()) {
    state.reader.error(node, fmt::format("some values of the enum '{}' have a number and some have none", id),
                       "give all of them one, or none");
    for (auto& value : definition->values) value.weight.reset();
  }
  if (definition->values.empty() || definition->values.size() > 500) {
    state.reader.error(node, fmt::format("the enum '{}' must have 1 to 500 values", id), "write `[a, b]`");
  }
  return definition;
}

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
    state.reader.error(*records, "`records` must be a mapping of names to {fields: …}",
                       "write `risk: {fields: {name: text!}}`");
    return;
  }
  for (const auto& [key, node] : records->members) {
    if (state.reader.is_identifier(key, "a record's name")) compile_record(state, key.scalar, node);
  }
}

}  // namespace tollgate::protocol
