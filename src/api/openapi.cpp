#include "api/openapi.hpp"

#include <string>

#include <fmt/format.h>

#include "api/schema_files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace tollgate::api {
namespace {

using base::Value;

const Value& schemas() {
  static const Value kSchemas = base::parse_json(schema_files().front().content).value();
  return kSchemas;
}

Value reference(std::string_view schema) {
  return Value::Record{{"$ref", fmt::format("#/components/schemas/{}", schema)}};
}

Value content(std::string_view media_type, Value schema) {
  return Value::Record{{std::string(media_type), Value::Record{{"schema", std::move(schema)}}}};
}

Value parameter(std::string_view name, const char* where, bool required, Value schema, std::string_view description) {
  return Value::Record{{"name", name},
                       {"in", where},
                       {"required", required},
                       {"description", description},
                       {"schema", std::move(schema)}};
}

Value parameters_of(const Route& route) {
  Value::List parameters;
  for (const auto part : base::split(route.pattern.substr(1), '/')) {
    if (!part.starts_with('{')) continue;
    parameters.push_back(
        parameter(part.substr(1, part.size() - 2), "path", true, Value::Record{{"type", "string"}}, ""));
  }
  for (const auto& query : route.query) {
    parameters.push_back(
        parameter(query.name, "query", false, base::parse_json(query.schema).value_or(Value()), query.description));
  }
  return parameters;
}

Value responses_of(const Route& route) {
  Value::Record responses;
  for (const auto& reply : route.replies) {
    Value::Record response{{"description", reply.status < 300 ? "Done" : "Not done"}};
    const bool has_body = reply.status != 204;
    if (has_body) {
      response.emplace("content", content(reply.media_type,
                                          reply.schema.empty() ? Value(Value::Record{}) : reference(reply.schema)));
    }
    responses.emplace(fmt::format("{}", reply.status), std::move(response));
  }
  const auto error = route.wire ? content("application/json", Value(Value::Record{}))
                                : content("application/problem+json", reference("Problem"));
  responses.emplace("default", Value::Record{{"description", "An error"}, {"content", error}});
  return responses;
}

Value operation_of(const Route& route) {
  Value::Record operation{{"operationId", route.operation},
                          {"summary", route.summary},
                          {"parameters", parameters_of(route)},
                          {"responses", responses_of(route)}};
  if (route.wire && route.method == "POST") {
    operation.emplace(
        "requestBody",
        Value::Record{{"required", true}, {"content", content("application/json", Value::Record{{"type", "object"}})}});
  }
  if (!route.body.empty()) {
    operation.emplace("requestBody", Value::Record{{"required", true},
                                                   {"content", content("application/json", reference(route.body))}});
  }
  return operation;
}

}  // namespace

Value openapi_document(std::span<const Route> routes, std::string_view version) {
  Value::Record paths;
  for (const auto& route : routes) {
    auto& path = paths.try_emplace(std::string(route.pattern), Value::Record{}).first->second;
    path.if_record()->emplace(base::lower_ascii(route.method), operation_of(route));
  }
  return Value::Record{{"openapi", "3.1.0"},
                       {"info", Value::Record{{"title", "Tollgate"}, {"version", version}}},
                       {"paths", std::move(paths)},
                       {"components", Value::Record{{"schemas", schemas()}}}};
}

base::Result<Value> schema_named(std::string_view name) {
  const Value* schema = schemas().find(name);
  if (schema == nullptr) {
    return base::fail(base::ErrorCode::kInternal, fmt::format("schemas.json has no schema '{}'", name));
  }
  return *schema;
}

}  // namespace tollgate::api
