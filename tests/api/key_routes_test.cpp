#include <gmock/gmock.h>

#include "tests/api/accounts_fixture.hpp"

namespace tollgate::api {
namespace {

using base::Value;
using testing::HasSubstr;
using testing::Not;

class KeyRoutes : public test::AccountsTest {
 protected:
  static constexpr const char* kAll = "read,write,admin";

  Reply create_key(const std::string& as, const std::string& body = R"({"label":"import"})") {
    return send_as(as, "POST", "/api/v1/keys", body);
  }
  std::vector<std::string> accounts_listed(const std::string& as) {
    std::vector<std::string> accounts;
    const auto reply = send_as(as, "GET", "/api/v1/keys");
    const auto body = json(reply);
    EXPECT_TRUE(body["keys"].is_list()) << reply.body;
    if (!body["keys"].is_list()) return {};
    for (const auto& key : *body["keys"].if_list()) accounts.emplace_back(key.string_or("account", ""));
    return accounts;
  }
};

TEST_F(KeyRoutes, MakeAKeyThatWorksAndShowItsSecretOnce) {
  const auto ann = key_of("ann", "contributor", kAll);
  const auto reply = create_key(ann, R"({"label":"import","scopes":["read"],"days":30})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto made = json(reply);
  const std::string secret(made.string_or("key", ""));
  EXPECT_EQ(made["account"], Value("ann"));
  EXPECT_EQ(made["scopes"], Value(Value::List{"read"}));
  EXPECT_EQ(made["state"], Value("valid"));
  EXPECT_EQ(send_as(secret, "GET", "/api/v1/me").status, 200);
  EXPECT_EQ(send_as(secret, "POST", "/api/v1/sessions", R"({"title":"A well","protocol":"well"})").status, 403);
  const auto listed = send_as(ann, "GET", "/api/v1/keys");
  EXPECT_THAT(listed.body, HasSubstr("import"));
  EXPECT_THAT(listed.body, Not(HasSubstr(secret.substr(12))));
  clock_.advance(std::chrono::days(30));
  EXPECT_EQ(send_as(secret, "GET", "/api/v1/me").status, 401);
  EXPECT_THAT(send_as(ann, "GET", "/api/v1/keys").body, HasSubstr(R"("state":"ended")"));
}

TEST_F(KeyRoutes, RefuseARevokedKeyWithTheNextRequest) {
  const auto ann = key_of("ann", "contributor", kAll);
  const auto made = json(create_key(ann));
  const std::string secret(made.string_or("key", ""));
  const std::string path = "/api/v1/keys/" + std::string(made.string_or("id", ""));
  ASSERT_EQ(send_as(secret, "GET", "/api/v1/me").status, 200);
  EXPECT_EQ(send_as(ann, "DELETE", path).status, 204);
  EXPECT_EQ(send_as(secret, "GET", "/api/v1/me").status, 401);
  EXPECT_EQ(send_as(ann, "DELETE", path).status, 204);
  EXPECT_EQ(send_as(ann, "DELETE", "/api/v1/keys/tg_none").status, 404);
}

TEST_F(KeyRoutes, ShowEverybodyTheirOwnAndAnAdminAll) {
  const auto ann = key_of("ann", "contributor", kAll);
  const auto bob = key_of("bob", "auditor", kAll);
  const auto root = key_of("root", "admin", kAll);
  EXPECT_EQ(accounts_listed(ann), std::vector<std::string>{"ann"});
  EXPECT_EQ(accounts_listed(bob), std::vector<std::string>{"bob"});
  EXPECT_THAT(accounts_listed(root), testing::UnorderedElementsAre("ann", "bob", "root"));
  EXPECT_EQ(send_as(bob, "DELETE", "/api/v1/keys/" + ann.substr(0, 11)).status, 404);
  EXPECT_EQ(send_as(ann, "GET", "/api/v1/me").status, 200);
  EXPECT_EQ(send_as(root, "DELETE", "/api/v1/keys/" + ann.substr(0, 11)).status, 204);
  EXPECT_EQ(send_as(ann, "GET", "/api/v1/me").status, 401);
}

TEST_F(KeyRoutes, LetOnlyAnAdminMakeKeysOfOthers) {
  const auto ann = key_of("ann", "contributor", kAll);
  const auto root = key_of("root", "admin", kAll);
  EXPECT_EQ(create_key(ann, R"({"account":"root"})").status, 403);
  EXPECT_EQ(json(create_key(root, R"({"account":"ann"})"))["account"], Value("ann"));
  EXPECT_EQ(create_key(root, R"({"account":"nobody"})").status, 409);
}

TEST_F(KeyRoutes, NeedAKeyThatMayAndMakeNoneThatMayMore) {
  const auto plain = key_of("ann", "contributor");
  EXPECT_EQ(create_key(plain).status, 403);
  EXPECT_EQ(send_as(plain, "DELETE", "/api/v1/keys/" + plain.substr(0, 11)).status, 403);
  EXPECT_EQ(send_as(plain, "GET", "/api/v1/keys").status, 200);
  const auto narrow = new_key("ann", "read,admin");
  EXPECT_EQ(create_key(narrow, R"({"scopes":["write"]})").status, 403);
  EXPECT_EQ(create_key(narrow, R"({"scopes":["read"]})").status, 201);
}

TEST_F(KeyRoutes, KeepWhatAKeyMayDoAndSpend) {
  const auto ann = key_of("ann", "contributor", kAll);
  const auto made = json(create_key(ann, R"({"requests_per_minute":60,"budget_usd_per_day":"2.50"})"));
  EXPECT_EQ(made["requests_per_minute"], Value(60));
  EXPECT_EQ(made["budget_usd_per_day"], Value("2.5"));
  EXPECT_THAT(send_as(ann, "GET", "/api/v1/keys").body, HasSubstr(R"("budget_usd_per_day":"2.5")"));
  EXPECT_EQ(json(create_key(ann))["budget_usd_per_day"], Value());
}

TEST_F(KeyRoutes, RefuseWhatIsNoKey) {
  const auto ann = key_of("ann", "contributor", kAll);
  for (const auto* body :
       {R"({"scopes":["root"]})", R"({"scopes":[]})", R"({"days":-1})", R"({"days":4000})", R"({"label":"two\nlines"})",
        R"({"label":"\u0000"})", R"({"secret":"mine"})", R"({"requests_per_minute":0})",
        R"({"budget_usd_per_day":"0"})", R"({"budget_usd_per_day":"a lot"})", R"({"budget_usd_per_day":2.5})"})
    EXPECT_EQ(create_key(ann, body).status, 422) << body;
}

TEST_F(KeyRoutes, KeepTheNumberOfValidKeysBounded) {
  const auto ann = key_of("ann", "contributor", kAll);
  for (int i = 1; i < 100; ++i) new_key("ann");
  EXPECT_EQ(create_key(ann).status, 409);
  const auto mine = *json(send_as(ann, "GET", "/api/v1/keys"))["keys"].if_list();
  const auto other = std::find_if(mine.begin(), mine.end(),
                                  [&](const Value& key) { return !ann.starts_with(key.string_or("id", "")); });
  ASSERT_EQ(send_as(ann, "DELETE", "/api/v1/keys/" + std::string(other->string_or("id", ""))).status, 204);
  EXPECT_EQ(create_key(ann).status, 201);
}

TEST_F(KeyRoutes, AreLoggedWithTheKeyThatWasMadeButNotItsSecret) {
  const auto root = key_of("root", "admin", kAll);
  const auto made = json(create_key(root));
  const std::string secret(made.string_or("key", ""));
  const auto reply = send_as(root, "GET", "/api/v1/audit");
  const auto entries = *json(reply)["entries"].if_list();
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries[0]["operation"], Value("createKey"));
  EXPECT_EQ(entries[0]["target"], Value("/api/v1/keys/" + std::string(made.string_or("id", ""))));
  EXPECT_THAT(reply.body, Not(HasSubstr(secret.substr(12))));
}

}  // namespace
}  // namespace tollgate::api
