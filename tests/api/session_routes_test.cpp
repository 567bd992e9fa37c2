#include <gmock/gmock.h>

#include "tests/api/api_fixture.hpp"

namespace tollgate::api {
namespace {

using base::Value;
using testing::HasSubstr;

class SessionRoutes : public test::ApiTest {
 protected:
  // Every answer of the sample brief, stage by stage.
  void answer_all(const std::string& session) {
    const auto brief = test::well_brief();
    for (const auto& [question, values] : brief.answers) {
      const auto reply = answer(session, question, values.front());
      ASSERT_EQ(reply.status, 200) << question << ": " << reply.body;
      settle(session);
    }
  }
};

TEST_F(SessionRoutes, TakeASessionFromCreationToItsCharter) {
  const auto session = create();
  answer_all(session);
  EXPECT_FALSE(json(send("GET", session + "/decision"))["decision"].is_null());
  EXPECT_EQ(json(send("GET", session))["status"], Value("decided"));
  const auto charter = send("GET", session + "/charter?format=md");
  EXPECT_EQ(charter.content_type, "text/markdown; charset=utf-8");
  EXPECT_THAT(charter.body, HasSubstr("Hofmann"));
  EXPECT_GE(json(send("GET", session + "/checkpoints"))["checkpoints"].if_list()->size(), 3U);
}

TEST_F(SessionRoutes, ReplyToAnAnswerWithItsAssessment) {
  const auto session = create();
  const auto reply = answer(session, "A.purpose", "Water.");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(header(reply, "ETag"), "\"1\"");
  EXPECT_EQ(json(reply)["status"], Value("rejected"));
  EXPECT_TRUE(json(reply)["assessment"]["score"].is_number()) << reply.body;
}

TEST_F(SessionRoutes, AnswerAsynchronouslyWhenThatIsPreferred) {
  const auto session = create();
  const auto reply = answer(session, "A.purpose", "Water.", {{"prefer", "respond-async"}});
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(header(reply, "Location"), session + "/progress");
}

TEST_F(SessionRoutes, RefuseAnEditOfARevisionThatIsNoLongerTheNewest) {
  const auto session = create();
  ASSERT_EQ(answer(session, "A.purpose", "Water for cows.").status, 200);
  ASSERT_EQ(answer(session, "A.purpose", "Water for 62 cows.", {{"if-match", "\"1\""}}).status, 200);
  EXPECT_EQ(answer(session, "A.purpose", "Water for goats.", {{"if-match", "\"1\""}}).status, 412);
  EXPECT_EQ(answer(session, "A.purpose", "Water for goats.", {{"if-match", "first"}}).status, 422);
}

TEST_F(SessionRoutes, WriteOnceHoweverOftenAKeyComes) {
  const auto session = create();
  const auto first = answer(session, "A.purpose", "Water for cows.", {{"idempotency-key", "k"}});
  const auto again = answer(session, "A.purpose", "Water for cows.", {{"idempotency-key", "k"}});
  EXPECT_EQ(header(first, "ETag"), header(again, "ETag"));
  EXPECT_EQ(answer(session, "A.purpose", "Something else.", {{"idempotency-key", "k"}}).status, 409);
}

TEST_F(SessionRoutes, TakeAKeyAnewAfterADay) {
  const auto session = create();
  const StringMap key{{"idempotency-key", "k"}};
  ASSERT_EQ(header(answer(session, "A.purpose", "Water for cows.", key), "ETag"), "\"1\"");
  clock_.advance(std::chrono::hours(24) - std::chrono::minutes(1));
  EXPECT_EQ(header(answer(session, "A.purpose", "Water for cows.", key), "ETag"), "\"1\"");
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(header(answer(session, "A.purpose", "Water for goats.", key), "ETag"), "\"2\"");
}

TEST_F(SessionRoutes, SayWhatCannotBeAnsweredYet) {
  const auto session = create();
  EXPECT_EQ(answer(session, "C.neighbours", "Two.").status, 409);
  EXPECT_EQ(answer(session, "X.nothing", 1).status, 404);
  EXPECT_EQ(answer(session, "A.depth", "deep").status, 422);
}

TEST_F(SessionRoutes, ListQuestionsWithTheirTypes) {
  const auto session = create();
  const auto questions = json(send("GET", session + "/questions"))["questions"];
  ASSERT_TRUE(questions.is_list());
  ASSERT_FALSE(questions.if_list()->empty());
  const auto& first = questions.if_list()->front();
  EXPECT_EQ(first["question"], Value("A.purpose"));
  EXPECT_TRUE(first["type"]["kind"].is_string());
  EXPECT_EQ(first["status"], Value("open"));
}

TEST_F(SessionRoutes, SayNothingNewToWhoeverHasTheVersion) {
  const auto session = create();
  const auto reply = send("GET", session);
  const auto tag = header(reply, "ETag");
  EXPECT_EQ(send("GET", session, {}, {{"if-none-match", tag}}).status, 304);
  ASSERT_EQ(answer(session, "A.purpose", "Water.").status, 200);
  EXPECT_EQ(send("GET", session, {}, {{"if-none-match", tag}}).status, 200);
}

TEST_F(SessionRoutes, ListPageByPage) {
  for (int i = 0; i < 3; ++i) create("Well " + std::to_string(i));
  const auto first = json(send("GET", "/api/v1/sessions?limit=2"));
  ASSERT_EQ(first["sessions"].if_list()->size(), 2U);
  const auto second = json(send("GET", "/api/v1/sessions?limit=2&cursor=" + std::string(first.string_or("next", ""))));
  EXPECT_EQ(second["sessions"].if_list()->size(), 1U);
  EXPECT_TRUE(second["next"].is_null());
  EXPECT_EQ(send("GET", "/api/v1/sessions?limit=0").status, 422);
  EXPECT_EQ(send("GET", "/api/v1/sessions?status=lost").status, 422);
}

TEST_F(SessionRoutes, ForgetADeletedSession) {
  const auto session = create();
  EXPECT_EQ(send("DELETE", session).status, 204);
  EXPECT_EQ(send("GET", session).status, 404);
  EXPECT_EQ(send("DELETE", session).status, 404);
}

TEST_F(SessionRoutes, ForkFromACheckpoint) {
  const auto session = create();
  answer_all(session);
  const auto fork = send("POST", session + "/checkpoints/1/fork", R"({"title":"Another well"})");
  EXPECT_EQ(fork.status, 201) << fork.body;
  EXPECT_EQ(json(fork)["forked_from"]["checkpoint"], Value(1));
  EXPECT_EQ(send("POST", session + "/checkpoints/77/fork", "{}").status, 404);
}

}  // namespace
}  // namespace tollgate::api
