#include "llm/answer_schema.hpp"

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

Value list_schema(Value items, const Bounds& bounds) {
  Value::Record schema{{"type", "array"}, {"items", std::move(items)}};
  if (bounds.min) schema.emplace("minItems", *bounds.min);
  schema.emplace("maxItems", 12);  // a draft; a person may add more
  return schema;
}

Value text_schema(const char* format, const char* description) {
  Value schema = string_schema();
  schema.if_record()->emplace("format", format);
  describe(schema, description);
  return schema;
}

Value schema_of(const AnswerType& type, const Bounds& bounds);

// Optional columns are left to people: a model would fill them with guesses.
bool is_drafted(const protocol::FieldDefinition& field) {
  return field.required && field.type.kind != AnswerKind::kDerived && field.type.kind != AnswerKind::kFile;
}

Value row_schema(const protocol::RecordDefinition& record) {
  std::vector<std::pair<std::string, Value>> members;
  for (const auto& field : record.fields) {
    if (!is_drafted(field)) continue;
    Value schema = schema_of(field.type, field.bounds);
    describe(schema, field.label + (field.help.empty() ? "." : ": " + field.help));
    members.emplace_back(field.id, std::move(schema));
  }
  return object_schema(std::move(members));
}

Value schema_of(const AnswerType& type, const Bounds& bounds) {
  switch (type.kind) {
    case AnswerKind::kText:
    case AnswerKind::kLongText:
    case AnswerKind::kRef:
    case AnswerKind::kFile:
    case AnswerKind::kDerived: return string_schema();
    case AnswerKind::kInt: return number_schema("integer", bounds);
    case AnswerKind::kScale: return number_schema("integer", Bounds{.min = type.scale_min, .max = type.scale_max});
    case AnswerKind::kDecimal: return number_schema("number", bounds);
    case AnswerKind::kPercent: return number_schema("number", Bounds{.min = bounds.min.value_or(0), .max = bounds.max.value_or(100)});
    case AnswerKind::kMoney: return text_schema("money", "Money, currency code first, such as \"EUR 180,000\".");
    case AnswerKind::kDuration: return text_schema("duration", "Duration, such as \"14 days\" or \"1h30m\".");
    case AnswerKind::kDate: return text_schema("date", "Date, as YYYY-MM-DD.");
    case AnswerKind::kBool: return Value::Record{{"type", "boolean"}};
    case AnswerKind::kEnum: return enum_schema(*type.enumeration);
    case AnswerKind::kMultiEnum: return list_schema(enum_schema(*type.enumeration), bounds);
    case AnswerKind::kTextList: return list_schema(string_schema(), bounds);
    case AnswerKind::kTable: return list_schema(row_schema(*type.record), bounds);
  }
  return string_schema();
}

// The example as the schema wants it: in canonical form, without what the schema leaves out.
Value example_for(const protocol::Question& question) {
  const auto& type = question.type;
  const auto parsed = protocol::parse_answer(question, question.examples.good);
  const Value& example = parsed ? *parsed : question.examples.good;
  if (type.kind != AnswerKind::kTable || !example.is_list()) return example;
  Value::List rows;
  for (const auto& row : *example.if_list()) {
    Value::Record kept;
    for (const auto& field : type.record->fields) {
      if (is_drafted(field) && row.find(field.id) != nullptr) kept.emplace(field.id, row[field.id]);
    }
    rows.push_back(std::move(kept));
  }
  return rows;
}

}  // namespace

Value answer_schema(const protocol::Question& question) {
  Value schema = schema_of(question.type, question.bounds);
  describe(schema, question.ask);
  if (!question.examples.good.is_null()) {
    schema.if_record()->emplace("examples", Value::List{example_for(question)});  // of another project
  }
  return schema;
}

}  // namespace tollgate::llm
