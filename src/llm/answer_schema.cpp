#include "llm/answer_schema.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "llm/schema_builder.hpp"
#include "protocol/answer_parser.hpp"

namespace tollgate::llm {
namespace {

using base::Value;
using protocol::AnswerKind;
using protocol::AnswerType;
using protocol::Bounds;

void describe(Value& schema, const std::string& text) {
  if (text.empty()) return;
  auto& record = *schema.if_record();
  const auto it = record.find("description");
  const std::string before = it == record.end() ? std::string() : *it->second.if_string() + " ";
  record.insert_or_assign("description", before + text);
}

Value enum_schema(const protocol::EnumDefinition& definition) {
  Value::List ids;
  std::string labels;
  for (const auto& value : definition.values) {
    ids.push_back(value.id);
    labels += fmt::format("{}{}: {}", labels.empty() ? "" : "; ", value.id, value.label);
  }
  Value schema = Value::Record{{"type", "string"}, {"enum", std::move(ids)}};
  describe(schema, labels + '.');
  return schema;
}

Value number_schema(const char* type, const Bounds& bounds) {
  Value::Record schema{{"type", type}};
  if (bounds.min) schema.emplace("minimum", *bounds.min);
  if (bounds.max) schema.emplace("maximum", *bounds.max);
  return schema;
}

std::string duration_hint(const Bounds& bounds) {
  std::string hint = "Duration, such as \"14 days\" or \"1h30m\".";
  if (bounds.shortest && *bounds.shortest > base::Duration())
    hint += fmt::format(" At least {}.", bounds.shortest->to_words());
  if (bounds.longest) hint += fmt::format(" At most {}.", bounds.longest->to_words());
  return hint;
}

Value list_schema(Value items, const Bounds& bounds) {
  Value::Record schema{{"type", "array"}, {"items", std::move(items)}};
  if (bounds.min) schema.emplace("minItems", *bounds.min);
  schema.emplace("maxItems", 12);  // a draft; a person may add more
  return schema;
}

Value text_schema(const char* format, const std::string& description) {
  Value schema = string_schema();
  schema.if_record()->emplace("format", format);
  describe(schema, description);
  return schema;
}

bool is_drafted(const protocol::FieldDefinition& field) {
  return field.type.kind != AnswerKind::kDerived && field.type.kind != AnswerKind::kFile;
}

// What the material does not say stays empty: a gate may ask for it, and a guess would satisfy that gate.
Value nullable_schema(Value schema) {
  return Value::Record{{"anyOf", Value::List{std::move(schema), Value::Record{{"type", "null"}}}}};
}

// More or longer names than these are left to the gate to check: services bound the size of an enum.
constexpr std::size_t kMaxChoices = 100;
constexpr std::size_t kMaxChoiceBytes = 200;

// The values a ref may take: those of its column now. Empty when the table is not answered yet, or too large a choice.
std::vector<std::string> ref_values(const session::Session& session, const AnswerType& type) {
  std::vector<std::string> values;
  const Value* rows = session.environment().find(type.ref_question);
  if (rows == nullptr || !rows->is_list()) return values;
  for (const auto& row : *rows->if_list()) {
    const auto* text = row[type.ref_column].if_string();
    if (text != nullptr && text->size() > kMaxChoiceBytes) return {};
    if (text != nullptr && std::find(values.begin(), values.end(), *text) == values.end()) values.push_back(*text);
  }
  if (values.size() > kMaxChoices) return {};
  return values;
}

class SchemaWriter {
 public:
  explicit SchemaWriter(const session::Session& session) : session_(session) {}

  Value write(const AnswerType& type, const Bounds& bounds) const {
    switch (type.kind) {
      case AnswerKind::kText:
      case AnswerKind::kLongText:
      case AnswerKind::kFile:
      case AnswerKind::kDerived: return string_schema();
      case AnswerKind::kRef: return ref_schema(type);
      case AnswerKind::kRefList: return list_schema(ref_schema(type), bounds);
      case AnswerKind::kInt: return number_schema("integer", bounds);
      case AnswerKind::kScale: return number_schema("integer", Bounds{.min = type.scale_min, .max = type.scale_max});
      case AnswerKind::kDecimal: return number_schema("number", bounds);
      case AnswerKind::kPercent:
        return number_schema("number", Bounds{.min = bounds.min.value_or(0), .max = bounds.max.value_or(100)});
      case AnswerKind::kMoney: return text_schema("money", "Money, currency code first, such as \"EUR 180,000\".");
      case AnswerKind::kDuration: return text_schema("duration", duration_hint(bounds));
      case AnswerKind::kDate: return text_schema("date", "Date, as YYYY-MM-DD.");
      case AnswerKind::kBool: return Value::Record{{"type", "boolean"}};
      case AnswerKind::kEnum: return enum_schema(*type.enumeration);
      case AnswerKind::kMultiEnum: return list_schema(enum_schema(*type.enumeration), bounds);
      case AnswerKind::kTextList: return list_schema(string_schema(), bounds);
      case AnswerKind::kTable: return list_schema(row_schema(*type.record), bounds);
    }
    return string_schema();
  }

  // The question's good example as the schema wants it: in canonical form, without the columns the schema leaves out,
  // refs pointing at what this session has.
  Value example(const protocol::Question& question) const {
    const auto parsed = protocol::parse_answer(question, question.examples.good);
    const Value& example = parsed ? *parsed : question.examples.good;
    if (question.type.kind != AnswerKind::kTable || !example.is_list()) return example;
    Value::List rows;
    for (const auto& row : *example.if_list()) rows.push_back(example_row(*question.type.record, row));
    return rows;
  }

 private:
  Value ref_schema(const AnswerType& type) const {
    const auto values = ref_values(session_, type);
    return values.empty() ? string_schema() : choice_schema(values);
  }

  Value row_schema(const protocol::RecordDefinition& record) const {
    std::vector<std::pair<std::string, Value>> members;
    for (const auto& field : record.fields) {
      if (!is_drafted(field)) continue;
      Value schema = write(field.type, field.bounds);
      if (!field.required) schema = nullable_schema(std::move(schema));
      describe(schema, field.label + (field.help.empty() ? "." : ": " + field.help));
      if (!field.required) describe(schema, "null unless the material says it");
      members.emplace_back(field.id, std::move(schema));
    }
    return object_schema(std::move(members));
  }

  Value example_row(const protocol::RecordDefinition& record, const Value& row) const {
    Value::Record kept;
    for (const auto& field : record.fields) {
      if (!is_drafted(field)) continue;
      if (row.find(field.id) == nullptr) {
        if (!field.required) kept.emplace(field.id, Value());
        continue;
      }
      const bool is_ref = field.type.kind == AnswerKind::kRef || field.type.kind == AnswerKind::kRefList;
      const auto values = is_ref ? ref_values(session_, field.type) : std::vector<std::string>{};
      if (values.empty()) {
        kept.emplace(field.id, row[field.id]);
      } else if (field.type.kind == AnswerKind::kRef) {
        kept.emplace(field.id, values.front());
      } else {
        kept.emplace(field.id, Value::List(values.begin(), values.end()));
      }
    }
    return kept;
  }

  const session::Session& session_;
};

}  // namespace

Value answer_schema(const session::Session& session, const protocol::Question& question) {
  const SchemaWriter writer(session);
  Value schema = writer.write(question.type, question.bounds);
  describe(schema, question.ask);
  if (!question.examples.good.is_null()) {
    schema.if_record()->emplace("examples", Value::List{writer.example(question)});  // of another project
  }
  return schema;
}

}  // namespace tollgate::llm
