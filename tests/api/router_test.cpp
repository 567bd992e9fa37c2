#include "tests/api/api_fixture.hpp"

namespace tollgate::api {
namespace {

class Router : public test::ApiTest {};

TEST_F(Router, AnswersErrorsAsProblemDocumentsWithTheRequestId) {
  const auto reply = send("GET", "/api/v1/sessions/no-id");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  EXPECT_EQ(json(reply)["code"], base::Value("not_found"));
  EXPECT_EQ(json(reply)["request_id"], base::Value("r-1"));
}

TEST_F(Router, NamesTheMethodsOfAPathThatDoesNotTakeThisOne) {
  const auto reply = send("PATCH", "/api/v1/sessions");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(header(reply, "Allow"), "POST, GET");
}

TEST_F(Router, AnswersHeadAsGet) {
  EXPECT_EQ(send("HEAD", "/health/live").status, 200);
}

TEST_F(Router, RefusesUnknownAndBrokenPaths) {
  EXPECT_EQ(send("GET", "/api/v1/nothing").status, 404);
  EXPECT_EQ(send("GET", "http://elsewhere/").status, 422);
  EXPECT_EQ(send("GET", "/%zz").status, 422);
  EXPECT_EQ(send("GET", "/api/v1/sessions//questions").status, 404);
}

TEST_F(Router, RefusesABodyThatIsNoJsonOrNotOfTheSchema) {
  EXPECT_EQ(send("POST", "/api/v1/sessions", "{}", {{"content-type", "text/plain"}}).status, 415);
  EXPECT_EQ(send("POST", "/api/v1/sessions", "{").status, 422);
  EXPECT_EQ(send("POST", "/api/v1/sessions", "{}").status, 422);
  EXPECT_EQ(send("POST", "/api/v1/sessions", R"({"title":"T","colour":"red"})").status, 422);
  EXPECT_EQ(send("POST", "/api/v1/sessions", R"({"title":"T","protocol":"well","options":{"a":1}})").status, 422);
}

TEST_F(Router, KnowsNoProtocolByItsPath) {
  const auto reply = send("POST", "/api/v1/sessions", R"({"title":"T","protocol":"/etc/passwd"})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(send("GET", "/api/v1/protocols/..%2F..%2Fetc").status, 404);
}

}  // namespace
}  // namespace tollgate::api
