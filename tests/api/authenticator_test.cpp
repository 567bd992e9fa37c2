#include "api/authenticator.hpp"

#include <gmock/gmock.h>

#include "tests/api/accounts_fixture.hpp"

namespace tollgate::api {
namespace {

class Keys : public test::AccountsTest {
 protected:
  int status_for(const std::string& key) { return send_as(key, "GET", "/api/v1/me").status; }
};

TEST_F(Keys, AreRefusedFromTheMomentTheyAreRevoked) {
  const auto key = key_of("ann", "contributor");
  ASSERT_EQ(status_for(key), 200);
  ASSERT_TRUE(run(identities_->revoke_key(run(identities_->keys({})).value().at(0).id, {}, clock_.now())));
  EXPECT_EQ(status_for(key), 401);
}

TEST_F(Keys, AreRefusedOnceTheyEnded) {
  save_account("ann", "contributor");
  EXPECT_EQ(status_for(new_key("ann", "read", clock_.now() + std::chrono::minutes(1))), 200);
  EXPECT_EQ(status_for(new_key("ann", "read", clock_.now() - std::chrono::minutes(1))), 401);
}

TEST_F(Keys, AreRefusedWithTheirAccount) {
  const auto key = key_of("ann", "contributor");
  ASSERT_TRUE(run(identities_->save_account({"ann", "contributor", {}, clock_.now(), true})));
  EXPECT_EQ(status_for(key), 401);
}

TEST_F(Keys, AreRefusedWhenTheyAreNotExactlyTheOne) {
  const auto key = key_of("ann", "contributor");
  EXPECT_EQ(status_for(key.substr(0, key.size() - 1)), 401);
  EXPECT_EQ(status_for(run(identities_->keys({})).value().at(0).id), 401);
  EXPECT_EQ(status_for(std::string(100'000, 'x')), 401);
  EXPECT_EQ(send("GET", "/api/v1/me", {}, {{"authorization", "Basic " + key}}).status, 401);
  EXPECT_EQ(send("GET", "/api/v1/me", {}, {{"x-api-key", key}}).status, 200);
}

TEST_F(Keys, AreLongAndNeverTheSame) {
  const auto one = make_api_key();
  const auto other = make_api_key();
  EXPECT_NE(one.text, other.text);
  EXPECT_EQ(one.text.size(), one.id.size() + 1 + 43);  // 256 bits
  EXPECT_TRUE(one.text.starts_with(one.id + "_"));
}

class LocalUser : public test::ApiTest {
 protected:
  int status_for(const std::string& host) { return send("GET", "/api/v1/me", {}, {{"host", host}}).status; }
};

TEST_F(LocalUser, IsNobodyWhoAsksForAnotherHost) {
  for (const auto* host : {"localhost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]:8080"})
    EXPECT_EQ(status_for(host), 200) << host;
  for (const auto* host :
       {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "["})
    EXPECT_EQ(status_for(host), 403) << host;
}

}  // namespace
}  // namespace tollgate::api
