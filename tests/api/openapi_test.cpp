#include "api/openapi.hpp"

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "tests/api/api_fixture.hpp"

namespace tollgate::api {
namespace {

using base::Value;

TEST(OpenApi, HoldsEveryRouteOnce) {
  const auto document = openapi_document(routes(), "1.2.3");
  std::set<std::string_view> operations;
  for (const auto& route : routes()) {
    EXPECT_TRUE(operations.insert(route.operation).second) << route.operation;
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    EXPECT_EQ(document["paths"][route.pattern][method]["operationId"], Value(route.operation)) << route.pattern;
  }
}

// docs/openapi.json is what script/lint checks and what reviewers see change.
TEST(OpenApi, IsTheDocumentInDocs) {
  std::ifstream file(TOLLGATE_SOURCE_DIR "/docs/openapi.json");
  const auto written = base::parse_json(std::string{std::istreambuf_iterator<char>(file), {}});
  ASSERT_TRUE(written) << written.error().message;
  const auto version = (*written)["info"].string_or("version", "");
  EXPECT_EQ(base::to_json(openapi_document(routes(), std::string(version))), base::to_json(*written))
      << "tollgate serve, then: curl http://127.0.0.1:8080/api/openapi.json | jq . > docs/openapi.json";
}

TEST(OpenApi, NamesSchemasThatExistAndBodiesThatCanBeChecked) {
  for (const auto& route : routes()) {
    if (!route.body.empty()) {
      const auto schema = schema_named(route.body);
      ASSERT_TRUE(schema) << route.body;
      EXPECT_TRUE(base::check_schema(*schema)) << route.body << ": " << base::check_schema(*schema).error().message;
    }
    for (const auto& reply : route.replies) {
      if (!reply.schema.empty()) EXPECT_TRUE(schema_named(reply.schema)) << reply.schema;
    }
  }
}

}  // namespace
}  // namespace tollgate::api
