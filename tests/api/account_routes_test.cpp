#include <gmock/gmock.h>

#include "tests/api/accounts_fixture.hpp"

namespace tollgate::api {
namespace {

using base::Value;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kDeep = R"({"value":38})";

class AccountRoutes : public test::AccountsTest {};

TEST_F(AccountRoutes, AskForCredentialsButForWhatIsOpenToAll) {
  const auto reply = send("GET", "/api/v1/sessions");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(header(reply, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(send("GET", "/health/ready").status, 200);
  EXPECT_EQ(send("GET", "/api/openapi.json").status, 200);
}

TEST_F(AccountRoutes, HideTheSessionsOfOthers) {
  const auto ann = key_of("ann", "contributor");
  const auto bob = key_of("bob", "contributor");
  const auto session = create_as(ann);
  EXPECT_EQ(send_as(ann, "GET", session).status, 200);
  EXPECT_EQ(send_as(bob, "GET", session).status, 404);
  EXPECT_EQ(send_as(bob, "PUT", session + "/answers/A.depth", kDeep).status, 404);
  EXPECT_EQ(send_as(bob, "DELETE", session).status, 404);
  EXPECT_THAT(*json(send_as(bob, "GET", "/api/v1/sessions"))["sessions"].if_list(), testing::IsEmpty());
  EXPECT_EQ(json(send_as(ann, "GET", "/api/v1/sessions"))["sessions"].if_list()->size(), 1U);
}

TEST_F(AccountRoutes, LetAMemberDoWhatItsRoleAllows) {
  const auto ann = key_of("ann", "contributor");
  const auto bob = key_of("bob", "contributor");
  const auto session = create_as(ann);
  EXPECT_EQ(send_as(bob, "PUT", session + "/members/bob", R"({"role":"contributor"})").status, 404);
  EXPECT_EQ(send_as(ann, "PUT", session + "/members/eve", R"({"role":"contributor"})").status, 409);
  ASSERT_EQ(send_as(ann, "PUT", session + "/members/bob", R"({"role":"auditor"})").status, 200);
  EXPECT_EQ(send_as(bob, "GET", session).status, 200);
  EXPECT_EQ(send_as(bob, "PUT", session + "/answers/A.depth", kDeep).status, 403);
  ASSERT_EQ(send_as(ann, "PUT", session + "/members/bob", R"({"role":"contributor"})").status, 200);
  EXPECT_EQ(send_as(bob, "PUT", session + "/answers/A.depth", kDeep).status, 200);
  EXPECT_EQ(json(send_as(bob, "GET", "/api/v1/sessions"))["sessions"].if_list()->size(), 1U);
  EXPECT_EQ(send_as(bob, "PUT", session + "/members/bob", R"({"role":"reviewer"})").status, 403);
  EXPECT_EQ(send_as(bob, "DELETE", session).status, 403);
  ASSERT_EQ(send_as(ann, "DELETE", session + "/members/bob").status, 204);
  EXPECT_EQ(send_as(bob, "GET", session).status, 404);
}

TEST_F(AccountRoutes, LetTheRolesOfTheHouseSeeEverySession) {
  const auto session = create_as(key_of("ann", "contributor"));
  EXPECT_EQ(send_as(key_of("rita", "reviewer"), "GET", session).status, 200);
  const auto audit = key_of("aude", "auditor", "read,write,admin");
  EXPECT_EQ(send_as(audit, "GET", session).status, 200);
  EXPECT_EQ(send_as(audit, "PUT", session + "/answers/A.depth", kDeep).status, 403);
  EXPECT_EQ(send_as(audit, "POST", "/api/v1/sessions", R"({"title":"A well","protocol":"well"})").status, 403);
  EXPECT_EQ(send_as(key_of("root", "admin"), "DELETE", session).status, 204);
}

TEST_F(AccountRoutes, RecordAnAnswerUnderItsAuthor) {
  const auto ann = key_of("ann", "contributor");
  const auto session = create_as(ann);
  ASSERT_EQ(send_as(ann, "PUT", session + "/answers/A.depth", kDeep).status, 200);
  const auto record = run(store_->load(*base::SessionId::parse(session.substr(session.rfind('/') + 1))));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->row.owner, "ann");
  EXPECT_THAT(base::to_json(record->inputs.at(0).body), HasSubstr("\"ann\""));
}

TEST_F(AccountRoutes, KeepAWaiverToTheRolesSomebodyHolds) {
  const auto ann = key_of("ann", "contributor");
  const auto rita = key_of("rita", "reviewer");
  const auto session = create_as(ann);
  const std::string waiver = R"({"rule":"GA.depth","role":"reviewer","reason":"Dry.","due":"2027-06-30"})";
  EXPECT_EQ(send_as(ann, "POST", session + "/gates/A/waive", waiver).status, 403);
  EXPECT_EQ(
      send_as(rita, "POST", session + "/gates/A/waive", R"({"rule":"GA.depth","role":"committee","reason":"Dry."})")
          .status,
      403);
}

TEST_F(AccountRoutes, KeepAKeyToItsScopes) {
  const auto session = create_as(key_of("ann", "contributor"));
  const auto reader = new_key("ann", "read");
  EXPECT_EQ(send_as(reader, "GET", session).status, 200);
  EXPECT_EQ(send_as(reader, "PUT", session + "/answers/A.depth", kDeep).status, 403);
  EXPECT_EQ(send_as(key_of("root", "admin", "read,write"), "GET", "/api/v1/audit").status, 403);
}

TEST_F(AccountRoutes, LogEveryWriteWithoutWhatWasWritten) {
  const auto ann = key_of("ann", "contributor");
  const auto session = create_as(ann);
  ASSERT_EQ(send_as(ann, "GET", session).status, 200);
  ASSERT_EQ(send("DELETE", session).status, 401);
  const auto reply = send_as(key_of("aude", "auditor", "admin"), "GET", "/api/v1/audit");
  ASSERT_EQ(reply.status, 200);
  const auto entries = *json(reply)["entries"].if_list();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0]["operation"], Value("deleteSession"));
  EXPECT_EQ(entries[0]["actor"], Value(""));
  EXPECT_EQ(entries[0]["status"], Value(401));
  EXPECT_EQ(entries[1]["operation"], Value("createSession"));
  EXPECT_EQ(entries[1]["actor"], Value("ann"));
  EXPECT_EQ(entries[1]["address"], Value("192.0.2.7"));
  EXPECT_THAT(reply.body, Not(HasSubstr(ann)));
  EXPECT_EQ(send_as(ann, "GET", "/api/v1/audit").status, 403);
}

TEST_F(AccountRoutes, SlowDownWhoeverSendsTooMuch) {
  const auto ann = key_of("ann", "contributor");
  service_.limits.per_account = {2};
  EXPECT_EQ(header(send_as(ann, "GET", "/api/v1/me"), "RateLimit-Remaining"), "1");
  EXPECT_EQ(send_as(ann, "GET", "/api/v1/me").status, 200);
  const auto refused = send_as(ann, "GET", "/api/v1/me");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header(refused, "Retry-After"), "30");
  EXPECT_EQ(header(refused, "RateLimit-Limit"), "2");
}

class SignIn : public test::AccountsTest {
 protected:
  SignIn() {
    static const std::string kHash = hash_password("correct horse battery").value();
    save_account("ann", "contributor", kHash);
  }
  Reply sign_in(const std::string& account, const std::string& password) {
    return send("POST", "/api/v1/sign-in", base::to_json(Value::Record{{"account", account}, {"password", password}}));
  }
  // What a browser sends back.
  static std::string cookie_in(const Reply& reply) {
    const auto cookie = header(reply, "Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
  }
};

TEST_F(SignIn, GivesACookieThatScriptsCannotReadAndATokenForWrites) {
  const auto reply = sign_in("ann", "correct horse battery");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto cookie = header(reply, "Set-Cookie");
  for (const auto* part : {"; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/", "; Max-Age=43200"})
    EXPECT_THAT(cookie, HasSubstr(part));
  const std::string csrf(json(reply).string_or("csrf_token", ""));
  const auto body = R"({"title":"A well","protocol":"well"})";
  EXPECT_EQ(send("GET", "/api/v1/me", {}, {{"cookie", cookie_in(reply)}}).status, 200);
  EXPECT_EQ(send("POST", "/api/v1/sessions", body, {{"cookie", cookie_in(reply)}}).status, 403);
  EXPECT_EQ(send("POST", "/api/v1/sessions", body, {{"cookie", cookie_in(reply)}, {"x-csrf-token", "x"}}).status, 403);
  EXPECT_EQ(
      send("POST", "/api/v1/sessions", body, {{"cookie", "a=b; " + cookie_in(reply)}, {"x-csrf-token", csrf}}).status,
      201);
}

TEST_F(SignIn, SaysNotWhetherTheNameOrThePasswordWasWrong) {
  const auto wrong = sign_in("ann", "incorrect horse battery");
  const auto unknown = sign_in("nobody", "correct horse battery");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
  save_account("bob", "contributor");
  EXPECT_EQ(sign_in("bob", "").status, 422);
  EXPECT_EQ(sign_in("bob", "a password that nobody has").status, 401);
}

TEST_F(SignIn, EndsAtOnceOnRequest) {
  const auto reply = sign_in("ann", "correct horse battery");
  const std::string csrf(json(reply).string_or("csrf_token", ""));
  const StringMap headers{{"cookie", cookie_in(reply)}, {"x-csrf-token", csrf}};
  EXPECT_EQ(send("POST", "/api/v1/sign-out", {}, headers).status, 204);
  EXPECT_EQ(send("GET", "/api/v1/me", {}, headers).status, 401);
}

TEST_F(SignIn, MayBeTriedTenTimesAMinute) {
  for (int i = 0; i < 10; ++i) EXPECT_NE(sign_in("", "x").status, 429);
  EXPECT_EQ(sign_in("ann", "correct horse battery").status, 429);
}

}  // namespace
}  // namespace tollgate::api
